package org.pyquartz.bridge;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Test;

/** What Quartz and Python's threads may rely on. */
public class WorkerPoolTest {
    private final WorkerPool pool = new WorkerPool();
    private final List<Thread> workers = new ArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    private void work(int threads) {
        for (int i = 0; i < threads; i++) {
            Thread worker = new Thread(() -> pool.worker("worker", ByteBuffer.allocateDirect(64)).next());
            workers.add(worker);
            worker.start();
        }
    }

    private void waitAtGate() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @After
    public void end() throws InterruptedException {
        gate.countDown();
        pool.shutdown(false);
        for (Thread worker : workers) {
            worker.join(10_000);
            assertFalse("a worker is left", worker.isAlive());
        }
    }

    @Test(timeout = 20_000)
    public void neverRefuses() {
        pool.setThreadCount(1);
        work(1);
        for (int i = 0; i < 100; i++) {
            assertTrue(pool.runInThread(this::waitAtGate));
        }
        assertEquals(100, pool.busy());
        pool.close();
        assertTrue(pool.runInThread(() -> {}));
        gate.countDown();
        assertTrue(pool.awaitIdle(10_000));
    }

    @Test(timeout = 20_000)
    public void offersOnlyWhatCanBeginAtOnceAndWhatMayBeTakenBeforehand() {
        pool.setThreadCount(3);
        assertEquals(3, pool.blockForAvailableThreads());
        pool.runInThread(this::waitAtGate);
        assertEquals(2, pool.blockForAvailableThreads());
        pool.setPrefetch(5);
        assertEquals(7, pool.blockForAvailableThreads());
        work(1);
    }

    @Test(timeout = 20_000)
    public void closedItOffersNothingAndLetsQuartzGo() throws Exception {
        pool.setThreadCount(1);
        work(1);
        pool.runInThread(this::waitAtGate);
        FutureTask<Integer> quartz = new FutureTask<>(pool::blockForAvailableThreads);
        Thread thread = new Thread(quartz);
        thread.start();
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        pool.close();
        assertEquals(0, (int) quartz.get(10, TimeUnit.SECONDS));
        assertEquals(0, pool.blockForAvailableThreads());
    }

    @Test(timeout = 20_000)
    public void waitsForJobsAsLongAsAsked() {
        work(2);
        pool.runInThread(this::waitAtGate);
        assertFalse(pool.awaitIdle(20));
        gate.countDown();
        assertTrue(pool.awaitIdle(10_000));
    }

    @Test(timeout = 20_000)
    public void whatWaitsAtShutdownIsStillRun() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            pool.runInThread(ran::incrementAndGet);
        }
        pool.shutdown(true);
        work(1);
        workers.get(0).join(10_000);
        assertEquals(10, ran.get());
        assertEquals(0, pool.busy());
    }

    @Test(timeout = 20_000)
    public void aWorkerOutlivesWhatAJobThrows() {
        AtomicInteger ran = new AtomicInteger();
        work(1);
        pool.runInThread(() -> {
            throw new AssertionError("no");
        });
        pool.runInThread(ran::incrementAndGet);
        assertTrue(pool.awaitIdle(10_000));
        assertEquals(1, ran.get());
    }
}
