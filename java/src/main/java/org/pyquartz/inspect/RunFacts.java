package org.pyquartz.inspect;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.pyquartz.store.Attempt;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;

/**
 * All that a job may want to know of its run, as one string: a crossing costs more than what crosses.
 *
 * <p>Seven parts, so that Python parses only what is looked at: times and counts; then, as JSON, the merged
 * data; the job's own data, empty when they are the same; the trigger's, empty when there are none; the
 * keys; when the first of the runs should have fired that this one repeats, empty when it is this one; the
 * scheduler's name. {@code pyquartz/_jvm/runs.py} reads it.
 */
public final class RunFacts {
    private static final char PART = '\u001f';

    private RunFacts() {}

    /** The first two parts, which most jobs that ask for something are content with. */
    public static String brief(JobExecutionContext context) {
        Map<String, Object> ofTrigger = context.getTrigger().getJobDataMap();
        return numbers(context) + PART + Json.of(own(ofTrigger, context.getMergedJobDataMap()));
    }

    public static String pack(JobExecutionContext context) {
        Map<String, Object> ofTrigger = context.getTrigger().getJobDataMap();
        return brief(context)
                + PART
                + (ofTrigger.isEmpty() ? "" : Json.of(context.getJobDetail().getJobDataMap()))
                + PART
                + (ofTrigger.isEmpty() ? "" : Json.of(Attempt.usersOwn(ofTrigger)))
                + PART
                + Json.of(keys(context))
                + PART
                + (Attempt.leavesMarks(ofTrigger) ? Attempt.firstTime(context) : "")
                + PART
                + schedulerName(context);
    }

    private static String schedulerName(JobExecutionContext context) {
        try {
            return context.getScheduler().getSchedulerName();
        } catch (SchedulerException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> own(Map<String, Object> ofTrigger, Map<String, Object> merged) {
        return Attempt.leavesMarks(ofTrigger) ? Attempt.usersOwn(merged) : merged;
    }

    private static String numbers(JobExecutionContext context) {
        return millis(context.getFireTime())
                + ' ' + millis(context.getScheduledFireTime())
                + ' ' + millis(context.getPreviousFireTime())
                + ' ' + millis(context.getNextFireTime())
                + ' ' + context.getRefireCount()
                + (context.isRecovering() ? " 1 " : " 0 ")
                + Attempt.number(context.getTrigger().getJobDataMap());
    }

    private static List<Object> keys(JobExecutionContext context) {
        JobKey job = context.getJobDetail().getKey();
        TriggerKey trigger = context.getTrigger().getKey();
        Map<String, Object> ofTrigger = context.getTrigger().getJobDataMap();
        List<Object> keys = new ArrayList<>(9);
        keys.add(context.getFireInstanceId());
        keys.add(job.getName());
        keys.add(job.getGroup());
        keys.add(trigger.getName());
        keys.add(trigger.getGroup());
        boolean retry = Attempt.isIn(ofTrigger);
        if (context.isRecovering() || retry) {
            TriggerKey recovered = context.isRecovering() ? recovered(context, retry) : null;
            keys.add(recovered == null ? null : recovered.getName());
            keys.add(recovered == null ? null : recovered.getGroup());
        }
        if (retry) {
            TriggerKey first = Attempt.first(context);
            keys.add(first.getName());
            keys.add(first.getGroup());
        }
        return keys;
    }

    /** Not the trigger of a recovery that was cut off itself. */
    private static TriggerKey recovered(JobExecutionContext context, boolean retry) {
        return retry ? context.getRecoveringTriggerKey() : Attempt.first(context);
    }

    private static String millis(Date moment) {
        return moment == null ? "" : Long.toString(moment.getTime());
    }
}
