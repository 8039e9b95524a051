package org.pyquartz.events;

/** Knows which threads Python owns: those alone may enter Python. */
public final class PythonThreads {
    private static final ThreadLocal<Boolean> MARK = new ThreadLocal<>();

    private PythonThreads() {}

    /** The calling thread is one of Python's. */
    public static void mark() {
        MARK.set(true);
    }

    static boolean isOne() {
        return MARK.get() != null;
    }
}
