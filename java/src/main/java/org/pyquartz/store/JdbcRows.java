package org.pyquartz.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.pyquartz.write.Keys;
import org.pyquartz.write.Rows;
import org.quartz.Calendar;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.Trigger.TriggerState;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.Constants;
import org.quartz.impl.jdbcjobstore.DriverDelegate;
import org.quartz.impl.jdbcjobstore.Util;
import org.quartz.spi.OperableTrigger;
import org.quartz.utils.ClassUtils;
import org.quartz.utils.Key;

/** The rows of a database in one transaction: what is there is asked for at once, new rows go in batches. */
final class JdbcRows implements Rows {
    private static final int MOST_KEYS = 128;
    // Quartz puts the prefix and the name in with a MessageFormat.
    private static final String JOBS =
            "SELECT JOB_NAME, JOB_GROUP, IS_NONCONCURRENT, IS_UPDATE_DATA FROM {0}JOB_DETAILS"
                    + " WHERE SCHED_NAME = {1} AND JOB_GROUP = ? AND JOB_NAME IN (%s)";
    private static final String OWNERS =
            "SELECT TRIGGER_NAME, TRIGGER_GROUP, JOB_NAME, JOB_GROUP FROM {0}TRIGGERS"
                    + " WHERE SCHED_NAME = {1} AND TRIGGER_GROUP = ? AND TRIGGER_NAME IN (%s)";
    private static final String STATES =
            "SELECT TRIGGER_NAME, TRIGGER_GROUP, TRIGGER_STATE FROM {0}TRIGGERS"
                    + " WHERE SCHED_NAME = {1} AND JOB_NAME = ? AND JOB_GROUP = ?";
    private static final String EXCLUSIVE =
            "SELECT JOB_NAME, JOB_GROUP, IS_NONCONCURRENT FROM {0}FIRED_TRIGGERS"
                    + " WHERE SCHED_NAME = {1} AND JOB_NAME IS NOT NULL";

    private final BridgeJobStore store;
    private final Connection conn;
    private final DriverDelegate delegate;
    private final BatchingConnection inserts;
    private final Claims claims;
    private final Map<JobKey, boolean[]> flags = new HashMap<>();
    private final Map<TriggerKey, JobKey> owners = new HashMap<>();
    private final Map<TriggerKey, String> states = new HashMap<>();
    private Set<String> pausedGroups;
    private Set<JobKey> running;

    JdbcRows(BridgeJobStore store, Connection conn) throws JobPersistenceException {
        this.store = store;
        this.conn = conn;
        this.delegate = store.getDelegate();
        this.inserts = new BatchingConnection(conn);
        this.claims = new Claims(conn, store.getTablePrefix(), store.getInstanceName());
    }

    private interface Sql<T> {
        T run() throws SQLException, IOException, ClassNotFoundException, JobPersistenceException;
    }

    private static <T> T sql(String doing, Sql<T> sql) throws JobPersistenceException {
        try {
            return sql.run();
        } catch (SQLException | IOException | ClassNotFoundException e) {
            throw new JobPersistenceException("can't " + doing + ": " + e.getMessage(), e);
        }
    }

