package org.pyquartz.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.pyquartz.blob.AllowList;
import org.pyquartz.blob.Blobs;
import org.pyquartz.blob.UnreadableBlobException;
import org.pyquartz.bridge.JobClasses;
import org.pyquartz.bridge.NoOpJob;
import org.quartz.Calendar;
import org.quartz.JobDataMap;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.impl.JobDetailImpl;
import org.quartz.spi.ClassLoadHelper;
import org.quartz.spi.OperableTrigger;

/**
 * Quartz's statements, with rows that can't be read kept apart from those that can.
 *
 * <p>Blobs pass an allow list. What can't be read is marked ({@link Unreadable}, {@link
 * UnreadableTrigger}) instead of thrown, and what was marked is never written. Serves every database
 * that Quartz has a delegate for, in its {@link Dialect}, which the database's own name tells.
 */
public class BridgeDelegate extends ExactGroupsDelegate {
    // Quartz puts the prefix and the name in with a MessageFormat: there a quote is written twice.
    private static final String ACQUIRE =
            "UPDATE {0}TRIGGERS SET TRIGGER_STATE = ''ACQUIRED'' WHERE SCHED_NAME = {1}"
                    + " AND TRIGGER_NAME = ? AND TRIGGER_GROUP = ? AND TRIGGER_STATE = ''WAITING''"
                    + " AND (NEXT_FIRE_TIME = ? OR TRIGGER_TYPE = ''BLOB'')";
    private static final String FLAGS =
            "SELECT IS_NONCONCURRENT, IS_UPDATE_DATA FROM {0}JOB_DETAILS WHERE SCHED_NAME = {1}"
                    + " AND JOB_NAME = ? AND JOB_GROUP = ?";

    final Quarantine quarantine = new Quarantine();
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

    @Override
    public OperableTrigger selectTrigger(Connection conn, TriggerKey key)
            throws SQLException, ClassNotFoundException, IOException, JobPersistenceException {
        try {
            OperableTrigger trigger = super.selectTrigger(conn, key);
            String reason =
                    trigger == null
                            ? "its schedule is missing"
                            : calendarFault(conn, trigger.getCalendarName());
            return reason == null ? trigger : unreadable(conn, key, reason);
        } catch (IOException | ClassNotFoundException | JobPersistenceException | RuntimeException e) {
            Throwable cause = e.getCause() instanceof UnreadableBlobException ? e.getCause() : e;
            return unreadable(conn, key, String.valueOf(cause.getMessage()));
        }
    }

    /** Without its calendar a trigger is never fired, but acquired and given back for ever. */
    private String calendarFault(Connection conn, String name) throws SQLException {
        if (name == null) {
            return null;
        }
        try {
            return selectCalendar(conn, name) == null ? "its calendar " + name + " is missing" : null;
        } catch (IOException | ClassNotFoundException | ClassCastException e) {
            return "its calendar " + name + ": " + e.getMessage();
        }
    }

