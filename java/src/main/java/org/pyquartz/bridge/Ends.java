package org.pyquartz.bridge;

import java.util.ArrayList;
import java.util.List;
import org.pyquartz.store.RunEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ends of several runs on their way into a store, which is told of them at once. */
final class Ends {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

    // So that peers get their turn at the store's lock.
    private static final int MOST = 100;

    private final List<RunEnd> ends = new ArrayList<>();
    private RunEnd.Group store;

    /** Takes in one for a store; all are for the same. */
    void add(RunEnd.Group theirs, RunEnd end) {
        store = theirs;
        ends.add(end);
        if (ends.size() == MOST) {
            tell();
        }
    }

    /** Tells the store of those that have come; never throws. */
    void tell() {
        if (ends.size() < 2 || !store.writeTogether(ends)) {
            ends.forEach(this::tell);
        }
        ends.clear();
    }

    private void tell(RunEnd end) {
        try {
            end.tell(store);
        } catch (RuntimeException | Error e) {
            LOG.error("A job's run could not be completed.", e);
        }
    }
}
