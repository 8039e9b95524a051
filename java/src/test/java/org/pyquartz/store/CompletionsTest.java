package org.pyquartz.store;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.pyquartz.testing.RecordingJob;
import org.pyquartz.testing.TestStore;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.PersistJobDataAfterExecution;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerBuilder;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;
import org.quartz.spi.TriggerFiredResult;

/** The ends of runs that wait for the store's lock are written together; each on its own when that fails. */
public class CompletionsTest {
    private TestStore database;
    private TestStore.Node node;
    private CountingStore store;

    /** Counts its transactions. */
    @SuppressWarnings("unchecked")
    public static final class CountingStore extends BridgeJobStore {
        final AtomicInteger commits = new AtomicInteger();

        @Override
        protected void commitConnection(Connection conn) throws JobPersistenceException {
            super.commitConnection(conn);
            commits.incrementAndGet();
        }
    }

    /** Keeps its data from run to run. */
    @PersistJobDataAfterExecution
    public static final class Keeping extends RecordingJob {}

    @Before
    public void make() throws Exception {
        database = new TestStore();
        node = database.node(
                "a", "jobStore.class", CountingStore.class.getName(), "jobStore.dbRetryInterval", "100");
        store = (CountingStore) node.store;
    }

    @After
    public void end() throws Exception {
        node.close();
        database.close();
    }

    private void schedule(String name, Class<? extends Job> type) throws Exception {
        JobDetail job = JobBuilder.newJob(type).withIdentity(name).build();
        node.scheduler.scheduleJob(
                job,
                TriggerBuilder.newTrigger()
                        .withIdentity(name)
                        .startAt(new Date())
                        .withSchedule(SimpleScheduleBuilder.repeatHourlyForever())
                        .build());
    }

    private List<TriggerFiredBundle> fire(int count) throws Exception {
        List<OperableTrigger> acquired =
                store.acquireNextTriggers(System.currentTimeMillis() + 1000, count, 1000);
        List<TriggerFiredBundle> runs = new ArrayList<>();
        for (TriggerFiredResult result : store.triggersFired(acquired)) {
            runs.add(result.getTriggerFiredBundle());
        }
        assertEquals(count, runs.size());
        return runs;
    }

    /** Has the runs end on threads of their own while another holds the lock; they go on when it is free. */
    private List<Thread> endTogether(List<TriggerFiredBundle> runs) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        Thread holder = new Thread(() -> hold(held, free));
        holder.start();
        held.await();
        List<Thread> ending = new ArrayList<>();
        for (TriggerFiredBundle run : runs) {
            // The first waits for the lock; the others, one after another, for the first.
            ending.add(waiting(() -> complete(run), run.getTrigger().getKey().getName()));
        }
        free.countDown();
        holder.join();
        return ending;
    }

    /** A thread that has begun, and by now waits. */
    private static Thread waiting(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.start();
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return thread;
    }

    private void hold(CountDownLatch held, CountDownLatch free) {
        try {
            store.write(
                    rows -> {
                        held.countDown();
                        await(free);
                        return null;
                    });
        } catch (JobPersistenceException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void complete(TriggerFiredBundle run) {
        store.triggeredJobComplete(run.getTrigger(), run.getJobDetail(), CompletedExecutionInstruction.NOOP);
    }

    @Test(timeout = 60_000)
    public void whatWaitsForTheLockIsWrittenInOneTransaction() throws Exception {
        for (String name : List.of("a", "b", "c", "d")) {
            schedule(name, RecordingJob.class);
        }
        List<TriggerFiredBundle> runs = fire(4);
        int before = store.commits.get();
        for (Thread thread : endTogether(runs)) {
            thread.join();
        }
        assertEquals(0, database.count("QRTZ_FIRED_TRIGGERS"));
        // One of them is the holder's.
        assertEquals(before + 2, store.commits.get());
    }

    @Test(timeout = 60_000)
    public void oneThatIsAloneWaitsForNobody() throws Exception {
        schedule("a", RecordingJob.class);
        TriggerFiredBundle run = fire(1).get(0);
        complete(run);
        assertEquals(0, database.count("QRTZ_FIRED_TRIGGERS"));
    }

    @Test(timeout = 60_000)
    public void nobodyWaitsForATurnWhenTheLockCannotBeHad() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        CountDownLatch lost = new CountDownLatch(1);
        Completions completions =
                new Completions(
                        ends -> {
                            tries.incrementAndGet();
                            await(lost);
                            throw new JobPersistenceException("there is no database");
                        });
        AtomicInteger unwritten = new AtomicInteger();
        List<Thread> ending = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            ending.add(waiting(
                    () -> {
                        try {
                            if (completions.write(
                                    List.of(new RunEnd(null, null, CompletedExecutionInstruction.NOOP)))) {
                                return;
                            }
                        } catch (JobPersistenceException e) {
                            // The one that tried.
                        }
                        unwritten.incrementAndGet();
                    },
                    "end"));
        }
        lost.countDown();
        for (Thread thread : ending) {
            thread.join();
        }
        assertEquals(1, tries.get());
        assertEquals(3, unwritten.get());
    }

    @Test(timeout = 60_000)
    public void whatIsWrongWithOneKeepsNoOtherFromItsEnd() throws Exception {
        for (String name : List.of("a", "bad", "c")) {
            schedule(name, name.equals("bad") ? Keeping.class : RecordingJob.class);
        }
        List<TriggerFiredBundle> runs = fire(3);
        for (TriggerFiredBundle run : runs) {
            run.getJobDetail().getJobDataMap().put("cannot be stored", new Object());
        }
        Thread bad = null;
        for (Thread thread : endTogether(runs)) {
            if (thread.getName().equals("bad")) {
                bad = thread;
            } else {
                thread.join();
            }
        }
        assertTrue(bad.isAlive());
        assertEquals("bad", database.one("SELECT TRIGGER_NAME FROM QRTZ_FIRED_TRIGGERS"));
        assertEquals(1, database.count("QRTZ_FIRED_TRIGGERS"));
        // It is tried for ever, as stock does, until the scheduler stops.
        bad.setUncaughtExceptionHandler((thread, error) -> {});
        store.stopSoon();
        bad.join();
        assertFalse(bad.isAlive());
    }
}
