package org.pyquartz.store;

import org.pyquartz.write.Rows;
import org.pyquartz.write.StoreRows;
import org.pyquartz.write.WritableStore;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.Trigger.TriggerState;
import org.quartz.spi.OperableTrigger;

/** Quartz's store in memory, which takes whole changes, and what follows a run with its completion. */
public class BridgeRamStore extends GroupedRamStore implements WritableStore {
    private final FollowUps followUps = new FollowUps();
    private final Rows rows = new StoreRows(this);

    public FollowUps followUps() {
        return followUps;
    }

    /** What could fail is looked at before the first of it is written, for nothing here can be undone. */
    @Override
    public <T> T write(Work<T> work) throws JobPersistenceException {
        synchronized (lock) {
            return work.with(rows);
        }
    }

    @Override
    public void lookAgain() {
        signaler.signalSchedulingChange(0L);
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
