package org.pyquartz.write;

import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;

/** The store has no calendar of the name that a trigger gives. */
public final class CalendarMissingException extends JobPersistenceException {
    private static final long serialVersionUID = 1L;

    CalendarMissingException(String name, TriggerKey trigger) {
        super("the store has no calendar '" + name + "', which the trigger " + trigger + " names");
    }
}
