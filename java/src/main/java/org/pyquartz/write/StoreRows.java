package org.pyquartz.write;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.pyquartz.bridge.NoOpJob;
import org.quartz.Calendar;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.Trigger.TriggerState;
import org.quartz.TriggerKey;
import org.quartz.spi.JobStore;
import org.quartz.spi.OperableTrigger;

/** The rows of a store of any kind, by the calls that every store has: one lock around them makes one change. */
public class StoreRows implements Rows {
    private final JobStore store;

    public StoreRows(JobStore store) {
        this.store = store;
    }

    @Override
    public void look(Collection<JobKey> jobs, Collection<TriggerKey> triggers) {}

    @Override
    public StoredJob job(JobKey key) throws JobPersistenceException {
        JobDetail job = store.retrieveJob(key);
        return job == null
                ? null
                : new StoredJob(job, Same.isNonConcurrent(job.getJobClass()), Same.keepsData(job.getJobClass()));
    }

    @Override
    public JobKey owner(TriggerKey key) throws JobPersistenceException {
        OperableTrigger trigger = store.retrieveTrigger(key);
        return trigger == null ? null : trigger.getJobKey();
    }

    @Override
    public List<StoredTrigger> triggers(JobKey job) throws JobPersistenceException {
        List<StoredTrigger> found = new ArrayList<>();
        for (OperableTrigger trigger : store.getTriggersForJob(job)) {
            found.add(new StoredTrigger(trigger, store.getTriggerState(trigger.getKey())));
        }
        return found;
    }

    @Override
    public Calendar calendar(String name) throws JobPersistenceException {
        return store.retrieveCalendar(name);
    }

    @Override
    public void insert(JobDetail job) throws JobPersistenceException {
        store.storeJob(job, false);
    }

    /** What a store keeps as objects can be read, so there is never anything to keep. */
    @Override
    public void update(JobDetail job, boolean keepsData) throws JobPersistenceException {
        store.storeJob(job, true);
    }

    @Override
    public void insert(OperableTrigger trigger, JobDetail job) throws JobPersistenceException {
        store.storeTrigger(trigger, false);
    }

    @Override
    public void replace(TriggerKey old, OperableTrigger trigger, JobDetail job, boolean keepsData)
            throws JobPersistenceException {
        store.replaceTrigger(old, trigger);
    }

    @Override
    public void change(StoredTrigger stored, JobDetail job) throws JobPersistenceException {
        OperableTrigger trigger = stored.trigger;
        store.storeTrigger(trigger, true);
        if (stored.state == TriggerState.PAUSED) {
            store.pauseTrigger(trigger.getKey());
        } else if (stored.state == TriggerState.ERROR) {
            finish(trigger, CompletedExecutionInstruction.SET_TRIGGER_ERROR);
        } else if (stored.state == TriggerState.COMPLETE) {
            finish(trigger, CompletedExecutionInstruction.SET_TRIGGER_COMPLETE);
        } else if (store.getTriggerState(trigger.getKey()) == TriggerState.PAUSED) {
            // It was resumed by itself while its group is paused.
            store.resumeTrigger(trigger.getKey());
        }
    }

    /** The only way to these states: as if a run had ended so, of a job that is not there. */
    private void finish(OperableTrigger trigger, CompletedExecutionInstruction how) {
        JobDetail nobody = JobBuilder.newJob(NoOpJob.class).withIdentity("nobody", "pyquartz").build();
        if (trigger.getFireInstanceId() == null) {
            trigger.setFireInstanceId("");
        }
        store.triggeredJobComplete(trigger, nobody, how);
    }

    @Override
    public void delete(TriggerKey trigger) throws JobPersistenceException {
        store.removeTrigger(trigger);
    }

    @Override
    public Keys keys() throws JobPersistenceException {
        throw new JobPersistenceException(
                "a job store of the class " + store.getClass().getName()
                        + " can't give a job or a trigger another key: leave the class of the store to pyquartz");
    }

    @Override
    public void flush() {}
}
