package org.pyquartz.bridge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Which worker runs the next job: as few of them as keep up, and never fewer.
 *
 * <p>Python's threads take turns at one interpreter. Two of them with tiny jobs spend most of their time on
 * handing it to each other; one alone is twice as fast. So a job that comes while a worker has just
 * begun another waits for that one, but no longer than {@link #STALL_NANOS}: then the job is not tiny, and
 * the next worker, which has been watching, takes over. Called with the pool's lock held.
 */
final class Turns {
    static final long STALL_NANOS = 50_000;
    private static final long WATCH_NANOS = 20 * STALL_NANOS;

    private final Deque<Runnable> waiting = new ArrayDeque<>();
    // The one that was busy last comes first: its thread and its data are still warm.
    private final Deque<Worker> idle = new ArrayDeque<>();
    private Worker watcher;
    private Worker lastTaker;
    private long lastTurn;
    private long lastLeft;
    private int running;
    // What workers have left to be completed by others, so as to run the next at once.
    private List<PythonRunShell> ended = new ArrayList<>();
    private boolean seenEnded;
    private int completing;

    int waiting() {
        return waiting.size();
    }

    int busy() {
        return waiting.size() + running + ended.size() + completing;
    }

    void add(Runnable shell) {
        long now = System.nanoTime();
        Worker free = isBrisk(null, now) ? null : free();
        if (free == null) {
            waiting.add(shell);
            lastLeft = now;
            watch();
        } else {
            begins(free, now);
            free.hand(shell);
        }
    }

    /** What a worker shall run now; null when it has to wait, as one of the idle. */
    Runnable take(Worker worker) {
        long now = System.nanoTime();
        if (waiting.isEmpty() || isBrisk(worker, now)) {
            idle.push(worker);
            watch();
            return null;
        }
        begins(worker, now);
        return waiting.poll();
    }

    /**
     * What a worker shall run now in place of a run that has ended, and is left to others; null when
     * there is nothing, or no watcher that sees to it that it is completed however long the next one takes.
     */
    Runnable exchange(Worker worker, PythonRunShell over) {
        long now = System.nanoTime();
        if (waiting.isEmpty() || watcher == null || isBrisk(worker, now)) {
            return null;
        }
        ended.add(over);
        lastTaker = worker;
        lastTurn = now;
        return waiting.poll();
    }

    boolean hasEnded() {
        return !ended.isEmpty();
    }

    int ended() {
        return ended.size();
    }

    /** Whether something has been left since the watcher's last look: then Quartz's thread is elsewhere. */
    boolean isOverdue() {
        boolean overdue = seenEnded;
        seenEnded = hasEnded();
        return overdue;
    }

    /** What has ended and is left to the caller, who completes it. */
    List<PythonRunShell> takeEnded() {
        if (ended.isEmpty()) {
            return List.of();
        }
        List<PythonRunShell> taken = ended;
        ended = new ArrayList<>();
        seenEnded = false;
        completing += taken.size();
        return taken;
    }

    /** So many of these are completed, of which some shall run again. */
    void completed(int count, List<PythonRunShell> again) {
        completing -= count;
        again.forEach(this::add);
    }

    void done(Worker worker) {
        worker.running = false;
        running--;
    }

    /** The watcher looks whether what waits is left to wait; null when it has to wait on. */
    Runnable look(Worker worker) {
        if (watcher != worker || hasEnded()) {
            return null;
        }
        long now = System.nanoTime();
        if (!waiting.isEmpty() && now - lastTurn >= STALL_NANOS) {
            watcher = null;
            worker.watching = false;
            begins(worker, now);
            Runnable shell = waiting.poll();
            watch();
            return shell;
        }
        if (waiting.isEmpty() && now - lastLeft >= WATCH_NANOS) {
            watcher = null;
            worker.watching = false;
            idle.push(worker);
        }
        return null;
    }

    /** Lets all go that wait for work. */
    void end(Runnable last) {
        for (Worker free = free(); free != null; free = free()) {
            free.hand(last);
        }
    }

    private void begins(Worker worker, long now) {
        worker.running = true;
        running++;
        lastTaker = worker;
        lastTurn = now;
    }

    /** Whether another worker has begun a job just now, and may well be back at once. */
    private boolean isBrisk(Worker worker, long now) {
        return lastTaker != null
                && lastTaker != worker
                && lastTaker.running
                && now - lastTurn < STALL_NANOS;
    }

    private Worker free() {
        Worker free = idle.poll();
        if (free == null && watcher != null) {
            free = watcher;
            watcher = null;
            free.watching = false;
        }
        return free;
    }

    private void watch() {
        if (!waiting.isEmpty() && watcher == null && !idle.isEmpty()) {
            watcher = idle.poll();
            watcher.watch();
        }
    }
}
