package org.pyquartz.inspect;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pyquartz.store.Attempt;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.JobKey;
import org.quartz.Trigger;
import org.quartz.TriggerKey;

/** What Quartz tells a listener, as JSON: whatever the callback, its arguments say what it is about. */
public final class Callbacks {
    private Callbacks() {}

    public static String describe(String callback, Object[] arguments) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("callback", callback);
        for (Object argument : arguments == null ? new Object[0] : arguments) {
            add(event, argument);
        }
        return Json.of(event);
    }

    private static void add(Map<String, Object> event, Object argument) {
        if (argument instanceof JobExecutionContext) {
            JobExecutionContext run = (JobExecutionContext) argument;
            event.put("run", facts(run));
            event.put("result", run.getResult());
            event.put("run_time", run.getJobRunTime());
        } else if (argument instanceof Trigger) {
            event.put("trigger", Triggers.describe((Trigger) argument, "NONE"));
        } else if (argument instanceof JobDetail) {
            event.put("job_key", Inspect.pair(((JobDetail) argument).getKey()));
        } else if (argument instanceof JobKey) {
            event.put("job_key", Inspect.pair((JobKey) argument));
        } else if (argument instanceof TriggerKey) {
            event.put("trigger_key", Inspect.pair((TriggerKey) argument));
        } else if (argument instanceof Trigger.CompletedExecutionInstruction) {
            event.put("instruction", argument);
        } else if (argument instanceof Exception) {
            event.put("error", messages((Exception) argument));
            event.put("directives", directives((Exception) argument));
        } else if (argument != null) {
            event.put("text", argument);
        }
    }

    private static Map<String, Object> facts(JobExecutionContext run) {
        Map<String, Object> ofTrigger = run.getTrigger().getJobDataMap();
        Map<String, Object> merged = run.getMergedJobDataMap();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("job", Inspect.pair(run.getJobDetail().getKey()));
        facts.put("trigger", Inspect.pair(run.getTrigger().getKey()));
        facts.put("data", Attempt.leavesMarks(ofTrigger) ? Attempt.usersOwn(merged) : merged);
        facts.put("fire_time", Triggers.millis(run.getFireTime()));
        facts.put("scheduled_fire_time", Triggers.millis(run.getScheduledFireTime()));
        facts.put("previous_fire_time", Triggers.millis(run.getPreviousFireTime()));
        facts.put("next_fire_time", Triggers.millis(run.getNextFireTime()));
        facts.put("fire_instance_id", run.getFireInstanceId());
        facts.put("refire_count", run.getRefireCount());
        facts.put("recovering", run.isRecovering());
        facts.put("attempt", Attempt.number(ofTrigger));
        return facts;
    }

    private static String messages(Throwable error) {
        StringBuilder text = new StringBuilder();
        for (Throwable link = error; link != null; link = link.getCause()) {
            String message = link.getMessage() == null ? link.getClass().getName() : link.getMessage();
            if (text.indexOf(message) < 0) {
                text.append(text.length() == 0 ? "" : "; ").append(message);
            }
        }
        return text.toString();
    }

    private static List<Boolean> directives(Exception error) {
        if (!(error instanceof JobExecutionException)) {
            return null;
        }
        JobExecutionException failure = (JobExecutionException) error;
        return List.of(
                failure.refireImmediately(),
                failure.unscheduleFiringTrigger(),
                failure.unscheduleAllTriggers());
    }
}
