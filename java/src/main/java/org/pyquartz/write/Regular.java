package org.pyquartz.write;

import java.util.Set;
import org.quartz.Scheduler;
import org.quartz.SimpleTrigger;
import org.quartz.Trigger;
import org.quartz.TriggerKey;

/**
 * Which triggers are part of a job's schedule, and not made for one firing alone.
 *
 * <p>{@code pyquartz/keys.py} says the same of keys, for what is read without a store; a test holds the
 * two together.
 */
public final class Regular {
    /** Those that try a run again, those of the jobs after it, and Quartz's recovery of a run. */
    private static final Set<String> PASSING =
            Set.of("pyquartz.retry", "pyquartz.then", Scheduler.DEFAULT_RECOVERY_GROUP);

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
