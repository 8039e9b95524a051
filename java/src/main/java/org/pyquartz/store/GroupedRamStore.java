package org.pyquartz.store;

import java.util.ArrayList;
import java.util.List;
import org.quartz.JobKey;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.impl.matchers.StringMatcher.StringOperatorName;
import org.quartz.simpl.RAMJobStore;

/**
 * Quartz's store in memory, whose groups are paused as its own documentation has it.
 *
 * <p>RAMJobStore remembers what a matcher compares with in place of the groups that match, and so pauses
 * no more than one of them; and it takes a group that it remembers for one whose triggers are all paused,
 * though some may have been resumed.
 */
abstract class GroupedRamStore extends RAMJobStore {
    /** The groups of jobs whose triggers, also those still to come, are paused. */
    public List<String> pausedJobGroups() {
        synchronized (lock) {
            return new ArrayList<>(pausedJobGroups);
        }
    }

    @Override
    public List<String> pauseTriggers(GroupMatcher<TriggerKey> matcher) {
        synchronized (lock) {
            List<String> paused = new ArrayList<>();
            for (String group : groups(matcher, getTriggerGroupNames())) {
                pausedTriggerGroups.remove(group);
                paused.addAll(super.pauseTriggers(GroupMatcher.triggerGroupEquals(group)));
            }
            return paused;
        }
    }

    @Override
    public List<String> pauseJobs(GroupMatcher<JobKey> matcher) {
        synchronized (lock) {
            List<String> paused = new ArrayList<>();
            for (String group : groups(matcher, getJobGroupNames())) {
                pausedJobGroups.remove(group);
                paused.addAll(super.pauseJobs(GroupMatcher.jobGroupEquals(group)));
            }
            return paused;
        }
    }

    /** A group that is named need not be there yet. */
    private static List<String> groups(GroupMatcher<?> matcher, List<String> known) {
        StringOperatorName operator = matcher.getCompareWithOperator();
        if (operator == StringOperatorName.EQUALS) {
            return List.of(matcher.getCompareToValue());
        }
        List<String> matching = new ArrayList<>(known);
        matching.removeIf(group -> !operator.evaluate(group, matcher.getCompareToValue()));
        return matching;
    }
}
