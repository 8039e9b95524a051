package org.pyquartz.stock;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;

/**
 * The benchmarks' measure: Quartz as its own users run it, with its own thread pool, stores and
 * delegates, doing the same work as the Python programs in {@code benchmarks/}. Arguments are
 * {@code name=value}; one line of JSON is printed.
 */
public final class StockBench {

    /** How long a scheduler that has started has to come to rest, before its memory is read. */
    private static final long REST_MILLIS = 2000;

    private final Map<String, String> options;
    private final int jobs;
    private final Scheduler scheduler;

    private StockBench(Map<String, String> options) throws SchedulerException {
        this.options = options;
        this.jobs = Integer.parseInt(options.get("jobs"));
        this.scheduler = new StdSchedulerFactory(BenchProperties.of(options)).getScheduler();
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            options.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        StockBench bench = new StockBench(options);
        Map<String, Object> found = bench.measure();
        bench.scheduler.shutdown(true);
        System.out.println(found.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\": " + entry.getValue())
                .collect(Collectors.joining(", ", "{", "}")));
    }

    private Map<String, Object> measure() throws Exception {
        Map<String, Object> found = new HashMap<>();
        found.put("java", "\"" + System.getProperty("java.version") + "\"");
        found.put("quartz", "\"" + scheduler.getMetaData().getVersion() + "\"");
        switch (options.get("measure")) {
            case "start":
                scheduler.start();
                found.put("start", BenchBodies.epochMillis() - Double.parseDouble(options.get("spawned")));
                break;
            case "memory":
                scheduler.start();
                Thread.sleep(REST_MILLIS);
                found.put("memory", BenchProcess.residentMegabytes());
                break;
            case "latency":
                found.put("delays", latency());
                break;
            default:
                List<String> rounds = new ArrayList<>();
                for (int n = 0; n < Integer.parseInt(options.get("rounds")); n++) {
                    rounds.add(round(n));
                }
                found.put("rounds", rounds);
                found.put("bulk", bulk());
        }
        return found;
    }

    /** Schedules jobs one at a time in standby, then runs them; gives both rates. */
    private String round(int number) throws Exception {
        scheduler.standby();
        BenchBodies.expect(jobs);
        long start = System.nanoTime();
        for (int n = 0; n < jobs; n++) {
            JobDetail job = job("job-" + number + "-" + n, n);
            scheduler.scheduleJob(job, once(job));
        }
        double schedule = rate(start);
        start = System.nanoTime();
        long cpu = BenchProcess.cpuNanos();
        scheduler.start();
        BenchBodies.await();
        double run = rate(start);
        double micros = (BenchProcess.cpuNanos() - cpu) / 1e3 / jobs;
        return "{\"schedule\": " + schedule + ", \"run\": " + run + ", \"run_cpu\": " + micros + "}";
    }

    /** Schedules jobs, which never run, in one call. */
    private double bulk() throws SchedulerException {
        scheduler.standby();
        long start = System.nanoTime();
        Map<JobDetail, Set<? extends Trigger>> all = new HashMap<>();
        for (int n = 0; n < jobs; n++) {
            JobDetail job = job("bulk-" + n, n);
            all.put(job, Collections.singleton(once(job)));
        }
        scheduler.scheduleJobs(all, false);
        return rate(start);
    }

    private String latency() throws Exception {
        long spacing = Long.parseLong(options.get("spacing"));
        BenchBodies.expect(jobs);
        scheduler.start();
        long first = System.currentTimeMillis() + 500;
        for (int n = 0; n < jobs; n++) {
            long due = first + n * spacing;
            JobDetail job = JobBuilder.newJob(BenchBodies.Noting.class).withIdentity("job-" + n)
                    .usingJobData("due", due).build();
            scheduler.scheduleJob(job,
                    TriggerBuilder.newTrigger().startAt(new Date(due)).build());
        }
        BenchBodies.await();
        return BenchBodies.delays();
    }

    private JobDetail job(String name, int number) {
        switch (options.get("body")) {
            case "data":
                return JobBuilder.newJob(BenchBodies.WithData.class).withIdentity(name)
                        .usingJobData("number", number).usingJobData("text", "some text").build();
            case "waiting":
                return JobBuilder.newJob(BenchBodies.Waiting.class).withIdentity(name).build();
            default:
                return JobBuilder.newJob(BenchBodies.Plain.class).withIdentity(name).build();
        }
    }

    private static Trigger once(JobDetail job) {
        return TriggerBuilder.newTrigger().withIdentity(job.getKey().getName()).build();
    }

    private double rate(long startNanos) {
        return jobs * 1e9 / (System.nanoTime() - startNanos);
    }
}
