package org.pyquartz.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.pyquartz.bridge.BridgeSchedulerFactory;
import org.quartz.Job;
import org.quartz.JobDetail;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.simpl.SimpleThreadPool;

/** A database in memory, H2 unless told otherwise, with Quartz's tables, and schedulers of ours on it. */
public final class TestStore implements AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final String url;
    private final String driver;
    private final Connection connection;

    public TestStore() throws SQLException, IOException {
        this("jdbc:h2:mem:store%d;DB_CLOSE_DELAY=-1", "h2");
    }

    /** In any database: its URL, with %d for a number, and the name in the name of Quartz's file for it. */
    public TestStore(String urlOfNumber, String tables) throws SQLException, IOException {
        url = String.format(urlOfNumber, NUMBERS.incrementAndGet());
        driver = DriverManager.getDriver(url).getClass().getName();
        // A pool of another test's has set a short one, for all, in which Derby makes no database.
        DriverManager.setLoginTimeout(0);
        connection = DriverManager.getConnection(url, "sa", "");
        String file = "/org/quartz/impl/jdbcjobstore/tables_" + tables + ".sql";
        try (InputStream in = Job.class.getResourceAsStream(file)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^\\s*--.*$", "");
            for (String statement : text.split(";")) {
                if (statement.strip().toUpperCase().matches("(?s)(CREATE|ALTER) .*")) {
                    update(statement);
                }
            }
        }
    }

    public int update(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    /** The first column of the only row; null when there is no row. */
    public String one(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }

    /** The connection of the test itself, which commits each statement. */
    public Connection connection() {
        return connection;
    }

    public int count(String from) throws SQLException {
        return Integer.parseInt(one("SELECT COUNT(*) FROM " + from));
    }

    public String state(String trigger) throws SQLException {
        return one("SELECT TRIGGER_STATE FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME = '" + trigger + "'");
    }

    /** A node of the scheduler "test"; more are pairs of a property, without "org.quartz.", and its value. */
    public Node node(String id, String... more) throws SchedulerException {
        return new Node(properties(id, more));
    }

    public Properties properties(String id, String... more) {
        Properties p = new Properties();
        String q = "org.quartz.";
        p.setProperty(q + "scheduler.instanceName", "test");
        p.setProperty(q + "scheduler.instanceId", id);
        p.setProperty(q + "scheduler.idleWaitTime", "1000");
        p.setProperty(q + "scheduler.makeSchedulerThreadDaemon", "true");
        p.setProperty(q + "scheduler.classLoadHelper.class", "org.pyquartz.bridge.BridgeClassLoadHelper");
        p.setProperty(q + "scheduler.jobFactory.class", "org.pyquartz.bridge.BridgeJobFactory");
        p.setProperty(q + "threadPool.class", SimpleThreadPool.class.getName());
        p.setProperty(q + "threadPool.threadCount", "3");
        p.setProperty(q + "threadPool.makeThreadsDaemons", "true");
        p.setProperty(q + "jobStore.class", "org.pyquartz.store.BridgeJobStore");
        p.setProperty(q + "jobStore.driverDelegateClass", "org.pyquartz.store.BridgeDelegate");
        p.setProperty(q + "jobStore.makeThreadsDaemons", "true");
        p.setProperty(q + "jobStore.dataSource", "pyquartz");
        p.setProperty(q + "dataSource.pyquartz.provider", "hikaricp");
        p.setProperty(q + "dataSource.pyquartz.driver", driver);
        p.setProperty(q + "dataSource.pyquartz.URL", url);
        p.setProperty(q + "dataSource.pyquartz.user", "sa");
        p.setProperty(q + "dataSource.pyquartz.password", "");
        p.setProperty(q + "dataSource.pyquartz.connectionTimeout", "1000");
        for (int i = 0; i < more.length; i += 2) {
            p.setProperty(q + more[i], more[i + 1]);
        }
        return p;
    }

    /** Takes the database away, as a crash of its server does. */
    @Override
    public void close() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY");
        }
    }

    /** A scheduler with its store. */
    public static final class Node implements AutoCloseable {
        public final Scheduler scheduler;
        public final org.pyquartz.store.BridgeJobStore store;

        Node(Properties properties) throws SchedulerException {
            BridgeSchedulerFactory factory = new BridgeSchedulerFactory(properties);
            scheduler = factory.make("test");
            store = (org.pyquartz.store.BridgeJobStore) factory.jobStore();
        }

        public void add(JobDetail job) throws SchedulerException {
            scheduler.addJob(job, true, true);
        }

        @Override
        public void close() throws SchedulerException {
            if (!scheduler.isShutdown()) {
                scheduler.shutdown(true);
            }
        }
    }
}
