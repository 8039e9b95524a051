package org.pyquartz.bridge;

import org.quartz.Job;

/** A stored name that Python implements: its class, and what is known of it before a run begins. */
final class PythonClass {
    private final Class<? extends Job> type;
    private final int index;
    private final boolean loop;
    private final boolean takesData;

    PythonClass(Class<? extends Job> type, int index, boolean loop, boolean takesData) {
        this.type = type;
        this.index = index;
        this.loop = loop;
        this.takesData = takesData;
    }

    /** Whether it is a coroutine, which runs on the event loop and holds no thread. */
    boolean isLoop() {
        return loop;
    }

    /** Whether its callable has parameters beside the context. */
    boolean takesData() {
        return takesData;
    }

    Class<? extends Job> type() {
        return type;
    }

    /** The name as a number, the same for the life of the JVM: a number crosses faster than a string. */
    int index() {
        return index;
    }
}
