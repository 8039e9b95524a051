package org.pyquartz.blob;

import java.io.IOException;

/**
 * Says why a stored object cannot be read, to the person who has to act on it.
 *
 * <p>An IOException, for that is what Quartz's delegates declare where they read a blob.
 */
public final class UnreadableBlobException extends IOException {
    private static final long serialVersionUID = 1L;

    public UnreadableBlobException(String message) {
        super(message);
    }

    public UnreadableBlobException(String message, Throwable cause) {
        super(message, cause);
    }
}
