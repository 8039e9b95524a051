package org.pyquartz.inspect;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.pyquartz.blob.Opaque;
import org.pyquartz.blob.UnreadableBlobException;
import org.quartz.Calendar;
import org.quartz.JobPersistenceException;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.impl.calendar.AnnualCalendar;
import org.quartz.impl.calendar.BaseCalendar;
import org.quartz.impl.calendar.CronCalendar;
import org.quartz.impl.calendar.DailyCalendar;
import org.quartz.impl.calendar.HolidayCalendar;
import org.quartz.impl.calendar.MonthlyCalendar;
import org.quartz.impl.calendar.WeeklyCalendar;

/**
 * Stored calendars as plain values. One that is of somebody else's class, or that no value could stand
 * for without a loss, becomes an {@link Opaque}, and the others are told all the same.
 */
public final class Calendars {
    private static final long DAY_MILLIS = 86_400_000L;

    private Calendars() {}

    /** All calendars, by name. */
    public static String all(Scheduler scheduler) throws SchedulerException {
        Map<String, Object> map = new LinkedHashMap<>();
        for (String name : scheduler.getCalendarNames()) {
            map.put(name, valueOf(scheduler, name));
        }
        return Json.of(map);
    }

    /** "null" when there is no such calendar. */
    public static String one(Scheduler scheduler, String name) throws SchedulerException {
        return Json.of(valueOf(scheduler, name));
    }

    private static Object valueOf(Scheduler scheduler, String name) throws SchedulerException {
        try {
            return valueOf(scheduler.getCalendar(name));
        } catch (JobPersistenceException e) {
            if (e.getCause() instanceof UnreadableBlobException) {
                UnreadableBlobException cause = (UnreadableBlobException) e.getCause();
                return new Opaque(cause.className(), cause.getMessage());
            }
            throw e;
        }
    }

    private static Object valueOf(Calendar calendar) {
        if (calendar == null) {
            return null;
        }
        Map<String, Object> map = new LinkedHashMap<>();
        Object fault = fill(map, calendar);
        if (fault != null) {
            return new Opaque(calendar.getClass().getName(), String.valueOf(fault));
        }
        BaseCalendar known = (BaseCalendar) calendar;
        Object base = valueOf(known.getBaseCalendar());
        if (base instanceof Opaque) {
            return base;
        }
        map.put("base", base);
        map.put("description", known.getDescription());
        map.put("tz", known.getTimeZone() == null ? null : known.getTimeZone().getID());
        return map;
    }

    /** Puts in what is special to the kind; gives the reason where that can't be told. */
    private static String fill(Map<String, Object> map, Calendar calendar) {
        Class<?> type = calendar.getClass();
        map.put("kind", type.getSimpleName());
        map.put("class", type.getName());
        if (type == AnnualCalendar.class) {
            List<Object> days = new ArrayList<>();
            for (java.util.Calendar day : ((AnnualCalendar) calendar).getDaysExcluded()) {
                days.add(
                        List.of(
                                day.get(java.util.Calendar.MONTH) + 1,
                                day.get(java.util.Calendar.DAY_OF_MONTH)));
            }
            map.put("days", days);
        } else if (type == HolidayCalendar.class) {
            return fillHolidays(map, (HolidayCalendar) calendar);
        } else if (type == MonthlyCalendar.class) {
            map.put("days", numbers(((MonthlyCalendar) calendar).getDaysExcluded(), 0, 1));
        } else if (type == WeeklyCalendar.class) {
            map.put("days", numbers(((WeeklyCalendar) calendar).getDaysExcluded(), 1, 0));
        } else if (type == DailyCalendar.class) {
            // Its hours can't be asked for: on a day without daylight saving they are told by the instants.
            DailyCalendar daily = (DailyCalendar) calendar.clone();
            daily.setBaseCalendar(null);
            daily.setTimeZone(TimeZone.getTimeZone(ZoneOffset.UTC));
            map.put("from", daily.getTimeRangeStartingTimeInMillis(DAY_MILLIS) - DAY_MILLIS);
            map.put("to", daily.getTimeRangeEndingTimeInMillis(DAY_MILLIS) - DAY_MILLIS);
            map.put("inverted", daily.getInvertTimeRange());
        } else if (type == CronCalendar.class) {
            map.put("expression", ((CronCalendar) calendar).getCronExpression().getCronExpression());
        } else if (type != BaseCalendar.class) {
            return "it is of none of the kinds of calendar that Python knows";
        }
        return null;
    }

