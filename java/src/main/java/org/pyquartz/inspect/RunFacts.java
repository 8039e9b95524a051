package org.pyquartz.inspect;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.pyquartz.store.Attempt;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.TriggerKey;

/**
 * All that a job may want to know of its run, as one string: a crossing costs more than what crosses.
 *
 * <p>Five parts, so that Python parses only what is looked at: times and counts; then, as JSON, the merged
 * data; the job's own data, empty when they are the same; the trigger's, empty when there are none; the
 * keys. {@code pyquartz/_jvm/runs.py} reads it.
 */
public final class RunFacts {
    private static final char PART = '\u001f';

    private RunFacts() {}

    public static String pack(JobExecutionContext context) {
        Map<String, Object> ofTrigger = context.getTrigger().getJobDataMap();
        return numbers(context)
                + PART
                + Json.of(own(ofTrigger, context.getMergedJobDataMap()))
                + PART
                + (ofTrigger.isEmpty() ? "" : Json.of(context.getJobDetail().getJobDataMap()))
                + PART
                + (ofTrigger.isEmpty() ? "" : Json.of(Attempt.usersOwn(ofTrigger)))
                + PART
                + Json.of(keys(context));
    }

    private static Map<String, Object> own(Map<String, Object> ofTrigger, Map<String, Object> merged) {
        return Attempt.isIn(ofTrigger) ? Attempt.usersOwn(merged) : merged;
    }

    private static String numbers(JobExecutionContext context) {
        return millis(context.getFireTime())
                + " " + millis(context.getScheduledFireTime())
                + " " + millis(context.getPreviousFireTime())
                + " " + millis(context.getNextFireTime())
                + " " + context.getRefireCount()
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
            TriggerKey recovered = context.isRecovering() ? context.getRecoveringTriggerKey() : null;
            keys.add(recovered == null ? null : recovered.getName());
            keys.add(recovered == null ? null : recovered.getGroup());
        }
        if (retry) {
            keys.addAll(Attempt.first(ofTrigger));
        }
        return keys;
    }

    private static String millis(Date moment) {
        return moment == null ? "" : Long.toString(moment.getTime());
    }
}
