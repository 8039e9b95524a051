package org.pyquartz.store;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;
import org.junit.runners.Parameterized.Parameters;
import org.pyquartz.blob.Hostile;
import org.pyquartz.blob.SealedLoader;
import org.pyquartz.bridge.BridgeClassLoadHelper;
import org.pyquartz.testing.RecordingJob;
import org.pyquartz.testing.TestStore;
import org.pyquartz.write.Writer;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.calendar.HolidayCalendar;
import org.quartz.impl.matchers.GroupMatcher;

/**
 * In place of each delegate of Quartz's: what is stored is fired and read back, and a malicious blob is
 * refused. H2 stands in, in its modes, for those of which there is no database that runs in a JVM.
 */
@RunWith(Parameterized.class)
public class DelegatesTest {
    private static final String H2 = "jdbc:h2:mem:delegates%d;DB_CLOSE_DELAY=-1";

    @Parameters(name = "{0}")
    public static Collection<Object[]> databases() throws Exception {
        List<Object[]> all = new ArrayList<>();
        all.add(new Object[] {"HSQLDB", "jdbc:hsqldb:mem:delegates%d", "hsqldb", null});
        all.add(new Object[] {"Derby", "jdbc:derby:memory:delegates%d;create=true", "derby", null});
        for (String delegate : DialectTest.stockDelegates()) {
            String name = delegate.substring(delegate.lastIndexOf('.') + 1);
            all.add(new Object[] {name, H2 + mode(name), "h2", delegate});
        }
        return all;
    }

    private static String mode(String delegate) {
        if (delegate.contains("Oracle")) {
            return ";MODE=Oracle";
        }
        if (delegate.startsWith("DB2")) {
            return ";MODE=DB2";
        }
        return delegate.startsWith("MSSQL") ? ";MODE=MSSQLServer" : "";
    }

    @Rule public final TemporaryFolder folder = new TemporaryFolder();

    private final String url;
    private final String tables;
    private final String delegate;
    private TestStore store;
    private TestStore.Node node;
    private File strike;

    public DelegatesTest(String name, String url, String tables, String delegate) {
        this.url = url;
        this.tables = tables;
        this.delegate = delegate;
    }

    @Before
    public void make() throws Exception {
        store = new TestStore(url, tables);
        RecordingJob.FIRED.clear();
        strike = new File(folder.getRoot(), "strike");
        String clustered = "jobStore.isClustered";
        node =
                delegate == null
                        ? store.node("a", clustered, "true")
                        : store.node("a", clustered, "true", "jobStore.stockDelegate", delegate);
    }

    @After
    public void end() throws Exception {
        System.clearProperty(Hostile.TARGET);
        node.close();
    }

    private static JobDetail job(String name, String group) {
        return JobBuilder.newJob(RecordingJob.class)
                .withIdentity(name, group)
                .usingJobData("text", "x".repeat(50_000))
                .usingJobData("number", 42L)
                .storeDurably()
                .build();
    }

    private static Trigger trigger(JobDetail job) {
        return TriggerBuilder.newTrigger()
                .withIdentity(job.getKey().getName(), job.getKey().getGroup())
                .usingJobData("own", true)
                .withSchedule(SimpleScheduleBuilder.repeatHourlyForever())
                .build();
    }

    @Test(timeout = 60_000)
    public void whatIsStoredIsFiredAndReadBack() throws Exception {
        HolidayCalendar holidays = new HolidayCalendar();
        holidays.addExcludedDate(new Date(0));
        node.scheduler.addCalendar("holidays", holidays, true, true);
        JobDetail job = job("job", "g");
        node.scheduler.scheduleJob(job, trigger(job));
        node.scheduler.addJob(JobBuilder.newJob(RecordingJob.class).withIdentity("bare").storeDurably().build(), true);
        node.scheduler.start();
        assertEquals("job", RecordingJob.FIRED.poll(20, TimeUnit.SECONDS));
        JobDetail read = node.scheduler.getJobDetail(job.getKey());
        assertEquals(job.getJobDataMap().getWrappedMap(), read.getJobDataMap().getWrappedMap());
        assertTrue(read.isDurable());
        assertFalse(read.requestsRecovery());
        assertTrue(node.scheduler.getTrigger(trigger(job).getKey()).getJobDataMap().getBoolean("own"));
        assertTrue(node.scheduler.getJobDetail(new JobKey("bare")).getJobDataMap().isEmpty());
        HolidayCalendar stored = (HolidayCalendar) node.scheduler.getCalendar("holidays");
        assertEquals(holidays.getExcludedDates(), stored.getExcludedDates());
    }