    // -- reading ----------------------------------------------------------------------------------

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private void select(String statement, List<String> parameters, Row each) throws SQLException {
        String text = Util.rtp(statement, store.getTablePrefix(), "'" + store.getInstanceName() + "'");
        try (PreparedStatement select = conn.prepareStatement(text)) {
            for (int n = 0; n < parameters.size(); n++) {
                select.setString(n + 1, parameters.get(n));
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    each.read(rows);
                }
            }
        }
    }

    @Override
    public void look(Collection<JobKey> jobs, Collection<TriggerKey> triggers) throws JobPersistenceException {
        sql("look for jobs and triggers", () -> {
            selectKeys(JOBS, jobs, row -> flags.put(
                    new JobKey(row.getString(1), row.getString(2)),
                    new boolean[] {row.getBoolean(3), row.getBoolean(4)}));
            selectKeys(OWNERS, triggers, row -> owners.put(
                    new TriggerKey(row.getString(1), row.getString(2)),
                    new JobKey(row.getString(3), row.getString(4))));
            return null;
        });
    }

    private void selectKeys(String statement, Collection<? extends Key<?>> keys, Row each) throws SQLException {
        Map<String, List<String>> groups = new TreeMap<>();
        for (Key<?> key : keys) {
            groups.computeIfAbsent(key.getGroup(), group -> new ArrayList<>()).add(key.getName());
        }
        for (Map.Entry<String, List<String>> group : groups.entrySet()) {
            for (Iterator<String> names = group.getValue().iterator(); names.hasNext(); ) {
                List<String> parameters = new ArrayList<>();
                parameters.add(group.getKey());
                while (names.hasNext() && parameters.size() <= MOST_KEYS) {
                    parameters.add(names.next());
                }
                // Few forms of the statement: the last ones are filled up with a name that is there.
                int places = parameters.size() == 2 ? 1 : MOST_KEYS;
                while (parameters.size() <= places) {
                    parameters.add(parameters.get(1));
                }
                select(String.format(statement, "?" + ", ?".repeat(places - 1)), parameters, each);
            }
        }
    }

    @Override
    public StoredJob job(JobKey key) throws JobPersistenceException {
        boolean[] found = flags.get(key);
        if (found == null) {
            return null;
        }
        JobDetail job =
                sql("read job " + key, () -> delegate.selectJobDetail(conn, key, store.loader()));
        return new StoredJob(job, found[0], found[1]);
    }

    @Override
    public JobKey owner(TriggerKey key) {
        return owners.get(key);
    }

    @Override
    public List<StoredTrigger> triggers(JobKey job) throws JobPersistenceException {
        return sql("read the triggers of job " + job, () -> {
            List<TriggerKey> keys = new ArrayList<>();
            select(STATES, List.of(job.getName(), job.getGroup()), row -> {
                TriggerKey key = new TriggerKey(row.getString(1), row.getString(2));
                keys.add(key);
                states.put(key, row.getString(3));
            });
            List<StoredTrigger> found = new ArrayList<>();
            for (TriggerKey key : keys) {
                found.add(new StoredTrigger(delegate.selectTrigger(conn, key), state(states.get(key))));
            }
            return found;
        });
    }

    private static TriggerState state(String stored) {
        switch (stored) {
            case Constants.STATE_PAUSED:
            case Constants.STATE_PAUSED_BLOCKED:
                return TriggerState.PAUSED;
            case Constants.STATE_BLOCKED:
                return TriggerState.BLOCKED;
            case Constants.STATE_ERROR:
                return TriggerState.ERROR;
            case Constants.STATE_COMPLETE:
                return TriggerState.COMPLETE;
            default:
                return TriggerState.NORMAL;
        }
    }

    @Override
    public Calendar calendar(String name) throws JobPersistenceException {
        return sql("read calendar " + name, () -> delegate.selectCalendar(conn, name));
    }

    // -- writing ----------------------------------------------------------------------------------

    @Override
    public void insert(JobDetail job) throws JobPersistenceException {
        sql("store job " + job.getKey(), () -> {
            inserts.flushWhenMany();
            return delegate.insertJobDetail(inserts.face, job);
        });
    }

    @Override
    public void update(JobDetail job, boolean keepsData) throws JobPersistenceException {
        sql("store job " + job.getKey(), () -> {
            byte[] data = keepsData ? guarded().jobData(conn, job.getKey()) : null;
            int rows = delegate.updateJobDetail(conn, job);
            return keepsData ? guarded().restore(conn, job.getKey(), data) : rows;
        });
    }

    /** Only this one gives out data that it could not read. */
    private GuardedBlobsDelegate guarded() {
        return (GuardedBlobsDelegate) delegate;
    }

    @Override
    public void insert(OperableTrigger trigger, JobDetail job) throws JobPersistenceException {
        sql("store trigger " + trigger.getKey() + " of job " + job.getKey(), () -> {
            inserts.flushWhenMany();
            return delegate.insertTrigger(inserts.face, trigger, stateOfNew(trigger, job), job);
        });
    }

    @Override
    public void replace(TriggerKey old, OperableTrigger trigger, JobDetail job, boolean keepsData)
            throws JobPersistenceException {
        byte[] data = keepsData ? sql("read trigger " + old, () -> guarded().triggerData(conn, old)) : null;
        delete(old);
        insert(trigger, job);
        if (keepsData) {
            flush();
            sql("store trigger " + trigger.getKey(), () -> guarded().restore(conn, trigger.getKey(), data));
        }
    }

    /** An acquired trigger is taken back: who acquired it would fire, and write, the old one. */
    @Override
    public void change(StoredTrigger stored, JobDetail job) throws JobPersistenceException {
        String state = states.get(stored.trigger.getKey());
        String kept = state.equals(Constants.STATE_ACQUIRED) ? Constants.STATE_WAITING : state;
        sql("change trigger " + stored.trigger.getKey(), () -> {
            claims.drop(stored.trigger.getKey());
            return delegate.updateTrigger(conn, stored.trigger, kept, job);
        });
    }

    @Override
    public void delete(TriggerKey trigger) throws JobPersistenceException {
        sql("delete trigger " + trigger, () -> {
            claims.drop(trigger);
            return delegate.deleteTrigger(conn, trigger);
        });
    }

    @Override
    public Keys keys() {
        return new JdbcKeys(store, conn, claims);
    }

    @Override
    public void flush() throws JobPersistenceException {
        sql("store new jobs and triggers", () -> {
            inserts.flush();
            return null;
        });
    }

    /** As Quartz has it: paused with its group, blocked while its job may not run twice and runs. */
    private String stateOfNew(OperableTrigger trigger, JobDetail job) throws SQLException {
        boolean paused = isPaused(trigger.getKey().getGroup());
        boolean blocked =
                ClassUtils.isAnnotationPresent(job.getJobClass(), DisallowConcurrentExecution.class)
                        && runsExclusively(job.getKey());
        if (blocked) {
            return paused ? Constants.STATE_PAUSED_BLOCKED : Constants.STATE_BLOCKED;
        }
        return paused ? Constants.STATE_PAUSED : Constants.STATE_WAITING;
    }

    private boolean isPaused(String group) throws SQLException {
        if (pausedGroups == null) {
            pausedGroups = new HashSet<>(delegate.selectPausedTriggerGroups(conn));
        }
        if (pausedGroups.contains(Constants.ALL_GROUPS_PAUSED) && pausedGroups.add(group)) {
            delegate.insertPausedTriggerGroup(conn, group);
        }
        return pausedGroups.contains(group);
    }

    private boolean runsExclusively(JobKey job) throws SQLException {
        if (running == null) {
            running = new HashSet<>();
            select(EXCLUSIVE, List.of(), row -> {
                if (row.getBoolean(3)) {
                    running.add(new JobKey(row.getString(1), row.getString(2)));
                }
            });
        }
        return running.contains(job);
    }
}
