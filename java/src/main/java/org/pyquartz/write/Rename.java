package org.pyquartz.write;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.TriggerKey;

/**
 * Another key for a job or a trigger, with all that the store keeps of it.
 *
 * <p>Not while it runs: Quartz writes the end of a run by the key that the run began with, on any node,
 * and would leave the triggers of a job that may not run twice BLOCKED.
 */
final class Rename {
    /** What {@code pyquartz/plan.py} puts behind a job's name, to name triggers that are given none. */
    private static final Pattern OF_DEFAULT_KEY = Pattern.compile("(#(\\d+|once))?");

    private Rename() {}

    /** Triggers that bear the job's name go along, so that a program that says the new key finds them. */
    static Changes job(Rows rows, JobKey old, JobKey now, boolean keepTriggerKeys) throws JobPersistenceException {
        Keys keys = rows.keys();
        Changes changes = new Changes();
        if (!keys.exists(old)) {
            throw new JobMissingException(old);
        }
        if (old.equals(now)) {
            return changes;
        }
        if (keys.exists(now)) {
            throw new ObjectAlreadyExistsException("job " + old + " can't become " + now + ": that job is there already");
        }
        List<String> runs = keys.runs(old);
        if (!runs.isEmpty()) {
            throw new JobRunningException("job", old, runs);
        }
        Map<TriggerKey, TriggerKey> triggers = new LinkedHashMap<>();
        for (TriggerKey trigger : keys.triggers(old)) {
            triggers.put(trigger, keepTriggerKeys ? trigger : renamed(trigger, old, now));
        }
        for (Map.Entry<TriggerKey, TriggerKey> trigger : triggers.entrySet()) {
            if (!trigger.getKey().equals(trigger.getValue())) {
                requireFree(keys, trigger.getKey(), trigger.getValue());
            }
        }
        keys.rename(old, now);
        for (Map.Entry<TriggerKey, TriggerKey> trigger : triggers.entrySet()) {
            if (!trigger.getKey().equals(trigger.getValue())) {
                keys.rename(trigger.getKey(), trigger.getValue());
            }
            changes.renamed(trigger.getKey(), trigger.getValue());
        }
        changes.renamed(old, now);
        return changes;
    }

    static Changes trigger(Rows rows, TriggerKey old, TriggerKey now) throws JobPersistenceException {
        Keys keys = rows.keys();
        Changes changes = new Changes();
        if (!keys.exists(old)) {
            throw new TriggerMissingException(old);
        }
        if (old.equals(now)) {
            return changes;
        }
        requireFree(keys, old, now);
        List<String> runs = keys.runs(old);
        if (!runs.isEmpty()) {
            throw new JobRunningException("trigger", old, runs);
        }
        keys.rename(old, now);
        changes.renamed(old, now);
        return changes;
    }

    private static void requireFree(Keys keys, TriggerKey old, TriggerKey now) throws JobPersistenceException {
        if (keys.exists(now)) {
            throw new ObjectAlreadyExistsException(
                    "trigger " + old + " can't become " + now + ": that trigger is there already");
        }
    }

    private static TriggerKey renamed(TriggerKey trigger, JobKey old, JobKey now) {
        String name = trigger.getName();
        boolean isDefault = trigger.getGroup().equals(old.getGroup())
                && name.startsWith(old.getName())
                && OF_DEFAULT_KEY.matcher(name.substring(old.getName().length())).matches();
        return isDefault
                ? new TriggerKey(now.getName() + name.substring(old.getName().length()), now.getGroup())
                : trigger;
    }
}
