package org.pyquartz.bridge;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotSame;
import static org.junit.Assert.assertTrue;

import org.junit.Test;
import org.pyquartz.testing.TestStore;
import org.quartz.JobBuilder;
import org.quartz.JobKey;

/** Schedulers in one JVM are strangers to each other, whatever they have in common. */
public class BridgeSchedulerFactoryTest {
    @Test
    public void eachSchedulerKeepsToItsOwnDatabase() throws Exception {
        try (TestStore one = new TestStore();
                TestStore other = new TestStore();
                TestStore.Node first = one.node("a");
                TestStore.Node second = other.node("b")) {
            first.add(JobBuilder.newJob(NoOpJob.class).withIdentity("mine").storeDurably().build());
            assertEquals(1, one.count("QRTZ_JOB_DETAILS"));
            assertEquals(0, other.count("QRTZ_JOB_DETAILS"));
            assertFalse(second.scheduler.checkExists(new JobKey("mine")));
        }
    }

    @Test
    public void aSchedulerOutlivesAnotherOfTheSameStore() throws Exception {
        try (TestStore store = new TestStore();
                TestStore.Node first = store.node("a");
                TestStore.Node second = store.node("b")) {
            assertNotSame(first.scheduler, second.scheduler);
            second.scheduler.shutdown(true);
            first.add(JobBuilder.newJob(NoOpJob.class).withIdentity("mine").storeDurably().build());
            assertTrue(first.scheduler.checkExists(new JobKey("mine")));
        }
    }
}
