package org.pyquartz.bridge;

import org.quartz.Job;
import org.quartz.JobExecutionContext;

/**
 * What a stored job becomes whose class nobody has: it does nothing, so that its trigger stays alive.
 *
 * <p>{@link NoOpVeto} vetoes it before it is executed, so that it never counts as a run.
 */
public class NoOpJob implements Job {
    @Override
    public void execute(JobExecutionContext context) {
        // Reached only where the veto is not installed, as on a plain Java node; there, too, it does nothing.
    }
}
