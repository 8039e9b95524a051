package org.pyquartz.write;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.pyquartz.blob.Opaque;
import org.pyquartz.store.Unreadable;
import org.pyquartz.write.Rows.StoredJob;
import org.quartz.CalendarIntervalTrigger;
import org.quartz.CronTrigger;
import org.quartz.DailyTimeIntervalTrigger;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.JobDetail;
import org.quartz.PersistJobDataAfterExecution;
import org.quartz.SimpleTrigger;
import org.quartz.TimeOfDay;
import org.quartz.Trigger;
import org.quartz.utils.ClassUtils;

/**
 * Whether what is stored is as wanted already: such a row is not touched, so that a start-up changes
 * nothing that older nodes still need, and nothing that fires meanwhile is lost.
 */
final class Same {
    private Same() {}

    /** Data that a job keeps for itself are its own; those that stay as they are don't count. */
    static boolean job(StoredJob stored, JobDetail wanted, boolean dataStay) {
        JobDetail there = stored.detail;
        Class<?> type = wanted.getJobClass();
        return Unreadable.reason(there.getJobDataMap()) != null
                || there.getJobClass().getName().equals(type.getName())
                        && Objects.equals(there.getDescription(), wanted.getDescription())
                        && there.isDurable() == wanted.isDurable()
                        && there.requestsRecovery() == wanted.requestsRecovery()
                        && stored.nonConcurrent == isNonConcurrent(type)
                        && stored.persistsData == keepsData(type)
                        && (dataStay || keepsData(type) || data(there.getJobDataMap(), wanted.getJobDataMap()));
    }

    static boolean keepsData(Class<?> type) {
        return ClassUtils.isAnnotationPresent(type, PersistJobDataAfterExecution.class);
    }

    static boolean isNonConcurrent(Class<?> type) {
        return ClassUtils.isAnnotationPresent(type, DisallowConcurrentExecution.class);
    }

    /** What the wanted trigger leaves open may be any. */
    static boolean trigger(Trigger there, WantedTrigger wanted, boolean dataStay) {
        Trigger trigger = wanted.trigger;
        return there.getClass() == trigger.getClass()
                && (wanted.startOpen || there.getStartTime().equals(trigger.getStartTime()))
                && Objects.equals(there.getEndTime(), trigger.getEndTime())
                && there.getPriority() == trigger.getPriority()
                && there.getMisfireInstruction() == trigger.getMisfireInstruction()
                && Objects.equals(there.getCalendarName(), trigger.getCalendarName())
                && Objects.equals(there.getDescription(), trigger.getDescription())
                && (dataStay || data(there.getJobDataMap(), trigger.getJobDataMap()))
                && schedule(there, trigger, wanted.zoneOpen);
    }

    private static boolean schedule(Trigger there, Trigger wanted, boolean zoneOpen) {
        if (wanted instanceof SimpleTrigger) {
            SimpleTrigger a = (SimpleTrigger) there;
            SimpleTrigger b = (SimpleTrigger) wanted;
            return a.getRepeatCount() == b.getRepeatCount() && a.getRepeatInterval() == b.getRepeatInterval();
        } else if (wanted instanceof CronTrigger) {
            CronTrigger a = (CronTrigger) there;
            CronTrigger b = (CronTrigger) wanted;
            return plain(a.getCronExpression()).equals(plain(b.getCronExpression()))
                    && (zoneOpen || a.getTimeZone().getID().equals(b.getTimeZone().getID()));
        } else if (wanted instanceof CalendarIntervalTrigger) {
            return calendarInterval((CalendarIntervalTrigger) there, (CalendarIntervalTrigger) wanted, zoneOpen);
        }
        return daily((DailyTimeIntervalTrigger) there, (DailyTimeIntervalTrigger) wanted);
    }

    private static String plain(String expression) {
        return expression.toUpperCase(Locale.ROOT).trim().replaceAll("\\s+", " ");
    }

