package org.pyquartz.inspect;

import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.pyquartz.store.Unreadable;
import org.pyquartz.store.UnreadableTrigger;
import org.pyquartz.write.Regular;
import org.quartz.CalendarIntervalTrigger;
import org.quartz.CronTrigger;
import org.quartz.DailyTimeIntervalTrigger;
import org.quartz.SimpleTrigger;
import org.quartz.TimeOfDay;
import org.quartz.Trigger;
import org.quartz.impl.triggers.CalendarIntervalTriggerImpl;
import org.quartz.impl.triggers.CronTriggerImpl;
import org.quartz.impl.triggers.DailyTimeIntervalTriggerImpl;
import org.quartz.impl.triggers.SimpleTriggerImpl;

/** A trigger as plain values. */
public final class Triggers {
    private static final Map<String, String> KINDS =
            Map.of(
                    "CRON", "cron",
                    "SIMPLE", "simple",
                    "CAL_INT", "calendar_interval",
                    "DAILY_I", "daily_time_interval");

    /** The end of the year 9999. */
    private static final long LAST_MILLIS = 253_402_300_799_999L;

    private Triggers() {}

    static Map<String, Object> describe(Trigger trigger, String state) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", trigger.getKey().getName());
        map.put("group", trigger.getKey().getGroup());
        map.put("job_name", trigger.getJobKey().getName());
        map.put("job_group", trigger.getJobKey().getGroup());
        map.put("kind", kind(trigger));
        map.put("state", state);
        map.put("regular", Regular.isRegular(trigger.getKey()));
        map.put("next", millis(trigger.getNextFireTime()));
        map.put("previous", millis(trigger.getPreviousFireTime()));
        map.put("start", millis(trigger.getStartTime()));
        map.put("end", millis(trigger.getEndTime()));
        map.put("priority", trigger.getPriority());
        map.put("misfire", trigger.getMisfireInstruction());
        map.put("calendar", trigger.getCalendarName());
        map.put("description", trigger.getDescription());
        String reason = Unreadable.reason(trigger.getJobDataMap());
        map.put("data", reason == null ? trigger.getJobDataMap() : Map.of());
        map.put("unreadable", reason);
        if (trigger instanceof UnreadableTrigger) {
            map.put("data", Map.of());
            map.put("unreadable", ((UnreadableTrigger) trigger).reason());
            map.put("calendar", ((UnreadableTrigger) trigger).storedCalendar());
        } else {
            map.put("schedule", schedule(trigger));
            map.put("final", finalFireTime(trigger));
        }
        return map;
    }

    /** Null also where it lies beyond all dates: Quartz multiplies without looking. */
    private static Long finalFireTime(Trigger trigger) {
        Date last = trigger.getFinalFireTime();
        boolean isDate =
                last != null && !last.before(trigger.getStartTime()) && last.getTime() <= LAST_MILLIS;
        return isDate ? millis(last) : null;
    }

    private static String kind(Trigger trigger) {
        if (trigger instanceof UnreadableTrigger) {
            return KINDS.getOrDefault(((UnreadableTrigger) trigger).storedType(), "blob");
        }
        Class<?> type = trigger.getClass();
        if (type == CronTriggerImpl.class) {
            return "cron";
        } else if (type == SimpleTriggerImpl.class) {
            return "simple";
        } else if (type == CalendarIntervalTriggerImpl.class) {
            return "calendar_interval";
        } else if (type == DailyTimeIntervalTriggerImpl.class) {
            return "daily_time_interval";
        }
        return "blob";
    }

    private static Map<String, Object> schedule(Trigger trigger) {
        Map<String, Object> map = new LinkedHashMap<>();
        switch (kind(trigger)) {
            case "cron":
                map.put("expression", ((CronTrigger) trigger).getCronExpression());
                map.put("tz", ((CronTrigger) trigger).getTimeZone().getID());
                break;
            case "simple":
                map.put("repeat", ((SimpleTrigger) trigger).getRepeatCount());
                map.put("interval", ((SimpleTrigger) trigger).getRepeatInterval());
                map.put("times_triggered", ((SimpleTrigger) trigger).getTimesTriggered());
                break;
            case "calendar_interval":
                CalendarIntervalTrigger calendar = (CalendarIntervalTrigger) trigger;
                map.put("interval", calendar.getRepeatInterval());
                map.put("times_triggered", calendar.getTimesTriggered());
                map.put("unit", calendar.getRepeatIntervalUnit());
                map.put("tz", calendar.getTimeZone().getID());
                map.put("preserve_hour_of_day", calendar.isPreserveHourOfDayAcrossDaylightSavings());
                map.put("skip_day_if_hour_missing", calendar.isSkipDayIfHourDoesNotExist());
                break;
            case "daily_time_interval":
                DailyTimeIntervalTrigger daily = (DailyTimeIntervalTrigger) trigger;
                map.put("interval", daily.getRepeatInterval());
                map.put("times_triggered", daily.getTimesTriggered());
                map.put("unit", daily.getRepeatIntervalUnit());
                map.put("repeat", daily.getRepeatCount());
                map.put("from", time(daily.getStartTimeOfDay()));
                map.put("to", time(daily.getEndTimeOfDay()));
                map.put("days", new TreeSet<>(daily.getDaysOfWeek()));
                break;
            default:
                map.put("class", trigger.getClass().getName());
        }
        return map;
    }

    private static String time(TimeOfDay time) {
        return time == null
                ? null
                : String.format("%02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond());
    }

    static Long millis(Date date) {
        return date == null ? null : date.getTime();
    }
}
