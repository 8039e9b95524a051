package org.pyquartz.write;

import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;

/** The store has no trigger of that key. */
public final class TriggerMissingException extends JobPersistenceException {
    private static final long serialVersionUID = 1L;

    TriggerMissingException(TriggerKey key) {
        super("the store has no trigger " + key);
    }
}
