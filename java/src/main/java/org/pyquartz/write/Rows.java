package org.pyquartz.write;

import java.util.Collection;
import java.util.List;
import org.quartz.Calendar;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.Trigger.TriggerState;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/** A store's jobs and triggers while its lock is held: what is there, and what shall be. */
public interface Rows {
    /** Says which jobs and triggers will be asked for, so that a database is asked once. */
    void look(Collection<JobKey> jobs, Collection<TriggerKey> triggers) throws JobPersistenceException;

    /** A job, null when there is none. */
    StoredJob job(JobKey key) throws JobPersistenceException;

    /** The job that a trigger belongs to, null when there is no trigger of that key. */
    JobKey owner(TriggerKey key) throws JobPersistenceException;

    List<StoredTrigger> triggers(JobKey job) throws JobPersistenceException;

    Calendar calendar(String name) throws JobPersistenceException;

    void insert(JobDetail job) throws JobPersistenceException;

    /** Writes a job anew; its row may keep the data that it has, byte for byte. */
    void update(JobDetail job, boolean keepsData) throws JobPersistenceException;

    void insert(OperableTrigger trigger, JobDetail job) throws JobPersistenceException;

    /** Puts a trigger into another's place, in the state that a new one has; it may take over its data. */
    void replace(TriggerKey old, OperableTrigger trigger, JobDetail job, boolean keepsData)
            throws JobPersistenceException;

    /** Changes when a trigger fires, and leaves its state; one that is just being taken is given back. */
    void change(StoredTrigger stored, JobDetail job) throws JobPersistenceException;

    void delete(TriggerKey trigger) throws JobPersistenceException;

    /** The keys of what is there; an exception from a store that keeps them for itself. */
    Keys keys() throws JobPersistenceException;

    /** Sees to it that all is written. */
    void flush() throws JobPersistenceException;

    /** A stored job, with the flags of its row: they may be other than those of its class. */
    final class StoredJob {
        final JobDetail detail;
        final boolean nonConcurrent;
        final boolean persistsData;

        public StoredJob(JobDetail detail, boolean nonConcurrent, boolean persistsData) {
            this.detail = detail;
            this.nonConcurrent = nonConcurrent;
            this.persistsData = persistsData;
        }
    }

    /** A stored trigger and its state. */
    final class StoredTrigger {
        public final OperableTrigger trigger;
        public final TriggerState state;

        public StoredTrigger(OperableTrigger trigger, TriggerState state) {
            this.trigger = trigger;
            this.state = state;
        }
    }
}
