package org.pyquartz.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pyquartz.blob.AllowList;
import org.pyquartz.bridge.JobClasses;
import org.pyquartz.bridge.NoOpJob;
import org.pyquartz.bridge.Slots;
import org.pyquartz.write.WritableStore;
import org.quartz.Calendar;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.SchedulerException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.DriverDelegate;
import org.quartz.impl.jdbcjobstore.FiredTriggerRecord;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.NoSuchDelegateException;
import org.quartz.impl.jdbcjobstore.SchedulerStateRecord;
import org.quartz.impl.jdbcjobstore.TriggerStatus;
import org.quartz.spi.ClassLoadHelper;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;
import org.quartz.utils.ClassUtils;

/**
 * Quartz's JDBC store, which keeps firing when a row is bad, leaves to its peers what only they have,
 * and takes nothing with it when it stops.
 *
 * <p>It writes the rows that stock writes, and joins stock nodes in one cluster.
 */
@SuppressWarnings("unchecked") // JobStoreTX declares what it overrides without its type parameter
public class BridgeJobStore extends JobStoreTX implements WritableStore, Slots.Chooser {
    private static final Set<String> HELD =
            Set.of(STATE_PAUSED, STATE_PAUSED_BLOCKED, STATE_ERROR, STATE_COMPLETE);
    // Stock has it as well, but only for the name of its own delegate.
    private static final String LOCK_OF_SQL_SERVER =
            "SELECT * FROM {0}LOCKS WITH (UPDLOCK,ROWLOCK) WHERE SCHED_NAME = {1} AND LOCK_NAME = ?";
    private static final int RACES_LOST = 3;
    private static final int TRIES_WHEN_STOPPING = 3;
    private static final long STOPPING_RETRY_MILLIS = 1000;

    private final FollowUps followUps = new FollowUps();
    private final Set<String> leftClasses = new HashSet<>();
    private int generation;
    private boolean leave;
    private AllowList allowed = AllowList.standard();
    private final Runnable lookAgain = this::lookAgain;
    // Classes whose jobs take a thread, as far as they have been met.
    private final Set<String> threadClasses = new HashSet<>();
    private Slots slots = Slots.ENOUGH;
    private Dialect dialect;
    private volatile boolean stopping;
    private volatile boolean leaving;

