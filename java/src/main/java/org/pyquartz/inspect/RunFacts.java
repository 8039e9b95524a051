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
 * <p>Four parts of JSON, so that Python parses only what is looked at: keys, times and counts in one list;
 * the merged data; the job's own data, empty when they are the same; the trigger's, empty when there are
 * none. {@code pyquartz/_jvm/runs.py} reads it.
 */
public final class RunFacts {
    private static final char PART = '\u001f';

    private RunFacts() {}

    public static String pack(JobExecutionContext context) {
        Map<String, Object> ofTrigger = context.getTrigger().getJobDataMap();
        return Json.of(head(context))
                + PART
                + Json.of(own(ofTrigger, context.getMergedJobDataMap()))
                + PART
                + (ofTrigger.isEmpty() ? "" : Json.of(context.getJobDetail().getJobDataMap()))
                + PART
                + (ofTrigger.isEmpty() ? "" : Json.of(Attempt.usersOwn(ofTrigger)));
    }

    private static Map<String, Object> own(Map<String, Object> ofTrigger, Map<String, Object> merged) {
        return Attempt.isIn(ofTrigger) ? Attempt.usersOwn(merged) : merged;
    }

    private static List<Object> head(JobExecutionContext context) {
        JobKey job = context.getJobDetail().getKey();
        TriggerKey trigger = context.getTrigger().getKey();
        List<Object> head = new ArrayList<>(16);
        head.add(job.getName());
        head.add(job.getGroup());
        head.add(trigger.getName());
        head.add(trigger.getGroup());
        head.add(millis(context.getFireTime()));
        head.add(millis(context.getScheduledFireTime()));
        head.add(millis(context.getPreviousFireTime()));
        head.add(millis(context.getNextFireTime()));
        head.add(context.getFireInstanceId());
        head.add(context.getRefireCount());
        head.add(context.isRecovering());
        Map<String, Object> ofTrigger = context.getTrigger().getJobDataMap();
        head.add(Attempt.number(ofTrigger));
        boolean retry = Attempt.isIn(ofTrigger);
        if (context.isRecovering() || retry) {
            TriggerKey recovered = context.isRecovering() ? context.getRecoveringTriggerKey() : null;
            head.add(recovered == null ? null : recovered.getName());
            head.add(recovered == null ? null : recovered.getGroup());
        }
        if (retry) {
            head.addAll(Attempt.first(ofTrigger));
        }
        return head;
    }

    private static Long millis(Date moment) {
        return moment == null ? null : moment.getTime();
    }
}