    private UnreadableTrigger unreadable(Connection conn, TriggerKey key, String reason)
            throws SQLException {
        try (PreparedStatement select = conn.prepareStatement(rtp(SELECT_TRIGGER))) {
            select.setString(1, key.getName());
            select.setString(2, key.getGroup());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? unreadable(row, key, reason) : null;
            }
        }
    }

    private static UnreadableTrigger unreadable(ResultSet row, TriggerKey key, String reason)
            throws SQLException {
        UnreadableTrigger trigger =
                new UnreadableTrigger(
                        reason, row.getString(COL_TRIGGER_TYPE), row.getString(COL_CALENDAR_NAME));
        trigger.setKey(key);
        trigger.setJobKey(new JobKey(row.getString(COL_JOB_NAME), row.getString(COL_JOB_GROUP)));
        trigger.setDescription(row.getString(COL_DESCRIPTION));
        trigger.setPriority(row.getInt(COL_PRIORITY));
        trigger.setStartTime(new Date(row.getLong(COL_START_TIME)));
        trigger.setNextFireTime(instant(row.getLong(COL_NEXT_FIRE_TIME)));
        trigger.setPreviousFireTime(instant(row.getLong(COL_PREV_FIRE_TIME)));
        return trigger;
    }

    private static Date instant(long millis) {
        return millis > 0 ? new Date(millis) : null;
    }

    @Override
    public JobDetail selectJobDetail(Connection conn, JobKey key, ClassLoadHelper loader)
            throws ClassNotFoundException, IOException, SQLException {
        return flagged(conn, super.selectJobDetail(conn, key, loader));
    }

    @Override
    public JobDetail selectJobForTrigger(
            Connection conn, ClassLoadHelper loader, TriggerKey key, boolean loadJobClass)
            throws ClassNotFoundException, IOException, SQLException {
        JobDetail job = super.selectJobForTrigger(conn, loader, key, loadJobClass);
        return loadJobClass ? flagged(conn, job) : job;
    }

    /** A class that nobody has takes its flags from the row: a peer that runs the job relies on them. */
    private JobDetail flagged(Connection conn, JobDetail job) throws SQLException {
        if (job == null || !NoOpJob.class.isAssignableFrom(job.getJobClass())) {
            return job;
        }
        try (PreparedStatement select = conn.prepareStatement(rtp(FLAGS))) {
            select.setString(1, job.getKey().getName());
            select.setString(2, job.getKey().getGroup());
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    ((JobDetailImpl) job)
                            .setJobClass(
                                    JobClasses.nobody(
                                            job.getJobClass().getName(),
                                            getBoolean(row, COL_IS_NONCONCURRENT),
                                            getBoolean(row, COL_IS_UPDATE_DATA)));
                }
            }
        }
        return job;
    }

    /** Why a trigger, or the job behind it, can't be read; null when both can. */
    static String reason(OperableTrigger trigger, JobDetail job) {
        if (trigger instanceof UnreadableTrigger) {
            return ((UnreadableTrigger) trigger).reason();
        }
        String reason = Unreadable.reason(trigger.getJobDataMap());
        if (reason != null) {
            return "its data: " + reason;
        }
        if (job == null) {
            return "its job " + trigger.getJobKey() + " has no row";
        }
        reason = Unreadable.reason(job.getJobDataMap());
        return reason == null ? null : "the data of its job " + job.getKey() + ": " + reason;
    }

    /** For recovery, which copies a trigger's data into a new one: only what can be written again. */
    @Override
    public JobDataMap selectTriggerJobDataMap(Connection conn, String name, String group)
            throws SQLException, ClassNotFoundException, IOException {
        JobDataMap data = super.selectTriggerJobDataMap(conn, name, group);
        List<String> lost = new ArrayList<>();
        for (Map.Entry<String, Object> entry : data.entrySet()) {
            if (Unreadable.reason(data) != null
                    || Blobs.holdsOpaque(Collections.singletonMap("", entry.getValue()))) {
                lost.add(entry.getKey());
            }
        }
        if (!lost.isEmpty()) {
            logger.error(
                    "Trigger {}.{} is recovered without the values of {}, which can't be read here.",
                    group, name, lost);
            lost.forEach(data::remove);
        }
        return data;
    }

    // -- choosing ---------------------------------------------------------------------------------

    /**
     * The triggers to consider next, earliest first, without the quarantined and those whose jobs are
     * of one of the classes that are left to peers.
     */
    List<TriggerKey> candidates(
            Connection conn, long latest, long earliest, int count, Collection<String> leftClasses)
            throws SQLException {
        int limit = Math.max(1, count) + quarantine.size();
        String sql = rtp(Candidates.sql(product(conn), limit, leftClasses.size()));
        try (PreparedStatement select = conn.prepareStatement(sql)) {
            select.setMaxRows(limit);
            select.setFetchSize(limit);
            select.setLong(1, latest);
            select.setLong(2, earliest);
            int parameter = 3;
            for (String name : leftClasses) {
                select.setString(parameter++, name);
            }
            List<TriggerKey> keys = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next() && keys.size() < Math.max(1, count)) {
                    TriggerKey key = new TriggerKey(rows.getString(1), rows.getString(2));
                    if (!quarantine.holds(key)) {
                        keys.add(key);
                    }
                }
            }
            return keys;
        }
    }

    /** Takes a trigger only as it was read: a stale copy must not win after a peer has fired it. */
    boolean acquire(Connection conn, OperableTrigger trigger) throws SQLException {
        try (PreparedStatement update = conn.prepareStatement(rtp(ACQUIRE))) {
            update.setString(1, trigger.getKey().getName());
            update.setString(2, trigger.getKey().getGroup());
            update.setLong(3, trigger.getNextFireTime().getTime());
            return update.executeUpdate() > 0;
        }
    }

    /** Leaves out what can't be read, so that it neither fails nor fills each scan for misfires. */
    @Override
    public boolean hasMisfiredTriggersInState(
            Connection conn, String state, long before, int count, List<TriggerKey> result)
            throws SQLException {
        int limit = count < 0 ? -1 : count + quarantine.size();
        List<TriggerKey> found = new ArrayList<>();
        boolean more = super.hasMisfiredTriggersInState(conn, state, before, limit, found);
        for (TriggerKey key : found) {
            if (!quarantine.holds(key) && readable(conn, key)) {
                result.add(key);
            }
        }
        return more;
    }

    private boolean readable(Connection conn, TriggerKey key) throws SQLException {
        try {
            OperableTrigger trigger = selectTrigger(conn, key);
            if (trigger == null) {
                return false;
            }
            JobDetail job = selectJobDetail(conn, trigger.getJobKey(), classLoadHelper);
            String reason = reason(trigger, job);
            if (reason != null) {
                quarantine.add(key, reason);
            }
            return reason == null;
        } catch (ClassNotFoundException | IOException | JobPersistenceException e) {
            quarantine.add(key, String.valueOf(e.getMessage()));
            return false;
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

    @Override
    protected ByteArrayOutputStream serializeJobData(JobDataMap data) throws IOException {
        if (Unreadable.reason(data) != null || Blobs.holdsOpaque(data)) {
            throw new IOException(
                    "the data hold values that could not be read here; writing them back would lose them");
        }
        return super.serializeJobData(data);
    }

    /** After a run: the row keeps what it has rather than lose what this node could not read. */
    @Override
    public int updateJobData(Connection conn, JobDetail job) throws IOException, SQLException {
        if (Blobs.holdsOpaque(job.getJobDataMap())) {
            logger.error(
                    "The data of job {} are not stored after its run: they hold values that this node"
                            + " can't read, and writing would lose them.",
                    job.getKey());
            return 0;
        }
        return super.updateJobData(conn, job);
    }

    @Override
    public int updateJobDetail(Connection conn, JobDetail job) throws IOException, SQLException {
        quarantine.releaseAll();
        return super.updateJobDetail(conn, job);
    }

    @Override
    public int insertCalendar(Connection conn, String name, Calendar calendar)
            throws IOException, SQLException {
        quarantine.releaseAll();
        return super.insertCalendar(conn, name, calendar);
    }

    @Override
    public int updateCalendar(Connection conn, String name, Calendar calendar)
            throws IOException, SQLException {
        quarantine.releaseAll();
        return super.updateCalendar(conn, name, calendar);
    }

    @Override
    public int updateTrigger(Connection conn, OperableTrigger trigger, String state, JobDetail job)
            throws SQLException, IOException {
        if (trigger instanceof UnreadableTrigger) {
            return updateTriggerState(conn, trigger.getKey(), state);
        }
        quarantine.release(trigger.getKey());
        return super.updateTrigger(conn, trigger, state, job);
    }

    @Override
    public int insertTrigger(Connection conn, OperableTrigger trigger, String state, JobDetail job)
            throws SQLException, IOException {
        if (trigger instanceof UnreadableTrigger) {
            throw new IOException("Trigger " + trigger.getKey() + " could not be read: nothing to write");
        }
        quarantine.release(trigger.getKey());
        return super.insertTrigger(conn, trigger, state, job);
    }
}
