package org.pyquartz.store;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.util.Date;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.pyquartz.bridge.JobClasses;
import org.pyquartz.testing.RecordingJob;
import org.pyquartz.testing.TestStore;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.listeners.JobListenerSupport;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;

/** What the store does otherwise than Quartz's own, on H2. */
public class BridgeJobStoreTest {
    private static final String GONE = "com.acme.gone.ForeignJob";
    private static final String[] LEAVE = {
        "jobStore.isClustered", "true", "jobStore.clusterCheckinInterval", "500", "jobStore.missingJobs", "leave"
    };

    private TestStore store;

    @Before
    public void make() throws Exception {
        store = new TestStore();
        RecordingJob.FIRED.clear();
    }

    @After
    public void end() throws Exception {
        store.close();
    }

    private static Class<? extends Job> gone(boolean nonConcurrent) {
        return JobClasses.nobody(GONE, nonConcurrent, false);
    }

    private static Trigger trigger(String name, String group, JobKey job, Date start) {
        return TriggerBuilder.newTrigger()
                .withIdentity(name, group)
                .forJob(job)
                .startAt(start)
                .withSchedule(SimpleScheduleBuilder.repeatHourlyForever())
                .build();
    }

    private static Date inSeconds(long seconds) {
        return new Date(System.currentTimeMillis() + 1000 * seconds);
    }

    private static JobKey addJob(TestStore.Node node, String name, String group, Class<? extends Job> type)
            throws Exception {
        JobKey key = new JobKey(name, group);
        node.add(JobBuilder.newJob(type).withIdentity(key).storeDurably().build());
        return key;
    }

    /** A job with one trigger; its next fire time may then be moved into the past. */
    private void schedule(TestStore.Node node, String name, String group, Class<? extends Job> type)
            throws Exception {
        JobKey job = addJob(node, name, group, type);
        node.scheduler.scheduleJob(trigger(name, group, job, inSeconds(3600)));
    }

