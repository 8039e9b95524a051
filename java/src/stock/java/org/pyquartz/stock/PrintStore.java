package org.pyquartz.stock;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quartz.CalendarIntervalTrigger;
import org.quartz.CronTrigger;
import org.quartz.DailyTimeIntervalTrigger;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleTrigger;
import org.quartz.Trigger;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.utils.Key;

/** Prints every job and trigger of a store as plain Quartz reads them: one JSON object. */
public final class PrintStore {
    private PrintStore() {}

    public static void main(String[] args) throws SchedulerException {
        Scheduler scheduler = StockScheduler.make(args);
        List<Object> jobs = new ArrayList<>();
        for (JobKey key : scheduler.getJobKeys(GroupMatcher.anyJobGroup())) {
            jobs.add(tryTo(key, map -> describeJob(scheduler.getJobDetail(key), map)));
        }
        List<Object> triggers = new ArrayList<>();
        for (TriggerKey key : scheduler.getTriggerKeys(GroupMatcher.anyTriggerGroup())) {
            triggers.add(tryTo(key, map -> describeTrigger(scheduler, scheduler.getTrigger(key), map)));
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("version", scheduler.getMetaData().getVersion());
        all.put("jobs", jobs);
        all.put("triggers", triggers);
        all.put("calendars", scheduler.getCalendarNames());
        all.put("paused_groups", new ArrayList<>(scheduler.getPausedTriggerGroups()));
        new PrintStream(System.out, true, StandardCharsets.UTF_8).println(TypedJson.plain(all));
        scheduler.shutdown();
    }

    private interface Description {
        void fill(Map<String, Object> map) throws SchedulerException;
    }

    /** A row that stock can't read is part of what is to be seen. */
    private static Map<String, Object> tryTo(Key<?> key, Description description) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("group", key.getGroup());
        map.put("name", key.getName());
        try {
            description.fill(map);
        } catch (SchedulerException e) {
            map.put("error", String.valueOf(e.getMessage()));
        }
        return map;
    }

    private static void describeJob(JobDetail job, Map<String, Object> map) {
        map.put("class", job.getJobClass().getName());
        map.put("description", job.getDescription());
        map.put("durable", job.isDurable());
        map.put("requests_recovery", job.requestsRecovery());
        map.put("entries", TypedJson.entries(job.getJobDataMap()));
    }

    private static void describeTrigger(Scheduler scheduler, Trigger trigger, Map<String, Object> map)
            throws SchedulerException {
        map.put("job_group", trigger.getJobKey().getGroup());
        map.put("job_name", trigger.getJobKey().getName());
        map.put("class", trigger.getClass().getName());
        map.put("state", scheduler.getTriggerState(trigger.getKey()).name());
        map.put("start_time", trigger.getStartTime().getTime());
        map.put("end_time", trigger.getEndTime() == null ? 0 : trigger.getEndTime().getTime());
        map.put("next_fire_time", trigger.getNextFireTime() == null ? -1 : trigger.getNextFireTime().getTime());
        map.put("priority", trigger.getPriority());
        map.put("misfire_instr", trigger.getMisfireInstruction());
        map.put("calendar", trigger.getCalendarName());
        map.put("description", trigger.getDescription());
        map.put("entries", TypedJson.entries(trigger.getJobDataMap()));
        if (trigger instanceof CronTrigger) {
            map.put("cron", ((CronTrigger) trigger).getCronExpression());
            map.put("tz", ((CronTrigger) trigger).getTimeZone().getID());
        } else if (trigger instanceof SimpleTrigger) {
            map.put("repeat_count", ((SimpleTrigger) trigger).getRepeatCount());
            map.put("repeat_interval", ((SimpleTrigger) trigger).getRepeatInterval());
        } else if (trigger instanceof CalendarIntervalTrigger) {
            map.put("str_prop_1", ((CalendarIntervalTrigger) trigger).getRepeatIntervalUnit().name());
            map.put("str_prop_2", ((CalendarIntervalTrigger) trigger).getTimeZone().getID());
            map.put("int_prop_1", ((CalendarIntervalTrigger) trigger).getRepeatInterval());
        } else if (trigger instanceof DailyTimeIntervalTrigger) {
            map.put("str_prop_1", ((DailyTimeIntervalTrigger) trigger).getRepeatIntervalUnit().name());
            map.put("int_prop_1", ((DailyTimeIntervalTrigger) trigger).getRepeatInterval());
        }
    }
}
