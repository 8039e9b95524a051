package org.pyquartz.bridge;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread of Python's, which pulls its work: a single call completes its last run and waits for the next.
 *
 * <p>Jobs of Java and Clojure are run within that call, where Python's interpreter is free for others.
 */
public final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

    private final WorkerPool pool;
    private final Box box;
    private final Thread thread = Thread.currentThread();
    private volatile Runnable handed;
    /** Kept by {@link Turns}. */
    boolean running;

    volatile boolean watching;
    private volatile PythonRunShell current;

    Worker(WorkerPool pool, ByteBuffer shared) {
        this.pool = pool;
        box = new Box(shared);
    }

    /** Completes the run that was given out last, and puts the next into the box, or the pool's end. */
    public void next() {
        PythonRunShell run = current;
        Runnable shell = null;
        if (run != null) {
            run.over();
            shell = pool.exchange(this, run);
            if (shell != null || !run.completes()) {
                run = null;
            }
        }
        while (run == null || !run.begins()) {
            current = null;
            if (shell == null) {
                shell = pool.take(this);
            }
            if (shell == null) {
                box.end();
                return;
            }
            if (shell instanceof PythonRunShell) {
                run = (PythonRunShell) shell;
                current = run;
            } else {
                run = null;
                runInJava(shell);
            }
            shell = null;
        }
        box.put(run);
    }

    /** What it runs now, which others may ask about; null when it waits. */
    PythonRunShell current() {
        return current;
    }

    private void runInJava(Runnable shell) {
        try {
            shell.run();
        } catch (RuntimeException | Error e) {
            LOG.error("A job's run could not be completed.", e);
        } finally {
            // What a job did to its thread is not for the next one to feel.
            Thread.interrupted();
        }
    }

    /** Gives this worker, which waits, what it shall run. */
    void hand(Runnable shell) {
        handed = shell;
        LockSupport.unpark(thread);
    }

    /** Has this worker, which waits, look now and then whether others keep up. */
    void watch() {
        watching = true;
        LockSupport.unpark(thread);
    }

    Runnable await() {
        while (handed == null) {
            if (watching) {
                LockSupport.parkNanos(this, Turns.STALL_NANOS);
                Runnable found = handed == null ? pool.look(this) : null;
                if (found != null) {
                    return found;
                }
            } else {
                LockSupport.park(this);
            }
            Thread.interrupted();
        }
        Runnable shell = handed;
        handed = null;
        return shell;
    }
}
