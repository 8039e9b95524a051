package org.pyquartz.bridge;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeNotNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.junit.Test;
import org.pyquartz.testing.Recorder;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDataMap;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger.TriggerState;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.simpl.SimpleThreadPool;

/** The two halves tell listeners and the store, in the same order, what stock's own shell tells them. */
public class PythonRunShellTest {
    private static final String NAME = "acme.shells.Job";
    private static final TriggerKey TRIGGER = new TriggerKey("t");

    /** What a run does, by how often it has been fired again: directives as {@link JobFailure} packs them. */
    private static volatile Function<Integer, String> script;
    private static volatile CountDownLatch runs;

    /** The same on stock: E is any exception, the others are those of a JobExecutionException. */
    public static final class Stock implements Job {
        @Override
        public void execute(JobExecutionContext context) throws JobExecutionException {
            String directives = script.apply(context.getRefireCount());
            runs.countDown();
            if (directives == null) {
                return;
            }
            if (directives.equals("E")) {
                throw new IllegalStateException("as asked");
            }
            JobExecutionException error = new JobExecutionException("as asked");
            error.setRefireImmediately(directives.contains("R"));
            error.setUnscheduleFiringTrigger(directives.contains("U"));
            error.setUnscheduleAllTriggers(directives.contains("A"));
            throw error;
        }
    }

    /** Stock's pool, which says when its thread has come to the end of a run. */
    public static final class CountingPool extends SimpleThreadPool {
        static final AtomicInteger BUSY = new AtomicInteger();

        @Override
        public boolean runInThread(Runnable shell) {
            BUSY.incrementAndGet();
            return super.runInThread(() -> {
                try {
                    shell.run();
                } finally {
                    BUSY.decrementAndGet();
                }
            });
        }
    }

    private static Properties properties(String threadPool) {
        Properties properties = new Properties();
        properties.setProperty("org.quartz.scheduler.instanceName", "shells");
        properties.setProperty("org.quartz.threadPool.class", threadPool);
        properties.setProperty("org.quartz.threadPool.threadCount", "1");
        properties.setProperty("org.quartz.jobStore.class", "org.quartz.simpl.RAMJobStore");
        return properties;
    }

    private static String outcome(
            Scheduler scheduler,
            Recorder recorder,
            Class<? extends Job> type,
            int repeat,
            int expected,
            IntSupplier busy)
            throws Exception {
        runs = new CountDownLatch(expected);
        recorder.listenTo(scheduler);
        JobDetail job = JobBuilder.newJob(type).withIdentity("j").storeDurably().build();
        scheduler.scheduleJob(
                job,
                TriggerBuilder.newTrigger()
                        .withIdentity(TRIGGER)
                        .withSchedule(
                                SimpleScheduleBuilder.simpleSchedule()
                                        .withIntervalInMilliseconds(1)
                                        .withRepeatCount(repeat))
                        .build());
        scheduler.start();
        assertTrue(runs.await(10, TimeUnit.SECONDS));
        // To the end of the last run, after its events: those of the shutdown must not mix with them.
        while (!hasFired(recorder) || busy.getAsInt() > 0) {
            Thread.onSpinWait();
        }
        scheduler.standby();
        scheduler.shutdown(true);
        return String.join("\n", recorder.events);
    }

    private static boolean hasFired(Recorder recorder) {
        synchronized (recorder.events) {
            return recorder.events.stream().anyMatch(event -> event.startsWith("triggerFired"));
        }
    }

    private static String onStock(Recorder recorder, int repeat, int expected) throws Exception {
        Scheduler scheduler =
                new StdSchedulerFactory(properties(CountingPool.class.getName())).getScheduler();
        return outcome(scheduler, recorder, Stock.class, repeat, expected, CountingPool.BUSY::get);
    }

    private static String onOurs(Recorder recorder, int repeat, int expected) throws Exception {
        JobClasses.register(NAME, false, false);
        BridgeSchedulerFactory factory = new BridgeSchedulerFactory(properties(WorkerPool.class.getName()));
        Scheduler scheduler = factory.make("shells");
        Thread python = new Thread(() -> pull(factory.threadPool()));
        python.start();
        WorkerPool pool = factory.threadPool();
        String events =
                outcome(scheduler, recorder, JobClasses.python(NAME), repeat, expected, pool::busy);
        python.join(10_000);
        assertEquals(0, pool.busy());
        return events;
    }

