package org.pyquartz.bridge;

import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Stored names that Python may import on demand, put down for a thread of Python's to fetch.
 *
 * <p>A class is asked for on Quartz's own thread, which must not enter Python; until Python has answered,
 * the job's triggers wait.
 */
public final class WantedImports {
    private static final Set<String> PACKAGES = ConcurrentHashMap.newKeySet();
    private static final Set<String> ASKED = ConcurrentHashMap.newKeySet();
    private static final Set<String> ANSWERED = ConcurrentHashMap.newKeySet();
    private static final BlockingQueue<String> QUEUE = new LinkedBlockingQueue<>();

    private WantedImports() {}

    /** Lets names in a package be imported; only the user names packages, never a store. */
    public static void allow(String packageName) {
        PACKAGES.add(packageName + '.');
    }

    /** Whether Python may still come to have this name; asks it, the first time. */
    public static boolean awaits(String name) {
        if (ANSWERED.contains(name) || PACKAGES.stream().noneMatch(name::startsWith)) {
            return false;
        }
        if (ASKED.add(name)) {
            QUEUE.add(name);
        }
        return true;
    }

    /** The next name to import; null when none is wanted within the time given. */
    public static String next(long millis) throws InterruptedException {
        return QUEUE.poll(millis, TimeUnit.MILLISECONDS);
    }

    /** Python has tried: from now on the name is registered, or it is nobody's. */
    public static void answered(String name) {
        ANSWERED.add(name);
        JobClasses.changed();
    }
}
