package org.pyquartz.blob;

/**
 * Stands in a data map for a stored object that is not read here.
 *
 * <p>Not Serializable, on purpose: written back, it would take the place of the object that it stands for,
 * and that would be lost. The row keeps the object as long as nobody writes the map.
 */
public final class Opaque {
    private final String className;
    private final String reason;

    public Opaque(String className, String reason) {
        this.className = className;
        this.reason = reason;
    }

    /** The class of the stored object; an array as in Java source, {@code com.acme.Batch[]}. */
    public String className() {
        return className;
    }

    /** Why it is not read. */
    public String reason() {
        return reason;
    }

    @Override
    public String toString() {
        return "Opaque(" + className + ": " + reason + ")";
    }
}
