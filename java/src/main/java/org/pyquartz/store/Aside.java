package org.pyquartz.store;

import java.util.TreeSet;
import org.quartz.Trigger;
import org.quartz.spi.JobStore;
import org.quartz.spi.OperableTrigger;

/**
 * Triggers of one kind that are due while their kind has no room: acquired, but not fired, in the order in
 * which they would fire. Whoever pauses or deletes one finds it as any other that waits.
 */
final class Aside {
    private final TreeSet<OperableTrigger> triggers = new TreeSet<>(new Trigger.TriggerTimeComparator());

    void add(OperableTrigger trigger) {
        triggers.add(trigger);
    }

    boolean isEmpty() {
        return triggers.isEmpty();
    }

    /** Gives the first ones back to the store, where they wait to be acquired, or count as missed. */
    void giveBack(int count, JobStore store) {
        for (int i = 0; i < count && !triggers.isEmpty(); i++) {
            store.releaseAcquiredTrigger(triggers.pollFirst());
        }
    }
}
