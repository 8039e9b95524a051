package com.acme.mixed;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.impl.StdSchedulerFactory;

/** A Java node as any company has one: it runs what its quartz.properties (the argument) say. */
public final class Node {
    private Node() {}

    public static void main(String[] args) throws SchedulerException {
        start(args[0]);
    }

    /** Runs until SIGTERM, then leaves in order. */
    public static void start(String properties) throws SchedulerException {
        Scheduler scheduler = new StdSchedulerFactory(properties).getScheduler();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(scheduler)));
        scheduler.start();
        System.out.println("ready");
    }

    private static void stop(Scheduler scheduler) {
        try {
            scheduler.shutdown(true);
            System.out.println("ended");
        } catch (SchedulerException e) {
            e.printStackTrace();
        }
    }

    /** Writes down a run, over a connection of its own. */
    public static void note(JobExecutionContext context) throws JobExecutionException {
        try (Connection connection = DriverManager.getConnection(System.getProperty("runs"));
                PreparedStatement insert =
                        connection.prepareStatement(
                                "INSERT INTO runs (node, event, job, trigger_name, scheduled, instance)"
                                        + " VALUES (?, 'run', ?, ?, ?, ?)")) {
            insert.setString(1, System.getProperty("node"));
            insert.setString(2, context.getJobDetail().getKey().getName());
            insert.setString(3, context.getTrigger().getKey().getName());
            insert.setLong(4, context.getScheduledFireTime().getTime());
            insert.setString(5, context.getFireInstanceId());
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new JobExecutionException(e);
        }
    }
}
