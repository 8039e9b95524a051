package org.pyquartz.bridge;

import org.quartz.JobExecutionContext;

/** The Python side of a job: implemented once, by a proxy, and called on threads that Python owns. */
public interface Runner {
    /**
     * Runs the Python callable that is registered for a stored class name.
     *
     * @return null when it went well, else {@link JobFailure}'s packed form: directives, a line break, the report
     */
    String run(String className, JobExecutionContext context);
}
