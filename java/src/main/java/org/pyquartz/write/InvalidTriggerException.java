package org.pyquartz.write;

import org.quartz.JobPersistenceException;

/** A schedule can't be: its expression, zone, times or calendar are wrong. */
public final class InvalidTriggerException extends JobPersistenceException {
    private static final long serialVersionUID = 1L;

    InvalidTriggerException(String message, Throwable cause) {
        super(message, cause);
    }

    InvalidTriggerException(String message) {
        super(message);
    }
}
