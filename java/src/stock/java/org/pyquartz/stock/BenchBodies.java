package org.pyquartz.stock;

import java.time.Instant;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.quartz.Job;
import org.quartz.JobExecutionContext;

/** The jobs that {@link StockBench} runs, and the count of those that are still to run. */
public final class BenchBodies {

    private static final ConcurrentLinkedQueue<Double> DELAYS = new ConcurrentLinkedQueue<>();
    private static volatile CountDownLatch left;

    private BenchBodies() {
    }

    /** The smallest body: it only says that it ran. */
    public static final class Plain implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            left.countDown();
        }
    }

    /** A body that uses the context and two values of its data. */
    public static final class WithData implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            context.getScheduledFireTime();
            context.getMergedJobDataMap().getInt("number");
            context.getMergedJobDataMap().getString("text");
            left.countDown();
        }
    }

    /** A body that waits, as one does that asks another service. */
    public static final class Waiting implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            try {
                Thread.sleep(1000);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            left.countDown();
        }
    }

    /** A body that notes how long after its scheduled time it began. */
    public static final class Noting implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            DELAYS.add(epochMillis() - context.getMergedJobDataMap().getLong("due"));
            left.countDown();
        }
    }

    static void expect(int jobs) {
        left = new CountDownLatch(jobs);
    }

    static void await() throws InterruptedException {
        if (!left.await(300, TimeUnit.SECONDS)) {
            throw new IllegalStateException(left.getCount() + " jobs did not run in 300 s");
        }
    }

    static String delays() {
        return DELAYS.toString();
    }

    static double epochMillis() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1e3 + now.getNano() / 1e6;
    }
}
