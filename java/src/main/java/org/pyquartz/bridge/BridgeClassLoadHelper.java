package org.pyquartz.bridge;

import org.quartz.Job;
import org.quartz.simpl.CascadingClassLoadHelper;

/**
 * Resolves every stored job class, and never throws for one.
 *
 * <p>This is where the fallback has to live: a JDBC store loads the class while it acquires the trigger,
 * before any job factory is asked, and puts the trigger into ERROR when that fails.
 */
public class BridgeClassLoadHelper extends CascadingClassLoadHelper {
    @Override
    public <T> Class<? extends T> loadClass(String name, Class<T> type) throws ClassNotFoundException {
        if (type != Job.class) {
            return super.loadClass(name, type);
        }
        Class<? extends Job> python = JobClasses.python(name);
        if (python != null) {
            return python.asSubclass(type);
        }
        try {
            return compiled(name).asSubclass(type);
        } catch (ClassNotFoundException | ClassCastException | LinkageError e) {
            return missing(name, e).asSubclass(type);
        }
    }

    /** Java's class of that name, or Clojure's, whose namespace has to be loaded with it. */
    private Class<?> compiled(String name) throws ClassNotFoundException {
        if (!ClojureNamespaces.load(name)) {
            throw new ClassNotFoundException("Clojure's namespace of " + name + " is still being loaded");
        }
        Class<?> inMemory = ClojureNamespaces.inMemory(name);
        return inMemory != null ? inMemory : super.loadClass(name, Job.class);
    }

    /** What stands for a job class that nobody has. */
    protected Class<? extends Job> missing(String name, Throwable why) throws ClassNotFoundException {
        if (!JobClasses.awaits(name)) {
            JobClasses.reportMissing(name, why);
        }
        return JobClasses.nobody(name, false, false);
    }
}