    @Test(timeout = 60_000)
    public void aGroupIsMeantAsItStands() throws Exception {
        for (String group : List.of("ops_x", "opsAx", "ops!_x", "[o]ps_x")) {
            JobDetail job = job(group, group);
            node.scheduler.scheduleJob(job, trigger(job));
        }
        node.scheduler.pauseTriggers(GroupMatcher.groupEquals("ops_x"));
        assertEquals("PAUSED", store.state("ops_x"));
        assertEquals(3, store.count("QRTZ_TRIGGERS WHERE TRIGGER_STATE = 'WAITING'"));
        node.scheduler.pauseTriggers(GroupMatcher.groupStartsWith("ops!_"));
        assertEquals("PAUSED", store.state("ops!_x"));
        assertEquals("WAITING", store.state("opsAx"));
        node.scheduler.resumeTriggers(GroupMatcher.groupEquals("ops_x"));
        assertEquals("WAITING", store.state("ops_x"));
        assertEquals(2, node.scheduler.getJobKeys(GroupMatcher.jobGroupContains("ps_x")).size());
    }

    @Test(timeout = 60_000)
    public void whatHasAnotherKeyIsWhatItWas() throws Exception {
        JobDetail job = job("old", "g");
        node.scheduler.scheduleJob(job, trigger(job));
        String next = store.one("SELECT NEXT_FIRE_TIME FROM QRTZ_TRIGGERS");
        Writer writer = new Writer(node.scheduler, node.store, new BridgeClassLoadHelper());
        writer.renameJob("old", "g", "new", "h", false);
        writer.renameTrigger("new", "h", "newer", "i");
        JobDetail read = node.scheduler.getJobDetail(new JobKey("new", "h"));
        assertEquals(job.getJobDataMap().getWrappedMap(), read.getJobDataMap().getWrappedMap());
        assertTrue(read.isDurable());
        Trigger moved = node.scheduler.getTrigger(new TriggerKey("newer", "i"));
        assertEquals(read.getKey(), moved.getJobKey());
        assertTrue(moved.getJobDataMap().getBoolean("own"));
        assertEquals(next, store.one("SELECT NEXT_FIRE_TIME FROM QRTZ_TRIGGERS"));
        for (String table : List.of("QRTZ_JOB_DETAILS", "QRTZ_TRIGGERS", "QRTZ_SIMPLE_TRIGGERS")) {
            assertEquals(table, 1, store.count(table));
        }
        node.scheduler.start();
        assertEquals("newer", RecordingJob.FIRED.poll(20, TimeUnit.SECONDS));
    }

    @Test(timeout = 60_000)
    public void aMaliciousBlobIsRefused() throws Exception {
        Class<?> hostile = new SealedLoader().loadClass(Hostile.class.getName());
        for (String place : List.of("nested value", "externalizable", "root")) {
            JobDetail job = job(place, "bad");
            node.scheduler.scheduleJob(job, trigger(job));
            byte[] blob = (byte[]) hostile.getMethod("stream", String.class).invoke(null, place);
            for (String table : List.of("QRTZ_JOB_DETAILS SET JOB_DATA = ? WHERE JOB_NAME",
                    "QRTZ_TRIGGERS SET JOB_DATA = ? WHERE TRIGGER_NAME")) {
                try (PreparedStatement update =
                        store.connection().prepareStatement("UPDATE " + table + " = '" + place + "'")) {
                    update.setBytes(1, blob);
                    assertEquals(1, update.executeUpdate());
                }
            }
        }
        System.setProperty(Hostile.TARGET, strike.getPath());
        JobDetail good = job("good", "good");
        node.scheduler.scheduleJob(good, trigger(good));
        node.scheduler.start();
        List<String> fired = new ArrayList<>();
        while (!fired.contains("good")) {
            String name = RecordingJob.FIRED.poll(20, TimeUnit.SECONDS);
            assertNotNull("the good job is not held up", name);
            fired.add(name);
        }
        assertFalse("data that can't be read at all are no data", fired.contains("root"));
        JobDetail read = node.scheduler.getJobDetail(new JobKey("nested value", "bad"));
        assertEquals("the rest stays usable", "kept", read.getJobDataMap().get("note"));
        assertEquals(0, store.count("QRTZ_TRIGGERS WHERE TRIGGER_STATE = 'ERROR'"));
        assertFalse(strike.exists());
    }
}
