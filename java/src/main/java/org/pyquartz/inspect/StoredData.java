package org.pyquartz.inspect;

import java.util.List;
import org.pyquartz.blob.AllowList;
import org.pyquartz.blob.Blobs;
import org.pyquartz.blob.UnreadableBlobException;

/** The data in a row's bytes, as JSON, for who reads rows without a scheduler. */
public final class StoredData {
    private StoredData() {}

    /** What is outside the standard allow list and these classes is told, and not deserialised. */
    public static String read(byte[] blob, List<String> allowed) throws UnreadableBlobException {
        return Json.of(Blobs.read(blob, AllowList.standard().and(allowed)));
    }
}
