package org.pyquartz.bridge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Coroutines on their way to Python's event loop and back, many in one crossing.
 *
 * <p>A thread of Python's lives in {@link #next}: it runs both halves of their run shells. The loop itself
 * only says which have ended, and never waits for listeners or for the store.
 */
public final class Ferry {
    private static final char RUN = '\u001e';
    private static final char PART = '\u001f';

    private final WorkerPool pool;
    private final Deque<PythonRunShell> arriving = new ArrayDeque<>();
    private final Deque<PythonRunShell> ended = new ArrayDeque<>();
    private int active;
    private boolean stopped;

    Ferry(WorkerPool pool) {
        this.pool = pool;
    }

    synchronized void add(PythonRunShell run) {
        active++;
        arriving.add(run);
        notifyAll();
    }

    /** How many have been fired and are not completed. */
    synchronized int active() {
        return active;
    }

    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /** Says that coroutines have ended: their tickets, separated by blanks. */
    public void ended(String tickets) {
        List<PythonRunShell> found = new ArrayList<>();
        for (String ticket : tickets.split(" ")) {
            PythonRunShell run = pool.runs().get(Long.parseLong(ticket));
            if (run != null) {
                run.over();
                found.add(run);
            }
        }
        synchronized (this) {
            ended.addAll(found);
            notifyAll();
        }
    }

    /**
     * Completes those that have ended, and begins those that have come; waits until there are any.
     *
     * @param millis how long it waits at most; 0 as long as it takes
     * @return the tickets of the completed, and then each one that begins: its ticket, the number of its
     *     class, and its facts if its callable takes data; nothing when the time is over; null when the
     *     pool has been shut down
     */
    public String next(long millis) {
        List<PythonRunShell> begin = new ArrayList<>();
        List<PythonRunShell> complete = new ArrayList<>();
        synchronized (this) {
            while (arriving.isEmpty() && ended.isEmpty()) {
                if (stopped) {
                    return null;
                }
                try {
                    long since = System.nanoTime();
                    wait(millis);
                    if (millis > 0 && System.nanoTime() - since >= millis * 1_000_000) {
                        return "";
                    }
                } catch (InterruptedException e) {
                    // Nobody has a reason to interrupt this thread but a job that did so to all.
                    continue;
                }
            }
            complete.addAll(ended);
            ended.clear();
            begin.addAll(arriving);
            arriving.clear();
        }
        StringBuilder out = new StringBuilder();
        Ends ends = new Ends();
        int over = 0;
        for (PythonRunShell run : complete) {
            if (run.completes(ends)) {
                begin.add(run);
            } else {
                pool.runs().remove(run);
                over++;
            }
            out.append(run.ticket()).append(' ');
        }
        ends.tell();
        free(over);
        over = 0;
        for (PythonRunShell run : begin) {
            over += begins(run, out) ? 0 : 1;
        }
        free(over);
        return out.toString();
    }

    private boolean begins(PythonRunShell run, StringBuilder out) {
        pool.runs().add(run);
        if (!run.begins()) {
            pool.runs().remove(run);
            return false;
        }
        out.append(RUN).append(run.ticket()).append(' ').append(run.index());
        String facts = run.facts();
        if (facts != null) {
            out.append(PART).append(facts);
        }
        return true;
    }

    private void free(int slots) {
        if (slots > 0) {
            synchronized (this) {
                active -= slots;
            }
            pool.freed();
        }
    }
}
