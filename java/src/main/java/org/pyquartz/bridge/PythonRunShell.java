package org.pyquartz.bridge;

import java.util.concurrent.atomic.AtomicLong;
import org.pyquartz.inspect.RunFacts;
import org.pyquartz.store.BridgeRamStore;
import org.pyquartz.store.RunEnd;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.core.JobExecutionProcessException;
import org.quartz.core.JobRunShell;
import org.quartz.core.QuartzScheduler;
import org.quartz.spi.JobStore;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Quartz does before and after a job, as two halves around a callable that Python runs.
 *
 * <p>Step for step what {@link JobRunShell#run} does, apart from three things: it is not made a listener of
 * the scheduler for each run, which is much of what stock's shell costs and of which nothing comes; where
 * nobody listens no list of listeners is made ({@link Audience}); and it logs no failure, for Python has.
 */
public final class PythonRunShell extends JobRunShell {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
    private static final AtomicLong TICKETS = new AtomicLong();

    private final JobStore store;
    private final PythonClass python;
    private final Audience audience;
    private final long ticket = TICKETS.incrementAndGet();
    private final boolean inMemory;
    private long begun;
    // As long as nobody has changed them: a listener may, and the next run after a refire has others.
    private String facts;
    private volatile JobFailure failure;

    PythonRunShell(
            Scheduler scheduler,
            TriggerFiredBundle bundle,
            JobStore store,
            Audience audience,
            PythonClass python) {
        super(scheduler, bundle);
        this.store = store;
        this.audience = audience;
        this.python = python;
        inMemory = store instanceof BridgeRamStore;
    }

    /** This run's own number in this process, for as long as it runs. */
    long ticket() {
        return ticket;
    }

    /** Which callable it is. */
    int index() {
        return python.index();
    }

    public JobExecutionContext context() {
        return jec;
    }

    /** What Python says of a failed run, before its second half. */
    void fail(JobFailure how) {
        failure = how;
    }

    @Override
    public void run() {
        throw new IllegalStateException("Only a thread of Python's can run " + jec.getJobDetail().getKey());
    }

    boolean isLoop() {
        return python.isLoop();
    }

    /**
     * What comes along with it; null when it takes no data. Also when they can't be told: then Python asks
     * for them within the run, which fails by the answer.
     */
    String facts() {
        String known = facts;
        facts = null;
        return known != null && audience.isSilent() ? known : packed();
    }

    private String packed() {
        if (!python.takesData()) {
            return null;
        }
        try {
            return RunFacts.brief(jec);
        } catch (RuntimeException e) {
            LOG.debug("The data of {} can't be told.", jec.getJobDetail().getKey(), e);
            return null;
        }
    }

    /** Packs what comes along while a worker may still be busy with the run before. */
    @Override
    public void initialize(QuartzScheduler scheduler) throws SchedulerException {
        super.initialize(scheduler);
        if (audience.isSilent()) {
            facts = packed();
        }
    }

    /** Whether any thread may run the second half, a moment later: nobody listens, and all goes well. */
    boolean completesAnywhere() {
        return inMemory && failure == null && audience.isSilent();
    }

    /** Says that the job has ended, before its second half. */
    void over() {
        jec.setJobRunTime(System.currentTimeMillis() - begun);
    }

    /** The first half, which never throws. */
    boolean begins() {
        try {
            return before();
        } catch (RuntimeException | Error e) {
            LOG.error("A job's run could not be begun.", e);
            return false;
        }
    }

    /** The second half, which never throws; true when the run shall begin again. */
    boolean completes() {
        return completes(null);
    }

    /** The same, but for its last step where the store takes that of several runs at once. */
    boolean completes(Ends together) {
        try {
            return after(together);
        } catch (RuntimeException | Error e) {
            LOG.error("A job's run could not be completed.", e);
            return false;
        }
    }

    /** The half before the job; false when it must not run, and all is done. */
    private boolean before() {
        try {
            if (audience.triggerFired(jec)) {
                veto();
                return false;
            }
        } catch (SchedulerException e) {
            report("Unable to notify TriggerListener(s) while firing trigger"
                    + " (Trigger and Job will NOT be fired!). " + keys(), e);
            return false;
        }
        try {
            audience.jobToBeExecuted(jec);
        } catch (SchedulerException e) {
            report("Unable to notify JobListener(s) of Job to be executed: (Job will NOT be executed!). "
                    + keys(), e);
            return false;
        }
        begun = System.currentTimeMillis();
        return true;
    }

    private void veto() {
        try {
            qs.notifyJobListenersWasVetoed(jec);
        } catch (SchedulerException e) {
            report("Unable to notify JobListener(s) of vetoed execution while firing trigger"
                    + " (Trigger and Job will NOT be fired!). " + keys(), e);
        }
        OperableTrigger trigger = (OperableTrigger) jec.getTrigger();
        store.triggeredJobComplete(trigger, jec.getJobDetail(), trigger.executionComplete(jec, null));
        if (trigger.getNextFireTime() == null) {
            audience.triggerFinalized(trigger);
        }
    }

    /** The half after the job; true when it shall run again at once, from its first half on. */
    private boolean after(Ends together) {
        JobFailure failed = failure;
        failure = null;
        if (failed != null && failed.isUnhandled()) {
            report("Job " + jec.getJobDetail().getKey() + " threw an exception.", Unhandled.in(jec, failed));
        }
        try {
            audience.jobWasExecuted(jec, failed);
        } catch (SchedulerException e) {
            report("Unable to notify JobListener(s) of Job that was executed: (error will be ignored). "
                    + keys(), e);
            return false;
        }
        OperableTrigger trigger = (OperableTrigger) jec.getTrigger();
        CompletedExecutionInstruction instruction = instruction(trigger, failed);
        try {
            audience.triggerComplete(jec, instruction);
        } catch (SchedulerException e) {
            report("Unable to notify TriggerListener(s) of Job that was executed: (error will be ignored). "
                    + keys(), e);
            return false;
        }
        if (trigger.getNextFireTime() == null) {
            audience.triggerFinalized(trigger);
        }
        if (instruction == CompletedExecutionInstruction.RE_EXECUTE_JOB) {
            jec.incrementRefireCount();
            return true;
        }
        JobDetail job = jec.getJobDetail();
        if (together != null && store instanceof RunEnd.Group) {
            together.add((RunEnd.Group) store, new RunEnd(trigger, job, instruction));
        } else {
            store.triggeredJobComplete(trigger, job, instruction);
        }
        return false;
    }

    private CompletedExecutionInstruction instruction(OperableTrigger trigger, JobFailure failed) {
        try {
            return trigger.executionComplete(jec, failed);
        } catch (RuntimeException e) {
            report("Please report this error to the Quartz developers.",
                    new SchedulerException("Trigger threw an unhandled exception.", e));
            return CompletedExecutionInstruction.NOOP;
        }
    }

    private String keys() {
        return "trigger= " + jec.getTrigger().getKey() + " job= " + jec.getJobDetail().getKey();
    }

    private void report(String message, SchedulerException error) {
        qs.notifySchedulerListenersError(message, error);
    }

    /** Apart, since Quartz 2.3.2 lacks the class and would fail to load the whole shell. */
    private static final class Unhandled {
        static SchedulerException in(JobExecutionContext context, JobFailure failure) {
            return new JobExecutionProcessException(context, failure);
        }
    }
}
