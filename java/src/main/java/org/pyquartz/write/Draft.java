package org.pyquartz.write;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.pyquartz.store.Unreadable;
import org.pyquartz.write.Rows.StoredJob;
import org.pyquartz.write.Rows.StoredTrigger;
import org.quartz.Calendar;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.Trigger.TriggerState;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/**
 * What a store shall hold when a change is done, worked out before any of it is written.
 *
 * <p>Made and written under the store's lock, so that nodes that start at the same time neither double
 * anything nor fail.
 */
final class Draft {
    private static final Comparator<TriggerKey> BY_NAME =
            Comparator.comparing(TriggerKey::getName).thenComparing(TriggerKey::getGroup);

    /** A trigger's place: what stands there, if anything does, and what shall, if it is another. */
    private static final class Slot {
        StoredTrigger stored;
        OperableTrigger wanted;
        boolean keepsData;

        OperableTrigger trigger() {
            return wanted == null ? stored.trigger : wanted;
        }
    }

    private static final class JobDraft {
        StoredJob stored;
        JobDetail wanted;
        boolean keepsData;
        final Map<TriggerKey, Slot> slots = new TreeMap<>(BY_NAME);
        final List<TriggerKey> deleted = new ArrayList<>(0);

        JobDetail detail() {
            return wanted == null ? stored.detail : wanted;
        }
    }

    private final Rows rows;
    private final Date now = new Date();
    private final Map<JobKey, JobDraft> jobs = new LinkedHashMap<>();
    private final Map<TriggerKey, JobKey> owners = new HashMap<>();
    private final Map<String, Calendar> calendars = new HashMap<>();
    final Changes changes = new Changes();

    Draft(Rows rows) {
        this.rows = rows;
    }

    // -- working it out ---------------------------------------------------------------------------

    void look(List<WantedJob> wishes) throws JobPersistenceException {
        List<JobKey> jobKeys = new ArrayList<>(wishes.size());
        List<TriggerKey> triggerKeys = new ArrayList<>(wishes.size());
        for (WantedJob wish : wishes) {
            if (wish.key != null) {
                jobKeys.add(wish.key);
            }
            wish.triggers.forEach(wanted -> triggerKeys.add(wanted.trigger.getKey()));
        }
        rows.look(jobKeys, triggerKeys);
    }

    void add(WantedJob wish) throws JobPersistenceException {
        if (wish.key == null) {
            reschedule(wish.triggers.get(0));
            return;
        }
        JobDraft job = draft(wish.key);
        if (job.stored == null && job.wanted == null) {
            if (wish.detail == null) {
                throw new JobMissingException(wish.key);
            }
            job.wanted = wish.detail;
        } else if (wish.detail != null && wish.how.equals("new")) {
            throw new ObjectAlreadyExistsException(wish.detail);
        } else if (wish.detail != null) {
            update(job, wish);
        }
        if (wish.how.equals("set")) {
            set(wish.key, job, wish.triggers);
        } else {
            put(wish.key, job, wish);
        }
    }

    /** Each trigger by its own key, beside whatever there is. */
    private void put(JobKey key, JobDraft job, WantedJob wish) throws JobPersistenceException {
        for (WantedTrigger wanted : wish.triggers) {
            TriggerKey own = wanted.trigger.getKey();
            Slot slot = job.slots.get(own);
            if (owner(own) != null && (slot == null || wish.how.equals("new"))) {
                throw taken(own);
            }
            slot = slot == null ? new Slot() : slot;
            owners.put(own, key);
            job.slots.put(own, slot);
            fill(slot, wanted);
        }
    }

    private ObjectAlreadyExistsException taken(TriggerKey key) throws JobPersistenceException {
        return new ObjectAlreadyExistsException("the trigger " + key + " is there already, for job " + owner(key));
    }

    private JobDraft draft(JobKey key) throws JobPersistenceException {
        JobDraft job = jobs.get(key);
        if (job == null) {
            job = new JobDraft();
            job.stored = rows.job(key);
            if (job.stored != null) {
                for (StoredTrigger stored : rows.triggers(key)) {
                    Slot slot = new Slot();
                    slot.stored = stored;
                    job.slots.put(stored.trigger.getKey(), slot);
                }
            }
            jobs.put(key, job);
        }
        return job;
    }

    private void update(JobDraft job, WantedJob wish) throws UnreadableDataException {
        JobDetail wanted = wish.detail;
        if (wish.durableOpen && job.detail().isDurable()) {
            // Else a start-up that adds a job and schedules it would write it twice, every time.
            wanted = wanted.getJobBuilder().storeDurably().build();
        }
        if (job.stored == null) {
            job.wanted = wanted;
            return;
        }
        JobDetail there = job.stored.detail;
        String name = there.getJobClass().getName();
        if (!name.equals(wanted.getJobClass().getName()) && wish.sameNames.contains(name)) {
            // An alias: the row keeps the name that a peer may still need.
            wanted = wanted.getJobBuilder().ofType(there.getJobClass()).build();
        }
        job.keepsData = Unreadable.reason(there.getJobDataMap()) == null
                && Lasting.data("job " + there.getKey(), there.getJobDataMap(), wanted.getJobDataMap());
        if (Same.job(job.stored, wanted, job.keepsData)) {
            job.wanted = null;
        } else if (!job.keepsData
                && Same.keepsData(wanted.getJobClass())
                && name.equals(wanted.getJobClass().getName())) {
            job.wanted = wanted.getJobBuilder().setJobData(there.getJobDataMap()).build();
        } else {
            job.wanted = wanted;
        }
    }

