package org.pyquartz.stock;

import java.util.Map;
import java.util.Properties;

/** The properties of {@link StockBench}'s scheduler: stock classes, and pyquartz's numbers. */
final class BenchProperties {

    private BenchProperties() {
    }

    static Properties of(Map<String, String> options) {
        Properties properties = new Properties();
        properties.put("org.quartz.scheduler.instanceName", "bench");
        properties.put("org.quartz.scheduler.instanceId", "AUTO");
        properties.put("org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool");
        properties.put("org.quartz.threadPool.threadCount", options.get("workers"));
        // All jobs are due when the scheduler starts; none of them shall count as missed.
        properties.put("org.quartz.jobStore.misfireThreshold", "600000");
        if (!options.containsKey("url")) {
            properties.put("org.quartz.jobStore.class", "org.quartz.simpl.RAMJobStore");
            return properties;
        }
        String jdbc = "org.quartz.impl.jdbcjobstore.";
        boolean postgres = options.get("url").startsWith("jdbc:postgresql:");
        properties.put("org.quartz.jobStore.class", jdbc + "JobStoreTX");
        properties.put("org.quartz.jobStore.driverDelegateClass",
                jdbc + (postgres ? "PostgreSQLDelegate" : "StdJDBCDelegate"));
        properties.put("org.quartz.jobStore.isClustered", options.get("clustered"));
        properties.put("org.quartz.jobStore.acquireTriggersWithinLock", options.get("clustered"));
        properties.put("org.quartz.jobStore.dataSource", "db");
        String source = "org.quartz.dataSource.db.";
        properties.put(source + "provider", "hikaricp");
        properties.put(source + "driver", options.get("driver"));
        properties.put(source + "URL", options.get("url"));
        properties.put(source + "user", options.get("user"));
        properties.put(source + "password", options.get("password"));
        // As many as pyquartz opens.
        properties.put(source + "maxConnections",
                String.valueOf(Integer.parseInt(options.get("workers")) + 5));
        return properties;
    }
}
