package org.pyquartz.bridge;

import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;

/**
 * The parent of every class that stands for a Python callable.
 *
 * <p>The class's own name is the stored name; it is all that Python needs to find the callable, which runs
 * between the two halves of a {@link PythonRunShell}, on a thread of Python's.
 */
public abstract class PythonJob implements Job {
    @Override
    public void execute(JobExecutionContext context) throws JobExecutionException {
        throw new JobExecutionException(
                getClass().getName() + " is a Python callable: only a scheduler of pyquartz can run it");
    }
}
