package org.pyquartz.bridge;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pyquartz.inspect.RunFacts;
import org.quartz.JobExecutionContext;

/** The runs of Python's jobs that are under way in one scheduler, by ticket; Python asks about them here. */
public final class Runs {
    private final Map<Long, PythonRunShell> byTicket = new ConcurrentHashMap<>();

    void add(PythonRunShell run) {
        byTicket.put(run.ticket(), run);
    }

    void remove(PythonRunShell run) {
        byTicket.remove(run.ticket());
    }

    PythonRunShell get(long ticket) {
        return byTicket.get(ticket);
    }

    /** All that is known of a run, packed; null when it is over. */
    public String facts(long ticket) {
        PythonRunShell run = byTicket.get(ticket);
        return run == null ? null : RunFacts.pack(run.context());
    }

    /** Null when it is over. */
    public JobExecutionContext context(long ticket) {
        PythonRunShell run = byTicket.get(ticket);
        return run == null ? null : run.context();
    }

    /** Says that a run has failed, in {@link JobFailure}'s packed form. */
    public void fail(long ticket, String packed) {
        PythonRunShell run = byTicket.get(ticket);
        if (run != null) {
            run.fail(JobFailure.unpack(packed));
        }
    }

    /** The ticket of a firing that runs here; -1 when none does. */
    public long ticketOf(String fireInstanceId) {
        for (PythonRunShell run : byTicket.values()) {
            if (run.context().getFireInstanceId().equals(fireInstanceId)) {
                return run.ticket();
            }
        }
        return -1;
    }
}
