package org.pyquartz.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.pyquartz.blob.Blobs;
import org.pyquartz.blob.UnreadableBlobException;
import org.pyquartz.bridge.JobClasses;
import org.pyquartz.bridge.NoOpJob;
import org.quartz.JobDataMap;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.impl.JobDetailImpl;
import org.quartz.spi.ClassLoadHelper;
import org.quartz.spi.OperableTrigger;

/**
 * Quartz's statements, which mark what can't be read ({@link Unreadable}, {@link UnreadableTrigger})
 * instead of throwing, and give a class that nobody has the flags of its row.
 */
abstract class MarkingDelegate extends GuardedBlobsDelegate {
    // Quartz puts the prefix and the name in with a MessageFormat.
    private static final String FLAGS =
            "SELECT IS_NONCONCURRENT, IS_UPDATE_DATA FROM {0}JOB_DETAILS WHERE SCHED_NAME = {1}"
                    + " AND JOB_NAME = ? AND JOB_GROUP = ?";

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
                return row.next() ? unreadable(row, key, reason, dataOf(conn, key)) : null;
            }
        }
    }

    private JobDataMap dataOf(Connection conn, TriggerKey key) throws SQLException {
        try {
            return super.selectTriggerJobDataMap(conn, key.getName(), key.getGroup());
        } catch (IOException | ClassNotFoundException e) {
            return new JobDataMap(Unreadable.data(String.valueOf(e.getMessage())));
        }
    }

    private static UnreadableTrigger unreadable(ResultSet row, TriggerKey key, String reason, JobDataMap data)
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
        trigger.setJobDataMap(data);
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
        List<String> lost =
                Unreadable.reason(data) == null ? Blobs.opaqueKeys(data) : new ArrayList<>(data.keySet());
        if (!lost.isEmpty()) {
            logger.error(
                    "Trigger {}.{} is recovered without the values of {}, which can't be read here.",
                    group, name, lost);
            lost.forEach(data::remove);
        }
        Attempt.keepRecovered(data);
        return data;
    }
}
