package org.pyquartz.bridge;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import java.lang.reflect.Proxy;
import java.util.Date;
import java.util.List;
import org.junit.Test;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerContext;
import org.quartz.TriggerBuilder;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;

/** A factory that throws would leave the trigger in ERROR: this one never does. */
public class BridgeJobFactoryTest {
    private static Job make(Class<? extends Job> type) {
        OperableTrigger trigger = (OperableTrigger) TriggerBuilder.newTrigger().withIdentity("t").build();
        Date now = new Date();
        TriggerFiredBundle bundle =
                new TriggerFiredBundle(
                        JobBuilder.newJob(type).withIdentity("j").usingJobData("text", "set").build(),
                        trigger, null, false, now, now, null, null);
        Scheduler scheduler =
                (Scheduler)
                        Proxy.newProxyInstance(
                                Scheduler.class.getClassLoader(),
                                new Class<?>[] {Scheduler.class},
                                (proxy, method, arguments) -> new SchedulerContext());
        return new BridgeJobFactory().newJob(bundle, scheduler);
    }

    @Test
    public void makesWhatCanBeMadeAndSetsItsProperties() {
        Job job = make(Good.class);
        assertSame(Good.class, job.getClass());
        assertEquals("set", ((Good) job).text);
        assertTrue(make(ClassFactory.subclass(PythonJob.class, "acme.P", false, false)) instanceof PythonJob);
    }

    @Test
    public void whatCannotBeMadeDoesNothing() {
        List<Class<? extends Job>> types =
                List.of(Throwing.class, Failing.class, Abstract.class, Job.class, Hidden.class, Exploding.class);
        for (Class<? extends Job> type : types) {
            assertTrue(type.getName(), make(type) instanceof NoOpJob);
        }
    }

    /** A good one. */
    public static class Good implements Job {
        String text;

        public void setText(String value) {
            text = value;
        }

        @Override
        public void execute(JobExecutionContext context) {}
    }

    /** Its constructor throws an exception. */
    public static class Throwing extends Good {
        public Throwing() {
            throw new IllegalStateException("no");
        }
    }

    /** Its constructor throws an error. */
    public static class Failing extends Good {
        public Failing() {
            throw new AssertionError("no");
        }
    }

    /** It has no instances. */
    public abstract static class Abstract extends Good {}

    /** Nobody may make it. */
    public static class Hidden extends Good {
        private Hidden(int unused) {}
    }

    /** Its class fails when it is first used. */
    public static class Exploding extends Good {
        static final int VALUE = Integer.parseInt("no number");
    }
}
