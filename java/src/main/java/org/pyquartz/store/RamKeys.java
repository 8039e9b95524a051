package org.pyquartz.store;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.pyquartz.write.Keys;
import org.pyquartz.write.Rows;
import org.pyquartz.write.Rows.StoredTrigger;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.impl.JobDetailImpl;
import org.quartz.spi.OperableTrigger;

/** The keys of the store in memory: what gets another is taken out and put in again, in its state. */
final class RamKeys implements Keys {
    private final BridgeRamStore store;
    private final Rows rows;

    RamKeys(BridgeRamStore store, Rows rows) {
        this.store = store;
        this.rows = rows;
    }

    @Override
    public boolean exists(JobKey job) throws JobPersistenceException {
        return store.checkExists(job);
    }

    @Override
    public boolean exists(TriggerKey trigger) throws JobPersistenceException {
        return store.checkExists(trigger);
    }

    @Override
    public List<TriggerKey> triggers(JobKey job) {
        List<TriggerKey> keys = new ArrayList<>();
        store.getTriggersForJob(job).forEach(trigger -> keys.add(trigger.getKey()));
        return keys;
    }

    @Override
    public List<String> runs(JobKey job) {
        return runs(run -> run.getJobKey().equals(job));
    }

    @Override
    public List<String> runs(TriggerKey trigger) {
        return runs(run -> run.getKey().equals(trigger));
    }

    private List<String> runs(Predicate<OperableTrigger> chosen) {
        List<String> nodes = new ArrayList<>();
        store.underWay().stream().filter(chosen).forEach(run -> nodes.add("this node"));
        return nodes;
    }

    @Override
    public void rename(JobKey old, JobKey now) throws JobPersistenceException {
        JobDetailImpl job = (JobDetailImpl) store.retrieveJob(old);
        job.setKey(now);
        rows.insert(job);
        for (StoredTrigger stored : rows.triggers(old)) {
            stored.trigger.setJobKey(now);
            rows.change(stored, job);
        }
        store.removeJob(old);
    }

    @Override
    public void rename(TriggerKey old, TriggerKey now) throws JobPersistenceException {
        OperableTrigger trigger = store.retrieveTrigger(old);
        StoredTrigger stored = new StoredTrigger(trigger, store.getTriggerState(old));
        trigger.setKey(now);
        rows.change(stored, null);
        store.removeTrigger(old);
    }
}
