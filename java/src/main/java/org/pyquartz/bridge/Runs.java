package org.pyquartz.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.pyquartz.inspect.RunFacts;
import org.quartz.JobExecutionContext;

/** The runs of Python's jobs that are under way in one scheduler, by ticket; Python asks about them here. */
public final class Runs {
    private final Map<Long, PythonRunShell> coroutines = new ConcurrentHashMap<>();
    // Each knows its own run: a map would cost each of them more than a look into all costs the few who ask.
    private final List<Worker> workers = new CopyOnWriteArrayList<>();

    void add(Worker worker) {
        workers.add(worker);
    }

    void add(PythonRunShell coroutine) {
        coroutines.put(coroutine.ticket(), coroutine);
    }

    void remove(PythonRunShell coroutine) {
        coroutines.remove(coroutine.ticket());
    }

    /** The run of a ticket; null when it is over. */
    PythonRunShell get(long ticket) {
        for (Worker worker : workers) {
            PythonRunShell run = worker.current();
            if (run != null && run.ticket() == ticket) {
                return run;
            }
        }
        return coroutines.get(ticket);
    }

    private List<PythonRunShell> all() {
        List<PythonRunShell> runs = new ArrayList<>(coroutines.values());
        for (Worker worker : workers) {
            PythonRunShell run = worker.current();
            if (run != null) {
                runs.add(run);
            }
        }
        return runs;
    }

    /** All that is known of a run, packed; null when it is over. */
    public String facts(long ticket) {
        PythonRunShell run = get(ticket);
        return run == null ? null : RunFacts.pack(run.context());
    }

    /** Null when it is over. */
    public JobExecutionContext context(long ticket) {
        PythonRunShell run = get(ticket);
        return run == null ? null : run.context();
    }

    /** Says that a run has failed, in {@link JobFailure}'s packed form. */
    public void fail(long ticket, String packed) {
        PythonRunShell run = get(ticket);
        if (run != null) {
            run.fail(JobFailure.unpack(packed));
        }
    }

    /** The ticket of a firing that runs here; -1 when none does. */
    public long ticketOf(String fireInstanceId) {
        for (PythonRunShell run : all()) {
            if (run.context().getFireInstanceId().equals(fireInstanceId)) {
                return run.ticket();
            }
        }
        return -1;
    }
}
