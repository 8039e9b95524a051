package org.pyquartz.stock;

import java.util.Properties;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.impl.StdSchedulerFactory;

/** A scheduler of plain Quartz on a store, as any Java program would make it. */
final class StockScheduler {
    private StockScheduler() {}

    /** Arguments: the JDBC URL, user, password, the scheduler's name, whether it has useProperties. */
    static Scheduler make(String[] args) throws SchedulerException {
        Properties p = new Properties();
        String delegate = args[0].startsWith("jdbc:postgresql:") ? "PostgreSQLDelegate" : "StdJDBCDelegate";
        p.setProperty("org.quartz.scheduler.instanceName", args[3]);
        p.setProperty("org.quartz.scheduler.instanceId", "stock");
        p.setProperty("org.quartz.threadPool.threadCount", "3");
        p.setProperty("org.quartz.jobStore.class", "org.quartz.impl.jdbcjobstore.JobStoreTX");
        p.setProperty("org.quartz.jobStore.driverDelegateClass", "org.quartz.impl.jdbcjobstore." + delegate);
        p.setProperty("org.quartz.jobStore.useProperties", args[4]);
        p.setProperty("org.quartz.jobStore.dataSource", "stock");
        p.setProperty("org.quartz.dataSource.stock.provider", "hikaricp");
        p.setProperty("org.quartz.dataSource.stock.driver", driver(args[0]));
        p.setProperty("org.quartz.dataSource.stock.URL", args[0]);
        p.setProperty("org.quartz.dataSource.stock.user", args[1]);
        p.setProperty("org.quartz.dataSource.stock.password", args[2]);
        p.setProperty("org.quartz.dataSource.stock.maxConnections", "5");
        return new StdSchedulerFactory(p).getScheduler();
    }

    private static String driver(String url) {
        if (url.startsWith("jdbc:postgresql:")) {
            return "org.postgresql.Driver";
        }
        return url.startsWith("jdbc:h2:") ? "org.h2.Driver" : "org.mariadb.jdbc.Driver";
    }
}
