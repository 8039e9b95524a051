package org.pyquartz.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pyquartz.write.Keys;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.Constants;
import org.quartz.impl.jdbcjobstore.SchedulerStateRecord;
import org.quartz.impl.jdbcjobstore.Util;
import org.quartz.utils.Key;

/**
 * The keys in a database's rows. A row that others refer to is copied within the database, under its new
 * key, before they follow and the old one goes: the constraints hold all the time, and bytes stay bytes.
 */
final class JdbcKeys implements Keys {
    private static final String[] REST_OF_TRIGGER = {
        "SIMPLE_TRIGGERS", "CRON_TRIGGERS", "SIMPROP_TRIGGERS", "BLOB_TRIGGERS", "FIRED_TRIGGERS"
    };
    // Quartz adds this to a check-in's interval before it takes a node for dead.
    private static final long GRACE = 7500L;
    // Quartz puts the prefix and the name in with a MessageFormat.
    private static final String OF_KEY = " WHERE SCHED_NAME = {1} AND %1$s_NAME = ? AND %1$s_GROUP = ?";

    private final BridgeJobStore store;
    private final Connection conn;
    private final Claims claims;

    JdbcKeys(BridgeJobStore store, Connection conn, Claims claims) {
        this.store = store;
        this.conn = conn;
        this.claims = claims;
    }

    private interface Sql<T> {
        T run() throws SQLException, JobPersistenceException;
    }

    private static <T> T sql(String doing, Sql<T> sql) throws JobPersistenceException {
        try {
            return sql.run();
        } catch (SQLException e) {
            throw new JobPersistenceException("can't " + doing + ": " + e.getMessage(), e);
        }
    }

    // -- looking ----------------------------------------------------------------------------------

    @Override
    public boolean exists(JobKey job) throws JobPersistenceException {
        return sql("look for job " + job, () -> store.getDelegate().jobExists(conn, job));
    }

    @Override
    public boolean exists(TriggerKey trigger) throws JobPersistenceException {
        return sql("look for trigger " + trigger, () -> store.getDelegate().triggerExists(conn, trigger));
    }

    @Override
    public List<TriggerKey> triggers(JobKey job) throws JobPersistenceException {
        return sql("read the triggers of job " + job, () -> store.getDelegate().selectTriggerKeysForJob(conn, job));
    }

    @Override
    public List<String> runs(JobKey job) throws JobPersistenceException {
        return sql("read the runs of job " + job, () -> runs("JOB", job));
    }

    @Override
    public List<String> runs(TriggerKey trigger) throws JobPersistenceException {
        return sql("read the runs of trigger " + trigger, () -> runs("TRIGGER", trigger));
    }

    private List<String> runs(String kind, Key<?> key) throws SQLException, JobPersistenceException {
        String select = "SELECT INSTANCE_NAME FROM {0}FIRED_TRIGGERS" + OF_KEY + " AND STATE <> ?";
        List<String> nodes = new ArrayList<>();
        try (PreparedStatement statement =
                prepare(select, kind, key.getName(), key.getGroup(), Constants.STATE_ACQUIRED)) {
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    nodes.add(rows.getString(1));
                }
            }
        }
        nodes.removeAll(deadNodes());
        return nodes;
    }

    private Set<String> deadNodes() throws SQLException, JobPersistenceException {
        Set<String> dead = new HashSet<>();
        for (SchedulerStateRecord node : store.getDelegate().selectSchedulerStateRecords(conn, null)) {
            if (node.getCheckinTimestamp() + node.getCheckinInterval() + GRACE < System.currentTimeMillis()) {
                dead.add(node.getSchedulerInstanceId());
            }
        }
        return dead;
    }

    // -- writing ----------------------------------------------------------------------------------

    @Override
    public void rename(JobKey old, JobKey now) throws JobPersistenceException {
        sql("rename job " + old, () -> {
            for (TriggerKey trigger : triggers(old)) {
                letGo(trigger);
            }
            copy("JOB_DETAILS", "JOB", old, now);
            follow("TRIGGERS", "JOB", old, now);
            follow("FIRED_TRIGGERS", "JOB", old, now);
            delete("JOB_DETAILS", "JOB", old);
            return null;
        });
    }

    @Override
    public void rename(TriggerKey old, TriggerKey now) throws JobPersistenceException {
        sql("rename trigger " + old, () -> {
            letGo(old);
            copy("TRIGGERS", "TRIGGER", old, now);
            for (String table : REST_OF_TRIGGER) {
                follow(table, "TRIGGER", old, now);
            }
            delete("TRIGGERS", "TRIGGER", old);
            return null;
        });
    }

    /** Whoever has acquired it would look for it, and give it back, under the old keys. */
    private void letGo(TriggerKey trigger) throws SQLException, JobPersistenceException {
        claims.drop(trigger);
        store.getDelegate().updateTriggerStateFromOtherState(
                conn, trigger, Constants.STATE_WAITING, Constants.STATE_ACQUIRED);
    }

    private void copy(String table, String kind, Key<?> old, Key<?> now) throws SQLException {
        List<String> columns = new ArrayList<>();
        List<String> values = new ArrayList<>();
        List<String> parameters = new ArrayList<>();
        for (String column : columns(table)) {
            boolean isName = column.equalsIgnoreCase(kind + "_NAME");
            boolean isKey = isName || column.equalsIgnoreCase(kind + "_GROUP");
            columns.add(column);
            // Beside a column, databases know the type of a parameter.
            values.add(isKey ? "COALESCE(?, " + column + ")" : column);
            if (isKey) {
                parameters.add(isName ? now.getName() : now.getGroup());
            }
        }
        parameters.add(old.getName());
        parameters.add(old.getGroup());
        update(
                "INSERT INTO {0}" + table + " (" + String.join(", ", columns) + ") SELECT "
                        + String.join(", ", values) + " FROM {0}" + table + OF_KEY,
                kind,
                parameters.toArray(new String[0]));
    }

    private List<String> columns(String table) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (PreparedStatement none = prepare("SELECT * FROM {0}" + table + " WHERE 1 = 0", "");
                ResultSet rows = none.executeQuery()) {
            ResultSetMetaData about = rows.getMetaData();
            for (int n = 1; n <= about.getColumnCount(); n++) {
                columns.add(about.getColumnName(n));
            }
        }
        return columns;
    }

    private void follow(String table, String kind, Key<?> old, Key<?> now) throws SQLException {
        update(
                "UPDATE {0}" + table + " SET %1$s_NAME = ?, %1$s_GROUP = ?" + OF_KEY,
                kind,
                now.getName(), now.getGroup(), old.getName(), old.getGroup());
    }

    private void delete(String table, String kind, Key<?> old) throws SQLException {
        update("DELETE FROM {0}" + table + OF_KEY, kind, old.getName(), old.getGroup());
    }

    private void update(String statement, String kind, String... parameters) throws SQLException {
        try (PreparedStatement prepared = prepare(statement, kind, parameters)) {
            prepared.executeUpdate();
        }
    }

    private PreparedStatement prepare(String statement, String kind, String... parameters) throws SQLException {
        String text = Util.rtp(
                String.format(statement, kind), store.getTablePrefix(), "'" + store.getInstanceName() + "'");
        PreparedStatement prepared = conn.prepareStatement(text);
        for (int n = 0; n < parameters.length; n++) {
            prepared.setString(n + 1, parameters[n]);
        }
        return prepared;
    }
}
