package org.pyquartz.bridge;

import org.quartz.Job;

/** A stored name that Python implements: its class, and what is known of it before a run begins. */
final class PythonClass {
    private final Class<? extends Job> type;
    private final int index;

    PythonClass(Class<? extends Job> type, int index) {
        this.type = type;
        this.index = index;
    }

    Class<? extends Job> type() {
        return type;
    }

    /** The name as a number, the same for the life of the JVM: a number crosses faster than a string. */
    int index() {
        return index;
    }
}
