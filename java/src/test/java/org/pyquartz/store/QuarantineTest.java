package org.pyquartz.store;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.Test;
import org.quartz.TriggerKey;

/** A bad row is left alone for a minute, or until it is written. */
public class QuarantineTest {
    private static final TriggerKey KEY = new TriggerKey("bad");

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
    private final Quarantine quarantine = new Quarantine(clock::get);

    private void pass(long seconds) {
        clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    public void letsOutAfterAMinute() {
        assertFalse(quarantine.holds(KEY));
        quarantine.add(KEY, "broken");
        pass(59);
        assertTrue(quarantine.holds(KEY));
        assertEquals(1, quarantine.size());
        pass(1);
        assertFalse(quarantine.holds(KEY));
        assertEquals(0, quarantine.size());
    }

    @Test
    public void letsOutWhatIsWritten() {
        TriggerKey other = new TriggerKey("other");
        quarantine.add(KEY, "broken");
        quarantine.add(other, "broken");
        quarantine.release(KEY);
        assertFalse(quarantine.holds(KEY));
        assertTrue(quarantine.holds(other));
        quarantine.releaseAll();
        assertFalse(quarantine.holds(other));
    }
}
