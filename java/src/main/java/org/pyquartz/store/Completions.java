package org.pyquartz.store;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.quartz.JobPersistenceException;

/**
 * The ends of runs on their way into a database: those that come while another waits for the store's lock
 * are written with it, in one transaction.
 *
 * <p>The lock is what a database's firings wait for, and each transaction has to get it anew.
 */
final class Completions {
    /** Writes ends in one transaction, all of them or none; which ones, it asks when it has the lock. */
    interface Transaction {
        void write(Supplier<List<RunEnd>> ends) throws JobPersistenceException;
    }

    private final Transaction transaction;
    private final List<RunEnd> waiting = new ArrayList<>();
    private boolean writing;

    Completions(Transaction transaction) {
        this.transaction = transaction;
    }

    /**
     * Writes ends of runs, or waits until another thread has; false when that failed, and they are still to
     * be written: each on its own, so that what is wrong with one keeps no other from its end.
     */
    boolean write(List<RunEnd> ends) throws JobPersistenceException {
        // They are taken together, so what becomes of the first becomes of all.
        RunEnd first = ends.get(0);
        if (!leads(first, ends)) {
            return first.written;
        }
        List<RunEnd> taken = new ArrayList<>();
        boolean written = false;
        try {
            transaction.write(() -> take(taken));
            written = true;
        } finally {
            done(taken, written);
        }
        return true;
    }

    /** Waits for its turn; false when they have been written meanwhile, or that was tried. */
    private synchronized boolean leads(RunEnd first, List<RunEnd> ends) {
        waiting.addAll(ends);
        boolean interrupted = false;
        while (writing && first.written == null) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true; // It has to be written all the same.
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (first.written != null) {
            return false;
        }
        writing = true;
        return true;
    }

    private synchronized List<RunEnd> take(List<RunEnd> taken) {
        taken.addAll(waiting);
        waiting.clear();
        return taken;
    }

    private synchronized void done(List<RunEnd> taken, boolean written) {
        if (!written) {
            // When there is no lock to be had, such as without a database, nobody waits for a turn in vain.
            take(taken);
        }
        taken.forEach(end -> end.written = written);
        writing = false;
        notifyAll();
    }
}
