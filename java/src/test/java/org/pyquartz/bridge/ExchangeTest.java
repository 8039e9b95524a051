package org.pyquartz.bridge;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Test;
import org.pyquartz.store.BridgeRamStore;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.Scheduler;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.impl.triggers.SimpleTriggerImpl;

/** A worker goes on to the next run at once, and its last one is completed all the same. */
public class ExchangeTest {
    private static final String NAME = "acme.exchanges.Job";
    private static final int SHORT_JOBS = 300;
    private static final AtomicInteger LEFT_TO_OTHERS = new AtomicInteger();
    private static final ThreadLocal<String> LAST_RUN = new ThreadLocal<>();

    private final List<Thread> workers = new ArrayList<>();
    private volatile CountDownLatch gate = new CountDownLatch(1);

    /** Notes whether another thread than the one that has just run its job has it completed. */
    public static final class Noting extends SimpleTriggerImpl {
        private static final long serialVersionUID = 1;

        @Override
        public CompletedExecutionInstruction executionComplete(
                JobExecutionContext context, JobExecutionException result) {
            if (!context.getJobDetail().getKey().getName().equals(LAST_RUN.get())) {
                LEFT_TO_OTHERS.incrementAndGet();
            }
            return super.executionComplete(context, result);
        }
    }

    /** A worker as Python is one: all jobs are over at once, but for the one that waits at the gate. */
    private void pull(WorkerPool pool) {
        ByteBuffer box = ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());
        Worker worker = pool.worker("worker", box);
        for (worker.next(); box.getLong(0) >= 0; worker.next()) {
            String job = pool.runs().context(box.getLong(0)).getJobDetail().getKey().getName();
            LAST_RUN.set(job);
            if (job.equals("long")) {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private static void schedule(Scheduler scheduler, String name, int priority) throws Exception {
        Noting trigger = new Noting();
        trigger.setName(name);
        trigger.setPriority(priority);
        trigger.setStartTime(new Date(0));
        trigger.setMisfireInstruction(SimpleTriggerImpl.MISFIRE_INSTRUCTION_IGNORE_MISFIRE_POLICY);
        scheduler.scheduleJob(JobBuilder.newJob(JobClasses.python(NAME)).withIdentity(name).build(), trigger);
    }

    @Test(timeout = 120_000)
    public void whatIsLeftToOthersIsCompletedHoweverLongTheNextOneTakes() throws Exception {
        JobClasses.register(NAME, false, false);
        Properties properties = new Properties();
        properties.setProperty("org.quartz.scheduler.instanceName", "exchanges");
        properties.setProperty("org.quartz.scheduler.batchTriggerAcquisitionMaxCount", "100");
        properties.setProperty("org.quartz.threadPool.class", WorkerPool.class.getName());
        properties.setProperty("org.quartz.threadPool.threadCount", "4");
        properties.setProperty("org.quartz.jobStore.class", BridgeRamStore.class.getName());
        BridgeSchedulerFactory factory = new BridgeSchedulerFactory(properties);
        Scheduler scheduler = factory.make("exchanges");
        WorkerPool pool = factory.threadPool();
        for (int i = 0; i < 4; i++) {
            Thread worker = new Thread(() -> pull(pool));
            workers.add(worker);
            worker.start();
        }
        for (int round = 0; round < 20 || LEFT_TO_OTHERS.get() == 0; round++) {
            gate = new CountDownLatch(1);
            scheduler.standby();
            for (int n = 0; n < SHORT_JOBS; n++) {
                schedule(scheduler, "short-" + n, 5);
            }
            schedule(scheduler, "long", 1);
            scheduler.start();
            while (pool.busy() != 1 || jobs(scheduler) != 1) {
                Thread.onSpinWait();
            }
            gate.countDown();
            while (jobs(scheduler) > 0) {
                Thread.onSpinWait();
            }
        }
        scheduler.shutdown(true);
        assertEquals(0, pool.busy());
        for (Thread worker : workers) {
            worker.join(10_000);
        }
        assertTrue(workers.stream().noneMatch(Thread::isAlive));
    }

    /** A job goes with its last trigger. */
    private static int jobs(Scheduler scheduler) throws Exception {
        return scheduler.getJobKeys(GroupMatcher.anyJobGroup()).size();
    }
}