    private void reschedule(WantedTrigger wanted) throws JobPersistenceException {
        TriggerKey key = wanted.trigger.getKey();
        JobKey owner = owner(key);
        if (owner == null) {
            throw new TriggerMissingException(key);
        }
        wanted.trigger.setJobKey(owner);
        rows.look(Set.of(owner), Set.of());
        set(owner, draft(owner), List.of(wanted));
    }

    /** Each takes the place of the trigger of its key, else of a spare one, else of none. */
    private void set(JobKey key, JobDraft job, List<WantedTrigger> triggers) throws JobPersistenceException {
        Set<TriggerKey> wantedKeys = keys(triggers);
        for (WantedTrigger wanted : triggers) {
            TriggerKey own = wanted.trigger.getKey();
            Slot slot = job.slots.get(own);
            if (slot == null) {
                slot = slotFor(key, job, wanted, wantedKeys);
                owners.put(own, key);
                job.slots.put(own, slot);
            }
            fill(slot, wanted);
        }
        if (triggers.size() > 1) {
            deleteOthers(job, wantedKeys);
        }
    }

    private static Set<TriggerKey> keys(List<WantedTrigger> triggers) {
        if (triggers.size() == 1) {
            return Set.of(triggers.get(0).trigger.getKey());
        }
        Set<TriggerKey> keys = new HashSet<>();
        triggers.forEach(wanted -> keys.add(wanted.trigger.getKey()));
        return keys;
    }

    private Slot slotFor(JobKey key, JobDraft job, WantedTrigger wanted, Set<TriggerKey> wantedKeys)
            throws JobPersistenceException {
        TriggerKey own = wanted.trigger.getKey();
        if (owner(own) != null) {
            throw taken(own);
        }
        for (TriggerKey old : job.slots.keySet()) {
            Slot slot = job.slots.get(old);
            // What fires a single time is no schedule: it neither takes the place of one nor gives its own.
            if (!wantedKeys.contains(old)
                    && Regular.isRegular(old)
                    && !Lasting.cannotFire(slot.trigger())
                    && !Regular.isOnce(slot.trigger())
                    && !Regular.isOnce(wanted.trigger)) {
                changes.displaced(key, own, old);
                job.slots.remove(old);
                owners.put(old, null);
                return slot;
            }
        }
        return new Slot();
    }

    private void fill(Slot slot, WantedTrigger wanted) throws JobPersistenceException {
        if (slot.stored != null) {
            OperableTrigger there = slot.stored.trigger;
            Lasting.requireSchedule(there);
            slot.keepsData =
                    Lasting.data("trigger " + there.getKey(), there.getJobDataMap(), wanted.trigger.getJobDataMap());
        }
        if (slot.stored != null
                && slot.stored.trigger.getKey().equals(wanted.trigger.getKey())
                && slot.stored.state != TriggerState.COMPLETE
                && Same.trigger(slot.stored.trigger, wanted, slot.keepsData)) {
            slot.wanted = null;
            return;
        }
        wanted.calendar(calendar(wanted.trigger));
        wanted.compute();
        Date due = slot.stored == null ? null : slot.stored.trigger.getNextFireTime();
        if (due != null
                && !due.after(now)
                && (slot.stored.state == TriggerState.NORMAL || slot.stored.state == TriggerState.BLOCKED)) {
            wanted.owes(due);
        }
        slot.wanted = wanted.trigger;
    }

    private Calendar calendar(OperableTrigger trigger) throws JobPersistenceException {
        String name = trigger.getCalendarName();
        if (name == null) {
            return null;
        }
        if (!calendars.containsKey(name)) {
            calendars.put(name, rows.calendar(name));
        }
        if (calendars.get(name) == null) {
            throw new CalendarMissingException(name, trigger.getKey());
        }
        return calendars.get(name);
    }

    private void deleteOthers(JobDraft job, Set<TriggerKey> wantedKeys) {
        for (Iterator<Map.Entry<TriggerKey, Slot>> all = job.slots.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<TriggerKey, Slot> entry = all.next();
            if (!wantedKeys.contains(entry.getKey())
                    && Regular.isRegular(entry.getKey())
                    && !Lasting.cannotFire(entry.getValue().trigger())) {
                if (entry.getValue().stored != null) {
                    job.deleted.add(entry.getValue().stored.trigger.getKey());
                }
                owners.put(entry.getKey(), null);
                all.remove();
            }
        }
    }

    private JobKey owner(TriggerKey key) throws JobPersistenceException {
        return owners.containsKey(key) ? owners.get(key) : rows.owner(key);
    }

    // -- writing it -------------------------------------------------------------------------------

    /** Rows of jobs first, which the others refer to; places are given up before they are taken. */
    void write() throws JobPersistenceException {
        for (JobDraft job : jobs.values()) {
            if (job.wanted != null && job.stored == null) {
                rows.insert(job.wanted);
            } else if (job.wanted != null) {
                rows.update(job.wanted, job.keepsData);
            }
            if (job.wanted != null) {
                changes.stored(job.wanted);
            }
        }
        for (JobDraft job : jobs.values()) {
            for (Slot slot : job.slots.values()) {
                if (slot.wanted != null && slot.stored != null) {
                    rows.replace(slot.stored.trigger.getKey(), slot.wanted, job.detail(), slot.keepsData);
                    changes.unscheduled(slot.stored.trigger.getKey());
                    changes.scheduled(slot.wanted);
                }
            }
        }
        for (JobDraft job : jobs.values()) {
            for (Slot slot : job.slots.values()) {
                if (slot.wanted != null && slot.stored == null) {
                    rows.insert(slot.wanted, job.detail());
                    changes.scheduled(slot.wanted);
                }
            }
            for (TriggerKey key : job.deleted) {
                rows.delete(key);
                changes.unscheduled(key);
            }
        }
        rows.flush();
    }
}
