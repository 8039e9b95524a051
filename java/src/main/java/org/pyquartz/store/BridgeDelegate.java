package org.pyquartz.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.pyquartz.blob.Blobs;
import org.quartz.Calendar;
import org.quartz.JobDataMap;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/**
 * Quartz's statements, with rows that can't be read kept apart from those that can: they take nobody's
 * place when triggers are chosen, and what was marked is never written.
 */
public class BridgeDelegate extends MarkingDelegate {
    // Quartz puts the prefix and the name in with a MessageFormat: there a quote is written twice.
    private static final String ACQUIRE =
            "UPDATE {0}TRIGGERS SET TRIGGER_STATE = ''ACQUIRED'' WHERE SCHED_NAME = {1}"
                    + " AND TRIGGER_NAME = ? AND TRIGGER_GROUP = ? AND TRIGGER_STATE = ''WAITING''"
                    + " AND (NEXT_FIRE_TIME = ? OR TRIGGER_TYPE = ''BLOB'')";

    final Quarantine quarantine = new Quarantine();

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
