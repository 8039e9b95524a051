package org.pyquartz.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.JobListener;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerListener;
import org.quartz.impl.matchers.EverythingMatcher;
import org.quartz.listeners.SchedulerListenerSupport;

/** Notes, in order, all that a scheduler tells its listeners about its runs; vetoes or fails where asked. */
public final class Recorder extends SchedulerListenerSupport implements JobListener, TriggerListener {
    public final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final String vetoes;
    private final String fails;

    /** @param fails the name of the event in which this listener throws */
    public Recorder(boolean vetoes, String fails) {
        this.vetoes = vetoes ? "vetoJobExecution" : "";
        this.fails = fails;
    }

    public void listenTo(Scheduler scheduler) throws SchedulerException {
        scheduler.getListenerManager().addJobListener(this, EverythingMatcher.allJobs());
        scheduler.getListenerManager().addTriggerListener(this, EverythingMatcher.allTriggers());
        scheduler.getListenerManager().addSchedulerListener(this);
    }

    private boolean note(String event, Object... details) {
        StringBuilder text = new StringBuilder(event);
        for (Object detail : details) {
            text.append(' ').append(detail);
        }
        events.add(text.toString());
        if (event.equals(fails)) {
            throw new IllegalStateException("as asked");
        }
        return event.equals(vetoes);
    }

    @Override
    public String getName() {
        return "recorder";
    }

    @Override
    public void triggerFired(Trigger trigger, JobExecutionContext context) {
        note("triggerFired", context.getRefireCount());
    }

    @Override
    public boolean vetoJobExecution(Trigger trigger, JobExecutionContext context) {
        return note("vetoJobExecution");
    }

    @Override
    public void triggerMisfired(Trigger trigger) {
        note("triggerMisfired");
    }

    @Override
    public void triggerComplete(
            Trigger trigger, JobExecutionContext context, CompletedExecutionInstruction instruction) {
        note("triggerComplete", instruction);
    }

    @Override
    public void jobToBeExecuted(JobExecutionContext context) {
        note("jobToBeExecuted", context.getRefireCount());
    }

    @Override
    public void jobExecutionVetoed(JobExecutionContext context) {
        note("jobExecutionVetoed");
    }

    @Override
    public void jobWasExecuted(JobExecutionContext context, JobExecutionException error) {
        note("jobWasExecuted", error != null, context.getJobRunTime() >= 0, context.getRefireCount());
    }

    @Override
    public void triggerFinalized(Trigger trigger) {
        note("triggerFinalized");
    }

    @Override
    public void schedulerError(String message, SchedulerException cause) {
        note("schedulerError");
    }

    @Override
    public void schedulerShuttingdown() {
        note("schedulerShuttingdown");
    }

    @Override
    public void schedulerShutdown() {
        note("schedulerShutdown");
    }
}
