package org.pyquartz.stock;

import java.util.Properties;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.impl.StdSchedulerFactory;

/** Goes through the {@link Scenarios} with plain Quartz, its own threads and its own run shell. */
public final class RunScenarios {
    private RunScenarios() {}

    /** Arguments: properties, each as key=value. */
    public static void main(String[] args) throws SchedulerException, InterruptedException {
        Properties properties = new Properties();
        for (String arg : args) {
            int sign = arg.indexOf('=');
            properties.setProperty(arg.substring(0, sign), arg.substring(sign + 1));
        }
        Scheduler scheduler = new StdSchedulerFactory(properties).getScheduler();
        scheduler.start();
        while (!Scenarios.areOver(scheduler)) {
            Thread.sleep(20);
        }
        scheduler.standby(); // as our stop() begins
        scheduler.shutdown(true);
    }
}
