package org.pyquartz.write;

import java.util.TimeZone;

/** Zones by name, and none by chance. */
public final class Zones {
    private Zones() {}

    /** Java's zone of a name; null is the JVM's default one. */
    public static TimeZone zone(String name) throws InvalidTriggerException {
        if (name == null) {
            return TimeZone.getDefault();
        }
        TimeZone zone = TimeZone.getTimeZone(name);
        // Java answers GMT to a name it does not know.
        if (!zone.getID().equals(name)) {
            throw new InvalidTriggerException("this Java knows no time zone '" + name + "'");
        }
        return zone;
    }
}