    private static boolean calendarInterval(
            CalendarIntervalTrigger a, CalendarIntervalTrigger b, boolean zoneOpen) {
        return a.getRepeatInterval() == b.getRepeatInterval()
                && a.getRepeatIntervalUnit() == b.getRepeatIntervalUnit()
                && a.isPreserveHourOfDayAcrossDaylightSavings() == b.isPreserveHourOfDayAcrossDaylightSavings()
                && a.isSkipDayIfHourDoesNotExist() == b.isSkipDayIfHourDoesNotExist()
                && (zoneOpen || a.getTimeZone().getID().equals(b.getTimeZone().getID()));
    }

    private static boolean daily(DailyTimeIntervalTrigger a, DailyTimeIntervalTrigger b) {
        return seconds(a) == seconds(b)
                && a.getRepeatCount() == b.getRepeatCount()
                && a.getDaysOfWeek().equals(b.getDaysOfWeek())
                && Objects.equals(orElse(a.getStartTimeOfDay(), 0, 0, 0), b.getStartTimeOfDay())
                && Objects.equals(orElse(a.getEndTimeOfDay(), 23, 59, 59), b.getEndTimeOfDay());
    }

    private static TimeOfDay orElse(TimeOfDay time, int hour, int minute, int second) {
        return time == null ? new TimeOfDay(hour, minute, second) : time;
    }

    private static long seconds(DailyTimeIntervalTrigger daily) {
        switch (daily.getRepeatIntervalUnit()) {
            case HOUR:
                return daily.getRepeatInterval() * 3600L;
            case MINUTE:
                return daily.getRepeatInterval() * 60L;
            default:
                return daily.getRepeatInterval();
        }
    }

    static Map<?, ?> readable(Map<?, ?> data) {
        if (data.values().stream().noneMatch(Opaque.class::isInstance)) {
            return data;
        }
        Map<Object, Object> rest = new HashMap<>(data);
        rest.values().removeIf(Opaque.class::isInstance);
        return rest;
    }

    // -- values, whose stored form may be another node's ------------------------------------------

    /** Data are the same when whoever reads them finds the same: True is not 1, and 1.50 not 1.5. */
    static boolean data(Map<?, ?> a, Map<?, ?> b) {
        return a.size() == b.size()
                && a.entrySet().stream()
                        .allMatch(e -> b.containsKey(e.getKey()) && value(e.getValue(), b.get(e.getKey())));
    }

    private static boolean value(Object a, Object b) {
        if (Objects.equals(a, b)) {
            return true;
        } else if (a == null || b == null) {
            return false;
        } else if (a instanceof Map && b instanceof Map) {
            return data((Map<?, ?>) a, (Map<?, ?>) b);
        } else if (a instanceof Collection && b instanceof Collection) {
            return items((Collection<?>) a, (Collection<?>) b);
        } else if (a instanceof byte[] && b instanceof byte[]) {
            return Arrays.equals((byte[]) a, (byte[]) b);
        } else if (isText(a) && isText(b) || isInteger(a) && isInteger(b) || isFloating(a) && isFloating(b)) {
            return a.toString().equals(b.toString());
        }
        OffsetDateTime moment = moment(a);
        return moment != null && moment.equals(moment(b));
    }

    private static boolean items(Collection<?> a, Collection<?> b) {
        Iterator<?> others = b.iterator();
        return a.size() == b.size() && a.stream().allMatch(item -> value(item, others.next()));
    }

    private static boolean isText(Object value) {
        return value instanceof CharSequence || value instanceof Character || value instanceof Enum;
    }

    private static boolean isInteger(Object value) {
        return value instanceof Number && !isFloating(value) && !(value instanceof BigDecimal);
    }

    private static boolean isFloating(Object value) {
        return value instanceof Double || value instanceof Float;
    }

    /** A moment and how it is read; the name of its zone is no matter. */
    private static OffsetDateTime moment(Object value) {
        if (value instanceof Date) {
            return Instant.ofEpochMilli(((Date) value).getTime()).atOffset(ZoneOffset.UTC);
        } else if (value instanceof Instant) {
            return ((Instant) value).atOffset(ZoneOffset.UTC);
        } else if (value instanceof ZonedDateTime) {
            return ((ZonedDateTime) value).toOffsetDateTime();
        }
        return value instanceof OffsetDateTime ? (OffsetDateTime) value : null;
    }
}
