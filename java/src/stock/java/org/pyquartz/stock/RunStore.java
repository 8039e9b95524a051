package org.pyquartz.stock;

import org.quartz.Scheduler;
import org.quartz.SchedulerException;

/** Runs a store with plain Quartz for so many milliseconds (the last argument), then ends. */
public final class RunStore {
    private RunStore() {}

    public static void main(String[] args) throws SchedulerException, InterruptedException {
        Scheduler scheduler = StockScheduler.make(args);
        scheduler.start();
        System.out.println("started");
        Thread.sleep(Long.parseLong(args[5]));
        scheduler.shutdown(true);
        System.out.println("ended");
    }
}
