package org.pyquartz.bridge;

import org.quartz.InterruptableJob;
import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.UnableToInterruptJobException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Interrupts running jobs of Java's; Python knows and interrupts its own. */
public final class Interrupts {
    private static final Logger LOG = LoggerFactory.getLogger(Interrupts.class);

    private Interrupts() {}

    /**
     * Interrupts the runs of a job, or the run of a firing, and says how many there were.
     *
     * @param key null when a firing is meant
     * @param fireInstanceId null when a job is meant
     * @throws UnableToInterruptJobException when such a job is not interruptable, as Quartz has it
     */
    public static int interrupt(Scheduler scheduler, JobKey key, String fireInstanceId)
            throws SchedulerException {
        int found = 0;
        for (JobExecutionContext run : scheduler.getCurrentlyExecutingJobs()) {
            Job job = run.getJobInstance();
            boolean meant =
                    key != null
                            ? key.equals(run.getJobDetail().getKey())
                            : run.getFireInstanceId().equals(fireInstanceId);
            if (!meant || job instanceof PythonJob || job instanceof NoOpJob) {
                continue;
            }
            if (!(job instanceof InterruptableJob)) {
                throw new UnableToInterruptJobException(
                        run.getJobDetail().getKey() + " is of " + job.getClass().getName()
                                + ", which is no InterruptableJob");
            }
            ((InterruptableJob) job).interrupt();
            found++;
        }
        return found;
    }

    /** Interrupts all that can be; what refuses is reported, for the others have to end as well. */
    public static void all(Scheduler scheduler) throws SchedulerException {
        for (JobExecutionContext run : scheduler.getCurrentlyExecutingJobs()) {
            if (run.getJobInstance() instanceof InterruptableJob) {
                try {
                    ((InterruptableJob) run.getJobInstance()).interrupt();
                } catch (UnableToInterruptJobException | RuntimeException e) {
                    LOG.error("Job {} can't be interrupted.", run.getJobDetail().getKey(), e);
                }
            }
        }
    }
}
