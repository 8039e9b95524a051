package org.pyquartz.write;

import java.util.ArrayList;
import java.util.List;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SchedulerListener;
import org.quartz.Trigger;
import org.quartz.TriggerKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a change has done: listeners are told once it is in the store, as Quartz tells them. */
final class Changes {
    private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

    private interface Told {
        void by(SchedulerListener listener, Scheduler scheduler) throws SchedulerException;
    }

    private final List<Told> told = new ArrayList<>();
    private StringBuilder displaced;

    void stored(JobDetail job) {
        told.add((listener, scheduler) -> listener.jobAdded(job));
    }

    void scheduled(Trigger trigger) {
        told.add((listener, scheduler) -> listener.jobScheduled(trigger));
    }

    void unscheduled(TriggerKey key) {
        told.add((listener, scheduler) -> listener.jobUnscheduled(key));
    }

    /** What has another key now is looked up when somebody listens. */
    void renamed(JobKey old, JobKey now) {
        told.add((listener, scheduler) -> listener.jobDeleted(old));
        told.add((listener, scheduler) -> {
            JobDetail job = scheduler.getJobDetail(now);
            if (job != null) {
                listener.jobAdded(job);
            }
        });
    }

    void renamed(TriggerKey old, TriggerKey now) {
        unscheduled(old);
        told.add((listener, scheduler) -> {
            Trigger trigger = scheduler.getTrigger(now);
            if (trigger != null) {
                listener.jobScheduled(trigger);
            }
        });
    }

    void displaced(JobKey job, TriggerKey by, TriggerKey old) {
        displaced = displaced == null ? new StringBuilder() : displaced.append('\n');
        displaced.append("Job ").append(job).append(": trigger ").append(by);
        displaced.append(" takes the place of trigger ").append(old);
    }

    boolean isEmpty() {
        return told.isEmpty();
    }

    /** What a person has to know of, one a line; null when there is nothing. */
    String warnings() {
        return displaced == null ? null : displaced.toString();
    }

    void tell(Scheduler scheduler) throws SchedulerException {
        for (SchedulerListener listener : scheduler.getListenerManager().getSchedulerListeners()) {
            for (Told change : told) {
                try {
                    change.by(listener, scheduler);
                } catch (SchedulerException | RuntimeException e) {
                    LOG.error("A scheduler listener failed; the change is in the store.", e);
                }
            }
        }
    }
}
