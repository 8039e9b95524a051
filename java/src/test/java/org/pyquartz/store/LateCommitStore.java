package org.pyquartz.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.quartz.JobPersistenceException;

/** A store that loses its connection at a COMMIT, which reaches the database a moment later all the same. */
@SuppressWarnings("unchecked")
public final class LateCommitStore extends BridgeJobStore {
    private static final long LATE_MILLIS = 300;

    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean armed;
    private volatile Connection late;

    /** The next COMMIT is late. */
    void loseTheNextCommit() {
        armed = true;
    }

    void awaitCommit() throws InterruptedException {
        done.await();
    }

    @Override
    protected void commitConnection(Connection conn) throws JobPersistenceException {
        if (!armed) {
            super.commitConnection(conn);
            return;
        }
        armed = false;
        late = conn;
        new Thread(this::commitLate).start();
        throw new JobPersistenceException("the connection was lost");
    }

    private void commitLate() {
        try {
            TimeUnit.MILLISECONDS.sleep(LATE_MILLIS);
            late.commit();
            super.cleanupConnection(late);
        } catch (InterruptedException | SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            late = null;
            done.countDown();
        }
    }

    @Override
    protected void rollbackConnection(Connection conn) {
        if (conn != late) {
            super.rollbackConnection(conn);
        }
    }

    @Override
    protected void cleanupConnection(Connection conn) {
        if (conn != late) {
            super.cleanupConnection(conn);
        }
    }
}
