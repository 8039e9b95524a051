package org.pyquartz.blob;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectOutputStream;
import java.util.Properties;
import org.quartz.JobDataMap;

/** Makes the blobs that the tests read. */
final class Streams {
    private Streams() {}

    static byte[] of(Object object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }

    /** A map of job data: keys and values in turn. */
    static JobDataMap data(Object... keysAndValues) {
        JobDataMap data = new JobDataMap();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            data.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return data;
    }

    /** One of the blobs that a Java program stored, from stored-blobs.properties. */
    static byte[] stored(String name) throws IOException {
        Properties blobs = new Properties();
        try (InputStream in = Streams.class.getResourceAsStream("stored-blobs.properties")) {
            blobs.load(in);
        }
        String digits = blobs.getProperty(name);
        byte[] bytes = new byte[digits.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
        }
        return bytes;
    }

    /** The same bytes with a stretch of them, given in hexadecimal and found once, replaced. */
    static byte[] patched(byte[] bytes, String from, String to) {
        StringBuilder digits = new StringBuilder();
        for (byte b : bytes) {
            digits.append(String.format("%02x", b));
        }
        int at = digits.indexOf(from);
        if (at < 0 || digits.indexOf(from, at + 1) >= 0) {
            throw new IllegalArgumentException(from + " is not there once in " + digits);
        }
        digits.replace(at, at + from.length(), to);
        byte[] patched = new byte[digits.length() / 2];
        for (int i = 0; i < patched.length; i++) {
            patched[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
        }
        return patched;
    }
}
