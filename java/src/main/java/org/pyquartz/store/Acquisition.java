package org.pyquartz.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pyquartz.bridge.JobClasses;
import org.pyquartz.bridge.Slots;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.Constants;
import org.quartz.spi.OperableTrigger;
import org.quartz.utils.ClassUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One look for the next triggers: rows that can't be taken are passed over, and others asked for. */
final class Acquisition {
    private static final Logger LOG = LoggerFactory.getLogger(BridgeJobStore.class);
    private static final int RACES_LOST = 3;

    private final BridgeJobStore store;
    private final BridgeDelegate delegate;
    private final Connection conn;
    private final PassedClasses passed;
    private final long latest;
    private final int maxCount;
    private final long timeWindow;
    private final List<OperableTrigger> acquired = new ArrayList<>();
    private final Set<JobKey> exclusive = new HashSet<>();
    private final int[] free;
    private long batchEnd;
    private boolean passedOver;

    Acquisition(
            BridgeJobStore store,
            BridgeDelegate delegate,
            Connection conn,
            PassedClasses passed,
            Slots slots,
            long noLaterThan,
            int maxCount,
            long timeWindow) {
        this.store = store;
        this.delegate = delegate;
        this.conn = conn;
        this.passed = passed;
        this.free = new int[] {slots.free(false), slots.free(true)};
        this.latest = noLaterThan + timeWindow;
        this.maxCount = maxCount;
        this.timeWindow = timeWindow;
        this.batchEnd = noLaterThan;
    }

    List<OperableTrigger> run()
            throws SQLException, IOException, ClassNotFoundException, JobPersistenceException {
        passed.forgetAfterRegistrations();
        for (int lost = 0; acquired.isEmpty() && lost < RACES_LOST; lost += passedOver ? 0 : 1) {
            passedOver = false;
            List<TriggerKey> keys =
                    delegate.candidates(
                            conn, latest, store.misfireTime(), maxCount, passed.names(free[0] > 0, free[1] > 0));
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
            LOG.error("Trigger {} is set to ERROR: {}", key, e.getMessage(), e);
            delegate.updateTriggerState(conn, key, Constants.STATE_ERROR);
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
        if (passed.isLeft(job.getJobClass())) {
            passedOver |= passed.leave(job.getJobClass());
            return true;
        }
        if (free[kind(job)] <= 0) {
            // Its kind has no room; the next look passes over its whole class.
            passedOver |= kind(job) == 0 && passed.takesThread(job.getJobClass());
            return true;
        }
        return take(trigger, job);
    }

    private int kind(JobDetail job) {
        return JobClasses.isLoop(job.getJobClass().getName()) ? 1 : 0;
    }

    private JobDetail job(OperableTrigger trigger)
            throws SQLException, IOException, ClassNotFoundException {
        return trigger instanceof UnreadableTrigger
                ? null
                : delegate.selectJobDetail(conn, trigger.getJobKey(), store.loader());
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
        trigger.setFireInstanceId(store.newFiringId());
        delegate.insertFiredTrigger(conn, trigger, Constants.STATE_ACQUIRED, null);
        if (acquired.isEmpty()) {
            batchEnd = Math.max(next.getTime(), System.currentTimeMillis()) + timeWindow;
        }
        free[kind(job)]--;
        acquired.add(trigger);
        return true;
    }
}
