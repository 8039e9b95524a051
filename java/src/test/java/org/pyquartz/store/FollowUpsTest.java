package org.pyquartz.store;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import java.util.Date;
import java.util.List;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.pyquartz.testing.RecordingJob;
import org.pyquartz.testing.TestStore;
import org.pyquartz.write.Regular;
import org.quartz.JobBuilder;
import org.quartz.JobDataMap;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.JobExecutionContextImpl;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;

/** What follows a run is stored with its completion, once. */
public class FollowUpsTest {
    private static final String FOLLOWING = "QRTZ_TRIGGERS WHERE TRIGGER_GROUP LIKE 'pyquartz.%'";
    private static final JobKey JOB = new JobKey("job");

    private TestStore database;
    private TestStore.Node node;

    @Before
    public void make() throws Exception {
        database = new TestStore();
        node = database.node("a");
    }

    @After
    public void end() throws Exception {
        node.close();
        database.close();
    }

    /** A run that has begun, of a job that is not durable and has no other trigger. */
    private JobExecutionContext begun(String data) throws Exception {
        Trigger once = TriggerBuilder.newTrigger().withIdentity("t").usingJobData("key", data).build();
        node.scheduler.scheduleJob(
                JobBuilder.newJob(RecordingJob.class).withIdentity(JOB).build(), once);
        OperableTrigger acquired =
                node.store.acquireNextTriggers(System.currentTimeMillis() + 1000, 1, 0).get(0);
        TriggerFiredBundle fired =
                node.store.triggersFired(List.of(acquired)).get(0).getTriggerFiredBundle();
        return new JobExecutionContextImpl(node.scheduler, fired, new RecordingJob());
    }

    private void complete(JobExecutionContext run) {
        node.store.triggeredJobComplete(
                (OperableTrigger) run.getTrigger(),
                run.getJobDetail(),
                CompletedExecutionInstruction.DELETE_TRIGGER);
    }

    private static long inAnHour() {
        return System.currentTimeMillis() + 3_600_000;
    }

    @Test(timeout = 60_000)
    public void aRetryKeepsItsJobAndCarriesTheDataOn() throws Exception {
        JobExecutionContext run = begun("value");
        long when = inAnHour();
        node.store.followUps().retry(run, when, 2);
        assertEquals(0, database.count(FOLLOWING));
        complete(run);
        TriggerKey key = new TriggerKey(run.getFireInstanceId(), Regular.RETRY_GROUP);
        Trigger retry = node.scheduler.getTrigger(key);
        assertEquals(new Date(when), retry.getNextFireTime());
        assertEquals("value", retry.getJobDataMap().get("key"));
        assertEquals(2, Attempt.number(retry.getJobDataMap()));
        assertEquals("t", retry.getJobDataMap().get("pyquartz.trigger_name"));
        assertEquals("DEFAULT", retry.getJobDataMap().get("pyquartz.trigger_group"));
        assertEquals(
                String.valueOf(run.getScheduledFireTime().getTime()),
                retry.getJobDataMap().get("pyquartz.scheduled_fire_time"));
        assertEquals(1, Attempt.usersOwn(retry.getJobDataMap()).size());
        assertEquals(JOB, retry.getJobKey());
        assertEquals(0, database.count("QRTZ_FIRED_TRIGGERS"));
    }

    @Test(timeout = 60_000)
    public void aTransactionThatIsTriedAgainAfterItWentWellStoresNothingMore() throws Exception {
        JobExecutionContext run = begun("value");
        node.store.followUps().retry(run, inAnHour(), 2);
        complete(run);
        database.update("DELETE FROM QRTZ_SIMPLE_TRIGGERS");
        assertEquals(1, database.update("DELETE FROM " + FOLLOWING)); // as if it had fired by now
        node.store.followUps().retry(run, inAnHour(), 2);
        complete(run);
        assertEquals(0, database.count(FOLLOWING));
    }

    @Test(timeout = 60_000)
    public void aJobThatIsNotThereYetIsStoredWithItsTrigger() throws Exception {
        JobExecutionContext run = begun("value");
        JobKey other = new JobKey("other");
        node.store
                .followUps()
                .then(run, other, JobBuilder.newJob(RecordingJob.class).withIdentity(other).build(), new JobDataMap());
        node.store.followUps().then(run, new JobKey("nobody"), null, new JobDataMap());
        complete(run);
        assertEquals(1, database.count(FOLLOWING));
        assertEquals(1, node.scheduler.getTriggersOfJob(other).size());
        assertNull(node.scheduler.getJobDetail(JOB));
    }

    @Test(timeout = 60_000)
    public void aRetryOfWhatIsPausedByNowIsPaused() throws Exception {
        Trigger hourly =
                TriggerBuilder.newTrigger()
                        .withIdentity("t")
                        .withSchedule(SimpleScheduleBuilder.repeatHourlyForever())
                        .build();
        node.scheduler.scheduleJob(
                JobBuilder.newJob(RecordingJob.class).withIdentity(JOB).build(), hourly);
        OperableTrigger acquired =
                node.store.acquireNextTriggers(System.currentTimeMillis() + 1000, 1, 0).get(0);
        TriggerFiredBundle fired =
                node.store.triggersFired(List.of(acquired)).get(0).getTriggerFiredBundle();
        JobExecutionContext run =
                new JobExecutionContextImpl(node.scheduler, fired, new RecordingJob());
        node.scheduler.pauseJob(JOB);
        node.store.followUps().retry(run, inAnHour(), 2);
        node.store.triggeredJobComplete(
                (OperableTrigger) run.getTrigger(), run.getJobDetail(), CompletedExecutionInstruction.NOOP);
        assertEquals("PAUSED", database.state(run.getFireInstanceId()));
    }
}
