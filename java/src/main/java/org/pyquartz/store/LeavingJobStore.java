package org.pyquartz.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.quartz.JobPersistenceException;
import org.quartz.impl.jdbcjobstore.FiredTriggerRecord;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.SchedulerStateRecord;

/**
 * Quartz's JDBC store, which lets its scheduler leave: it waits for a lost database no longer than that
 * takes, and what it had acquired and not begun goes back to its peers.
 */
@SuppressWarnings("unchecked") // JobStoreTX declares what it overrides without its type parameter
abstract class LeavingJobStore extends JobStoreTX {
    private static final int TRIES_WHEN_STOPPING = 3;
    private static final long STOPPING_RETRY_MILLIS = 1000;

    private volatile boolean stopping;
    private volatile boolean leaving;

    /**
     * Stock tries for ever when the database is lost; who leaves does not.
     *
     * <p>This is also how a store asks what became of a COMMIT whose answer was lost. Stock thinks that it
     * still has the lock then, and asks without: before the COMMIT, which may be on its way, is done.
     */
    @Override
    protected <T> T retryExecuteInNonManagedTXLock(String lockName, TransactionCallback<T> work) {
        if (lockName != null && getLockHandler().requiresConnection()) {
            releaseLock(lockName, true);
        }
        for (int last = TRIES_WHEN_STOPPING; true; last -= stopping ? 1 : 0) {
            try {
                return executeInNonManagedTXLock(lockName, work, null);
            } catch (JobPersistenceException e) {
                getLog().error("The store can't be written: {}", e.getMessage(), e);
            }
            if (last <= 1 || !pauseUnlessLeaving()) {
                throw new IllegalStateException("The scheduler stops, and its store can't be written");
            }
        }
    }

    private synchronized boolean pauseUnlessLeaving() {
        long begin = System.nanoTime();
        while (!leaving && System.nanoTime() < begin + retryMillis() * 1_000_000) {
            long end = begin + retryMillis() * 1_000_000;
            try {
                wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return !leaving;
    }

    private long retryMillis() {
        return stopping ? Math.min(getDbRetryInterval(), STOPPING_RETRY_MILLIS) : getDbRetryInterval();
    }

    /** From now on what can't be written is tried a few times more, for a database may be away for long. */
    public synchronized void stopSoon() {
        stopping = true;
        notifyAll();
    }

    boolean isStopping() {
        return stopping;
    }

    /** Ends all waiting for a lost database; called before Quartz's own shutdown, which would wait. */
    public synchronized void leave() {
        leaving = true;
        notifyAll();
    }

    @Override
    protected List<SchedulerStateRecord> clusterCheckIn(Connection conn) throws JobPersistenceException {
        return leaving ? new ArrayList<>() : super.clusterCheckIn(conn);
    }

    @Override
    public void shutdown() {
        leave();
        try {
            executeInNonManagedTXLock(LOCK_TRIGGER_ACCESS, conn -> look(() -> signOff(conn)), null);
        } catch (JobPersistenceException e) {
            getLog().warn("What this node had acquired is left to its peers: {}", e.getMessage(), e);
        }
        super.shutdown();
    }

    /** Gives back what was acquired but not begun. With nothing left, the node's own row goes as well. */
    private Void signOff(Connection conn) throws SQLException, JobPersistenceException {
        int running = 0;
        for (FiredTriggerRecord fired :
                getDelegate().selectInstancesFiredTriggerRecords(conn, getInstanceId())) {
            if (fired.getFireInstanceState().equals(STATE_ACQUIRED)) {
                getDelegate()
                        .updateTriggerStateFromOtherState(
                                conn, fired.getTriggerKey(), STATE_WAITING, STATE_ACQUIRED);
                getDelegate().deleteFiredTrigger(conn, fired.getFireInstanceId());
            } else {
                running++;
            }
        }
        if (running == 0) {
            getDelegate().deleteSchedulerState(conn, getInstanceId());
        }
        return null;
    }

    /** What is asked of the database. */
    interface Look<T> {
        T get() throws SQLException, JobPersistenceException;
    }

    static <T> T look(Look<T> look) throws JobPersistenceException {
        try {
            return look.get();
        } catch (SQLException e) {
            throw new JobPersistenceException(e.getMessage(), e);
        }
    }
}
