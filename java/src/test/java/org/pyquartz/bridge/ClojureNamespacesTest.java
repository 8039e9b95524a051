package org.pyquartz.bridge;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.Before;
import org.junit.Test;
import org.pyquartz.testing.RecordingJob;
import org.pyquartz.testing.TestStore;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.utils.ClassUtils;

/** Stored names of Clojure's jobs, of which only the source is on the class path. */
public class ClojureNamespacesTest {
    private final BridgeClassLoadHelper helper = new BridgeClassLoadHelper();

    @Before
    public void initialize() {
        helper.initialize();
        RecordingJob.FIRED.clear();
    }

    /** On a busy machine Clojure takes longer to start than a loader waits. */
    private Class<? extends Job> load(String name) throws Exception {
        Class<? extends Job> type = helper.loadClass(name, Job.class);
        while (NoOpJob.class.isAssignableFrom(type) && JobClasses.awaits(name)) {
            type = helper.loadClass(name, Job.class);
        }
        return helper.loadClass(name, Job.class);
    }

    @Test(timeout = 60_000)
    public void aNamespaceIsLoadedForItsJob() throws Exception {
        Class<? extends Job> type = load("my_app.jobs.Cleanup");
        assertEquals("my_app.jobs.Cleanup", type.getName());
        assertFalse(NoOpJob.class.isAssignableFrom(type));
        Class<? extends Job> exclusive = load("my_app.jobs.Exclusive");
        assertTrue(ClassUtils.isAnnotationPresent(exclusive, DisallowConcurrentExecution.class));
        assertEquals("one class, however often it is asked for", type, helper.loadClass(type.getName(), Job.class));
    }

    @Test(timeout = 60_000)
    public void anUnderscoreMayBeTheNamespacesOwn() throws Exception {
        assertFalse(NoOpJob.class.isAssignableFrom(load("my_app.under_scored.Cleanup")));
    }

    @Test(timeout = 60_000)
    public void itsJobRunsFromAStore() throws Exception {
        try (TestStore store = new TestStore();
                TestStore.Node node = store.node("a")) {
            Class<? extends Job> type = load("my_app.jobs.Cleanup");
            node.scheduler.scheduleJob(
                    JobBuilder.newJob(type).build(), TriggerBuilder.newTrigger().withIdentity("nightly").build());
            node.scheduler.start();
            assertEquals("NIGHTLY", RecordingJob.FIRED.poll(20, TimeUnit.SECONDS));
        }
    }

    @Test(timeout = 60_000)
    public void whatItLacksOrCannotLoadIsNobodys() throws Exception {
        for (String name : new String[] {"my_app.jobs.Missing", "my_app.broken.Job", "my_app.nowhere.Job", "Plain"}) {
            Class<? extends Job> type = load(name);
            assertEquals(name, type.getName());
            assertTrue(name, NoOpJob.class.isAssignableFrom(type));
            assertFalse(name, JobClasses.awaits(name));
        }
    }
}
