package org.pyquartz.stock;

import static org.quartz.SimpleScheduleBuilder.repeatHourlyForever;
import static org.quartz.SimpleScheduleBuilder.repeatHourlyForTotalCount;
import static org.quartz.SimpleScheduleBuilder.simpleSchedule;

import java.nio.file.Path;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.Set;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.spi.ClassLoadHelper;
import org.quartz.spi.SchedulerPlugin;

/**
 * A plugin that has a scheduler go through what a run shell can meet, with a {@link Recorder} at its side.
 *
 * <p>All is stored before anything fires, and one thread runs it, so that each job's events come in one
 * order. What is due at once ignores being late: a slow machine must not make misfires of it.
 */
public final class Scenarios implements SchedulerPlugin {
    static final String GROUP = "scenario";

    private static final long HOUR = 3_600_000;
    private static final int BEFORE_THE_OTHERS = 9;

    private Path file;
    private Scheduler scheduler;
    private ClassLoadHelper classes;
    private long now;

    public void setFile(String path) {
        file = Path.of(path);
    }

    @Override
    public void initialize(String name, Scheduler of, ClassLoadHelper loader) throws SchedulerException {
        scheduler = of;
        classes = loader;
        Recorder recorder = new Recorder(file);
        of.getListenerManager().addJobListener(recorder);
        of.getListenerManager().addTriggerListener(recorder);
        of.getListenerManager().addSchedulerListener(recorder);
    }

    @Override
    public void shutdown() {}

    @Override
    public void start() {
        now = System.currentTimeMillis();
        try {
            scheduleAll();
        } catch (SchedulerException | ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private void scheduleAll() throws SchedulerException, ClassNotFoundException {
        SimpleScheduleBuilder once = simpleSchedule();
        schedule("succeeds", "nothing", once);
        schedule("stays", "nothing", once);
        schedule("succeeds-thrice", "nothing", times(3));
        schedule("fails", "throw", times(2));
        schedule("refires", "throw refire", once);
        schedule("refires-first", "throw refire unschedule", times(2));
        schedule("unschedules", "throw unschedule", repeatHourlyForever());
        schedule("unschedules-all", "throw everything", repeatHourlyForever(), repeatHourlyForever(2));
        schedule("vetoed", "nothing", once);
        schedule("vetoed-first", "nothing", times(2));
        schedule("breaks", "break", times(2));
        schedule("breaks-exclusive", "break", times(2));
        schedule("counts-exclusive", "count", times(3));
        schedule("deletes-itself", "delete", repeatHourlyForever());
        schedule("unschedules-itself", "unschedule", repeatHourlyForever());
        schedule("listener-fails-before", "nothing", repeatHourlyForever());
        schedule("listener-fails-after", "nothing", repeatHourlyForever());
        now -= 2 * HOUR + HOUR / 2;
        store("missed-now", "nothing", once.withMisfireHandlingInstructionFireNow());
        store("missed-all", "nothing", ignoring(repeatHourlyForTotalCount(2)));
        store(
                "missed-for-good",
                "nothing",
                repeatHourlyForTotalCount(2).withMisfireHandlingInstructionNextWithRemainingCount());
    }

    private static SimpleScheduleBuilder times(int count) {
        return simpleSchedule().withIntervalInMilliseconds(1).withRepeatCount(count - 1);
    }

    private static SimpleScheduleBuilder ignoring(SimpleScheduleBuilder schedule) {
        return schedule.withMisfireHandlingInstructionIgnoreMisfires();
    }

    private void schedule(String name, String does, SimpleScheduleBuilder... schedules)
            throws SchedulerException, ClassNotFoundException {
        for (SimpleScheduleBuilder schedule : schedules) {
            ignoring(schedule);
        }
        store(name, does, schedules);
    }

    private void store(String name, String does, SimpleScheduleBuilder... schedules)
            throws SchedulerException, ClassNotFoundException {
        String kind = name.endsWith("exclusive") ? "ExclusiveScenarioJob" : "ScenarioJob";
        JobDetail job =
                JobBuilder.newJob(classes.loadClass("org.pyquartz.stock." + kind, Job.class))
                        .withIdentity(name, GROUP)
                        .storeDurably(name.equals("stays"))
                        .usingJobData("does", does)
                        .usingJobData("times", 2)
                        .usingJobData("runs", 0)
                        .build();
        Set<Trigger> triggers = new LinkedHashSet<>();
        for (SimpleScheduleBuilder schedule : schedules) {
            int number = triggers.size();
            triggers.add(
                    TriggerBuilder.newTrigger()
                            .withIdentity(name + Recorder.TRIGGER_MARK + number, GROUP)
                            .startAt(new Date(now + number * HOUR))
                            .withPriority(name.startsWith("listener") ? BEFORE_THE_OTHERS : Trigger.DEFAULT_PRIORITY)
                            .withSchedule(schedule)
                            .build());
        }
        scheduler.scheduleJob(job, triggers, false);
    }

    /** Whether nothing is left to come but the next hour's firings of the jobs whose listener fails. */
    static boolean areOver(Scheduler scheduler) throws SchedulerException {
        for (TriggerKey key : scheduler.getTriggerKeys(GroupMatcher.triggerGroupEquals(GROUP))) {
            Trigger.TriggerState state = scheduler.getTriggerState(key);
            if (!key.getName().startsWith("listener")
                    && state != Trigger.TriggerState.COMPLETE
                    && state != Trigger.TriggerState.NONE) {
                return false;
            }
        }
        return true;
    }
}
