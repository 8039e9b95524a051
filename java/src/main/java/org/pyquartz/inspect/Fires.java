package org.pyquartz.inspect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.pyquartz.store.UnreadableTrigger;
import org.quartz.Calendar;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.spi.OperableTrigger;

/** When triggers fire: those of a store, in order, or a single one that need not be in any. */
public final class Fires {
    private final List<Object> keys = new ArrayList<>();
    private final List<Object> gaveUp = new ArrayList<>();
    private final List<Long> fires = new ArrayList<>();
    private final PriorityQueue<Entry> ahead =
            new PriorityQueue<>(
                    Comparator.comparing((Entry e) -> e.course.next())
                            .thenComparing(e -> -e.trigger.getPriority())
                            .thenComparing(e -> e.trigger.getKey()));

    private Fires() {}

    private static final class Entry {
        final Trigger trigger;
        final Course course;
        final int index;

        Entry(Trigger trigger, Course course, int index) {
            this.trigger = trigger;
            this.course = course;
            this.index = index;
        }
    }

    /**
     * The fires to come of stored triggers from an instant on and before another, in order.
     *
     * @param job only those of this job, unless null
     * @param key only this trigger, unless null
     * @param limit the most fires to give
     * @param paused also those that are paused or in error
     * @return "keys": each trigger with its job; "fires": a key's place and an instant by turns;
     *     "more": whether there are more; "gave_up": triggers whose times are not looked for further
     */
    public static String ofStore(
            Scheduler scheduler, JobKey job, TriggerKey key, long from, long to, int limit, boolean paused)
            throws SchedulerException {
        Fires found = new Fires();
        Map<String, Calendar> calendars = new LinkedHashMap<>();
        for (Trigger trigger : triggers(scheduler, job, key)) {
            Trigger.TriggerState state = scheduler.getTriggerState(trigger.getKey());
            boolean fires =
                    state == Trigger.TriggerState.NORMAL
                            || state == Trigger.TriggerState.BLOCKED
                            || paused && state != Trigger.TriggerState.COMPLETE;
            if (!fires || trigger instanceof UnreadableTrigger) {
                continue;
            }
            String name = trigger.getCalendarName();
            if (name != null && !calendars.containsKey(name)) {
                calendars.put(name, scheduler.getCalendar(name));
            }
            found.add(trigger, Course.ofStored((OperableTrigger) trigger, calendars.get(name), from));
        }
        return found.merge(to, limit);
    }

    private static List<Trigger> triggers(Scheduler scheduler, JobKey job, TriggerKey key)
            throws SchedulerException {
        List<Trigger> triggers = new ArrayList<>();
        if (job != null) {
            triggers.addAll(scheduler.getTriggersOfJob(job));
        } else if (key != null) {
            triggers.add(scheduler.getTrigger(key));
        } else {
            for (TriggerKey each : scheduler.getTriggerKeys(GroupMatcher.anyGroup())) {
                triggers.add(scheduler.getTrigger(each));
            }
        }
        triggers.removeIf(trigger -> trigger == null);
        return triggers;
    }

    private void add(Trigger trigger, Course course) {
        put(new Entry(trigger, course, keys.size()));
        keys.add(
                List.of(
                        trigger.getKey().getName(),
                        trigger.getKey().getGroup(),
                        trigger.getJobKey().getName(),
                        trigger.getJobKey().getGroup()));
    }

    private void put(Entry entry) {
        if (entry.course.next() != null) {
            ahead.add(entry);
        } else if (entry.course.gaveUp()) {
            gaveUp.add(Inspect.pair(entry.trigger.getKey()));
        }
    }

    private String merge(long to, int limit) {
        while (!ahead.isEmpty() && ahead.peek().course.next() < to && fires.size() < 2L * limit) {
            Entry entry = ahead.poll();
            fires.add((long) entry.index);
            fires.add(entry.course.next());
            entry.course.advance();
            put(entry);
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("keys", keys);
        map.put("fires", fires);
        map.put("more", !ahead.isEmpty() && ahead.peek().course.next() < to);
        map.put("gave_up", gaveUp);
        return Json.of(map);
    }

    /**
     * The fires of one trigger from an instant on and before another, in ms since 1970.
     *
     * @param stored whether its next fire time is set and holds, or is to be computed
     */
    public static long[] of(
            Trigger trigger, boolean stored, Calendar calendar, long from, long to, int limit) {
        OperableTrigger operable = (OperableTrigger) trigger;
        Course course =
                stored
                        ? Course.ofStored(operable, calendar, from)
                        : Course.ofNew(operable, calendar, from);
        long[] times = new long[16];
        int count = 0;
        for (; count < limit && course.next() != null && course.next() < to; course.advance()) {
            times = count < times.length ? times : java.util.Arrays.copyOf(times, 2 * count);
            times[count++] = course.next();
        }
        return java.util.Arrays.copyOf(times, count);
    }
}
