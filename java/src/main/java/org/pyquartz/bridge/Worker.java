package org.pyquartz.bridge;

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
    private static final long END = -1;

    private final WorkerPool pool;
    private final Thread thread = Thread.currentThread();
    private volatile Runnable handed;
    /** Kept by {@link Turns}. */
    boolean running;

    volatile boolean watching;
    private PythonRunShell current;

    Worker(WorkerPool pool) {
        this.pool = pool;
    }

    /** Completes the run that was given out last, and gives the next: its code, or -1 at the pool's end. */
    public long next() {
        if (current != null && !current.completes()) {
            end();
        }
        while (current == null || !begins(current)) {
            if (current != null) {
                end();
            }
            Runnable shell = pool.take(this);
            if (shell == null) {
                return END;
            }
            if (shell instanceof PythonRunShell) {
                current = (PythonRunShell) shell;
            } else {
                runInJava(shell);
            }
        }
        return current.code();
    }

    private void end() {
        pool.runs().remove(current);
        current = null;
    }

    private boolean begins(PythonRunShell run) {
        pool.runs().add(run);
        return run.begins();
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
