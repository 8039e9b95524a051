package org.pyquartz.events;

/** A listener on the Python side: a proxy, called on threads that Python owns. */
public interface Sink {
    /**
     * Tells of one callback of Quartz's.
     *
     * @param event what {@link org.pyquartz.inspect.Callbacks} wrote
     * @return whether the listener vetoes; asked for by one callback only
     */
    boolean tell(String event);
}
