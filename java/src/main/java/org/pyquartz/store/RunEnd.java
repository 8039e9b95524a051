package org.pyquartz.store;

import java.util.List;
import org.quartz.JobDetail;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.spi.JobStore;
import org.quartz.spi.OperableTrigger;

/** The end of one run: what Quartz tells its job store of it. */
public final class RunEnd {
    final OperableTrigger trigger;
    final JobDetail job;
    final CompletedExecutionInstruction instruction;
    // Null as long as nobody has tried.
    Boolean written;

    public RunEnd(OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction) {
        this.trigger = trigger;
        this.job = job;
        this.instruction = instruction;
    }

    /** Which run it is. */
    public String run() {
        return trigger.getFireInstanceId();
    }

    /** Tells a job store of it, as Quartz does. */
    public void tell(JobStore store) {
        store.triggeredJobComplete(trigger, job, instruction);
    }

    /** A store that may be told of several at once. */
    public interface Group extends JobStore {
        /** Writes them in one transaction; false when that failed, and each is to be told by itself. */
        boolean writeTogether(List<RunEnd> ends);
    }
}
