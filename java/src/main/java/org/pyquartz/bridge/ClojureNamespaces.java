package org.pyquartz.bridge;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The namespaces behind Clojure's job classes, loaded when a stored name first asks for one of them.
 *
 * <p>{@code my_app.jobs.Cleanup} is made by the namespace {@code my-app.jobs}. Out of its source there is
 * no class before it is loaded; compiled ahead of time there is one, whose functions are still unbound.
 * A namespace loads on a thread of its own: who asks holds the store's lock, and waits for so long only.
 * All of Clojure is reached by name, for most class paths have none.
 */
final class ClojureNamespaces {
    private static final Logger LOG = LoggerFactory.getLogger(ClojureNamespaces.class);
    private static final long WAIT_SECONDS = 20;
    private static final String[] FILES = {"__init.class", ".clj", ".cljc"};
    private static final Map<String, Future<?>> ASKED = new ConcurrentHashMap<>();
    private static final ExecutorService LOADER =
            Executors.newSingleThreadExecutor(
                    task -> {
                        Thread thread = new Thread(task, "pyquartz-clojure");
                        thread.setDaemon(true);
                        return thread;
                    });

    private ClojureNamespaces() {}

    /** Loads the namespace of a class, if there is one; false when that takes longer. */
    static boolean load(String className) {
        String path = path(className);
        if (path == null || !ASKED.containsKey(path) && !isThere(path)) {
            return true;
        }
        ClassLoader loader = loader();
        Future<?> asked = ASKED.computeIfAbsent(path, it -> LOADER.submit(() -> require(it, loader)));
        try {
            asked.get(asked.isDone() ? 0 : WAIT_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            return true; // Told where it happened; without its class the name is nobody's.
        }
    }

    /** Whether the namespace of a class is still being loaded. */
    static boolean awaits(String className) {
        Future<?> asked = ASKED.get(String.valueOf(path(className)));
        return asked != null && !asked.isDone();
    }

    /** A class that Clojure has made in memory; null when it has none of that name. */
    static Class<?> inMemory(String className) {
        try {
            if (path(className) == null || loader().getResource("clojure/lang/RT.class") == null) {
                return null;
            }
            // RT.classForName is public, but first starts all of Clojure.
            Method find =
                    Class.forName("clojure.lang.DynamicClassLoader", true, loader())
                            .getDeclaredMethod("findInMemoryClass", String.class);
            find.setAccessible(true);
            return (Class<?>) find.invoke(null, className);
        } catch (ReflectiveOperationException | LinkageError e) {
            LOG.debug("Clojure can't be asked for {}", className, e);
            return null;
        }
    }

    private static String path(String className) {
        int end = className.lastIndexOf('.');
        return end < 0 ? null : className.substring(0, end).replace('.', '/');
    }

    private static boolean isThere(String path) {
        ClassLoader loader = loader();
        for (String file : FILES) {
            if (loader.getResource(path + file) != null) {
                return loader.getResource("clojure/java/api/Clojure.class") != null;
            }
        }
        return false;
    }

    private static ClassLoader loader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context != null ? context : ClojureNamespaces.class.getClassLoader();
    }

    private static void require(String path, ClassLoader loader) {
        Thread.currentThread().setContextClassLoader(loader);
        String munged = path.replace('/', '.');
        try {
            // Either name leads to the file; an underscore there is nearly always a hyphen here.
            requireNamespace(munged.replace('_', '-'), loader);
            LOG.info("Clojure's namespace of {} is loaded", munged);
        } catch (ReflectiveOperationException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            LOG.error("Clojure's namespace of {} can't be loaded; its jobs are nobody's here", munged, cause);
        } finally {
            JobClasses.changed();
        }
    }

    private static void requireNamespace(String name, ClassLoader loader) throws ReflectiveOperationException {
        Class<?> api = Class.forName("clojure.java.api.Clojure", true, loader);
        Object core = api.getMethod("var", Object.class, Object.class).invoke(null, "clojure.core", "require");
        Object symbol = api.getMethod("read", String.class).invoke(null, name);
        Class.forName("clojure.lang.IFn", true, loader).getMethod("invoke", Object.class).invoke(core, symbol);
    }
}
