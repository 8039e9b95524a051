package org.pyquartz.bridge;

import java.util.List;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.JobListener;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.core.QuartzScheduler;

/**
 * Those who are told of the runs of Python's jobs, as Quartz tells them.
 *
 * <p>Quartz makes lists of all listeners five times for each run. Where nobody has registered one, only its
 * own are there: the one of jobs that knows what runs, one of triggers that vetoes no job of Python's
 * ({@link NoOpVeto}), and one of schedulers that logs errors.
 */
final class Audience {
    private final QuartzScheduler quartz;

    Audience(QuartzScheduler quartz) {
        this.quartz = quartz;
    }

    /** Whether a listener vetoes the run. */
    boolean triggerFired(JobExecutionContext run) throws SchedulerException {
        return hearsTriggers() && quartz.notifyTriggerListenersFired(run);
    }

    void triggerComplete(JobExecutionContext run, CompletedExecutionInstruction instruction)
            throws SchedulerException {
        if (hearsTriggers()) {
            quartz.notifyTriggerListenersComplete(run, instruction);
        }
    }

    void jobToBeExecuted(JobExecutionContext run) throws SchedulerException {
        if (hearsJobs()) {
            quartz.notifyJobListenersToBeExecuted(run);
        } else {
            for (JobListener own : quartzOwn()) {
                own.jobToBeExecuted(run);
            }
        }
    }

    void jobWasExecuted(JobExecutionContext run, JobExecutionException failure) throws SchedulerException {
        if (hearsJobs()) {
            quartz.notifyJobListenersWasExecuted(run, failure);
        } else {
            for (JobListener own : quartzOwn()) {
                own.jobWasExecuted(run, failure);
            }
        }
    }

    void triggerFinalized(Trigger trigger) {
        if (!quartz.getListenerManager().getSchedulerListeners().isEmpty()) {
            quartz.notifySchedulerListenersFinalized(trigger);
        }
    }

    /** Whether nobody is told of a run but Quartz itself. */
    boolean isSilent() {
        return !hearsTriggers() && !hearsJobs();
    }

    private boolean hearsTriggers() {
        return !quartz.getListenerManager().getTriggerListeners().isEmpty();
    }

    private boolean hearsJobs() {
        return !quartz.getListenerManager().getJobListeners().isEmpty();
    }

    private List<JobListener> quartzOwn() {
        return quartz.getInternalJobListeners();
    }
}
