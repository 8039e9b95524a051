package org.pyquartz.stock;

import org.quartz.Job;
import org.quartz.JobExecutionContext;

/** Prints the trigger that fired it. */
public final class PrintingJob implements Job {
    @Override
    public void execute(JobExecutionContext context) {
        System.out.println("fired " + context.getTrigger().getKey().getName());
    }
}
