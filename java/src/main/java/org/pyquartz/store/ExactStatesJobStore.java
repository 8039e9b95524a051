package org.pyquartz.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.quartz.Calendar;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.TriggerStatus;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;

/**
 * Quartz's JDBC store, whose triggers keep the state that is theirs: stock lets loose what is paused,
 * blocked or a peer's by now, and sets to ERROR what is well.
 */
@SuppressWarnings("unchecked") // JobStoreTX declares what it overrides without its type parameter
abstract class ExactStatesJobStore extends LeavingJobStore {
    private static final Set<String> HELD =
            Set.of(STATE_PAUSED, STATE_PAUSED_BLOCKED, STATE_ERROR, STATE_COMPLETE);

    // -- of what is acquired ----------------------------------------------------------------------

    /**
     * Stock also sets BLOCKED to WAITING, and so unblocks a job that runs on another node; and it gives
     * back what a peer has acquired since this node's own claim was taken away. Who stops may not have
     * heard that the firing was written after all: then its row stays for a peer to recover.
     */
    @Override
    protected void releaseAcquiredTrigger(Connection conn, OperableTrigger trigger)
            throws JobPersistenceException {
        try {
            Claims claims = new Claims(conn, getTablePrefix(), getInstanceName());
            if (claims.giveBack(trigger.getFireInstanceId(), isStopping()) > 0) {
                getDelegate()
                        .updateTriggerStateFromOtherState(conn, trigger.getKey(), STATE_WAITING, STATE_ACQUIRED);
            }
        } catch (SQLException e) {
            throw new JobPersistenceException("Couldn't release acquired trigger: " + e.getMessage(), e);
        }
    }

    /**
     * Fires no copy of what is another trigger by now. Stock asks for the state alone, which a peer has
     * set as well when it acquired the trigger after it had been written anew.
     */
    @Override
    protected TriggerFiredBundle triggerFired(Connection conn, OperableTrigger trigger)
            throws JobPersistenceException {
        if (!look(() -> new Claims(conn, getTablePrefix(), getInstanceName()).holds(trigger))) {
            getLog().info("Trigger {} was written anew; this node has let go of it.", trigger.getKey());
            return null;
        }
        return super.triggerFired(conn, trigger);
    }

    /** A database that is away is no fault of the trigger's: stock would set it to ERROR while firing. */
    @Override
    protected JobDetail retrieveJob(Connection conn, JobKey key) throws JobPersistenceException {
        try {
            return super.retrieveJob(conn, key);
        } catch (JobPersistenceException e) {
            if (e.getCause() instanceof SQLException) {
                throw new IllegalStateException(e.getMessage(), e.getCause());
            }
            throw e;
        }
    }

    // -- of what is in ERROR ----------------------------------------------------------------------

    /**
     * Stock leaves what was missed to the next search for misfires, a minute away, and the rest to the end
     * of the scheduler's sleep; and it lets the trigger of a job loose that may not run twice and runs.
     */
    @Override
    public void resetTriggerFromErrorState(TriggerKey key) throws JobPersistenceException {
        executeInLock(LOCK_TRIGGER_ACCESS, conn -> look(() -> reset(conn, key)));
    }

    private Void reset(Connection conn, TriggerKey key) throws SQLException, JobPersistenceException {
        TriggerStatus status = getDelegate().selectTriggerStatus(conn, key);
        if (status == null || !status.getStatus().equals(STATE_ERROR)) {
            return null;
        }
        Date next = status.getNextFireTime();
        boolean paused = getDelegate().isTriggerGroupPaused(conn, key.getGroup());
        String state = checkBlockedState(conn, status.getJobKey(), paused ? STATE_PAUSED : STATE_WAITING);
        if (next == null) {
            getDelegate().updateTriggerState(conn, key, STATE_COMPLETE);
        } else if (paused || next.getTime() > getMisfireTime() || !updateMisfiredTrigger(conn, key, state, true)) {
            getDelegate().updateTriggerState(conn, key, state);
        }
        signalSchedulingChangeOnTxCompletion(0L);
        return null;
    }

    // -- of what has a calendar -------------------------------------------------------------------

    /** Stock lets a paused trigger loose, and one in ERROR, when its calendar is replaced. */
    @Override
    protected void storeCalendar(
            Connection conn, String name, Calendar calendar, boolean replace, boolean updateTriggers)
            throws JobPersistenceException {
        Map<TriggerKey, String> kept =
                updateTriggers ? look(() -> heldTriggers(conn, name)) : new HashMap<>();
        super.storeCalendar(conn, name, calendar, replace, updateTriggers);
        for (Map.Entry<TriggerKey, String> held : kept.entrySet()) {
            look(() -> getDelegate().updateTriggerState(conn, held.getKey(), held.getValue()));
        }
    }

    private Map<TriggerKey, String> heldTriggers(Connection conn, String calendar)
            throws SQLException, JobPersistenceException {
        Map<TriggerKey, String> held = new HashMap<>();
        try {
            for (OperableTrigger trigger : getDelegate().selectTriggersForCalendar(conn, calendar)) {
                String state = getDelegate().selectTriggerState(conn, trigger.getKey());
                if (HELD.contains(state)) {
                    held.put(trigger.getKey(), state);
                }
            }
        } catch (ClassNotFoundException | IOException e) {
            throw new JobPersistenceException("Couldn't read the triggers of " + calendar, e);
        }
        return held;
    }
}
