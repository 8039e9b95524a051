package org.pyquartz.write;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.quartz.JobDataMap;

/** Job data of Python's as the objects that are stored, which a plain Java node can read. */
public final class Values {
    private static final Set<String> ZONES = ZoneId.getAvailableZoneIds();

    private Values() {}

    /** Reads one value; {@code pyquartz/_jvm/packing.py} wrote it. */
    public static Object read(String packed) {
        return JsonReader.read(packed);
    }

    /** Reads job data. */
    public static JobDataMap data(String packed) {
        return data(JsonReader.read(packed));
    }

    static JobDataMap data(Object entries) {
        return entries == null ? new JobDataMap() : new JobDataMap((Map<?, ?>) entries);
    }

    /** What stands behind {@code {"$": kind, "v": ...}}. */
    static Object untag(Map<String, Object> tagged) {
        Object value = tagged.get("v");
        String kind = (String) tagged.get("$");
        switch (kind) {
            case "map":
                return map((List<?>) value);
            case "float":
                return Double.valueOf((String) value);
            case "bytes":
                return Base64.getDecoder().decode((String) value);
            case "decimal":
                return new BigDecimal((String) value);
            case "uuid":
                return UUID.fromString((String) value);
            case "datetime":
                return moment(number(value), (int) number(tagged.get("n")), tagged);
            case "date":
                return LocalDate.parse((String) value);
            case "time":
                return LocalTime.parse((String) value);
            case "duration":
                return Duration.ofSeconds(number(value), number(tagged.get("n")));
            default:
                throw new IllegalArgumentException("a value of the unknown kind " + kind);
        }
    }

    private static Map<String, Object> map(List<?> pairs) {
        Map<String, Object> entries = new LinkedHashMap<>();
        for (Object pair : pairs) {
            entries.put((String) ((List<?>) pair).get(0), ((List<?>) pair).get(1));
        }
        return entries;
    }

    /** Java lacks some names that a machine's zone files have: an offset says the same instant. */
    private static Object moment(long seconds, int nanos, Map<String, Object> tagged) {
        Instant instant = Instant.ofEpochSecond(seconds, nanos);
        String zone = (String) tagged.get("zone");
        if (zone != null && ZONES.contains(zone)) {
            return ZonedDateTime.ofInstant(instant, ZoneId.of(zone));
        }
        int offset = (int) number(tagged.get("offset"));
        return OffsetDateTime.ofInstant(instant, ZoneOffset.ofTotalSeconds(offset));
    }

    static long number(Object value) {
        return ((Number) value).longValue();
    }
}
