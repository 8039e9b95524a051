package org.pyquartz.write;

import java.util.Set;
import org.quartz.Scheduler;
import org.quartz.SimpleTrigger;
import org.quartz.Trigger;
import org.quartz.TriggerKey;

/**
 * Which triggers are part of a job's schedule, and not made for one firing alone.
 */
public final class Regular {
    /** Where the triggers live that try a failed run again, and those of the jobs after a run. */
    public static final String RETRY_GROUP = "pyquartz.retry";

    public static final String THEN_GROUP = "pyquartz.then";

    private static final Set<String> PASSING =
            Set.of(RETRY_GROUP, THEN_GROUP, Scheduler.DEFAULT_RECOVERY_GROUP);

    private static final String MANUAL_PREFIX = "MT_";

    private Regular() {}

    public static boolean isRegular(TriggerKey key) {
        boolean manual = key.getGroup().equals(TriggerKey.DEFAULT_GROUP) && key.getName().startsWith(MANUAL_PREFIX);
        return !manual && !PASSING.contains(key.getGroup());
    }

    static boolean isOnce(Trigger trigger) {
        return trigger instanceof SimpleTrigger && ((SimpleTrigger) trigger).getRepeatCount() == 0;
    }
}
