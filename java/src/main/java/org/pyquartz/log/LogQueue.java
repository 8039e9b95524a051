package org.pyquartz.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.pyquartz.bridge.JobFailure;

/**
 * What Java logs, until Python fetches it.
 *
 * <p>Java logs while it holds locks; calling Python there would wait for the interpreter and could wait
 * for ever. So a record is only put down here, and when there is no room it is counted, not waited for.
 */
public final class LogQueue {
    private static final char FIELD = '\u001f';
    private static final char RECORD = '\u001e';
    private static final int MOST_AT_ONCE = 500;
    private static final BlockingQueue<String> QUEUE = new ArrayBlockingQueue<>(20_000);
    private static final AtomicLong LOST = new AtomicLong();
    private static volatile int threshold = 20;

    private LogQueue() {}

    /** The lowest level, in Python's numbers, that anybody listens to. */
    public static void setThreshold(int level) {
        threshold = level;
    }

    /** Whether anybody listens to records of this level. */
    public static boolean listens(int level) {
        return level >= threshold;
    }

    static void put(String logger, int level, String message, Throwable thrown) {
        if (thrown instanceof JobFailure || thrown != null && thrown.getCause() instanceof JobFailure) {
            return; // Python has logged it already, with both tracebacks.
        }
        String text = thrown == null ? message : message + "\n" + trace(thrown);
        String record =
                logger
                        + FIELD
                        + level
                        + FIELD
                        + System.currentTimeMillis()
                        + FIELD
                        + Thread.currentThread().getName()
                        + FIELD
                        + text.replace(RECORD, ' ').replace(FIELD, ' ');
        if (!QUEUE.offer(record)) {
            LOST.incrementAndGet();
        }
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString().stripTrailing();
    }

    /** What has been logged, joined into one string; empty when nothing came within the time given. */
    public static String take(long millis) throws InterruptedException {
        List<String> records = new ArrayList<>();
        String first = millis > 0 ? QUEUE.poll(millis, TimeUnit.MILLISECONDS) : QUEUE.poll();
        if (first != null) {
            records.add(first);
            QUEUE.drainTo(records, MOST_AT_ONCE);
        }
        long lost = LOST.getAndSet(0);
        if (lost > 0) {
            records.add(
                    "log" + FIELD + 30 + FIELD + System.currentTimeMillis() + FIELD + "" + FIELD + lost
                            + " records of Java's were dropped: they came faster than Python took them");
        }
        return String.join(String.valueOf(RECORD), records);
    }
}