    /** "leave": jobs of classes that nobody here has are not acquired; "noop" or "error": they are. */
    public void setMissingJobs(String policy) {
        leave = policy.equals("leave");
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
            return new Acquisition(conn, (BridgeDelegate) getDelegate(), noLaterThan, maxCount, timeWindow)
                    .run();
        } catch (SQLException | IOException | ClassNotFoundException e) {
            throw new JobPersistenceException("Couldn't acquire next trigger: " + e.getMessage(), e);
        }
    }

    /** One look for the next triggers: rows that can't be taken are passed over, and others asked for. */
    private final class Acquisition {
        private final Connection conn;
        private final BridgeDelegate delegate;
        private final long latest;
        private final int maxCount;
        private final long timeWindow;
        private final List<OperableTrigger> acquired = new ArrayList<>();
        private final Set<JobKey> exclusive = new HashSet<>();
        private long batchEnd;
        private final int[] free = {slots.free(false), slots.free(true)};
        private boolean passedOver;

        Acquisition(
                Connection conn, BridgeDelegate delegate, long noLaterThan, int maxCount, long timeWindow) {
            this.conn = conn;
            this.delegate = delegate;
            this.latest = noLaterThan + timeWindow;
            this.maxCount = maxCount;
            this.timeWindow = timeWindow;
            this.batchEnd = noLaterThan;
        }

        List<OperableTrigger> run()
                throws SQLException, IOException, ClassNotFoundException, JobPersistenceException {
            forgetLeftClassesAfterRegistrations();
            for (int lost = 0; acquired.isEmpty() && lost < RACES_LOST; lost += passedOver ? 0 : 1) {
                passedOver = false;
                List<TriggerKey> keys =
                        delegate.candidates(conn, latest, getMisfireTime(), maxCount, passedClasses());
                if (keys.isEmpty()) {
                    break;
                }
                for (TriggerKey key : keys) {
                    if (!consider(key)) {
                        return acquired;
                    }
                }
            }
            return acquired;
        }

        /** Takes the trigger if it can be taken; false when it, and so all later ones, is too late. */
        private boolean consider(TriggerKey key)
                throws SQLException, IOException, ClassNotFoundException, JobPersistenceException {
            OperableTrigger trigger = delegate.selectTrigger(conn, key);
            if (trigger == null) {
                return true;
            }
            JobDetail job;
            try {
                job = job(trigger);
            } catch (ClassNotFoundException e) {
                // Only with missing_jobs="error": what stock Quartz does was asked for.
                getLog().error("Trigger {} is set to ERROR: {}", key, e.getMessage(), e);
                delegate.updateTriggerState(conn, key, STATE_ERROR);
                passedOver = true;
                return true;
            }
            String reason = BridgeDelegate.reason(trigger, job);
            if (reason == null && trigger.getNextFireTime() == null) {
                reason = "it waits, but has no next fire time";
            }
            if (reason != null) {
                delegate.quarantine.add(key, reason);
                passedOver = true;
                return true;
            }
            if (isLeft(job.getJobClass())) {
                passedOver |= leftClasses.add(job.getJobClass().getName());
                return true;
            }
            if (free[kind(job)] <= 0) {
                // Its kind has no room; the next look passes over its whole class.
                passedOver |= kind(job) == 0 && threadClasses.add(job.getJobClass().getName());
                return true;
            }
            return take(trigger, job);
        }

        private Set<String> passedClasses() {
            Set<String> passed = new HashSet<>(leftClasses);
            if (free[1] <= 0) {
                passed.addAll(JobClasses.loopNames());
            }
            if (free[0] <= 0) {
                passed.addAll(threadClasses);
            }
            return passed;
        }

        private int kind(JobDetail job) {
            return JobClasses.isLoop(job.getJobClass().getName()) ? 1 : 0;
        }

        /** To a peer that has the class, or until Python has tried to import it, or Clojure to load it. */
        private boolean isLeft(Class<?> type) {
            return NoOpJob.class.isAssignableFrom(type)
                    && (leave || JobClasses.awaits(type.getName()));
        }

        private JobDetail job(OperableTrigger trigger)
                throws SQLException, IOException, ClassNotFoundException {
            return trigger instanceof UnreadableTrigger
                    ? null
                    : delegate.selectJobDetail(conn, trigger.getJobKey(), getClassLoadHelper());
        }

        private boolean take(OperableTrigger trigger, JobDetail job) throws SQLException {
            boolean nonConcurrent =
                    ClassUtils.isAnnotationPresent(job.getJobClass(), DisallowConcurrentExecution.class);
            if (nonConcurrent && !exclusive.add(job.getKey())) {
                return true;
            }
            Date next = trigger.getNextFireTime();
            if (next.getTime() > batchEnd) {
                return false;
            }
            if (!delegate.acquire(conn, trigger)) {
                return true;
            }
            trigger.setFireInstanceId(getFiredTriggerRecordId());
            delegate.insertFiredTrigger(conn, trigger, STATE_ACQUIRED, null);
            if (acquired.isEmpty()) {
                batchEnd = Math.max(next.getTime(), System.currentTimeMillis()) + timeWindow;
            }
            free[kind(job)]--;
            acquired.add(trigger);
            return true;
        }
    }

    private void forgetLeftClassesAfterRegistrations() {
        int now = JobClasses.generation();
        if (now != generation) {
            generation = now;
            leftClasses.clear();
            threadClasses.clear();
        }
    }

    /**
     * Stock also sets BLOCKED to WAITING, and so unblocks a job that runs on another node; and it gives
     * back what a peer has acquired since this node's own claim was taken away.
     */
    @Override
    protected void releaseAcquiredTrigger(Connection conn, OperableTrigger trigger)
            throws JobPersistenceException {
        try {
            if (getDelegate().deleteFiredTrigger(conn, trigger.getFireInstanceId()) > 0) {
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

    // -- completing -------------------------------------------------------------------------------

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

    @Override
    public void schedulerStarted() throws SchedulerException {
        JobClasses.watch(lookAgain);
        super.schedulerStarted();
    }

    // -- errors -----------------------------------------------------------------------------------

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

    // -- calendars --------------------------------------------------------------------------------

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

    // -- writing ----------------------------------------------------------------------------------

    @Override
    public <T> T write(Work<T> work) throws JobPersistenceException {
        return executeInNonManagedTXLock(
                LOCK_TRIGGER_ACCESS, conn -> work.with(new JdbcRows(this, conn)), null);
    }

    /** Runs a repair's statements under the store's lock, in one transaction; says how many rows each hit. */
    public int[] mend(String[] statements, String[][] values) throws JobPersistenceException {
        return executeInNonManagedTXLock(
                LOCK_TRIGGER_ACCESS, conn -> look(() -> Mending.run(conn, statements, values)), null);
    }

    ClassLoadHelper loader() {
        return getClassLoadHelper();
    }

    // -- leaving ----------------------------------------------------------------------------------

    /** Stock tries for ever when the database is lost; who leaves does not. */
    @Override
    protected <T> T retryExecuteInNonManagedTXLock(String lockName, TransactionCallback<T> work) {
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
        JobClasses.unwatch(lookAgain);
        try {
            executeInNonManagedTXLock(LOCK_TRIGGER_ACCESS, this::signOff, null);
        } catch (JobPersistenceException e) {
            getLog().warn("What this node had acquired is left to its peers: {}", e.getMessage(), e);
        }
        super.shutdown();
    }

    /** Gives back what was acquired but not begun. With nothing left, the node's own row goes as well. */
    private Object signOff(Connection conn) throws JobPersistenceException {
        try {
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
        } catch (SQLException e) {
            throw new JobPersistenceException(e.getMessage(), e);
        }
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

    private interface Look<T> {
        T get() throws SQLException, JobPersistenceException;
    }

    private static <T> T look(Look<T> look) throws JobPersistenceException {
        try {
            return look.get();
        } catch (SQLException e) {
            throw new JobPersistenceException(e.getMessage(), e);
        }
    }
}
