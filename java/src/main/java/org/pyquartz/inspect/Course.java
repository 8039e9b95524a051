package org.pyquartz.inspect;

import java.util.Date;
import org.quartz.Calendar;
import org.quartz.DailyTimeIntervalTrigger;
import org.quartz.SimpleTrigger;
import org.quartz.spi.OperableTrigger;

/**
 * One trigger's way through time: its fires one after the other, as Quartz would compute them while
 * it runs, each from the one before.
 *
 * <p>It looks ahead without a store, and ends where Quartz would not: at a calendar that leaves out
 * everything, and at a trigger that does not get on.
 */
final class Course {
    /** So many times in a row may a calendar leave out before the search is given up. */
    private static final int MOST_EXCLUDED = 200_000;

    /** As far ahead as Quartz itself looks. */
    private static final long HORIZON_MILLIS = 100L * 366 * 24 * 60 * 60 * 1000;

    // Asked within an hour that comes twice, a cron answers otherwise than when it got there by itself.
    private static final long RUN_UP_MILLIS = 3 * 60 * 60 * 1000L;

    private final OperableTrigger trigger;
    private final Calendar calendar;
    private final long began = System.currentTimeMillis();
    private boolean gaveUp;

    private Course(OperableTrigger trigger, Calendar calendar) {
        this.trigger = trigger;
        this.calendar = calendar;
    }

    /** The fires of a trigger that is in no store, from an instant on. */
    static Course ofNew(OperableTrigger trigger, Calendar calendar, long from) {
        OperableTrigger copy = (OperableTrigger) trigger.clone();
        // Without the calendar: Quartz's own search for a time that it leaves in has no end.
        copy.computeFirstFireTime(null);
        Course course = new Course(copy, calendar);
        course.findIncluded();
        return course.leap(from);
    }

    /** The fires to come of a stored trigger, from an instant on; its next one holds as it is. */
    static Course ofStored(OperableTrigger trigger, Calendar calendar, long from) {
        return new Course((OperableTrigger) trigger.clone(), calendar).leap(from);
    }

    private Course leap(long from) {
        Date next = trigger.getNextFireTime();
        if (next != null && next.getTime() < from && !counts()) {
            boolean isSimple = trigger instanceof SimpleTrigger;
            Date near = new Date(from - 1 - (isSimple ? 0 : RUN_UP_MILLIS));
            if (near.after(next)) {
                trigger.setNextFireTime(trigger.getFireTimeAfter(near));
                findIncluded();
            }
        }
        while (next() != null && next() < from && !gaveUp) {
            advance();
        }
        return this;
    }

    /** Whether each fire counts, so that none can be passed over. */
    private boolean counts() {
        return trigger instanceof DailyTimeIntervalTrigger
                && ((DailyTimeIntervalTrigger) trigger).getRepeatCount()
                        != DailyTimeIntervalTrigger.REPEAT_INDEFINITELY;
    }

    /** The next fire, in ms since 1970, or null. */
    Long next() {
        return Triggers.millis(trigger.getNextFireTime());
    }

    /** Whether the search ended before the trigger did. */
    boolean gaveUp() {
        return gaveUp;
    }

    /** Goes on to the fire after. */
    void advance() {
        Date last = trigger.getNextFireTime();
        trigger.triggered(null);
        stopUnlessAfter(last);
        findIncluded();
    }

    private void findIncluded() {
        if (calendar == null) {
            return;
        }
        Date next = trigger.getNextFireTime();
        for (int n = 0; next != null && !calendar.isTimeIncluded(next.getTime()); n++) {
            Date last = next;
            boolean isEnough = n >= MOST_EXCLUDED || last.getTime() > began + HORIZON_MILLIS;
            next = isEnough ? last : trigger.getFireTimeAfter(last);
            trigger.setNextFireTime(next);
            stopUnlessAfter(last);
            next = trigger.getNextFireTime();
        }
    }

    private void stopUnlessAfter(Date last) {
        Date next = trigger.getNextFireTime();
        if (next != null && !next.after(last)) {
            gaveUp = true;
            trigger.setNextFireTime(null);
        }
    }
}
