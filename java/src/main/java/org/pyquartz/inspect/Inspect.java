package org.pyquartz.inspect;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pyquartz.bridge.NoOpJob;
import org.pyquartz.bridge.PythonJob;
import org.pyquartz.store.BridgeJobStore;
import org.pyquartz.store.BridgeRamStore;
import org.pyquartz.store.Unreadable;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.PersistJobDataAfterExecution;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SchedulerMetaData;
import org.quartz.Trigger;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.FiredTriggerRecord;
import org.quartz.impl.jdbcjobstore.SchedulerStateRecord;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.spi.JobStore;
import org.quartz.utils.ClassUtils;
import org.quartz.utils.Key;

/** What there is in a scheduler, as JSON: each question is one crossing. */
public final class Inspect {
    private Inspect() {}

    public static String jobs(Scheduler scheduler) throws SchedulerException {
        List<Object> jobs = new ArrayList<>();
        for (JobKey key : scheduler.getJobKeys(GroupMatcher.anyGroup())) {
            Object job = describe(scheduler, key);
            if (job != null) {
                jobs.add(job);
            }
        }
        return Json.of(jobs);
    }

    /** "null" when there is no such job. */
    public static String job(Scheduler scheduler, JobKey key) throws SchedulerException {
        return Json.of(describe(scheduler, key));
    }

    private static Map<String, Object> describe(Scheduler scheduler, JobKey key)
            throws SchedulerException {
        JobDetail job = scheduler.getJobDetail(key);
        if (job == null) {
            return null;
        }
        Class<?> type = job.getJobClass();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", key.getName());
        map.put("group", key.getGroup());
        map.put("class_name", type.getName());
        map.put("implemented_by", implementedBy(type));
        map.put("description", job.getDescription());
        map.put("durable", job.isDurable());
        map.put("concurrent", !ClassUtils.isAnnotationPresent(type, DisallowConcurrentExecution.class));
        map.put("persist_data", ClassUtils.isAnnotationPresent(type, PersistJobDataAfterExecution.class));
        map.put("requests_recovery", job.requestsRecovery());
        String reason = Unreadable.reason(job.getJobDataMap());
        map.put("data", reason == null ? job.getJobDataMap() : Map.of());
        map.put("unreadable", reason);
        List<Object> triggers = new ArrayList<>();
        for (Trigger trigger : scheduler.getTriggersOfJob(key)) {
            triggers.add(pair(trigger.getKey()));
        }
        map.put("triggers", triggers);
        return map;
    }

    private static String implementedBy(Class<?> type) {
        if (PythonJob.class.isAssignableFrom(type)) {
            return "python";
        }
        return NoOpJob.class.isAssignableFrom(type) ? "nobody" : "java";
    }

    public static String triggers(Scheduler scheduler) throws SchedulerException {
        return triggers(scheduler, scheduler.getTriggerKeys(GroupMatcher.anyGroup()));
    }

    public static String triggersOf(Scheduler scheduler, JobKey key) throws SchedulerException {
        List<TriggerKey> keys = new ArrayList<>();
        scheduler.getTriggersOfJob(key).forEach(trigger -> keys.add(trigger.getKey()));
        return triggers(scheduler, keys);
    }

    private static String triggers(Scheduler scheduler, Collection<TriggerKey> keys)
            throws SchedulerException {
        List<Object> triggers = new ArrayList<>();
        for (TriggerKey key : keys) {
            Trigger trigger = scheduler.getTrigger(key);
            if (trigger != null) {
                triggers.add(Triggers.describe(trigger, scheduler.getTriggerState(key).name()));
            }
        }
        return Json.of(triggers);
    }

    /** "null" when there is no such trigger. */
    public static String trigger(Scheduler scheduler, TriggerKey key) throws SchedulerException {
        Trigger trigger = scheduler.getTrigger(key);
        return trigger == null
                ? "null"
                : Json.of(Triggers.describe(trigger, scheduler.getTriggerState(key).name()));
    }

    /** The name and the group of a key. */
    static List<String> pair(Key<?> key) {
        return List.of(key.getName(), key.getGroup());
    }

    public static String executing(Scheduler scheduler, JobStore store) throws SchedulerException {
        List<Object> runs = new ArrayList<>();
        if (store instanceof BridgeJobStore) {
            for (FiredTriggerRecord fired : ((BridgeJobStore) store).executing()) {
                Map<String, Object> map = new LinkedHashMap<>();
                map.put("fire_instance_id", fired.getFireInstanceId());
                map.put("job", pair(fired.getJobKey()));
                map.put("trigger", pair(fired.getTriggerKey()));
                map.put("instance_id", fired.getSchedulerInstanceId());
                map.put("fire_time", fired.getFireTimestamp());
                map.put("scheduled_fire_time", fired.getScheduleTimestamp());
                map.put("recovering", fired.getTriggerKey().getGroup().equals(Scheduler.DEFAULT_RECOVERY_GROUP));
                runs.add(map);
            }
            return Json.of(runs);
        }
        for (JobExecutionContext context : scheduler.getCurrentlyExecutingJobs()) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("fire_instance_id", context.getFireInstanceId());
            map.put("job", pair(context.getJobDetail().getKey()));
            map.put("trigger", pair(context.getTrigger().getKey()));
            map.put("instance_id", scheduler.getSchedulerInstanceId());
            map.put("fire_time", Triggers.millis(context.getFireTime()));
            map.put("scheduled_fire_time", Triggers.millis(context.getScheduledFireTime()));
            map.put("recovering", context.isRecovering());
            runs.add(map);
        }
        return Json.of(runs);
    }

    public static String scheduler(Scheduler scheduler, JobStore store) throws SchedulerException {
        SchedulerMetaData meta = scheduler.getMetaData();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", meta.getSchedulerName());
        map.put("instance_id", meta.getSchedulerInstanceId());
        map.put("quartz_version", meta.getVersion());
        map.put("clustered", store.isClustered());
        map.put("threads", meta.getThreadPoolSize());
        map.put("started_at", Triggers.millis(meta.getRunningSince()));
        map.put("executed", meta.getNumberOfJobsExecuted());
        map.put("job_store", meta.getJobStoreClass().getName());
        map.put("persistent", meta.isJobStoreSupportsPersistence());
        map.put("thread_pool", meta.getThreadPoolClass().getName());
        map.put("paused_groups", new ArrayList<>(scheduler.getPausedTriggerGroups()));
        map.put(
                "paused_job_groups",
                store instanceof BridgeRamStore ? ((BridgeRamStore) store).pausedJobGroups() : List.of());
        List<Object> nodes = new ArrayList<>();
        if (store instanceof BridgeJobStore) {
            for (SchedulerStateRecord node : ((BridgeJobStore) store).nodes()) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("instance_id", node.getSchedulerInstanceId());
                row.put("last_checkin", node.getCheckinTimestamp());
                row.put("interval", node.getCheckinInterval());
                nodes.add(row);
            }
        }
        map.put("nodes", nodes);
        return Json.of(map);
    }
}
