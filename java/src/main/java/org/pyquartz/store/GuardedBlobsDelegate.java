package org.pyquartz.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.pyquartz.blob.AllowList;
import org.pyquartz.blob.Blobs;
import org.pyquartz.blob.UnreadableBlobException;
import org.quartz.Calendar;
import org.quartz.JobKey;
import org.quartz.TriggerKey;
import org.quartz.utils.Key;

/**
 * Quartz's statements, whose blobs pass an allow list. Serves every database that Quartz has a delegate
 * for, in its {@link Dialect}, which the database's own name tells.
 */
abstract class GuardedBlobsDelegate extends ExactGroupsDelegate {
    private volatile AllowList allowed = AllowList.standard();
    private volatile Dialect dialect;

    void allow(AllowList list) {
        allowed = list;
    }

    /** For a database whose name does not tell. */
    void speak(Dialect as) {
        dialect = as;
    }

    private Dialect dialect(Connection conn) throws SQLException {
        if (dialect == null) {
            dialect = Dialect.of(product(conn));
        }
        return dialect;
    }

    private byte[] bytes(ResultSet row, String column) throws SQLException {
        return dialect(row.getStatement().getConnection()).read(row, column);
    }

    // -- reading ----------------------------------------------------------------------------------

    @Override
    protected Object getObjectFromBlob(ResultSet row, String column) throws IOException, SQLException {
        if (column.equals(COL_BLOB)) {
            return Blobs.read(blobTriggerBytes(row), allowed);
        }
        try {
            Object value = Blobs.read(bytes(row, column), allowed);
            if (column.equals(COL_JOB_DATAMAP) && value != null && !(value instanceof Map)) {
                return Unreadable.data("it holds a " + value.getClass().getName() + ", not a map");
            }
            if (column.equals(COL_CALENDAR) && value != null && !(value instanceof Calendar)) {
                throw new UnreadableBlobException("it holds a " + value.getClass().getName() + ", no calendar");
            }
            return value;
        } catch (UnreadableBlobException e) {
            if (column.equals(COL_JOB_DATAMAP)) {
                return Unreadable.data(e.getMessage());
            }
            throw e;
        }
    }

    @Override
    protected Object getJobDataFromBlob(ResultSet row, String column) throws IOException, SQLException {
        if (!canUseProperties()) {
            return getObjectFromBlob(row, column);
        }
        byte[] bytes = bytes(row, column);
        if (bytes == null || bytes.length == 0) {
            return null;
        }
        if (bytes.length > 1 && (bytes[0] & 0xff) == 0xac && (bytes[1] & 0xff) == 0xed) {
            bytes = Unreadable.properties("a serialised object, in a store that is read with useProperties");
        }
        try {
            new Properties().load(new ByteArrayInputStream(bytes));
        } catch (IllegalArgumentException e) {
            bytes = Unreadable.properties("not in the format of java.util.Properties: " + e.getMessage());
        }
        return new ByteArrayInputStream(bytes);
    }

    /** 2.5.2 looks for a blob trigger's bytes in the row of its trigger, where they are not. */
    private byte[] blobTriggerBytes(ResultSet row) throws SQLException {
        try (PreparedStatement select =
                row.getStatement().getConnection().prepareStatement(rtp(SELECT_BLOB_TRIGGER))) {
            select.setString(1, row.getString(COL_TRIGGER_NAME));
            select.setString(2, row.getString(COL_TRIGGER_GROUP));
            try (ResultSet blob = select.executeQuery()) {
                return blob.next() ? bytes(blob, COL_BLOB) : null;
            }
        }
    }

    // -- keeping ----------------------------------------------------------------------------------

    /** The bytes of a job's data as they are; null when it has none. */
    byte[] jobData(Connection conn, JobKey key) throws SQLException {
        return data(conn, "JOB_DETAILS WHERE SCHED_NAME = {1} AND JOB_NAME = ? AND JOB_GROUP = ?", key);
    }

    byte[] triggerData(Connection conn, TriggerKey key) throws SQLException {
        return data(conn, "TRIGGERS WHERE SCHED_NAME = {1} AND TRIGGER_NAME = ? AND TRIGGER_GROUP = ?", key);
    }

    /** Puts a job's data back as they were. */
    int restore(Connection conn, JobKey key, byte[] data) throws SQLException {
        return restore(
                conn,
                "JOB_DETAILS SET JOB_DATA = ? WHERE SCHED_NAME = {1} AND JOB_NAME = ? AND JOB_GROUP = ?",
                key,
                data);
    }

    int restore(Connection conn, TriggerKey key, byte[] data) throws SQLException {
        return restore(
                conn,
                "TRIGGERS SET JOB_DATA = ? WHERE SCHED_NAME = {1} AND TRIGGER_NAME = ? AND TRIGGER_GROUP = ?",
                key,
                data);
    }

    private byte[] data(Connection conn, String from, Key<?> key) throws SQLException {
        try (PreparedStatement select = conn.prepareStatement(rtp("SELECT JOB_DATA FROM {0}" + from))) {
            select.setString(1, key.getName());
            select.setString(2, key.getGroup());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? bytes(row, COL_JOB_DATAMAP) : null;
            }
        }
    }

    private int restore(Connection conn, String into, Key<?> key, byte[] data) throws SQLException {
        try (PreparedStatement update = conn.prepareStatement(rtp("UPDATE {0}" + into))) {
            dialect(conn).write(update, 1, data);
            update.setString(2, key.getName());
            update.setString(3, key.getGroup());
            return update.executeUpdate();
        }
    }

    // -- writing ----------------------------------------------------------------------------------

    @Override
    protected void setBytes(PreparedStatement statement, int index, ByteArrayOutputStream bytes)
            throws SQLException {
        dialect(statement.getConnection()).write(statement, index, bytes == null ? null : bytes.toByteArray());
    }

    @Override
    protected void setBoolean(PreparedStatement statement, int index, boolean value) throws SQLException {
        dialect(statement.getConnection()).write(statement, index, value);
    }
}