    /** A worker as Python is one. */
    private static void pull(WorkerPool pool) {
        ByteBuffer box = ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());
        Worker worker = pool.worker("worker", box);
        worker.next();
        for (long ticket = box.getLong(0); ticket >= 0; ticket = box.getLong(0)) {
            String directives = script.apply(pool.runs().context(ticket).getRefireCount());
            if (directives != null) {
                pool.runs().fail(ticket, directives + "\nas asked");
            }
            runs.countDown();
            worker.next();
        }
    }

    private static void compare(boolean vetoes, String failing, int repeat, int expected, Function<Integer, String> what)
            throws Exception {
        script = what;
        String stock = onStock(new Recorder(vetoes, failing), repeat, expected);
        String ours = onOurs(new Recorder(vetoes, failing), repeat, expected);
        assertEquals(stock, ours);
        assertTrue(stock, stock.contains("triggerFired"));
    }

    @Test(timeout = 30_000)
    public void aRunThatGoesWell() throws Exception {
        compare(false, "", 0, 1, refires -> null);
    }

    @Test(timeout = 30_000)
    public void severalRuns() throws Exception {
        compare(false, "", 3, 4, refires -> null);
    }

    @Test(timeout = 30_000)
    public void aVeto() throws Exception {
        compare(true, "", 0, 0, refires -> null);
    }

    @Test(timeout = 30_000)
    public void anExceptionOfItsOwn() throws Exception {
        // Quartz 2.3.2 has no such class; it never runs Python's jobs.
        assumeNotNull(
                PythonRunShell.class.getResource("/org/quartz/core/JobExecutionProcessException.class"));
        compare(false, "", 0, 1, refires -> "E");
    }

    @Test(timeout = 30_000)
    public void aJobExecutionException() throws Exception {
        compare(false, "", 2, 3, refires -> "");
    }

    @Test(timeout = 30_000)
    public void refiredTwice() throws Exception {
        compare(false, "", 0, 3, refires -> refires < 2 ? "R" : null);
    }

    @Test(timeout = 30_000)
    public void unscheduled() throws Exception {
        for (String directive : List.of("U", "A")) {
            compare(false, "", 5, 1, refires -> directive);
        }
    }

    @Test(timeout = 60_000)
    public void aListenerThatThrows() throws Exception {
        compare(false, "triggerFired", 0, 0, refires -> null);
        compare(false, "jobToBeExecuted", 0, 0, refires -> null);
        compare(true, "jobExecutionVetoed", 0, 0, refires -> null);
    }

    @Test(timeout = 30_000)
    public void theFactsComeAlongWhereThereIsRoom() throws Exception {
        assertEquals("{\"text\":\"as it is\"}", told("as it is").split("\u001f")[1]);
        assertEquals("", told("x".repeat(5_000)));
    }

    @Test(timeout = 30_000)
    public void dataThatCannotBeToldEndNoWorker() throws Exception {
        Map<String, Object> broken = new AbstractMap<>() {
            @Override
            public Set<Map.Entry<String, Object>> entrySet() {
                throw new IllegalStateException("broken");
            }
        };
        assertEquals("", told(broken));
    }

    /** What comes along with the run of a callable that takes data. */
    private static String told(Object text) throws Exception {
        JobClasses.register(NAME, false, false, false, true);
        BridgeSchedulerFactory factory = new BridgeSchedulerFactory(properties(WorkerPool.class.getName()));
        Scheduler scheduler = factory.make("shells");
        ByteBuffer box = ByteBuffer.allocateDirect(4096).order(ByteOrder.nativeOrder());
        JobDataMap data = new JobDataMap();
        data.put("text", text);
        scheduler.scheduleJob(
                JobBuilder.newJob(JobClasses.python(NAME)).withIdentity("j").usingJobData(data).build(),
                TriggerBuilder.newTrigger().withIdentity(TRIGGER).build());
        scheduler.start();
        Worker worker = factory.threadPool().worker("worker", box);
        worker.next();
        byte[] facts = new byte[(int) box.getLong(16)];
        assertTrue(box.getLong(0) > 0);
        for (int i = 0; i < facts.length; i++) {
            facts[i] = box.get(24 + i);
        }
        FutureTask<Void> shutdown = new FutureTask<>(() -> {
            scheduler.shutdown(true);
            return null;
        });
        new Thread(shutdown).start();
        worker.next();
        shutdown.get(10, TimeUnit.SECONDS);
        assertEquals(-1, box.getLong(0));
        return new String(facts, StandardCharsets.UTF_8);
    }

    @Test(timeout = 30_000)
    public void theTriggerIsGoneFromTheStoreWhenItIsDone() throws Exception {
        script = refires -> null;
        runs = new CountDownLatch(1);
        JobClasses.register(NAME, false, false);
        BridgeSchedulerFactory factory = new BridgeSchedulerFactory(properties(WorkerPool.class.getName()));
        Scheduler scheduler = factory.make("shells");
        Thread python = new Thread(() -> pull(factory.threadPool()));
        python.start();
        scheduler.addJob(
                JobBuilder.newJob(JobClasses.python(NAME)).withIdentity("j").storeDurably().build(), true);
        scheduler.scheduleJob(TriggerBuilder.newTrigger().withIdentity(TRIGGER).forJob(new JobKey("j")).build());
        scheduler.start();
        assertTrue(factory.threadPool().awaitIdle(10_000) && runs.await(10, TimeUnit.SECONDS));
        assertTrue(factory.threadPool().awaitIdle(10_000));
        assertEquals(TriggerState.NONE, scheduler.getTriggerState(TRIGGER));
        scheduler.shutdown(true);
        python.join(10_000);
    }
}
