package org.pyquartz.events;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Callbacks that Quartz made on a thread of Java's own, such as the one that finds misfires: put down for
 * a thread of Python's, which lends itself to them.
 */
public final class HandOver {
    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);
    private static final int MOST_WAITING = 20_000;
    private static final BlockingQueue<Callback> QUEUE = new LinkedBlockingQueue<>(MOST_WAITING);
    private static final AtomicLong LOST = new AtomicLong();
    private static volatile boolean closed;

    private HandOver() {}

    private static final class Callback {
        final Sink sink;
        final String event;
        final CompletableFuture<Boolean> answer = new CompletableFuture<>();

        Callback(Sink sink, String event) {
            this.sink = sink;
            this.event = event;
        }
    }

    /** Never waits for room: Quartz's own thread must go on. */
    static void put(Sink sink, String event) {
        offer(new Callback(sink, event));
    }

    private static boolean offer(Callback callback) {
        boolean taken = !closed && QUEUE.offer(callback);
        if (!taken && LOST.getAndIncrement() == 0) {
            LOG.error("Callbacks for listeners are dropped: they come faster than the listeners take them.");
        }
        return taken;
    }

    /** Waits for the answer, as Quartz would; no veto once nobody is there to answer. */
    static boolean ask(Sink sink, String event) {
        Callback callback = new Callback(sink, event);
        if (!offer(callback)) {
            return false;
        }
        while (!closed) {
            try {
                return callback.answer.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                // The listener takes its time.
            } catch (ExecutionException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }

    /** Lends the calling thread, one of Python's, to the next callback; false when none came in time. */
    public static boolean deliver(long millis) throws InterruptedException {
        Callback next = QUEUE.poll(millis, TimeUnit.MILLISECONDS);
        if (next == null) {
            return false;
        }
        boolean veto = false;
        try {
            veto = next.sink.tell(next.event);
        } finally {
            next.answer.complete(veto);
        }
        return true;
    }

    /** Nobody delivers any more. */
    public static void close() {
        closed = true;
    }
}
