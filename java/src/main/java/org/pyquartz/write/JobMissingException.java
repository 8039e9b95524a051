package org.pyquartz.write;

import org.quartz.JobKey;
import org.quartz.JobPersistenceException;

/** The store has no job of that key. */
public final class JobMissingException extends JobPersistenceException {
    private static final long serialVersionUID = 1L;

    JobMissingException(JobKey key) {
        super("the store has no job " + key);
    }
}
