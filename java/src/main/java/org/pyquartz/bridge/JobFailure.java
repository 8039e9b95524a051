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

    private JobFailure(String report) {
        super(report);
    }

    /** Unpacks {@code "<directives>\n<report>"}: R refires at once, U unschedules the trigger, A all triggers. */
    static JobFailure unpack(String packed) {
        int line = packed.indexOf('\n');
        String directives = packed.substring(0, line);
        JobFailure failure = new JobFailure(packed.substring(line + 1));
        failure.setRefireImmediately(directives.indexOf('R') >= 0);
        failure.setUnscheduleFiringTrigger(directives.indexOf('U') >= 0);
        failure.setUnscheduleAllTriggers(directives.indexOf('A') >= 0);
        return failure;
    }
}