    private void makeDue(String where, long secondsAgo) throws Exception {
        store.update("UPDATE QRTZ_TRIGGERS SET NEXT_FIRE_TIME = " + inSeconds(-secondsAgo).getTime() + " WHERE " + where);
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void waitFor(Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.holds()) {
            assertTrue("not within 20 s", System.nanoTime() < end);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Test(timeout = 60_000)
    public void aThousandForeignTriggersDoNotStarveTheNodesOwn() throws Exception {
        try (TestStore.Node node = store.node("a", LEAVE)) {
            schedule(node, "foreign", "g", gone(false));
            String columns = "SCHED_NAME, TRIGGER_GROUP, JOB_NAME, JOB_GROUP, NEXT_FIRE_TIME, PREV_FIRE_TIME,"
                    + " PRIORITY, TRIGGER_STATE, TRIGGER_TYPE, START_TIME, END_TIME, MISFIRE_INSTR";
            store.update("INSERT INTO QRTZ_TRIGGERS (" + columns + ", TRIGGER_NAME) SELECT " + columns
                    + ", 'foreign' || X FROM QRTZ_TRIGGERS, SYSTEM_RANGE(1, 1000)");
            store.update("INSERT INTO QRTZ_SIMPLE_TRIGGERS SELECT SCHED_NAME, 'foreign' || X, TRIGGER_GROUP,"
                    + " REPEAT_COUNT, REPEAT_INTERVAL, TIMES_TRIGGERED FROM QRTZ_SIMPLE_TRIGGERS, SYSTEM_RANGE(1, 1000)");
            schedule(node, "own", "g", RecordingJob.class);
            makeDue("TRIGGER_NAME LIKE 'foreign%'", 5);
            makeDue("TRIGGER_NAME = 'own'", 1);
            node.scheduler.start();
            assertEquals("own", RecordingJob.FIRED.poll(20, TimeUnit.SECONDS));
            assertEquals(1001, store.count("QRTZ_TRIGGERS WHERE JOB_NAME = 'foreign' AND TRIGGER_STATE = 'WAITING'"
                    + " AND PREV_FIRE_TIME = -1"));
        }
    }

    @Test(timeout = 60_000)
    public void aJobThatNobodyHasGoesOnWithoutARun() throws Exception {
        try (TestStore.Node node = store.node("a")) {
            AtomicInteger runs = new AtomicInteger();
            node.scheduler.getListenerManager().addJobListener(new JobListenerSupport() {
                @Override
                public String getName() {
                    return "runs";
                }

                @Override
                public void jobToBeExecuted(JobExecutionContext context) {
                    runs.incrementAndGet();
                }
            });
            schedule(node, "gone", "g", gone(false));
            makeDue("TRIGGER_NAME = 'gone'", 1);
            node.scheduler.start();
            waitFor(() -> store.count("QRTZ_TRIGGERS WHERE PREV_FIRE_TIME > 0 AND TRIGGER_STATE = 'WAITING'") == 1);
            waitFor(() -> store.count("QRTZ_FIRED_TRIGGERS") == 0);
            assertEquals(0, runs.get());
            assertEquals(GONE, store.one("SELECT JOB_CLASS_NAME FROM QRTZ_JOB_DETAILS"));
        }
    }

    private void peerRuns(String job, String group) throws Exception {
        long now = System.currentTimeMillis();
        store.update("INSERT INTO QRTZ_FIRED_TRIGGERS VALUES ('test', 'peer1', 'other', '" + group + "', 'peer', "
                + now + ", " + now + ", 5, 'EXECUTING', '" + job + "', '" + group + "', TRUE, FALSE)");
        store.update("INSERT INTO QRTZ_SCHEDULER_STATE VALUES ('test', 'peer', " + inSeconds(600).getTime() + ", 500)");
    }

    @Test(timeout = 60_000)
    public void aMisfireDoesNotUnblockAJobThatAPeerRuns() throws Exception {
        String[] more = {"jobStore.isClustered", "true", "jobStore.missingJobs", "leave", "jobStore.misfireThreshold", "1000"};
        try (TestStore.Node node = store.node("a", more)) {
            schedule(node, "exclusive", "g", gone(true));
            assertEquals("TRUE", store.one("SELECT IS_NONCONCURRENT FROM QRTZ_JOB_DETAILS"));
            peerRuns("exclusive", "g");
            makeDue("TRIGGER_NAME = 'exclusive'", 60);
            long before = Long.parseLong(store.one("SELECT NEXT_FIRE_TIME FROM QRTZ_TRIGGERS"));
            node.scheduler.start();
            waitFor(() -> Long.parseLong(store.one("SELECT NEXT_FIRE_TIME FROM QRTZ_TRIGGERS")) > before);
            assertEquals("BLOCKED", store.state("exclusive"));
        }
    }

    @Test
    public void whatIsGivenBackStaysBlockedWhereItIs() throws Exception {
        try (TestStore.Node node = store.node("a")) {
            schedule(node, "t", "g", RecordingJob.class);
            OperableTrigger trigger = (OperableTrigger) node.scheduler.getTrigger(new TriggerKey("t", "g"));
            trigger.setFireInstanceId("none");
            store.update("UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = 'BLOCKED'");
            node.store.releaseAcquiredTrigger(trigger);
            assertEquals("BLOCKED", store.state("t"));
            store.update("UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = 'WAITING'");
            makeDue("TRIGGER_NAME = 't'", 5);
            OperableTrigger acquired = acquire(node);
            assertEquals("ACQUIRED", store.state("t"));
            node.store.releaseAcquiredTrigger(acquired);
            assertEquals("WAITING", store.state("t"));
        }
    }

    @Test
    public void aStaleCopyIsNotAcquired() throws Exception {
        try (TestStore.Node node = store.node("a")) {
            schedule(node, "t", "g", RecordingJob.class);
            BridgeDelegate delegate = (BridgeDelegate) node.store.getDelegate();
            OperableTrigger read = delegate.selectTrigger(store.connection(), new TriggerKey("t", "g"));
            makeDue("TRIGGER_NAME = 't'", -7200);
            assertFalse(delegate.acquire(store.connection(), read));
            assertEquals("WAITING", store.state("t"));
            OperableTrigger fresh = delegate.selectTrigger(store.connection(), new TriggerKey("t", "g"));
            assertTrue(delegate.acquire(store.connection(), fresh));
            assertEquals("ACQUIRED", store.state("t"));
        }
    }

    @Test
    public void groupsAreMeantAsTheyAreWritten() throws Exception {
        try (TestStore.Node node = store.node("a")) {
            for (String group : new String[] {"ops_x", "opsAx", "50%", "505", "a\\b", "ab"}) {
                schedule(node, group, group, RecordingJob.class);
            }
            node.scheduler.pauseTriggers(GroupMatcher.triggerGroupEquals("ops_x"));
            node.scheduler.pauseTriggers(GroupMatcher.triggerGroupStartsWith("50%"));
            node.scheduler.pauseJobs(GroupMatcher.jobGroupEquals("a\\b"));
            for (String paused : new String[] {"ops_x", "50%", "a\\b"}) {
                assertEquals(paused, "PAUSED", store.state(paused));
            }
            for (String waiting : new String[] {"opsAx", "505", "ab"}) {
                assertEquals(waiting, "WAITING", store.state(waiting));
            }
            assertEquals(1, node.scheduler.getTriggerKeys(GroupMatcher.triggerGroupContains("_")).size());
            assertEquals(1, node.scheduler.getJobKeys(GroupMatcher.jobGroupEndsWith("%")).size());
            node.scheduler.resumeTriggers(GroupMatcher.triggerGroupEquals("ops_x"));
            assertEquals("WAITING", store.state("ops_x"));
            assertEquals("PAUSED", store.state("50%"));
        }
    }

    private void fired(String entry, String state, String trigger) throws Exception {
        long now = System.currentTimeMillis();
        store.update("INSERT INTO QRTZ_FIRED_TRIGGERS VALUES ('test', '" + entry + "', '" + trigger + "', 'g', 'a', "
                + now + ", " + now + ", 5, '" + state + "', '" + trigger + "', 'g', FALSE, FALSE)");
    }

    @Test(timeout = 60_000)
    public void whoLeavesTakesItsTracesAlong() throws Exception {
        try (TestStore.Node node = store.node("a", LEAVE)) {
            schedule(node, "acquired", "g", RecordingJob.class);
            node.scheduler.start();
            waitFor(() -> store.count("QRTZ_SCHEDULER_STATE") == 1);
            store.update("UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = 'ACQUIRED'");
            fired("1", "ACQUIRED", "acquired");
            node.store.leave();
            node.scheduler.shutdown(true);
        }
        assertEquals("WAITING", store.state("acquired"));
        assertEquals(0, store.count("QRTZ_FIRED_TRIGGERS"));
        assertEquals(0, store.count("QRTZ_SCHEDULER_STATE"));
    }

    @Test(timeout = 60_000)
    public void whoLeavesAJobRunningStaysForItsPeersToRecover() throws Exception {
        try (TestStore.Node node = store.node("a", LEAVE)) {
            schedule(node, "runs", "g", RecordingJob.class);
            node.scheduler.start();
            waitFor(() -> store.count("QRTZ_SCHEDULER_STATE") == 1);
            fired("1", "EXECUTING", "runs");
            node.store.leave();
            node.scheduler.shutdown(true);
        }
        assertEquals(1, store.count("QRTZ_FIRED_TRIGGERS"));
        assertEquals("a", store.one("SELECT INSTANCE_NAME FROM QRTZ_SCHEDULER_STATE"));
    }

    /** A job that ends when the test lets it. */
    public static class WaitingJob extends RecordingJob {
        static final Semaphore GATE = new Semaphore(0);

        @Override
        public void execute(JobExecutionContext context) {
            super.execute(context);
            GATE.acquireUninterruptibly();
        }
    }

    /** The job that ends then can't be written off: Quartz's own store would try for ever. */
    @Test(timeout = 30_000)
    public void shutdownEndsWhenTheDatabaseIsLost() throws Exception {
        TestStore.Node node = store.node("a", LEAVE);
        schedule(node, "waits", "g", WaitingJob.class);
        makeDue("TRIGGER_NAME = 'waits'", 1);
        node.scheduler.start();
        assertEquals("waits", RecordingJob.FIRED.poll(20, TimeUnit.SECONDS));
        store.close();
        node.store.leave();
        WaitingJob.GATE.release();
        node.scheduler.shutdown(true);
        assertTrue(node.scheduler.isShutdown());
        store = new TestStore();
    }

    @Test(timeout = 60_000)
    public void aBadRowIsPassedOverAndNeverWritten() throws Exception {
        try (TestStore.Node node = store.node("a", "jobStore.misfireThreshold", "1000")) {
            schedule(node, "bad", "g", RecordingJob.class);
            schedule(node, "good", "g", RecordingJob.class);
            store.update("UPDATE QRTZ_TRIGGERS SET JOB_DATA = X'aced00057372' WHERE TRIGGER_NAME = 'bad'");
            makeDue("TRIGGER_NAME = 'bad'", 60);
            String before = store.one("SELECT NEXT_FIRE_TIME FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME = 'bad'");
            makeDue("TRIGGER_NAME = 'good'", 0);
            node.scheduler.start();
            assertEquals("good", RecordingJob.FIRED.poll(20, TimeUnit.SECONDS));
            assertEquals("WAITING", store.state("bad"));
            assertEquals(before, store.one("SELECT NEXT_FIRE_TIME FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME = 'bad'"));
            assertNotEquals(0, node.scheduler.getTriggerKeys(GroupMatcher.anyGroup()).size());
            assertNull(RecordingJob.FIRED.poll());
        }
    }

    private static OperableTrigger acquire(TestStore.Node node) throws Exception {
        List<OperableTrigger> acquired =
                node.store.acquireNextTriggers(System.currentTimeMillis() + 1000, 1, 0L);
        return acquired.isEmpty() ? null : acquired.get(0);
    }

    private static TriggerFiredBundle fire(TestStore.Node node, OperableTrigger trigger) throws Exception {
        return node.store.triggersFired(List.of(trigger)).get(0).getTriggerFiredBundle();
    }

    /** Written anew by a peer, as a stock one does it, and acquired again by another. */
    @Test(timeout = 60_000)
    public void aStaleCopyIsNeitherFiredNorWrittenBack() throws Exception {
        try (TestStore.Node node = store.node("a", LEAVE);
                TestStore.Node peer = store.node("b", LEAVE)) {
            schedule(node, "t", "g", RecordingJob.class);
            makeDue("TRIGGER_NAME = 't'", 5);
            OperableTrigger stale = acquire(node);
            Trigger other = TriggerBuilder.newTrigger()
                    .withIdentity("t", "g")
                    .forJob("t", "g")
                    .startAt(inSeconds(-3))
                    .withSchedule(SimpleScheduleBuilder.repeatMinutelyForever())
                    .build();
            peer.scheduler.rescheduleJob(new TriggerKey("t", "g"), other);
            OperableTrigger fresh = acquire(peer);
            assertNull(fire(node, stale));
            assertNotNull("the peer's claim stands", fire(peer, fresh));
            assertEquals("60000", store.one("SELECT REPEAT_INTERVAL FROM QRTZ_SIMPLE_TRIGGERS"));
        }
    }

    @Test(timeout = 60_000)
    public void aClaimThatWasTakenAwayIsNotGivenBackForAPeer() throws Exception {
        try (TestStore.Node node = store.node("a", LEAVE);
                TestStore.Node peer = store.node("b", LEAVE)) {
            schedule(node, "t", "g", RecordingJob.class);
            makeDue("TRIGGER_NAME = 't'", 5);
            OperableTrigger stale = acquire(node);
            JobDetail job = node.scheduler.getJobDetail(stale.getJobKey());
            peer.store.write(rows -> {
                rows.look(List.of(stale.getJobKey()), List.of(stale.getKey()));
                rows.replace(stale.getKey(), (OperableTrigger) stale.clone(), job, false);
                rows.flush();
                return null;
            });
            OperableTrigger fresh = acquire(peer);
            assertNull("the same time, and yet not its own", fire(node, stale));
            node.store.releaseAcquiredTrigger(stale);
            assertEquals("ACQUIRED", store.state("t"));
            assertNotNull(fire(peer, fresh));
        }
    }

    @Test(timeout = 60_000)
    public void aTriggerWithoutANextTimeIsCompleteWhenItsErrorIsOver() throws Exception {
        try (TestStore.Node node = store.node("a")) {
            schedule(node, "t", "g", RecordingJob.class);
            store.update("UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = 'ERROR', NEXT_FIRE_TIME = -1");
            node.scheduler.resetTriggerFromErrorState(new TriggerKey("t", "g"));
            assertEquals("COMPLETE", store.state("t"));
        }
    }
}
