package org.pyquartz.blob;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Stack;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.Vector;
import java.util.concurrent.TimeUnit;
import org.quartz.JobDataMap;
import org.quartz.JobKey;
import org.quartz.TimeOfDay;

/** The values that job data are made of, one of each kind and at their edges. */
final class Values {
    private Values() {}

    static List<Object> all() {
        List<Object> all = new ArrayList<>();
        all.addAll(scalars());
        all.addAll(times());
        all.addAll(collections());
        all.addAll(arrays());
        all.addAll(readOnlyAsAWhole());
        return all;
    }

    static List<Object> scalars() {
        java.sql.Timestamp stamp = new java.sql.Timestamp(-1_999L);
        stamp.setNanos(123_456_789);
        return List.of(
                "", "text", "Grüße, 世界, \0, \uD83D\uDE00, \uD83D alone", "x".repeat(70_000),
                true, false, 'x', '\uFFFF', Byte.MIN_VALUE, Short.MIN_VALUE, Integer.MIN_VALUE, 0,
                Long.MAX_VALUE, 1.5f, Float.NaN, 0.19, Double.NEGATIVE_INFINITY,
                BigInteger.ZERO, BigInteger.ONE.negate(), BigInteger.ONE.shiftLeft(200).negate(),
                new BigDecimal("12345.67890"), new BigDecimal("-0.00"), new BigDecimal("1E+400"),
                new UUID(Long.MIN_VALUE, -1), new Date(1_900_000_000_123L), new Date(Long.MIN_VALUE),
                new java.sql.Date(1_900_000_000_000L), new java.sql.Time(1_000L), stamp);
    }

    static List<Object> times() {
        LocalDate date = LocalDate.of(-44, 3, 15);
        LocalDateTime minute = LocalDateTime.of(2031, 10, 26, 2, 30);
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        return List.of(
                Duration.ofSeconds(-1, 5), Instant.MIN, Instant.ofEpochSecond(1, 999_999_999), date,
                LocalTime.MIDNIGHT, LocalTime.of(23, 0), LocalTime.of(23, 59), LocalTime.of(23, 59, 58),
                LocalTime.MAX, minute, LocalDateTime.MAX,
                // Half past two comes twice on this day: the second time is told by its offset alone.
                ZonedDateTime.ofLocal(minute, berlin, ZoneOffset.ofHours(1)),
                ZonedDateTime.of(minute, ZoneOffset.ofHoursMinutes(5, 30)),
                OffsetDateTime.of(minute, ZoneOffset.ofTotalSeconds(3_601)),
                OffsetTime.of(LocalTime.NOON, ZoneOffset.MIN), ZoneOffset.MAX, berlin,
                Year.of(2031), YearMonth.of(2031, 3), Period.of(1, -2, 3));
    }

    static List<Object> collections() {
        Properties properties = new Properties();
        properties.setProperty("k", "v");
        Stack<Object> stack = new Stack<>();
        stack.addAll(List.of(1, 2));
        Vector<Object> vector = new Vector<>(30);
        vector.add("v");
        TreeSet<Object> backwards = new TreeSet<>(Collections.reverseOrder());
        backwards.addAll(List.of(1, 3, 2));
        Map<Object, Object> map = new LinkedHashMap<>();
        map.put("z", Arrays.asList(1, null, List.of("deep", Map.of())));
        map.put("a", null);
        map.put(List.of(1), "a list is a key");
        List<Object> list = new ArrayList<>(List.of("a", 1, new Date(5)));
        TreeMap<Object, Object> sorted = new TreeMap<>(Map.of("b", 1, "a", 2));
        TreeMap<Object, Object> relaxed = new TreeMap<>(Map.of("b", 1));
        return List.of(
                map, new HashMap<>(map), new HashMap<>(), new Hashtable<>(Map.of("k", "v")), properties, sorted,
                relaxed, list, new ArrayList<>(), new LinkedList<>(list), vector, stack, Arrays.asList("a", null),
                new HashSet<>(list), new LinkedHashSet<>(list), new TreeSet<>(List.of("b", "a")), backwards,
                Collections.emptyList(), Collections.emptySet(), Collections.emptyMap(),
                Collections.singletonList(1), Collections.singleton(1), Collections.singletonMap("k", 1),
                Collections.unmodifiableList(list), Collections.unmodifiableList(new LinkedList<>(list)),
                Collections.unmodifiableSet(new HashSet<>(list)), Collections.unmodifiableMap(map),
                Collections.unmodifiableSortedMap(sorted), Collections.synchronizedList(list),
                Collections.synchronizedSet(new HashSet<>(list)), Collections.synchronizedMap(map),
                List.of(), List.of(1, "b"), List.of(1, 2, 3), java.util.Set.of("a", 2, 3L), Map.of("k", 1),
                Map.of("k", 1, "l", List.of(2), "m", Map.of()), List.copyOf(list),
                new ArrayDeque<>(list), Collections.unmodifiableCollection(list), Streams.data("inner", list));
    }

    static List<Object> arrays() {
        return List.of(
                new byte[] {0, 1, -1}, new char[] {'a', '\uFFFF'}, new double[] {0.1, Double.NaN},
                new float[] {1.5f}, new int[] {Integer.MIN_VALUE, 7}, new long[] {Long.MAX_VALUE, 0},
                new short[] {-5, 5}, new boolean[] {true, false}, new byte[0], new String[] {"a", null},
                new Object[] {1, "a", null, new byte[] {1}, new Object[] {2L}}, new String[0],
                new Integer[] {1, 2}, new int[][] {{1}, {2, 3}}, new Date[] {new Date(1)});
    }

    /** Values, but of kinds that only Java itself puts together. */
    static List<Object> readOnlyAsAWhole() {
        return List.of(
                Currency.getInstance("EUR"), Locale.GERMANY, TimeZone.getTimeZone("Europe/Berlin"),
                DayOfWeek.FRIDAY, TimeUnit.DAYS, new JobKey("j", "g"), new TimeOfDay(8, 30));
    }

    static void assertSameValue(Object expected, Object actual) {
        boolean same = Arrays.deepEquals(new Object[] {plain(expected)}, new Object[] {plain(actual)});
        assertTrue("expected " + expected + " but found " + actual, same);
        if (!(expected instanceof Collection || expected instanceof Map || expected instanceof Object[])) {
            assertEquals(expected.getClass(), actual.getClass());
        }
    }

    /** A collection that is neither a list nor a set equals itself alone. */
    private static Object plain(Object value) {
        if (value instanceof JobDataMap) {
            return ((JobDataMap) value).getWrappedMap();
        }
        return value instanceof Collection && !(value instanceof List) && !(value instanceof java.util.Set)
                ? new ArrayList<>((Collection<?>) value)
                : value;
    }
}
