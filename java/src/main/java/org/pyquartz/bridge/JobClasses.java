package org.pyquartz.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.quartz.Job;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stored names that Python implements, for the whole JVM, and what a name becomes that nobody has.
 *
 * <p>An alias is registered like a name of its own: the row keeps the old name, and Python knows which
 * callable is meant.
 */
public final class JobClasses {
    private static final Logger LOG = LoggerFactory.getLogger(JobClasses.class);
    private static final Map<String, PythonClass> PYTHON = new ConcurrentHashMap<>();
    private static final Set<String> REPORTED = ConcurrentHashMap.newKeySet();
    private static final Map<String, Integer> INDICES = new ConcurrentHashMap<>();
    private static final AtomicInteger GENERATION = new AtomicInteger();
    private static final Set<Runnable> WATCHERS = ConcurrentHashMap.newKeySet();

    private JobClasses() {}

    /** Makes Python the implementation of a stored name, with the flags that its class shall carry. */
    public static void register(String name, boolean nonConcurrent, boolean persistData) {
        register(name, nonConcurrent, persistData, false, false);
    }

    /** The same for a coroutine, and for a callable that takes data. */
    public static void register(
            String name, boolean nonConcurrent, boolean persistData, boolean loop, boolean takesData) {
        Class<? extends Job> type = ClassFactory.subclass(PythonJob.class, name, nonConcurrent, persistData);
        PYTHON.put(name, new PythonClass(type, index(name), loop, takesData));
        REPORTED.remove(name);
        changed();
    }

    /** The number that stands for a name, for the life of the JVM. */
    public static synchronized int index(String name) {
        return INDICES.computeIfAbsent(name, ignored -> INDICES.size());
    }

    /** What was found missing before may be there now: whoever waits looks again at once. */
    static void changed() {
        GENERATION.incrementAndGet();
        WATCHERS.forEach(Runnable::run);
    }

    /** Has something run after each change, until {@link #unwatch}. */
    public static void watch(Runnable watcher) {
        WATCHERS.add(watcher);
    }

    public static void unwatch(Runnable watcher) {
        WATCHERS.remove(watcher);
    }

    /** A number that every change makes another. */
    public static int generation() {
        return GENERATION.get();
    }

    /** The class of a name that Python implements, else null. */
    public static Class<? extends Job> python(String name) {
        PythonClass entry = PYTHON.get(name);
        return entry == null ? null : entry.type();
    }

    /** Whether a job's class is a coroutine of Python's. */
    public static boolean isLoop(String className) {
        PythonClass entry = PYTHON.get(className);
        return entry != null && entry.isLoop();
    }

    /** The names of all coroutines. */
    public static List<String> loopNames() {
        List<String> names = new ArrayList<>();
        PYTHON.forEach((name, entry) -> {
            if (entry.isLoop()) {
                names.add(name);
            }
        });
        return names;
    }

    /** What is known of a name that Python implements, else null. */
    static PythonClass entry(String name) {
        return PYTHON.get(name);
    }

    /** A class of that name that does nothing; it carries the flags of the row, for a peer relies on them. */
    public static Class<? extends Job> nobody(
            String name, boolean nonConcurrent, boolean persistData) {
        try {
            return ClassFactory.subclass(NoOpJob.class, name, nonConcurrent, persistData);
        } catch (SecurityException | LinkageError e) {
            // Such as a name in java.*, which no class loader may define.
            LOG.error("No class of the name {} can be made; it is run as a plain NoOpJob.", name, e);
            return NoOpJob.class;
        }
    }

    /** Whether a name that nobody has may soon be somebody's: Python imports it, or Clojure loads it. */
    public static boolean awaits(String name) {
        return WantedImports.awaits(name) || ClojureNamespaces.awaits(name);
    }

    /** Says once for each name that nobody has it. */
    static void reportMissing(String name, Throwable why) {
        if (REPORTED.add(name)) {
            LOG.error(
                    "Class {} of a stored job can't be found on this node: no Python job is registered under"
                            + " that name, and it is not on the class path. Its triggers are kept alive.",
                    name);
            LOG.debug("The class loader's answer for {}:", name, why);
        }
    }
}
