package org.pyquartz.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pyquartz.bridge.JobClasses;
import org.pyquartz.bridge.Slots;
import org.pyquartz.write.Rows;
import org.pyquartz.write.WritableStore;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.Trigger.TriggerState;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredResult;
import org.quartz.utils.ClassUtils;

/** Quartz's store in memory, which takes whole changes, and what follows a run with its completion. */
public class BridgeRamStore extends GroupedRamStore implements WritableStore, Slots.Chooser {
    /** Whether a class's jobs must not run twice at a time. */
    private static final ClassValue<Boolean> ALONE = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return ClassUtils.isAnnotationPresent(type, DisallowConcurrentExecution.class);
        }
    };

    private final Rows rows = new RamRows(this);
    private final FollowUps followUps = new FollowUps();
    // All of these under the store's lock.
    // Of those that are more than plain jobs on a thread, which most are.
    private final Map<JobKey, Class<? extends Job>> special = new HashMap<>();
    private final Map<String, OperableTrigger> underWay = new HashMap<>();
    private final Aside threadsAside = new Aside();
    private final Aside loopAside = new Aside();
    private volatile boolean threadJobs;
    private volatile boolean loopJobs;
    private Slots slots = Slots.ENOUGH;
    private int generation = JobClasses.generation();

    // -- choosing by kind -------------------------------------------------------------------------

    @Override
    public void ask(Slots newSlots) {
        slots = newSlots;
    }

    @Override
    public boolean mayHold(boolean loop) {
        return loop ? loopJobs : threadJobs;
    }

    @Override
    public void lookAgain() {
        signaler.signalSchedulingChange(0L);
    }

    @Override
    public void storeJob(JobDetail job, boolean replace) throws ObjectAlreadyExistsException {
        synchronized (lock) {
            super.storeJob(job, replace);
            boolean loop = isLoop(job.getJobClass());
            if (loop || ALONE.get(job.getJobClass())) {
                special.put(job.getKey(), job.getJobClass());
            } else if (!special.isEmpty()) {
                special.remove(job.getKey());
            }
            if (mayHold(loop)) {
                return;
            }
            if (loop) {
                loopJobs = true;
            } else {
                threadJobs = true;
            }
        }
        slots.kindsChanged();
    }

    @Override
    public boolean removeJob(JobKey key) {
        synchronized (lock) {
            if (!special.isEmpty()) {
                special.remove(key);
            }
            return super.removeJob(key);
        }
    }

    /** A database's rows name their classes; here a job holds the one that it was stored with. */
    private void followRegistrations() {
        int now = JobClasses.generation();
        if (now == generation) {
            return;
        }
        generation = now;
        for (JobKey key : getJobKeys(GroupMatcher.anyJobGroup())) {
            JobDetail job = retrieveJob(key);
            Class<? extends Job> type = JobClasses.python(job.getJobClass().getName());
            if (type != null && type != job.getJobClass()) {
                replace(job.getJobBuilder().ofType(type).build());
            }
        }
    }

    private void replace(JobDetail job) {
        try {
            storeJob(job, true);
        } catch (ObjectAlreadyExistsException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isLoop(Class<? extends Job> type) {
        return type != null && JobClasses.isLoop(type.getName());
    }

    /**
     * Takes what can begin. What can't is set aside, as acquired, until its kind has room; only then is it
     * looked at again, so that a long queue of one kind costs the other nothing.
     */
    @Override
    public List<OperableTrigger> acquireNextTriggers(long latest, int most, long window) {
        synchronized (lock) {
            followRegistrations();
            int threads = slots.free(false);
            int loop = slots.free(true);
            if (!(threadJobs && loopJobs)) {
                return super.acquireNextTriggers(latest, most, window);
            }
            while (true) {
                threadsAside.giveBack(threads, this);
                loopAside.giveBack(loop, this);
                List<OperableTrigger> taken = choose(latest, most, window, threads, loop);
                // What was given back may have been paused or deleted meanwhile: then others are next.
                boolean more = threads > 0 && !threadsAside.isEmpty() || loop > 0 && !loopAside.isEmpty();
                if (!taken.isEmpty() || !more) {
                    return taken;
                }
            }
        }
    }

    private List<OperableTrigger> choose(long latest, int most, long window, int threads, int loop) {
        List<OperableTrigger> taken = new ArrayList<>();
        List<OperableTrigger> passed = new ArrayList<>();
        Set<JobKey> exclusive = new HashSet<>();
        int[] free = {threads, loop};
        long end = latest;
        while (taken.size() < most) {
            List<OperableTrigger> found = super.acquireNextTriggers(end, most - taken.size(), window);
            if (found.isEmpty()) {
                break;
            }
            for (OperableTrigger trigger : found) {
                Class<? extends Job> type = special.get(trigger.getJobKey());
                int kind = isLoop(type) ? 1 : 0;
                boolean alone = type != null && ALONE.get(type);
                if (free[kind] > 0 && (!alone || exclusive.add(trigger.getJobKey()))) {
                    free[kind]--;
                    taken.add(trigger);
                } else if (alone) {
                    // It must be blocked like any other while another trigger's run goes on.
                    passed.add(trigger);
                } else {
                    (kind == 1 ? loopAside : threadsAside).add(trigger);
                }
            }
            if (!taken.isEmpty()) {
                end = Math.max(taken.get(0).getNextFireTime().getTime(), System.currentTimeMillis());
            }
        }
        passed.forEach(this::releaseAcquiredTrigger);
        return taken;
    }

    // -- writing ----------------------------------------------------------------------------------

    /** What could fail is looked at before the first of it is written, for nothing here can be undone. */
    @Override
    public <T> T write(Work<T> work) throws JobPersistenceException {
        synchronized (lock) {
            return work.with(rows);
        }
    }

    /** Stock lets the trigger of a job loose that may not run twice and runs, and wakes nobody. */
    @Override
    public void resetTriggerFromErrorState(TriggerKey key) throws JobPersistenceException {
        synchronized (lock) {
            boolean errored = getTriggerState(key) == TriggerState.ERROR;
            super.resetTriggerFromErrorState(key);
            if (errored && getTriggerState(key) == TriggerState.NORMAL) {
                // Resuming looks at the job, and applies the misfire policy.
                pauseTrigger(key);
                resumeTrigger(key);
                signaler.signalSchedulingChange(0L);
            }
        }
    }

    // -- running ----------------------------------------------------------------------------------

    @Override
    public List<TriggerFiredResult> triggersFired(List<OperableTrigger> fired) {
        synchronized (lock) {
            List<TriggerFiredResult> results = super.triggersFired(fired);
            for (TriggerFiredResult result : results) {
                OperableTrigger trigger = result.getTriggerFiredBundle().getTrigger();
                underWay.put(trigger.getFireInstanceId(), trigger);
            }
            return results;
        }
    }

    /** What fired the runs that have not ended, to be asked for under the store's lock. */
    Collection<OperableTrigger> underWay() {
        return underWay.values();
    }

    // -- completing -------------------------------------------------------------------------------

    public FollowUps followUps() {
        return followUps;
    }

    @Override
    public void triggeredJobComplete(
            OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction) {
        String run = trigger.getFireInstanceId();
        synchronized (lock) {
            // Before the completion, which deletes a job without any other trigger.
            for (FollowUps.FollowUp followUp : followUps.of(run)) {
                store(followUp, trigger);
            }
            followUps.forget(run);
            underWay.remove(run);
            if (instruction == CompletedExecutionInstruction.SET_TRIGGER_ERROR) {
                // Stock leaves it among those that are due, and fires it all the same.
                pauseTrigger(trigger.getKey());
            }
            super.triggeredJobComplete(trigger, job, instruction);
        }
    }

    private void store(FollowUps.FollowUp followUp, OperableTrigger fired) {
        try {
            if (!checkExists(followUp.trigger.getJobKey())) {
                if (followUp.job == null) {
                    FollowUps.reportGone(followUp);
                    return;
                }
                storeJob(followUp.job, false);
            }
            storeTrigger(followUp.trigger, false);
            if (followUp.isRetry() && getTriggerState(fired.getKey()) == TriggerState.PAUSED) {
                pauseTrigger(followUp.trigger.getKey());
            }
            signaler.signalSchedulingChange(followUp.trigger.getNextFireTime().getTime());
        } catch (JobPersistenceException e) {
            getLog().error("Trigger {} can't be stored.", followUp.trigger.getKey(), e);
        }
    }
}
