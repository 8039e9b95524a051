package org.pyquartz.bridge;

import java.lang.reflect.Field;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.JobListener;
import org.quartz.ListenerManager;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.core.QuartzScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who are told of the runs of Python's jobs, as Quartz tells them.
 *
 * <p>Quartz makes lists of all listeners five times for each run. Where nobody has registered one, only its
 * own are there: the one of jobs that knows what runs, one of triggers that vetoes no job of Python's
 * ({@link NoOpVeto}), and one of schedulers that logs errors.
 */
final class Audience {
    private static final Logger LOG = LoggerFactory.getLogger(Audience.class);

    private final QuartzScheduler quartz;
    // They are there before anybody else can be.
    private final List<JobListener> quartzOwn;
    private final Registered jobs;
    private final Registered triggers;
    private final Registered schedulers;

    /** Says whether any listener of a kind is registered. */
    private interface Registered {
        boolean any();
    }

    Audience(QuartzScheduler quartz) {
        this.quartz = quartz;
        quartzOwn = quartz.getInternalJobListeners();
        ListenerManager manager = quartz.getListenerManager();
        jobs = registered(manager, "globalJobListeners", manager::getJobListeners);
        triggers = registered(manager, "globalTriggerListeners", manager::getTriggerListeners);
        schedulers = registered(manager, "schedulerListeners", manager::getSchedulerListeners);
    }

    /**
     * Quartz gives them as a copy, which costs each run more than what is done with it; what is behind it
     * says the same. That is read without its lock: whoever has registered a listener and then schedules
     * something has gone through the store's.
     */
    private static Registered registered(ListenerManager manager, String field, Supplier<List<?>> copy) {
        try {
            Field behind = manager.getClass().getDeclaredField(field);
            behind.setAccessible(true);
            Object all = behind.get(manager);
            Collection<?> listeners = all instanceof Map ? ((Map<?, ?>) all).values() : (Collection<?>) all;
            return () -> !listeners.isEmpty();
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("This Quartz keeps its listeners elsewhere; they are asked for in each run.", e);
            return () -> !copy.get().isEmpty();
        }
    }

    /** Whether a listener vetoes the run. */
    boolean triggerFired(JobExecutionContext run) throws SchedulerException {
        return triggers.any() && quartz.notifyTriggerListenersFired(run);
    }

    void triggerComplete(JobExecutionContext run, CompletedExecutionInstruction instruction)
            throws SchedulerException {
        if (triggers.any()) {
            quartz.notifyTriggerListenersComplete(run, instruction);
        }
    }

    void jobToBeExecuted(JobExecutionContext run) throws SchedulerException {
        if (jobs.any()) {
            quartz.notifyJobListenersToBeExecuted(run);
        } else {
            for (JobListener own : quartzOwn) {
                own.jobToBeExecuted(run);
            }
        }
    }

    void jobWasExecuted(JobExecutionContext run, JobExecutionException failure) throws SchedulerException {
        if (jobs.any()) {
            quartz.notifyJobListenersWasExecuted(run, failure);
        } else {
            for (JobListener own : quartzOwn) {
                own.jobWasExecuted(run, failure);
            }
        }
    }

    void triggerFinalized(Trigger trigger) {
        if (schedulers.any()) {
            quartz.notifySchedulerListenersFinalized(trigger);
        }
    }

    /** Whether nobody is told of a run but Quartz itself. */
    boolean isSilent() {
        return !triggers.any() && !jobs.any() && !schedulers.any();
    }
}
