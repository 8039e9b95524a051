package org.pyquartz.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.pyquartz.blob.AllowList;
import org.pyquartz.bridge.JobClasses;
import org.pyquartz.bridge.Slots;
import org.pyquartz.write.WritableStore;
import org.quartz.JobPersistenceException;
import org.quartz.SchedulerException;
import org.quartz.impl.jdbcjobstore.DriverDelegate;
import org.quartz.impl.jdbcjobstore.FiredTriggerRecord;
import org.quartz.impl.jdbcjobstore.NoSuchDelegateException;
import org.quartz.impl.jdbcjobstore.SchedulerStateRecord;
import org.quartz.spi.ClassLoadHelper;
import org.quartz.spi.OperableTrigger;

/**
 * Quartz's JDBC store, which keeps firing when a row is bad, leaves to its peers what only they have,
 * and takes nothing with it when it stops.
 *
 * <p>It writes the rows that stock writes, and joins stock nodes in one cluster.
 */
@SuppressWarnings("unchecked") // JobStoreTX declares what it overrides without its type parameter
public class BridgeJobStore extends CompletingJobStore implements WritableStore, Slots.Chooser {
    // Stock has it as well, but only for the name of its own delegate.
    private static final String LOCK_OF_SQL_SERVER =
            "SELECT * FROM {0}LOCKS WITH (UPDLOCK,ROWLOCK) WHERE SCHED_NAME = {1} AND LOCK_NAME = ?";

    private static final int MOST_DEADLOCKS = 5;

    private final PassedClasses passed = new PassedClasses();
    private final Runnable lookAgain = this::lookAgain;
    private AllowList allowed = AllowList.standard();
    private Slots slots = Slots.ENOUGH;
    private Dialect dialect;

    /** "leave": jobs of classes that nobody here has are not acquired; "noop" or "error": they are. */
    public void setMissingJobs(String policy) {
        passed.leaveMissing(policy.equals("leave"));
    }

    /** Names of classes, separated by commas, that may be read out of blobs beside the built-in ones. */
    public void setAllowClasses(String names) {
        allowed = AllowList.standard().and(List.of(names.trim().split("\\s*,\\s*")));
    }

    /** The delegate of Quartz's whose database this is, where the database's own name doesn't tell. */
    public void setStockDelegate(String className) {
        dialect = Dialect.ofDelegate(className);
        if (className.endsWith("MSSQLDelegate") && getSelectWithLockSQL() == null) {
            setSelectWithLockSQL(LOCK_OF_SQL_SERVER);
        }
    }

    @Override
    protected DriverDelegate getDelegate() throws NoSuchDelegateException {
        DriverDelegate delegate = super.getDelegate();
        if (delegate instanceof BridgeDelegate) {
            ((BridgeDelegate) delegate).allow(allowed);
            if (dialect != null) {
                ((BridgeDelegate) delegate).speak(dialect);
            }
        }
        return delegate;
    }

    @Override
    public void ask(Slots newSlots) {
        slots = newSlots;
    }

    @Override
    public boolean mayHold(boolean loop) {
        return !loop || !JobClasses.loopNames().isEmpty();
    }

    @Override
    public void lookAgain() {
        signalSchedulingChangeImmediately(0L);
    }

    // -- acquiring --------------------------------------------------------------------------------

    @Override
    protected List<OperableTrigger> acquireNextTrigger(
            Connection conn, long noLaterThan, int maxCount, long timeWindow)
            throws JobPersistenceException {
        if (!(getDelegate() instanceof BridgeDelegate)) {
            return super.acquireNextTrigger(conn, noLaterThan, maxCount, timeWindow);
        }
        try {
            BridgeDelegate delegate = (BridgeDelegate) getDelegate();
            return new Acquisition(this, delegate, conn, passed, slots, noLaterThan, maxCount, timeWindow)
                    .run();
        } catch (SQLException | IOException | ClassNotFoundException e) {
            throw new JobPersistenceException("Couldn't acquire next trigger: " + e.getMessage(), e);
        }
    }

    @Override
    public void schedulerStarted() throws SchedulerException {
        JobClasses.watch(lookAgain);
        super.schedulerStarted();
    }

    @Override
    public void shutdown() {
        JobClasses.unwatch(lookAgain);
        super.shutdown();
    }

    /** What is due before is missed. */
    long misfireTime() {
        return getMisfireTime();
    }

    String newFiringId() {
        return getFiredTriggerRecordId();
    }

    ClassLoadHelper loader() {
        return getClassLoadHelper();
    }

    // -- writing ----------------------------------------------------------------------------------

    /** What a database takes back to end a deadlock is worked out and written again, a few times. */
    @Override
    public <T> T write(Work<T> work) throws JobPersistenceException {
        for (int again = MOST_DEADLOCKS; true; again--) {
            try {
                return executeInNonManagedTXLock(
                        LOCK_TRIGGER_ACCESS, conn -> work.with(new JdbcRows(this, conn)), null);
            } catch (JobPersistenceException e) {
                if (again == 0 || !Deadlock.isBehind(e)) {
                    throw e;
                }
                getLog().debug("The database has ended a deadlock; what it took back is written again.", e);
            }
        }
    }

    /** Runs a repair's statements under the store's lock, in one transaction; says how many rows each hit. */
    public int[] mend(String[] statements, String[][] values) throws JobPersistenceException {
        return executeInNonManagedTXLock(
                LOCK_TRIGGER_ACCESS, conn -> look(() -> Mending.run(conn, statements, values)), null);
    }

    // -- looking ----------------------------------------------------------------------------------

    /** The nodes that have checked in, this one included; empty when the store is not clustered. */
    public List<SchedulerStateRecord> nodes() throws JobPersistenceException {
        return executeWithoutLock(conn -> look(() -> getDelegate().selectSchedulerStateRecords(conn, null)));
    }

    /** What runs now, on any node. */
    public List<FiredTriggerRecord> executing() throws JobPersistenceException {
        return executeWithoutLock(
                conn ->
                        look(
                                () -> {
                                    List<FiredTriggerRecord> found = new ArrayList<>();
                                    for (String node : getDelegate().selectFiredTriggerInstanceNames(conn)) {
                                        found.addAll(getDelegate().selectInstancesFiredTriggerRecords(conn, node));
                                    }
                                    found.removeIf(r -> !r.getFireInstanceState().equals(STATE_EXECUTING));
                                    return found;
                                }));
    }
}
