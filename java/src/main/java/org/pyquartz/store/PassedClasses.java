package org.pyquartz.store;

import java.util.HashSet;
import java.util.Set;
import org.pyquartz.bridge.JobClasses;
import org.pyquartz.bridge.NoOpJob;

/**
 * The classes whose jobs a look for triggers leaves out, as far as they have been met: those that are left
 * to peers, and those of a kind that has no room.
 */
final class PassedClasses {
    private final Set<String> left = new HashSet<>();
    private final Set<String> onThreads = new HashSet<>();
    private int generation;
    private boolean leavesMissing;

    /** Whether a job whose class nobody here has is for peers. */
    void leaveMissing(boolean leave) {
        leavesMissing = leave;
    }

    void forgetAfterRegistrations() {
        int now = JobClasses.generation();
        if (now != generation) {
            generation = now;
            left.clear();
            onThreads.clear();
        }
    }

    /** To a peer that has the class, or until Python has tried to import it, or Clojure to load it. */
    boolean isLeft(Class<?> type) {
        return NoOpJob.class.isAssignableFrom(type)
                && (leavesMissing || JobClasses.awaits(type.getName()));
    }

    /** Has a class left out from now on; false when it is already. */
    boolean leave(Class<?> type) {
        return left.add(type.getName());
    }

    /** Has a class left out while no thread is free; false when it is already. */
    boolean takesThread(Class<?> type) {
        return onThreads.add(type.getName());
    }

    /** What to leave out when there is room for jobs on threads, or not, and for coroutines. */
    Set<String> names(boolean threads, boolean loop) {
        Set<String> names = new HashSet<>(left);
        if (!loop) {
            names.addAll(JobClasses.loopNames());
        }
        if (!threads) {
            names.addAll(onThreads);
        }
        return names;
    }
}
