package org.pyquartz.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.spi.OperableTrigger;
import org.quartz.utils.ClassUtils;

/**
 * Quartz's JDBC store, which writes the end of a run once: with its {@link FollowUps} in the same
 * transaction, and not at all when peers have recovered the run meanwhile.
 */
@SuppressWarnings("unchecked") // JobStoreTX declares what it overrides without its type parameter
abstract class CompletingJobStore extends ExactStatesJobStore implements RunEnd.Group {
    // Written again, they change nothing.
    private static final Set<CompletedExecutionInstruction> ONCE =
            EnumSet.of(CompletedExecutionInstruction.NOOP, CompletedExecutionInstruction.DELETE_TRIGGER);

    private final FollowUps followUps = new FollowUps();
    private final Completions completions = new Completions(this::writeEnds);

    public FollowUps followUps() {
        return followUps;
    }

    @Override
    public void triggeredJobComplete(
            OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction) {
        try {
            if (!isWritten(List.of(new RunEnd(trigger, job, instruction)))) {
                super.triggeredJobComplete(trigger, job, instruction);
            }
        } finally {
            followUps.forget(trigger.getFireInstanceId());
        }
    }

    @Override
    public boolean writeTogether(List<RunEnd> ends) {
        boolean written = isWritten(ends);
        if (written) {
            ends.forEach(end -> followUps.forget(end.run()));
        }
        return written;
    }

    private boolean isWritten(List<RunEnd> ends) {
        try {
            return completions.write(ends);
        } catch (JobPersistenceException | RuntimeException e) {
            getLog().debug("The ends of {} runs are written again, each on its own.", ends.size(), e);
            return false;
        }
    }

    private void writeEnds(Supplier<List<RunEnd>> ends) throws JobPersistenceException {
        executeInNonManagedTXLock(
                LOCK_TRIGGER_ACCESS,
                conn -> {
                    for (RunEnd end : ends.get()) {
                        triggeredJobComplete(conn, end.trigger, end.job, end.instruction);
                    }
                    return null;
                },
                null);
    }

    /**
     * Without the run's row this has been written already, in a transaction whose answer was lost; or peers
     * have taken this node for dead, and the run is theirs to recover. Stock writes it all again, and so
     * lets a job loose that may not run twice and runs by now, or puts old data over new.
     */
    @Override
    protected void triggeredJobComplete(
            Connection conn, OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction)
            throws JobPersistenceException {
        String run = trigger.getFireInstanceId();
        if (mattersTwice(job, instruction) || !followUps.of(run).isEmpty()) {
            if (look(() -> getDelegate().deleteFiredTrigger(conn, run)) == 0) {
                getLog().warn("The end of run {} of job {} is not written (again).", run, job.getKey());
                return;
            }
        }
        // First: the completion deletes a job without any other trigger.
        for (FollowUps.FollowUp followUp : followUps.of(run)) {
            look(() -> store(conn, followUp, trigger, job));
        }
        super.triggeredJobComplete(conn, trigger, job, instruction);
    }

    private static boolean mattersTwice(JobDetail job, CompletedExecutionInstruction instruction) {
        return job.isPersistJobDataAfterExecution()
                || ClassUtils.isAnnotationPresent(job.getJobClass(), DisallowConcurrentExecution.class)
                || !ONCE.contains(instruction);
    }

    private Void store(
            Connection conn, FollowUps.FollowUp followUp, OperableTrigger fired, JobDetail firedJob)
            throws JobPersistenceException, SQLException {
        boolean exists = jobExists(conn, followUp.trigger.getJobKey());
        if (!exists && followUp.job == null) {
            FollowUps.reportGone(followUp);
            return null;
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
        return null;
    }

    /** A retry of a trigger that was paused meanwhile is paused as well. */
    private String stateOf(Connection conn, FollowUps.FollowUp followUp, OperableTrigger fired)
            throws JobPersistenceException, SQLException {
        String state = getDelegate().selectTriggerState(conn, fired.getKey());
        boolean paused = state.equals(STATE_PAUSED) || state.equals(STATE_PAUSED_BLOCKED);
        return paused && followUp.isRetry() ? STATE_PAUSED : STATE_WAITING;
    }
}
