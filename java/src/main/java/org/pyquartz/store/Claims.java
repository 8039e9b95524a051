package org.pyquartz.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.Constants;
import org.quartz.impl.jdbcjobstore.Util;
import org.quartz.spi.OperableTrigger;

/**
 * What nodes hold of triggers that they have acquired and not fired yet: a row of FIRED_TRIGGERS each.
 *
 * <p>Who writes a trigger anew takes the claims to the old one away.
 */
final class Claims {
    // Quartz puts the prefix and the name in with a MessageFormat.
    private static final String HOLDS =
            "SELECT 1 FROM {0}TRIGGERS T, {0}FIRED_TRIGGERS F WHERE F.SCHED_NAME = {1} AND F.ENTRY_ID = ?"
                    + " AND T.SCHED_NAME = {1} AND T.TRIGGER_NAME = ? AND T.TRIGGER_GROUP = ?"
                    + " AND T.NEXT_FIRE_TIME = ?";
    private static final String DROP =
            "DELETE FROM {0}FIRED_TRIGGERS WHERE SCHED_NAME = {1} AND TRIGGER_NAME = ? AND TRIGGER_GROUP = ?"
                    + " AND STATE = ?";

    private static final String GIVE_BACK =
            "DELETE FROM {0}FIRED_TRIGGERS WHERE SCHED_NAME = {1} AND ENTRY_ID = ?";

    private final Connection conn;
    private final String prefix;
    private final String scheduler;

    Claims(Connection conn, String prefix, String scheduler) {
        this.conn = conn;
        this.prefix = prefix;
        this.scheduler = "'" + scheduler + "'";
    }

    /** Whether this node's claim stands, and the trigger is still due when its copy is. */
    boolean holds(OperableTrigger trigger) throws SQLException {
        try (PreparedStatement select = conn.prepareStatement(Util.rtp(HOLDS, prefix, scheduler))) {
            select.setString(1, trigger.getFireInstanceId());
            select.setString(2, trigger.getKey().getName());
            select.setString(3, trigger.getKey().getGroup());
            select.setLong(4, trigger.getNextFireTime().getTime());
            try (ResultSet rows = select.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** Gives one claim up, and says how many rows that were; perhaps only if it has not become a run. */
    int giveBack(String fireInstanceId, boolean unlessFired) throws SQLException {
        String sql = GIVE_BACK +  (unlessFired ? " AND STATE = ?" : "");
        try (PreparedStatement delete = conn.prepareStatement(Util.rtp(sql, prefix, scheduler))) {
            delete.setString(1, fireInstanceId);
            if (unlessFired) {
                delete.setString(2, Constants.STATE_ACQUIRED);
            }
            return delete.executeUpdate();
        }
    }

    /** Takes all claims to a trigger away: whoever has acquired it will not fire it. */
    void drop(TriggerKey trigger) throws SQLException {
        try (PreparedStatement delete = conn.prepareStatement(Util.rtp(DROP, prefix, scheduler))) {
            delete.setString(1, trigger.getName());
            delete.setString(2, trigger.getGroup());
            delete.setString(3, Constants.STATE_ACQUIRED);
            delete.executeUpdate();
        }
    }
}
