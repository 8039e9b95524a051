package org.pyquartz.stock;

import java.text.ParseException;
import java.util.Date;
import java.util.StringJoiner;
import java.util.TimeZone;
import org.quartz.Calendar;
import org.quartz.CalendarIntervalScheduleBuilder;
import org.quartz.CronScheduleBuilder;
import org.quartz.DailyTimeIntervalScheduleBuilder;
import org.quartz.DateBuilder.IntervalUnit;
import org.quartz.ScheduleBuilder;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TimeOfDay;
import org.quartz.TriggerBuilder;
import org.quartz.impl.calendar.WeeklyCalendar;
import org.quartz.spi.OperableTrigger;

/**
 * Prints when plain Quartz fires triggers, a line of milliseconds for each, as a scheduler steps from
 * one fire to the next.
 *
 * <p>Arguments: the default zone, the begin and the end in milliseconds, "weekdays" or "all", then the
 * triggers, each the parts of its kind separated by a bar.
 */
public final class PrintFires {
    private PrintFires() {}

    public static void main(String[] args) throws ParseException {
        TimeZone zone = TimeZone.getTimeZone(args[0]);
        TimeZone.setDefault(zone);
        long end = Long.parseLong(args[2]);
        WeeklyCalendar weekend = new WeeklyCalendar();
        weekend.setTimeZone(zone);
        Calendar calendar = args[3].equals("weekdays") ? weekend : null;
        for (int i = 4; i < args.length; i++) {
            OperableTrigger trigger =
                    (OperableTrigger)
                            TriggerBuilder.newTrigger()
                                    .startAt(new Date(Long.parseLong(args[1])))
                                    .withSchedule(schedule(args[i].split("\\|"), zone))
                                    .build();
            StringJoiner line = new StringJoiner(" ");
            trigger.computeFirstFireTime(calendar);
            Date next = trigger.getNextFireTime();
            while (next != null && next.getTime() < end) {
                line.add(String.valueOf(next.getTime()));
                trigger.triggered(calendar);
                if (trigger.getNextFireTime() != null && !trigger.getNextFireTime().after(next)) {
                    line.add("stalls");
                    break;
                }
                next = trigger.getNextFireTime();
            }
            System.out.println(line);
        }
    }

    private static ScheduleBuilder<?> schedule(String[] parts, TimeZone zone) {
        switch (parts[0]) {
            case "cron":
                return CronScheduleBuilder.cronSchedule(parts[1]).inTimeZone(zone);
            case "simple":
                return SimpleScheduleBuilder.simpleSchedule()
                        .withIntervalInMilliseconds(Long.parseLong(parts[1]))
                        .repeatForever();
            case "calendar":
                return CalendarIntervalScheduleBuilder.calendarIntervalSchedule()
                        .withInterval(Integer.parseInt(parts[1]), IntervalUnit.valueOf(parts[2]))
                        .inTimeZone(zone)
                        .preserveHourOfDayAcrossDaylightSavings(Boolean.parseBoolean(parts[3]))
                        .skipDayIfHourDoesNotExist(Boolean.parseBoolean(parts[4]));
            default:
                return daily(parts);
        }
    }

    private static ScheduleBuilder<?> daily(String[] parts) {
        DailyTimeIntervalScheduleBuilder daily =
                DailyTimeIntervalScheduleBuilder.dailyTimeIntervalSchedule()
                        .withIntervalInMinutes(Integer.parseInt(parts[1]))
                        .startingDailyAt(time(parts[2]))
                        .endingDailyAt(time(parts[3]))
                        .withRepeatCount(Integer.parseInt(parts[5]));
        return parts[4].equals("WEEK") ? daily.onMondayThroughFriday() : daily.onEveryDay();
    }

    private static TimeOfDay time(String text) {
        String[] parts = text.split(":");
        return new TimeOfDay(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }
}
