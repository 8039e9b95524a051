package org.pyquartz.inspect;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import org.pyquartz.blob.Opaque;

/**
 * Writes values for Python as one string, for a crossing costs more than what crosses.
 *
 * <p>What JSON has no form for becomes {@code {"$": kind, "v": text}}; what is of no known type, an opaque
 * value with its class named. {@code pyquartz/_jvm/convert.py} reads it.
 */
public final class Json {
    private static final int DEEPEST = 64;
    /** In bits: Python's own limit is 4300 digits. */
    private static final int LONGEST_INTEGER = 14_284;

    private final StringBuilder out = new StringBuilder(256);
    private int depth;

    public static String of(Object value) {
        return new Json().value(value).toString();
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private Json value(Object value) {
        if (value == null) {
            out.append("null");
        } else if (value instanceof String || value instanceof Character || value instanceof Enum) {
            string(value instanceof Enum ? ((Enum<?>) value).name() : value.toString());
        } else if (value instanceof Boolean || isInteger(value)) {
            out.append(value);
        } else if (value instanceof Double || value instanceof Float) {
            floating((Number) value);
        } else if (++depth > DEEPEST) {
            tagged("opaque", value.getClass().getName(), "it is nested too deeply");
            depth--;
        } else {
            container(value);
            depth--;
        }
        return this;
    }

    private static boolean isInteger(Object value) {
        return value instanceof Integer
                || value instanceof Long
                || value instanceof Short
                || value instanceof Byte
                || (value instanceof BigInteger && ((BigInteger) value).bitLength() <= LONGEST_INTEGER);
    }

    private void floating(Number value) {
        String text = value.toString();
        if (Double.isFinite(value.doubleValue())) {
            out.append(text);
        } else {
            tagged("float", text.replace("Infinity", "inf"));
        }
    }

    private void container(Object value) {
        if (value instanceof Map) {
            map((Map<?, ?>) value);
        } else if (value instanceof Collection) {
            list((Collection<?>) value);
        } else if (value instanceof byte[]) {
            tagged("bytes", Base64.getEncoder().encodeToString((byte[]) value));
        } else if (value.getClass().isArray()) {
            array(value);
        } else {
            scalar(value);
        }
    }

    private void scalar(Object value) {
        if (value instanceof BigDecimal) {
            tagged("decimal", value.toString());
        } else if (value instanceof UUID) {
            tagged("uuid", value.toString());
        } else if (value instanceof Date) {
            tagged("instant", Instant.ofEpochMilli(((Date) value).getTime()).toString());
        } else if (value instanceof Instant) {
            tagged("instant", value.toString());
        } else if (value instanceof ZonedDateTime) {
            ZonedDateTime zoned = (ZonedDateTime) value;
            tagged("zoned", zoned.toInstant().toString(), zoned.getZone().getId());
        } else if (value instanceof OffsetDateTime || value instanceof LocalDateTime) {
            tagged("datetime", value.toString());
        } else if (value instanceof LocalDate) {
            tagged("date", value.toString());
        } else if (value instanceof LocalTime) {
            tagged("time", value.toString());
        } else if (value instanceof Duration) {
            Duration duration = (Duration) value;
            tagged("duration", duration.getSeconds() + "." + duration.getNano() / 1000);
        } else if (value instanceof Opaque) {
            tagged("opaque", ((Opaque) value).className(), ((Opaque) value).reason());
        } else {
            tagged("opaque", value.getClass().getName(), "it is of none of the types that Python reads");
        }
    }

    private void map(Map<?, ?> map) {
        // A key that looks like our own tag is written as pairs, so that no data can pass for a tag.
        boolean plain = !map.containsKey("$");
        out.append(plain ? "{" : "{\"$\":\"map\",\"v\":[");
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator).append(plain ? "" : "[");
            string(String.valueOf(entry.getKey()));
            out.append(plain ? ':' : ',');
            value(entry.getValue());
            out.append(plain ? "" : "]");
            separator = ",";
        }
        out.append(plain ? "}" : "]}");
    }

    private void list(Collection<?> values) {
        out.append('[');
        String separator = "";
        for (Object value : values) {
            out.append(separator);
            value(value);
            separator = ",";
        }
        out.append(']');
    }

    private void array(Object array) {
        out.append('[');
        for (int i = 0; i < Array.getLength(array); i++) {
            out.append(i == 0 ? "" : ",");
            value(Array.get(array, i));
        }
        out.append(']');
    }

    private void tagged(String kind, String... texts) {
        out.append("{\"$\":");
        string(kind);
        out.append(",\"v\":");
        string(texts[0]);
        if (texts.length > 1) {
            out.append(",\"w\":");
            string(texts[1]);
        }
        out.append('}');
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
