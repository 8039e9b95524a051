package org.pyquartz.store;

import java.util.HashMap;
import java.util.Map;

/**
 * The mark in a data map whose row could not be read.
 *
 * <p>Quartz reads a row's data in many places and gives up on everything where one row is bad. So
 * reading never throws: it hands out this mark, and what acquires or writes looks for it.
 */
public final class Unreadable {
    private static final String MARK = "org.pyquartz.unreadable";

    private Unreadable() {}

    static Map<String, Object> data(String reason) {
        Map<String, Object> map = new HashMap<>();
        map.put(MARK, reason);
        return map;
    }

    /** The same mark in the form that a store with useProperties reads. */
    static byte[] properties(String reason) {
        StringBuilder text = new StringBuilder(MARK).append('=');
        reason.codePoints()
                .forEach(
                        c -> {
                            if (c >= ' ' && c < 127 && c != '\\') {
                                text.append((char) c);
                            } else {
                                text.append('?');
                            }
                        });
        return text.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /** Why the data of a job or a trigger could not be read; null when they could. */
    public static String reason(Map<?, ?> data) {
        Object reason = data.get(MARK);
        return reason == null ? null : reason.toString();
    }
}
