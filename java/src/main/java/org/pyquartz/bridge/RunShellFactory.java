package org.pyquartz.bridge;

import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.core.JobRunShell;
import org.quartz.core.JobRunShellFactory;
import org.quartz.spi.JobStore;
import org.quartz.spi.TriggerFiredBundle;

/** Gives Python's jobs a shell in two halves, and Java's the one that stock gives them. */
final class RunShellFactory implements JobRunShellFactory {
    private final JobRunShellFactory stock;
    private final JobStore store;
    private final Audience audience;
    private Scheduler scheduler;

    RunShellFactory(JobRunShellFactory stock, JobStore store, Audience audience) {
        this.stock = stock;
        this.store = store;
        this.audience = audience;
    }

    /** Stock's own is initialised by Quartz, which made it. */
    @Override
    public void initialize(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public JobRunShell createJobRunShell(TriggerFiredBundle bundle) throws SchedulerException {
        Class<?> type = bundle.getJobDetail().getJobClass();
        PythonClass python =
                PythonJob.class.isAssignableFrom(type) ? JobClasses.entry(type.getName()) : null;
        return python == null
                ? stock.createJobRunShell(bundle)
                : new PythonRunShell(scheduler, bundle, store, audience, python);
    }
}
