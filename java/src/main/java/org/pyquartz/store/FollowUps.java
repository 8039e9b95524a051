package org.pyquartz.store;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pyquartz.blob.Blobs;
import org.pyquartz.write.Regular;
import org.quartz.JobDataMap;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.TriggerKey;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.OperableTrigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What shall follow a run: triggers that it puts down here, and that its store writes in the very
 * transaction that completes it, so that a crash takes both or neither.
 */
public final class FollowUps {
    private static final Logger LOG = LoggerFactory.getLogger(FollowUps.class);

    private final Map<String, List<FollowUp>> byRun = new ConcurrentHashMap<>();

    /** One trigger, and the job to store with it when the store has none of that key. */
    static final class FollowUp {
        final OperableTrigger trigger;
        final JobDetail job;

        FollowUp(OperableTrigger trigger, JobDetail job) {
            this.trigger = trigger;
            this.job = job;
        }

        boolean isRetry() {
            return trigger.getKey().getGroup().equals(Regular.RETRY_GROUP);
        }
    }

    /** The run has failed, and its job shall run once more at a time, with the same data. */
    public void retry(JobExecutionContext run, long millis, int attempt) {
        TriggerKey failed = run.getTrigger().getKey();
        JobDataMap data = writable(run.getTrigger().getJobDataMap(), failed);
        Attempt.put(data, run, attempt);
        OperableTrigger trigger =
                once(new TriggerKey(run.getFireInstanceId(), Regular.RETRY_GROUP), run.getJobDetail().getKey(), millis);
        trigger.setPriority(run.getTrigger().getPriority());
        trigger.setDescription("attempt " + attempt + " after trigger " + failed);
        trigger.setJobDataMap(data);
        add(run, new FollowUp(trigger, null));
    }

    /** The run has gone well, and another job shall run once; it is stored if the store has none. */
    public void then(JobExecutionContext run, JobKey key, JobDetail job, JobDataMap data) {
        String id = run.getFireInstanceId();
        String name = id + '#' + (of(id).size() + 1);
        OperableTrigger trigger =
                once(new TriggerKey(name, Regular.THEN_GROUP), key, System.currentTimeMillis());
        trigger.setDescription("after job " + run.getJobDetail().getKey());
        trigger.setJobDataMap(data);
        add(run, new FollowUp(trigger, job));
    }

    private void add(JobExecutionContext run, FollowUp followUp) {
        byRun.computeIfAbsent(run.getFireInstanceId(), id -> new ArrayList<>()).add(followUp);
    }

    List<FollowUp> of(String fireInstanceId) {
        return byRun.getOrDefault(fireInstanceId, List.of());
    }

    /** The run is completed, or given up. */
    void forget(String fireInstanceId) {
        byRun.remove(fireInstanceId);
    }

    static void reportGone(FollowUp followUp) {
        LOG.warn(
                "Nothing runs for trigger {} ({}): the store has no job {}.",
                followUp.trigger.getKey(),
                followUp.trigger.getDescription(),
                followUp.trigger.getJobKey());
    }

    private static OperableTrigger once(TriggerKey key, JobKey job, long millis) {
        SimpleTriggerImpl trigger = new SimpleTriggerImpl();
        trigger.setKey(key);
        trigger.setJobKey(job);
        trigger.setStartTime(new Date(millis));
        trigger.computeFirstFireTime(null);
        return trigger;
    }

    private static JobDataMap writable(JobDataMap data, TriggerKey key) {
        JobDataMap copy = new JobDataMap(data);
        for (String lost : Blobs.opaqueKeys(data)) {
            LOG.error("Trigger {} is tried again without the value of {}, which can't be read here.", key, lost);
            copy.remove(lost);
        }
        return copy;
    }
}
