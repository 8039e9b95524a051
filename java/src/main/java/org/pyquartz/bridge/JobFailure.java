package org.pyquartz.bridge;

import org.quartz.JobExecutionException;

/**
 * What Quartz is told when a Python callable failed.
 *
 * <p>Python has logged the failure, with its traceback, before this is thrown; the type lets the log
 * leave out the second report that Quartz's run shell would make of it.
 */
public final class JobFailure extends JobExecutionException {
    private static final long serialVersionUID = 1L;

    private final boolean unhandled;

    private JobFailure(String report, boolean unhandled) {
        super(report);
        this.unhandled = unhandled;
    }

    /** Whether the callable raised anything but what it tells Quartz by; stock tells scheduler listeners. */
    boolean isUnhandled() {
        return unhandled;
    }

    /**
     * Unpacks {@code "<directives>\n<report>"}: R refires at once, U unschedules the trigger, A all triggers,
     * E is any other exception than the one that says such things.
     */
    static JobFailure unpack(String packed) {
        int line = packed.indexOf('\n');
        String directives = packed.substring(0, line);
        JobFailure failure = new JobFailure(packed.substring(line + 1), directives.indexOf('E') >= 0);
        failure.setRefireImmediately(directives.indexOf('R') >= 0);
        failure.setUnscheduleFiringTrigger(directives.indexOf('U') >= 0);
        failure.setUnscheduleAllTriggers(directives.indexOf('A') >= 0);
        return failure;
    }
}
