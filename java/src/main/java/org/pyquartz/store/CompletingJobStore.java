package org.pyquartz.store;

import java.sql.Connection;
import java.sql.SQLException;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.spi.OperableTrigger;

/** Quartz's JDBC store, which writes {@link FollowUps} in the transaction that completes their run. */
@SuppressWarnings("unchecked") // JobStoreTX declares what it overrides without its type parameter
abstract class CompletingJobStore extends ExactStatesJobStore {
    private final FollowUps followUps = new FollowUps();

    public FollowUps followUps() {
        return followUps;
    }

    @Override
    public void triggeredJobComplete(
            OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction) {
        try {
            super.triggeredJobComplete(trigger, job, instruction);
        } finally {
            followUps.forget(trigger.getFireInstanceId());
        }
    }

    /** What follows the run is stored first: the completion deletes a job without any other trigger. */
    @Override
    protected void triggeredJobComplete(
            Connection conn, OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction)
            throws JobPersistenceException {
        String run = trigger.getFireInstanceId();
        try {
            // Without the run's row this has been written already, in a transaction whose answer was
            // lost; or peers have taken this node for dead, and the run is theirs to recover.
            if (!followUps.of(run).isEmpty() && getDelegate().deleteFiredTrigger(conn, run) > 0) {
                for (FollowUps.FollowUp followUp : followUps.of(run)) {
                    store(conn, followUp, trigger, job);
                }
            }
        } catch (SQLException e) {
            throw new JobPersistenceException("Couldn't store what follows a run: " + e.getMessage(), e);
        }
        super.triggeredJobComplete(conn, trigger, job, instruction);
    }

    private void store(
            Connection conn, FollowUps.FollowUp followUp, OperableTrigger fired, JobDetail firedJob)
            throws JobPersistenceException, SQLException {
        boolean exists = jobExists(conn, followUp.trigger.getJobKey());
        if (!exists && followUp.job == null) {
            FollowUps.reportGone(followUp);
            return;
        }
        try {
            if (!exists) {
                storeJob(conn, followUp.job, false);
            }
            JobDetail job = followUp.isRetry() ? firedJob : followUp.job;
            storeTrigger(conn, followUp.trigger, job, false, stateOf(conn, followUp, fired), false, false);
            signalSchedulingChangeOnTxCompletion(followUp.trigger.getNextFireTime().getTime());
        } catch (JobPersistenceException e) {
            for (Throwable link = e; link != null; link = link.getCause()) {
                if (link instanceof SQLException) {
                    throw e;
                }
            }
            // No fault of the database's would pass; the run has to be completed all the same.
            getLog().error("Trigger {} can't be stored.", followUp.trigger.getKey(), e);
        }
    }

    /** A retry of a trigger that was paused meanwhile is paused as well. */
    private String stateOf(Connection conn, FollowUps.FollowUp followUp, OperableTrigger fired)
            throws JobPersistenceException, SQLException {
        String state = getDelegate().selectTriggerState(conn, fired.getKey());
        boolean paused = state.equals(STATE_PAUSED) || state.equals(STATE_PAUSED_BLOCKED);
        return paused && followUp.isRetry() ? STATE_PAUSED : STATE_WAITING;
    }
}
