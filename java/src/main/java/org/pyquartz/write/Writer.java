package org.pyquartz.write;

import java.util.ArrayList;
import java.util.List;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;
import org.quartz.spi.ClassLoadHelper;
import org.quartz.spi.JobStore;

/** Where Python's wishes come in: each is one crossing, one lock and one transaction. */
public final class Writer {
    private final Scheduler scheduler;
    private final JobStore store;
    private final ClassLoadHelper loader;

    public Writer(Scheduler scheduler, JobStore store, ClassLoadHelper loader) {
        this.scheduler = scheduler;
        this.store = store;
        this.loader = loader;
    }

    /**
     * Makes the stored jobs and triggers as wanted, all of them or none.
     *
     * @return what a person should be warned of, one a line; null when there is nothing
     */
    public String write(String packed) throws SchedulerException {
        List<WantedJob> wishes = new ArrayList<>();
        JsonReader.readEach(packed, row -> WantedJob.read((List<?>) row, loader, wishes));
        Changes changes =
                apply(
                        rows -> {
                            Draft draft = new Draft(rows);
                            draft.look(wishes);
                            for (WantedJob wish : wishes) {
                                draft.add(wish);
                            }
                            draft.write();
                            return draft.changes;
                        });
        return changes.warnings();
    }

    /** Makes a job's detail, which is stored nowhere. */
    public JobDetail detail(String packed) throws SchedulerException {
        List<WantedJob> wishes = new ArrayList<>();
        WantedJob.read((List<?>) JsonReader.read(packed), loader, wishes);
        return wishes.get(0).detail;
    }

    /** Gives all triggers of a job that have a zone another; returns how many that changed. */
    public int updateTimezone(String name, String group, String zone) throws SchedulerException {
        JobKey job = new JobKey(name, group);
        ZoneChange change = new ZoneChange(job, zone);
        apply(change::write);
        return change.count();
    }

    /** Gives a job another key, and, unless they keep theirs, the triggers that bear its name as well. */
    public void renameJob(String name, String group, String newName, String newGroup, boolean keepTriggerKeys)
            throws SchedulerException {
        JobKey old = new JobKey(name, group);
        JobKey now = new JobKey(newName, newGroup);
        apply(rows -> Rename.job(rows, old, now, keepTriggerKeys));
    }

    /** Gives a trigger another key. */
    public void renameTrigger(String name, String group, String newName, String newGroup)
            throws SchedulerException {
        TriggerKey old = new TriggerKey(name, group);
        TriggerKey now = new TriggerKey(newName, newGroup);
        apply(rows -> Rename.trigger(rows, old, now));
    }

    private Changes apply(WritableStore.Work<Changes> work) throws SchedulerException {
        if (scheduler.isShutdown()) {
            throw new SchedulerException("The Scheduler has been shutdown.");
        }
        Changes changes = write(work);
        if (!changes.isEmpty()) {
            changes.tell(scheduler);
        }
        return changes;
    }

    private Changes write(WritableStore.Work<Changes> work) throws SchedulerException {
        if (!(store instanceof WritableStore)) {
            // A store of the user's own: it has no lock that we know, and signals by itself.
            return work.with(new StoreRows(store));
        }
        Changes changes = ((WritableStore) store).write(work);
        // In standby Quartz's thread looks as soon as it is started; to wake it costs it a turn each time.
        if (!changes.isEmpty() && !scheduler.isInStandbyMode()) {
            ((WritableStore) store).lookAgain();
        }
        return changes;
    }
}
