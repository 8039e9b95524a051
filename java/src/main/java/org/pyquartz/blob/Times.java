package org.pyquartz.blob;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/** Decodes the values of java.time, in the form that {@code java.time.Ser} writes: a number, then the parts. */
final class Times {
    private static final int QUARTER_OF_AN_HOUR = 900;

    private Times() {}

    /** The value, or null if it is of no kind known here. */
    static Object read(ByteBuffer in) {
        switch (in.get()) {
            case 1:
                return Duration.ofSeconds(in.getLong(), in.getInt());
            case 2:
                return Instant.ofEpochSecond(in.getLong(), in.getInt());
            case 3:
                return date(in);
            case 4:
                return time(in);
            case 5:
                return dateTime(in);
            case 6:
                LocalDateTime local = dateTime(in);
                ZoneOffset offset = offset(in);
                ZoneId zone = in.get() == 7 ? region(in) : offset(in);
                return ZonedDateTime.ofInstant(local, offset, zone);
            case 7:
                return region(in);
            case 8:
                return offset(in);
            case 9:
                return OffsetTime.of(time(in), offset(in));
            case 10:
                return OffsetDateTime.of(dateTime(in), offset(in));
            case 11:
                return Year.of(in.getInt());
            case 12:
                return YearMonth.of(in.getInt(), in.get());
            case 14:
                return Period.of(in.getInt(), in.getInt(), in.getInt());
            default:
                return null;
        }
    }

    private static LocalDate date(ByteBuffer in) {
        return LocalDate.of(in.getInt(), in.get(), in.get());
    }

    private static LocalDateTime dateTime(ByteBuffer in) {
        return LocalDateTime.of(date(in), time(in));
    }

    /** The last part that isn't zero is written as its complement, and what follows it is left out. */
    private static LocalTime time(ByteBuffer in) {
        int[] parts = new int[3];
        for (int i = 0; i < parts.length; i++) {
            int part = in.get();
            if (part < 0) {
                parts[i] = ~part;
                return LocalTime.of(parts[0], parts[1], parts[2]);
            }
            parts[i] = part;
        }
        return LocalTime.of(parts[0], parts[1], parts[2], in.getInt());
    }

    private static ZoneOffset offset(ByteBuffer in) {
        int quarters = in.get();
        return ZoneOffset.ofTotalSeconds(
                quarters == Byte.MAX_VALUE ? in.getInt() : quarters * QUARTER_OF_AN_HOUR);
    }

    private static ZoneId region(ByteBuffer in) {
        byte[] id = new byte[in.getShort() & 0xffff];
        in.get(id);
        return ZoneId.of(new String(id, StandardCharsets.US_ASCII));
    }
}
