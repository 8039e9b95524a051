package org.pyquartz.write;

import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.quartz.CalendarIntervalScheduleBuilder;
import org.quartz.CronScheduleBuilder;
import org.quartz.DailyTimeIntervalScheduleBuilder;
import org.quartz.DateBuilder.IntervalUnit;
import org.quartz.JobKey;
import org.quartz.ScheduleBuilder;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TimeOfDay;
import org.quartz.TriggerBuilder;
import org.quartz.spi.OperableTrigger;

/** Makes Quartz's triggers of Python's: a row of common settings, then those of its kind. */
public final class TriggerReader {
    private static final int COMMON = 10;

    private TriggerReader() {}

    /** Makes a trigger that need not be in any store; {@code packing.py} says what the row holds. */
    public static OperableTrigger read(String packed) throws InvalidTriggerException {
        return read((List<?>) JsonReader.read(packed), null).trigger;
    }

    /** One without a group has the job's, and for a name the job's with its own behind it. */
    static WantedTrigger read(List<?> row, JobKey job) throws InvalidTriggerException {
        boolean named = row.get(2) != null;
        String name = named ? (String) row.get(1) : job.getName().concat((String) row.get(1));
        String group = named ? (String) row.get(2) : job.getGroup();
        try {
            boolean zoneOpen = zoneColumn(row) > 0 && row.get(zoneColumn(row)) == null;
            OperableTrigger trigger = build(row, name, group, job);
            return new WantedTrigger(trigger, row.get(3) == null, zoneOpen);
        } catch (RuntimeException e) {
            throw new InvalidTriggerException(
                    "the trigger " + group + '.' + name + " can't be: " + e.getMessage(), e);
        }
    }

    private static OperableTrigger build(List<?> row, String name, String group, JobKey job)
            throws InvalidTriggerException {
        TriggerBuilder<?> builder =
                TriggerBuilder.newTrigger()
                        .withIdentity(name, group)
                        .withSchedule(schedule(row))
                        .startAt(row.get(3) == null ? new Date() : date(row.get(3)))
                        .withPriority(integer(row.get(5)))
                        .modifiedByCalendar((String) row.get(7))
                        .withDescription((String) row.get(8));
        if (row.get(4) != null) {
            builder.endAt(date(row.get(4)));
        }
        if (job != null) {
            builder.forJob(job);
        }
        if (row.get(9) != null) {
            builder.usingJobData(Values.data(row.get(9)));
        }
        OperableTrigger trigger = (OperableTrigger) builder.build();
        trigger.setMisfireInstruction(integer(row.get(6)));
        return trigger;
    }

    private static int zoneColumn(List<?> row) {
        switch ((String) row.get(0)) {
            case "cron":
                return COMMON + 1;
            case "calendar_interval":
                return COMMON + 2;
            default:
                return -1;
        }
    }

    private static ScheduleBuilder<?> schedule(List<?> row) throws InvalidTriggerException {
        switch ((String) row.get(0)) {
            case "simple":
                return SimpleScheduleBuilder.simpleSchedule()
                        .withIntervalInMilliseconds(Values.number(row.get(COMMON)))
                        .withRepeatCount(integer(row.get(COMMON + 1)));
            case "cron":
                return CronScheduleBuilder.cronSchedule((String) row.get(COMMON))
                        .inTimeZone(Zones.zone((String) row.get(COMMON + 1)));
            case "calendar_interval":
                return CalendarIntervalScheduleBuilder.calendarIntervalSchedule()
                        .withInterval(integer(row.get(COMMON)), IntervalUnit.valueOf((String) row.get(COMMON + 1)))
                        .inTimeZone(Zones.zone((String) row.get(COMMON + 2)))
                        .preserveHourOfDayAcrossDaylightSavings((Boolean) row.get(COMMON + 3))
                        .skipDayIfHourDoesNotExist((Boolean) row.get(COMMON + 4));
            default:
                return daily(row);
        }
    }

    private static ScheduleBuilder<?> daily(List<?> row) {
        Set<Integer> days = new HashSet<>();
        for (Object day : (List<?>) row.get(COMMON + 3)) {
            days.add(integer(day));
        }
        return DailyTimeIntervalScheduleBuilder.dailyTimeIntervalSchedule()
                .withIntervalInSeconds(integer(row.get(COMMON)))
                .onDaysOfTheWeek(days)
                .startingDailyAt(timeOfDay((List<?>) row.get(COMMON + 1)))
                .endingDailyAt(timeOfDay((List<?>) row.get(COMMON + 2)))
                .withRepeatCount(integer(row.get(COMMON + 4)));
    }

    private static TimeOfDay timeOfDay(List<?> parts) {
        return new TimeOfDay(integer(parts.get(0)), integer(parts.get(1)), integer(parts.get(2)));
    }

    private static Date date(Object millis) {
        return new Date(Values.number(millis));
    }

    private static int integer(Object value) {
        return Math.toIntExact(Values.number(value));
    }
}
