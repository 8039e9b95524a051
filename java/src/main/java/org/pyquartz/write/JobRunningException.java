package org.pyquartz.write;

import java.util.List;
import java.util.TreeSet;
import org.quartz.JobPersistenceException;
import org.quartz.utils.Key;

/** A job runs, and so can't have another key now: the end of a run is written under the key it began with. */
public final class JobRunningException extends JobPersistenceException {
    private static final long serialVersionUID = 1L;

    JobRunningException(String what, Key<?> key, List<String> nodes) {
        super(what + " " + key + " has " + nodes.size() + " runs under way on "
                + String.join(", ", new TreeSet<>(nodes))
                + ": wait for their end; what runs all the time, pause before. What a crash left behind counts"
                + " until a node starts and recovers it");
    }
}
