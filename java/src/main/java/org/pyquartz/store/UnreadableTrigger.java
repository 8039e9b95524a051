package org.pyquartz.store;

import org.quartz.Calendar;
import org.quartz.impl.triggers.SimpleTriggerImpl;

/**
 * Stands for a trigger's row that can't be turned into a trigger: a blob of a class nobody has, a
 * lost or broken schedule row, a calendar that is missing.
 *
 * <p>It can be looked at, paused, resumed and deleted. It never fires, and {@link BridgeDelegate}
 * writes nothing of it but its state.
 */
public final class UnreadableTrigger extends SimpleTriggerImpl {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String storedType;
    private final String storedCalendar;

    UnreadableTrigger(String reason, String storedType, String storedCalendar) {
        this.reason = reason;
        this.storedType = storedType;
        this.storedCalendar = storedCalendar;
    }

    public String reason() {
        return reason;
    }

    /** The column TRIGGER_TYPE: CRON, SIMPLE, CAL_INT, DAILY_I or BLOB. */
    public String storedType() {
        return storedType;
    }

    /** The column CALENDAR_NAME, which Quartz is not told: the calendar may be what can't be read. */
    public String storedCalendar() {
        return storedCalendar;
    }

    /** Its schedule is not known, so a misfire changes nothing. */
    @Override
    public void updateAfterMisfire(Calendar calendar) {}

    @Override
    public boolean hasAdditionalProperties() {
        return true;
    }
}
