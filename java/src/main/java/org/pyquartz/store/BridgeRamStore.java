package org.pyquartz.store;

import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.Trigger.TriggerState;
import org.quartz.simpl.RAMJobStore;
import org.quartz.spi.OperableTrigger;

/** Quartz's store in memory, which takes what follows a run together with its completion. */
public class BridgeRamStore extends RAMJobStore {
    private final FollowUps followUps = new FollowUps();

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
