package org.pyquartz.write;

import java.util.Collections;
import java.util.Date;
import java.util.TimeZone;
import org.pyquartz.write.Rows.StoredJob;
import org.pyquartz.write.Rows.StoredTrigger;
import org.quartz.Calendar;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.impl.triggers.CalendarIntervalTriggerImpl;
import org.quartz.impl.triggers.CronTriggerImpl;
import org.quartz.spi.OperableTrigger;

/**
 * Another zone for the triggers of a job: they keep their state, what they fired and how often.
 *
 * <p>A firing that is due already stays due; only what comes after it is reckoned in the new zone.
 */
final class ZoneChange {
    private final JobKey key;
    private final TimeZone zone;
    private final Date now = new Date();
    private int count;

    ZoneChange(JobKey key, String zone) throws InvalidTriggerException {
        this.key = key;
        this.zone = Zones.zone(zone);
    }

    int count() {
        return count;
    }

    Changes write(Rows rows) throws JobPersistenceException {
        Changes changes = new Changes();
        // It may be done a second time, when a database has taken the first back.
        count = 0;
        rows.look(Collections.singleton(key), Collections.emptySet());
        StoredJob job = rows.job(key);
        if (job == null) {
            throw new JobMissingException(key);
        }
        for (StoredTrigger stored : rows.triggers(key)) {
            if (set(stored.trigger)) {
                reckon(stored.trigger, rows);
                rows.change(stored, job.detail);
                changes.unscheduled(stored.trigger.getKey());
                changes.scheduled(stored.trigger);
                count++;
            }
        }
        rows.flush();
        return changes;
    }

    /** False for a trigger that has no zone, or has this one already. */
    private boolean set(OperableTrigger trigger) {
        if (trigger.getClass() == CronTriggerImpl.class) {
            CronTriggerImpl cron = (CronTriggerImpl) trigger;
            boolean differs = !cron.getTimeZone().getID().equals(zone.getID());
            cron.setTimeZone(zone);
            return differs;
        }
        if (trigger.getClass() == CalendarIntervalTriggerImpl.class) {
            CalendarIntervalTriggerImpl interval = (CalendarIntervalTriggerImpl) trigger;
            boolean differs = !interval.getTimeZone().getID().equals(zone.getID());
            interval.setTimeZone(zone);
            return differs;
        }
        return false;
    }

    private void reckon(OperableTrigger trigger, Rows rows) throws JobPersistenceException {
        Date next = trigger.getNextFireTime();
        if (next == null || !next.after(now)) {
            return;
        }
        Calendar calendar = trigger.getCalendarName() == null ? null : rows.calendar(trigger.getCalendarName());
        Date fire = trigger.getFireTimeAfter(now);
        while (fire != null && calendar != null && !calendar.isTimeIncluded(fire.getTime())) {
            fire = trigger.getFireTimeAfter(fire);
        }
        if (fire == null) {
            throw new InvalidTriggerException(
                    "in the zone " + zone.getID() + " the trigger " + trigger.getKey() + " will never fire");
        }
        trigger.setNextFireTime(fire);
    }
}
