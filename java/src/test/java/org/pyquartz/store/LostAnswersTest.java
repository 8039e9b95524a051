package org.pyquartz.store;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import java.util.Date;
import java.util.List;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.pyquartz.testing.RecordingJob;
import org.pyquartz.testing.TestStore;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.PersistJobDataAfterExecution;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerBuilder;
import org.quartz.impl.JobExecutionContextImpl;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;

/** A COMMIT whose answer is lost is neither taken for undone nor done twice, and no run ends twice. */
public class LostAnswersTest {
    private static final String[] CLUSTERED = {
        "jobStore.isClustered", "true", "jobStore.acquireTriggersWithinLock", "true", "jobStore.dbRetryInterval", "100"
    };

    private TestStore database;

    /** May not run twice at once. */
    @DisallowConcurrentExecution
    public static final class Exclusive extends RecordingJob {}

    /** Keeps its data from run to run. */
    @PersistJobDataAfterExecution
    public static final class Counting extends RecordingJob {}

    @Before
    public void make() throws Exception {
        database = new TestStore();
    }

    @After
    public void end() throws Exception {
        database.close();
    }

    private TestStore.Node node(String id, String... more) throws Exception {
        String[] all = new String[CLUSTERED.length + more.length];
        System.arraycopy(CLUSTERED, 0, all, 0, CLUSTERED.length);
        System.arraycopy(more, 0, all, CLUSTERED.length, more.length);
        return database.node(id, all);
    }

    private static Trigger hourly(String name, JobDetail job) {
        return TriggerBuilder.newTrigger()
                .withIdentity(name)
                .forJob(job)
                .startAt(new Date())
                .withSchedule(SimpleScheduleBuilder.repeatHourlyForever())
                .build();
    }

    private static OperableTrigger acquired(BridgeJobStore store) throws Exception {
        return store.acquireNextTriggers(System.currentTimeMillis() + 1000, 1, 0).get(0);
    }

    private static TriggerFiredBundle fired(BridgeJobStore store, OperableTrigger trigger) throws Exception {
        return store.triggersFired(List.of(trigger)).get(0).getTriggerFiredBundle();
    }

    @Test(timeout = 60_000)
    public void whatIsOnItsWayIsWaitedFor() throws Exception {
        try (TestStore.Node node = node("a", "jobStore.class", LateCommitStore.class.getName())) {
            LateCommitStore store = (LateCommitStore) node.store;
            JobDetail job = JobBuilder.newJob(RecordingJob.class).withIdentity("job").build();
            node.scheduler.scheduleJob(job, hourly("t", job));
            store.loseTheNextCommit();
            OperableTrigger trigger = acquired(store);
            store.awaitCommit();
            assertEquals("ACQUIRED", database.state("t"));
            assertNotNull(fired(store, trigger));
            assertEquals("WAITING", database.state("t"));
        }
    }

    @Test(timeout = 60_000)
    public void aFiringOnItsWayIsWaitedFor() throws Exception {
        try (TestStore.Node node = node("a", "jobStore.class", LateCommitStore.class.getName())) {
            LateCommitStore store = (LateCommitStore) node.store;
            JobDetail job = JobBuilder.newJob(RecordingJob.class).withIdentity("job").build();
            node.scheduler.scheduleJob(job, hourly("t", job));
            OperableTrigger trigger = acquired(store);
            store.loseTheNextCommit();
            assertNotNull(fired(store, trigger));
            assertEquals("EXECUTING", database.one("SELECT STATE FROM QRTZ_FIRED_TRIGGERS"));
        }
    }

    @Test(timeout = 60_000)
    public void anEndThatWasWrittenLetsNothingLooseWhenItIsWrittenAgain() throws Exception {
        try (TestStore.Node a = node("a");
                TestStore.Node b = node("b")) {
            JobDetail job = JobBuilder.newJob(Exclusive.class).withIdentity("job").build();
            a.scheduler.scheduleJob(job, hourly("first", job));
            a.scheduler.scheduleJob(hourly("second", job));
            OperableTrigger first = acquired(a.store);
            JobDetail detail = fired(a.store, first).getJobDetail();
            a.store.triggeredJobComplete(first, detail, CompletedExecutionInstruction.NOOP);

            OperableTrigger second = acquired(b.store);
            assertNotNull(fired(b.store, second));
            assertEquals("BLOCKED", database.state(first.getKey().getName()));
            a.store.triggeredJobComplete(first, detail, CompletedExecutionInstruction.NOOP);
            assertEquals("BLOCKED", database.state(first.getKey().getName()));
            assertEquals(1, database.count("QRTZ_FIRED_TRIGGERS"));

            b.store.triggeredJobComplete(second, detail, CompletedExecutionInstruction.NOOP);
            assertEquals("WAITING", database.state(first.getKey().getName()));
            assertEquals("WAITING", database.state(second.getKey().getName()));
        }
    }

    @Test(timeout = 60_000)
    public void whoWasTakenForDeadWritesNoDataOverThoseOfItsPeers() throws Exception {
        try (TestStore.Node node = node("a")) {
            JobDetail job = JobBuilder.newJob(Counting.class).withIdentity("job").build();
            node.scheduler.scheduleJob(job, hourly("t", job));
            for (String runs : List.of("1", "2")) {
                database.update("UPDATE QRTZ_TRIGGERS SET NEXT_FIRE_TIME = " + System.currentTimeMillis());
                OperableTrigger trigger = acquired(node.store);
                JobDetail begun = fired(node.store, trigger).getJobDetail();
                begun.getJobDataMap().put("runs", runs);
                if (runs.equals("2")) {
                    database.update("DELETE FROM QRTZ_FIRED_TRIGGERS"); // as peers do that recover it
                }
                node.store.triggeredJobComplete(trigger, begun, CompletedExecutionInstruction.NOOP);
            }
            assertEquals("1", node.scheduler.getJobDetail(job.getKey()).getJobDataMap().get("runs"));
        }
    }

    @Test(timeout = 60_000)
    public void aRecoveryThatIsCutOffItselfIsStillOneOfTheFirstFiring() throws Exception {
        try (TestStore.Node node = database.node("a")) {
            JobDetail job =
                    JobBuilder.newJob(RecordingJob.class).withIdentity("job").requestRecovery().build();
            node.scheduler.scheduleJob(job, hourly("t", job));
            OperableTrigger trigger = acquired(node.store);
            long time = trigger.getNextFireTime().getTime();
            TriggerFiredBundle bundle = fired(node.store, trigger);
            for (int crash = 1; crash <= 3; crash++) {
                // As at the start of a node that is not clustered: it recovers what it finds begun.
                node.store.schedulerStarted();
                bundle = fired(node.store, acquired(node.store));
                JobExecutionContext run =
                        new JobExecutionContextImpl(node.scheduler, bundle, new RecordingJob());
                assertTrue(run.isRecovering());
                assertEquals("t", Attempt.first(run).getName());
                assertEquals(time, Attempt.firstTime(run));
            }
        }
    }

    @Test(timeout = 60_000)
    public void whoStopsLeavesAFiringToRecoveryThatWasWrittenAfterAll() throws Exception {
        try (TestStore.Node node = node("a")) {
            JobDetail job = JobBuilder.newJob(RecordingJob.class).withIdentity("job").build();
            node.scheduler.scheduleJob(job, hourly("t", job));
            OperableTrigger trigger = acquired(node.store);
            assertNotNull(fired(node.store, trigger));
            node.store.stopSoon();
            node.store.releaseAcquiredTrigger(trigger);
            assertEquals(1, database.count("QRTZ_FIRED_TRIGGERS"));
        }
    }
}
