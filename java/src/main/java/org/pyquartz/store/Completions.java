package org.pyquartz.store;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.spi.OperableTrigger;

/**
 * The ends of runs on their way into a database: those that come while another waits for the store's lock
 * are written with it, in one transaction.
 *
 * <p>The lock is what a database's firings wait for, and each transaction has to get it anew.
 */
final class Completions {
    /** The end of one run. */
    static final class End {
        final OperableTrigger trigger;
        final JobDetail job;
        final CompletedExecutionInstruction instruction;
        private Boolean written;

        End(OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction) {
            this.trigger = trigger;
            this.job = job;
            this.instruction = instruction;
        }
    }

    /** Writes ends in one transaction, all of them or none; which ones, it asks when it has the lock. */
    interface Transaction {
        void write(Supplier<List<End>> ends) throws JobPersistenceException;
    }

    private final Transaction transaction;
    private final List<End> waiting = new ArrayList<>();
    private boolean writing;

    Completions(Transaction transaction) {
        this.transaction = transaction;
    }

    /**
     * Writes the end of a run, or waits until another thread has; false when that failed, and it is still to
     * be written: on its own, so that what is wrong with one keeps no other from its end.
     */
    boolean write(End end) throws JobPersistenceException {
        if (!leads(end)) {
            return end.written;
        }
        List<End> taken = new ArrayList<>();
        boolean written = false;
        try {
            transaction.write(() -> take(taken));
            written = true;
        } finally {
            done(end, taken, written);
        }
        return true;
    }

    /** Waits for its turn; false when it has been written meanwhile, or that was tried. */
    private synchronized boolean leads(End end) {
        waiting.add(end);
        boolean interrupted = false;
        while (writing && end.written == null) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true; // It has to be written all the same.
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (end.written != null) {
            return false;
        }
        writing = true;
        return true;
    }

    private synchronized List<End> take(List<End> taken) {
        taken.addAll(waiting);
        waiting.clear();
        return taken;
    }

    private synchronized void done(End own, List<End> taken, boolean written) {
        waiting.remove(own);
        taken.forEach(end -> end.written = written);
        writing = false;
        notifyAll();
    }
}
