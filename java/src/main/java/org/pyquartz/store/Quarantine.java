package org.pyquartz.store;

import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.quartz.TriggerKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The triggers whose rows can't be read: reported once, left alone, and looked at again after a while.
 *
 * <p>Such a row stays the earliest of all. Without a list of them it would take the only place of
 * every acquisition, and nothing else would fire.
 */
final class Quarantine {
    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
    private static final long LOOK_AGAIN_NANOS = 60_000_000_000L;

    private final LongSupplier clock;
    private final Map<TriggerKey, Long> until = new ConcurrentHashMap<>();
    private final Map<TriggerKey, String> reported = new ConcurrentHashMap<>();

    Quarantine() {
        this(System::nanoTime);
    }

    Quarantine(LongSupplier nanoClock) {
        clock = nanoClock;
    }

    void add(TriggerKey key, String reason) {
        until.put(key, clock.getAsLong() + LOOK_AGAIN_NANOS);
        if (!reason.equals(reported.put(key, reason))) {
            LOG.error("Trigger {} is left alone, for its row can't be read: {}", key, reason);
        }
    }

    boolean holds(TriggerKey key) {
        Long end = until.get(key);
        return end != null && end - clock.getAsLong() > 0;
    }

    /** How many there are now; those whose time is over are let out, to be read again. */
    int size() {
        for (Iterator<Long> ends = until.values().iterator(); ends.hasNext(); ) {
            if (ends.next() - clock.getAsLong() <= 0) {
                ends.remove();
            }
        }
        return until.size();
    }

    /** It was stored anew: what was bad may be mended. */
    void release(TriggerKey key) {
        until.remove(key);
    }

    void releaseAll() {
        until.clear();
    }
}
