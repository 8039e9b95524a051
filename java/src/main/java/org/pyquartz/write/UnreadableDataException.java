package org.pyquartz.write;

import org.quartz.JobPersistenceException;

/** What is stored can't be read here, and what is wanted would overwrite it. */
public final class UnreadableDataException extends JobPersistenceException {
    private static final long serialVersionUID = 1L;

    UnreadableDataException(String message) {
        super(message);
    }
}
