package org.pyquartz.bridge;

import java.nio.ByteBuffer;
import java.util.List;
import org.quartz.spi.ThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Quartz's thread pool, without a thread: Python's own threads come here to fetch their work.
 *
 * <p>Python is never entered from a thread that Java owns. A job of Quartz is taken only when a worker
 * is free to begin it at once, and none is ever refused: Quartz answers a refusal with an ERROR trigger.
 */
public final class WorkerPool implements ThreadPool, Slots {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

    private static final long LAST_FIRING_MILLIS = 10_000;

    private static final int FEW = 2;
    private static final Runnable END = () -> {};

    private final Runs runs = new Runs();
    private final Turns turns = new Turns();
    private final Ferry ferry = new Ferry(this);
    private final boolean[] turnedAway = new boolean[2];
    private int coroutines = 1000;
    private volatile Chooser store;
    private int size = 10;
    private int prefetch;
    private boolean closed;
    private boolean stopped;
    private boolean abandoned;

    public void setThreadCount(int count) {
        size = count;
    }

    /** How many firings may be taken beyond those that a worker can begin at once. */
    public void setPrefetch(int count) {
        prefetch = count;
    }

    /** How many coroutines may run at once. */
    public void setCoroutines(int count) {
        coroutines = count;
    }

    /** Has a store choose by kind what it acquires. */
    void serve(Chooser chooser) {
        store = chooser;
        chooser.ask(this);
    }

    @Override
    public int getPoolSize() {
        return size;
    }

    @Override
    public synchronized boolean runInThread(Runnable shell) {
        if (shell instanceof PythonRunShell && ((PythonRunShell) shell).isLoop()) {
            ferry.add((PythonRunShell) shell);
        } else {
            turns.add(shell);
        }
        return true;
    }

    /** Zero once closed: Quartz's thread then stands by instead of acquiring what nobody would run. */
    @Override
    public int blockForAvailableThreads() {
        while (true) {
            completeEnded();
            synchronized (this) {
                if (closed) {
                    return 0;
                }
                if (permits() > 0) {
                    return permits();
                }
                if (!turns.hasEnded() && !pause(0)) {
                    return 0;
                }
            }
        }
    }

    /**
     * Makes the calling thread, which has its context class loader already, one of the workers.
     *
     * @param shared memory of Python's, in which the worker is told of its runs
     */
    public Worker worker(String threadName, ByteBuffer shared) {
        Thread.currentThread().setName(threadName);
        Worker worker = new Worker(this, shared);
        runs.add(worker);
        return worker;
    }

    public Runs runs() {
        return runs;
    }

    private int permits() {
        int threads = freeThreads();
        int loop = coroutines - ferry.active();
        if (store == null) {
            // It can't choose: better let one kind wait than fire what can't begin.
            return JobClasses.loopNames().isEmpty() ? threads : Math.min(threads, loop);
        }
        return (store.mayHold(false) ? Math.max(0, threads) : 0) + (store.mayHold(true) ? Math.max(0, loop) : 0);
    }

    private int freeThreads() {
        return size + prefetch - turns.busy();
    }

    @Override
    public synchronized int free(boolean loop) {
        int free = loop ? coroutines - ferry.active() : freeThreads();
        turnedAway[loop ? 1 : 0] = free <= 0;
        return Math.max(0, free);
    }

    @Override
    public synchronized void kindsChanged() {
        notifyAll();
    }

    /** Coroutines have ended: wakes Quartz's thread where it waits for their slots. */
    void freed() {
        boolean lookAgain;
        synchronized (this) {
            lookAgain = wake(true);
        }
        if (lookAgain) {
            store.lookAgain();
        }
    }

    /** Wakes Quartz's thread where it waits for a slot; true when the store has to be asked again as well. */
    private boolean wake(boolean loop) {
        notifyAll();
        int kind = loop ? 1 : 0;
        boolean lookAgain = turnedAway[kind] && store != null;
        turnedAway[kind] = false;
        return lookAgain;
    }

    /** The way of the coroutines; one thread of Python's lives in it. */
    public Ferry ferry() {
        return ferry;
    }

    /** What a worker, whose last run is over, shall run next, which it waits for; null at the pool's end. */
    Runnable take(Worker worker) {
        Runnable shell;
        boolean lookAgain;
        synchronized (this) {
            lookAgain = worker.running && done(worker);
            if (stopped && turns.waiting() == 0) {
                return null;
            }
            shell = turns.take(worker);
        }
        if (lookAgain) {
            store.lookAgain();
        }
        if (shell == null) {
            shell = worker.await();
            // It may have been the one that looks after these.
            completeEnded();
        }
        return shell == END ? null : shell;
    }

    /**
     * What a worker shall run next while another thread completes its last run; null when it has to do so
     * itself: nothing waits, or nobody is there to look after what has ended.
     */
    Runnable exchange(Worker worker, PythonRunShell ended) {
        if (!ended.completesAnywhere()) {
            return null;
        }
        synchronized (this) {
            Runnable next = turns.exchange(worker, ended);
            if (next != null && isWorthWaking(turns.ended())) {
                notifyAll();
            }
            return next;
        }
    }

    Runnable look(Worker worker) {
        Runnable found;
        boolean overdue;
        synchronized (this) {
            found = turns.look(worker);
            overdue = turns.isOverdue();
        }
        if (overdue) {
            completeEnded();
        }
        return found;
    }

    /** Completes what workers have left to others; they count as busy until then. */
    private void completeEnded() {
        List<PythonRunShell> ended;
        synchronized (this) {
            ended = turns.takeEnded();
        }
        if (ended.isEmpty()) {
            return;
        }
        int count = ended.size();
        ended.removeIf(run -> !run.completes());
        boolean lookAgain;
        synchronized (this) {
            turns.completed(count, ended);
            lookAgain = wake(false);
        }
        if (lookAgain) {
            store.lookAgain();
        }
    }

    private boolean done(Worker worker) {
        turns.done(worker);
        return isWorthWaking(freeThreads()) && wake(false);
    }

    /** While there is work left, Quartz's thread is woken for several jobs rather than for each. */
    private boolean isWorthWaking(int slots) {
        return turns.waiting() <= FEW || slots >= (size + prefetch) / 2;
    }

    /** No more is acquired from now on; what runs goes on. */
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Waits until no job is left, and says whether that came true in time. */
    public synchronized boolean awaitIdle(long millis) {
        long deadline = System.nanoTime() + millis * 1_000_000;
        while (busy() > 0) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0 || !pause(left)) {
                return false;
            }
        }
        return true;
    }

    public synchronized int busy() {
        return turns.busy() + ferry.active();
    }

    @Override
    public void initialize() {}

    /** Some jobs do not end, and nobody waits for them any more. */
    public synchronized void abandon() {
        abandoned = true;
    }

    /**
     * Lets the workers go. {@link #awaitIdle} has waited for the jobs, with a deadline that Quartz lacks;
     * but only by now has Quartz's thread ended, and it may have begun a last firing meanwhile.
     */
    @Override
    public synchronized void shutdown(boolean waitForJobsToComplete) {
        closed = true;
        if (!abandoned && !awaitIdle(LAST_FIRING_MILLIS)) {
            LOG.error("Stopped, but a job that began at the very end is left behind");
        }
        stopped = true;
        turns.end(END);
        ferry.stop();
    }

    @Override
    public void setInstanceId(String schedInstId) {}

    @Override
    public void setInstanceName(String schedName) {}

    private boolean pause(long millis) {
        try {
            wait(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
