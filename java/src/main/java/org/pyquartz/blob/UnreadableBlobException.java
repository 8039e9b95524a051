package org.pyquartz.blob;

import java.io.IOException;

/**
 * Says why a stored object cannot be read, to the person who has to act on it.
 *
 * <p>An IOException, for that is what Quartz's delegates declare where they read a blob.
 */
public final class UnreadableBlobException extends IOException {
    private static final long serialVersionUID = 1L;

    private String className = "";

    public UnreadableBlobException(String message) {
        super(message);
    }

    /** It is because of an object of this class. */
    UnreadableBlobException(String message, String className) {
        super(message);
        this.className = className;
    }

    public UnreadableBlobException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The class of the object that can't be read; empty where that is not known. */
    public String className() {
        return className;
    }
}
