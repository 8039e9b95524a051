package org.pyquartz.write;

import java.util.Date;
import org.quartz.Calendar;
import org.quartz.spi.OperableTrigger;

/** A trigger as it shall be, and what of it was left open: "as it comes". */
final class WantedTrigger {
    final OperableTrigger trigger;
    final boolean startOpen;
    final boolean zoneOpen;
    private Calendar calendar;

    WantedTrigger(OperableTrigger trigger, boolean startOpen, boolean zoneOpen) {
        this.trigger = trigger;
        this.startOpen = startOpen;
        this.zoneOpen = zoneOpen;
    }

    void calendar(Calendar found) {
        calendar = found;
    }

    /** Has Quartz say when it fires first; a trigger that never does is refused. */
    void compute() throws InvalidTriggerException {
        if (trigger.computeFirstFireTime(calendar) == null) {
            throw new InvalidTriggerException("the trigger " + trigger.getKey() + " will never fire");
        }
    }

    /**
     * What is due and has not fired yet stays due, if the new schedule has it as well: a schedule that is
     * written anew begins where the old one stands, and not a moment after.
     */
    void owes(Date due) throws InvalidTriggerException {
        if (startOpen) {
            trigger.setStartTime(due);
        }
        compute();
    }
}
