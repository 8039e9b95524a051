package org.pyquartz.bridge;

import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;

/**
 * The parent of every class that stands for a Python callable.
 *
 * <p>The class's own name is the stored name; it is all that Python needs to find the callable.
 */
public abstract class PythonJob implements Job {
    private static volatile Runner runner;

    /** Says who runs Python callables; set once, when the JVM has started. */
    public static void setRunner(Runner newRunner) {
        runner = newRunner;
    }

    @Override
    public void execute(JobExecutionContext context) throws JobExecutionException {
        String failure = runner.run(getClass().getName(), context);
        if (failure != null) {
            throw JobFailure.unpack(failure);
        }
    }
}
