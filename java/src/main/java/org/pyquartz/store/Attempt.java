package org.pyquartz.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.TriggerKey;

/**
 * Which attempt of a run a trigger is, and whose firing was the first of them: a few names in its data.
 *
 * <p>A trigger that recovers a run bears Quartz's own names for that, which tell of the run before; only
 * when that one recovered another do ours say whose firing it was.
 */
public final class Attempt {
    private static final String NUMBER = "pyquartz.attempt";
    private static final String TRIGGER_NAME = "pyquartz.trigger_name";
    private static final String TRIGGER_GROUP = "pyquartz.trigger_group";
    private static final String SCHEDULED = "pyquartz.scheduled_fire_time";

    private Attempt() {}

    /** Whether a trigger with these data tries a failed run again. */
    public static boolean isIn(Map<String, Object> data) {
        return data.containsKey(NUMBER);
    }

    /** The first is 1. */
    public static int number(Map<String, Object> data) {
        try {
            return isIn(data) ? Integer.parseInt(String.valueOf(data.get(NUMBER))) : 1;
        } catch (NumberFormatException e) {
            return 1; // Somebody else's, under our name.
        }
    }

    /** The trigger whose firing was the first, be it tried again, recovered, or neither. */
    public static TriggerKey first(JobExecutionContext run) {
        Map<String, Object> data = run.getTrigger().getJobDataMap();
        if (data.containsKey(TRIGGER_NAME)) {
            return new TriggerKey(
                    String.valueOf(data.get(TRIGGER_NAME)), String.valueOf(data.get(TRIGGER_GROUP)));
        }
        return run.isRecovering() ? run.getRecoveringTriggerKey() : run.getTrigger().getKey();
    }

    /** When that first one should have fired: a recovering trigger has its time, a retry has not. */
    public static long firstTime(JobExecutionContext run) {
        Object time = run.getTrigger().getJobDataMap().get(SCHEDULED);
        try {
            return time == null ? run.getScheduledFireTime().getTime() : Long.parseLong(String.valueOf(time));
        } catch (NumberFormatException e) {
            return run.getScheduledFireTime().getTime(); // Somebody else's, under our name.
        }
    }

    /** Whether a trigger's data have names of ours among them. */
    public static boolean leavesMarks(Map<String, Object> data) {
        return data.containsKey(TRIGGER_NAME);
    }

    /** The data without what is ours. */
    public static Map<String, Object> usersOwn(Map<String, Object> data) {
        if (!leavesMarks(data)) {
            return data;
        }
        Map<String, Object> own = new LinkedHashMap<>(data);
        own.keySet().removeAll(List.of(NUMBER, TRIGGER_NAME, TRIGGER_GROUP, SCHEDULED));
        return own;
    }

    /** For a retry of this run. */
    static void put(Map<String, Object> data, JobExecutionContext failed, int number) {
        TriggerKey first = first(failed);
        // Strings, for a store with useProperties holds nothing else.
        data.put(SCHEDULED, String.valueOf(firstTime(failed)));
        data.put(TRIGGER_NAME, first.getName());
        data.put(TRIGGER_GROUP, first.getGroup());
        data.put(NUMBER, String.valueOf(number));
    }

    /** For the recovery of a trigger that recovers itself: Quartz would put its name over the first one's. */
    static void keepRecovered(Map<String, Object> data) {
        Object name = data.get(Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_NAME);
        if (name != null && !leavesMarks(data)) {
            data.put(TRIGGER_NAME, name);
            data.put(TRIGGER_GROUP, data.get(Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_GROUP));
        }
    }
}
