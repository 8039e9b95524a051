package org.pyquartz.stock;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.JobKey;
import org.quartz.JobListener;
import org.quartz.SchedulerException;
import org.quartz.SchedulerListener;
import org.quartz.Trigger;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerKey;
import org.quartz.TriggerListener;

/**
 * Writes all that Quartz tells its listeners into a file: each a line with the job's name (none for
 * the scheduler's own events), a bar, and the event without anything that a clock decides.
 */
final class Recorder implements JobListener, TriggerListener, SchedulerListener {
    /** The names of triggers begin with their job's. */
    static final char TRIGGER_MARK = '/';

    private static final Pattern JOB_IN_MESSAGE =
            Pattern.compile(Scenarios.GROUP + "\\.([a-z-]+)");

    private final Path file;

    Recorder(Path file) {
        this.file = file;
    }

    private synchronized void write(String job, String event) {
        String line = job + "|" + event + "\n";
        try {
            Files.write(
                    file,
                    line.getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(JobExecutionContext context, String event) {
        String last = context.getNextFireTime() == null ? ", last" : "";
        write(context.getJobDetail().getKey().getName(), event + ", refire " + context.getRefireCount() + last);
    }

    private void write(TriggerKey trigger, String event) {
        String name = trigger.getName();
        write(name.substring(0, name.indexOf(TRIGGER_MARK)), event + " " + name);
    }

    @Override
    public String getName() {
        return "recorder";
    }

    // -- of jobs

    @Override
    public void jobToBeExecuted(JobExecutionContext context) {
        write(context, "jobToBeExecuted");
        failWhere(context, "listener-fails-before");
    }

    @Override
    public void jobExecutionVetoed(JobExecutionContext context) {
        write(context, "jobExecutionVetoed");
    }

    @Override
    public void jobWasExecuted(JobExecutionContext context, JobExecutionException error) {
        Object runs = context.getJobDetail().getJobDataMap().get("runs");
        write(context, "jobWasExecuted: " + directives(error) + ", result " + context.getResult() + ", runs " + runs);
        failWhere(context, "listener-fails-after");
    }

    private static String directives(JobExecutionException error) {
        if (error == null) {
            return "well";
        }
        return "failed"
                + (error.refireImmediately() ? " refire" : "")
                + (error.unscheduleFiringTrigger() ? " unschedule" : "")
                + (error.unscheduleAllTriggers() ? " unschedule-all" : "");
    }

    private static void failWhere(JobExecutionContext context, String job) {
        if (context.getJobDetail().getKey().getName().equals(job)) {
            throw new IllegalStateException("a listener that fails");
        }
    }

    // -- of triggers

    @Override
    public void triggerFired(Trigger trigger, JobExecutionContext context) {
        write(context, "triggerFired " + trigger.getKey().getName());
    }

    /** Vetoes each firing of one job, and another's all but the last. */
    @Override
    public boolean vetoJobExecution(Trigger trigger, JobExecutionContext context) {
        String job = trigger.getJobKey().getName();
        boolean veto = job.equals("vetoed") || (job.equals("vetoed-first") && context.getNextFireTime() != null);
        write(context, "vetoJobExecution: " + veto);
        return veto;
    }

    @Override
    public void triggerMisfired(Trigger trigger) {
        write(trigger.getKey(), "triggerMisfired");
    }

    @Override
    public void triggerComplete(
            Trigger trigger, JobExecutionContext context, CompletedExecutionInstruction instruction) {
        write(context, "triggerComplete: " + instruction);
    }

    // -- of the scheduler

    @Override
    public void jobScheduled(Trigger trigger) {
        write(trigger.getKey(), "jobScheduled");
    }

    @Override
    public void jobUnscheduled(TriggerKey key) {
        write(key, "jobUnscheduled");
    }

    @Override
    public void triggerFinalized(Trigger trigger) {
        write(trigger.getKey(), "triggerFinalized");
    }

    @Override
    public void triggerPaused(TriggerKey key) {
        write(key, "triggerPaused");
    }

    @Override
    public void triggersPaused(String group) {
        write("", "triggersPaused " + group);
    }

    @Override
    public void triggerResumed(TriggerKey key) {
        write(key, "triggerResumed");
    }

    @Override
    public void triggersResumed(String group) {
        write("", "triggersResumed " + group);
    }

    @Override
    public void jobAdded(JobDetail job) {
        write(job.getKey().getName(), "jobAdded");
    }

    @Override
    public void jobDeleted(JobKey key) {
        write(key.getName(), "jobDeleted");
    }

    @Override
    public void jobPaused(JobKey key) {
        write(key.getName(), "jobPaused");
    }

    @Override
    public void jobsPaused(String group) {
        write("", "jobsPaused " + group);
    }

    @Override
    public void jobResumed(JobKey key) {
        write(key.getName(), "jobResumed");
    }

    @Override
    public void jobsResumed(String group) {
        write("", "jobsResumed " + group);
    }

    @Override
    public void schedulerError(String message, SchedulerException cause) {
        Matcher job = JOB_IN_MESSAGE.matcher(message);
        write(job.find() ? job.group(1) : "", "schedulerError");
    }

    @Override
    public void schedulerInStandbyMode() {
        write("", "schedulerInStandbyMode");
    }

    @Override
    public void schedulerStarted() {
        write("", "schedulerStarted");
    }

    @Override
    public void schedulerStarting() {
        write("", "schedulerStarting");
    }

    @Override
    public void schedulerShutdown() {
        write("", "schedulerShutdown");
    }

    @Override
    public void schedulerShuttingdown() {
        write("", "schedulerShuttingdown");
    }

    @Override
    public void schedulingDataCleared() {
        write("", "schedulingDataCleared");
    }
}
