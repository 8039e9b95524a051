package org.pyquartz.write;

import java.util.List;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;

/** The keys of a store's jobs and triggers, which may be given others while its lock is held. */
public interface Keys {
    boolean exists(JobKey job) throws JobPersistenceException;

    boolean exists(TriggerKey trigger) throws JobPersistenceException;

    List<TriggerKey> triggers(JobKey job) throws JobPersistenceException;

    /** The nodes on which a job runs now; those that are dead are left out, for peers recover their runs. */
    List<String> runs(JobKey job) throws JobPersistenceException;

    /** The same of the runs that a trigger has begun. */
    List<String> runs(TriggerKey trigger) throws JobPersistenceException;

    /** Gives a job another key, which is free; its triggers are its triggers still, in their states. */
    void rename(JobKey old, JobKey now) throws JobPersistenceException;

    /** Gives a trigger another key, which is free; who has acquired it lets go of it. */
    void rename(TriggerKey old, TriggerKey now) throws JobPersistenceException;
}