    /** Quartz keeps each holiday as the instant at which it begins, in the calendar's zone. */
    private static String fillHolidays(Map<String, Object> map, HolidayCalendar calendar) {
        TimeZone zone = calendar.getTimeZone() == null ? TimeZone.getDefault() : calendar.getTimeZone();
        List<Object> dates = new ArrayList<>();
        for (Date stored : calendar.getExcludedDates()) {
            LocalDate date = date(stored, zone.toZoneId());
            if (!firstInstant(date, zone).equals(stored)) {
                return "its days do not begin in the zone " + zone.getID() + ", so that it leaves out"
                        + " nothing here: it was written under another default zone";
            }
            dates.add(date.toString());
        }
        map.put("dates", dates);
        return null;
    }

    private static LocalDate date(Date instant, ZoneId zone) {
        return LocalDate.ofInstant(Instant.ofEpochMilli(instant.getTime()), zone);
    }

    private static Date firstInstant(LocalDate date, TimeZone zone) {
        // By Quartz itself: where a day begins at one o'clock, and where midnight comes twice.
        HolidayCalendar only = new HolidayCalendar(zone);
        only.addExcludedDate(noon(date, zone));
        return only.getExcludedDates().first();
    }

    private static Date noon(LocalDate date, TimeZone zone) {
        return Date.from(date.atTime(12, 0).atZone(zone.toZoneId()).toInstant());
    }

    private static List<Integer> numbers(boolean[] excluded, int first, int offset) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = first; i < excluded.length; i++) {
            if (excluded[i]) {
                numbers.add(i + offset);
            }
        }
        return numbers;
    }

    // -- the other way ----------------------------------------------------------------------------

    /** Days of each year, as MM-DD, separated by blanks. */
    public static BaseCalendar annual(String days) {
        ArrayList<java.util.Calendar> list = new ArrayList<>();
        for (String day : days.split(" ")) {
            if (!day.isEmpty()) {
                int month = Integer.parseInt(day.substring(0, 2));
                // In a leap year, so that there is a 29th of February.
                list.add(new java.util.GregorianCalendar(2000, month - 1, Integer.parseInt(day.substring(3))));
            }
        }
        AnnualCalendar calendar = new AnnualCalendar();
        calendar.setDaysExcluded(list);
        return calendar;
    }

    /** Dates, as YYYY-MM-DD, separated by blanks, in a zone (null: the default one). */
    public static BaseCalendar holidays(String dates, TimeZone zone) {
        HolidayCalendar calendar = new HolidayCalendar(zone);
        for (String date : dates.split(" ")) {
            if (!date.isEmpty()) {
                calendar.addExcludedDate(
                        noon(LocalDate.parse(date), zone == null ? TimeZone.getDefault() : zone));
            }
        }
        return calendar;
    }

    /** Days of the month (the index is the day less one). */
    public static BaseCalendar monthly(boolean[] days) {
        MonthlyCalendar calendar = new MonthlyCalendar();
        calendar.setDaysExcluded(days);
        return calendar;
    }

    /** Days of the week (the index is that of java.util.Calendar). */
    public static BaseCalendar weekly(boolean[] days) {
        WeeklyCalendar calendar = new WeeklyCalendar();
        calendar.setDaysExcluded(days);
        return calendar;
    }
}
