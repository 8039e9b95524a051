package org.pyquartz.blob;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The classes that may be read out of a stored object. Immutable.
 *
 * <p>The standard ones are values and plain collections, whose reading runs no code but theirs, and what
 * Quartz itself stores. What a user adds is trusted with whatever its reading does.
 */
public final class AllowList {
    private static final AllowList STANDARD = new AllowList(Set.of()).and(List.of(
            // Also what stands in the descriptors of others: superclasses and elements of arrays.
            "java.lang.Object", "java.lang.String", "java.lang.Boolean", "java.lang.Character",
            "java.lang.Number", "java.lang.Byte", "java.lang.Short", "java.lang.Integer", "java.lang.Long",
            "java.lang.Float", "java.lang.Double", "java.lang.Enum",
            "java.lang.String$CaseInsensitiveComparator",
            "java.math.BigInteger", "java.math.BigDecimal",
            "java.util.Date", "java.sql.Date", "java.sql.Time", "java.sql.Timestamp", "java.util.UUID",
            "java.time.*", "java.time.temporal.ChronoUnit", "java.util.concurrent.TimeUnit",
            "java.util.Currency", "java.util.Locale", "java.util.TimeZone", "java.util.SimpleTimeZone",
            "sun.util.calendar.ZoneInfo", "java.util.Calendar", "java.util.GregorianCalendar",
            "java.util.ArrayList", "java.util.LinkedList", "java.util.ArrayDeque", "java.util.Vector",
            "java.util.Stack", "java.util.Arrays$ArrayList",
            "java.util.CollSer", "java.util.ImmutableCollections$ListN",
            "java.util.ImmutableCollections$List12", "java.util.ImmutableCollections$SetN",
            "java.util.ImmutableCollections$Set12", "java.util.ImmutableCollections$MapN",
            "java.util.ImmutableCollections$Map1",
            "java.util.HashMap", "java.util.LinkedHashMap", "java.util.TreeMap", "java.util.Hashtable",
            "java.util.Properties", "java.util.Map$Entry",
            "java.util.HashSet", "java.util.LinkedHashSet", "java.util.TreeSet",
            "java.util.Collections$EmptyList", "java.util.Collections$EmptySet",
            "java.util.Collections$EmptyMap", "java.util.Collections$SingletonList",
            "java.util.Collections$SingletonSet", "java.util.Collections$SingletonMap",
            "java.util.Collections$UnmodifiableCollection", "java.util.Collections$UnmodifiableList",
            "java.util.Collections$UnmodifiableRandomAccessList", "java.util.Collections$UnmodifiableSet",
            "java.util.Collections$UnmodifiableSortedSet", "java.util.Collections$UnmodifiableMap",
            "java.util.Collections$UnmodifiableSortedMap", "java.util.Collections$SynchronizedCollection",
            "java.util.Collections$SynchronizedList", "java.util.Collections$SynchronizedRandomAccessList",
            "java.util.Collections$SynchronizedSet", "java.util.Collections$SynchronizedSortedSet",
            "java.util.Collections$SynchronizedMap", "java.util.Collections$SynchronizedSortedMap",
            "java.util.Collections$ReverseComparator",
            "org.quartz.JobDataMap", "org.quartz.utils.StringKeyDirtyFlagMap",
            "org.quartz.utils.DirtyFlagMap", "org.quartz.utils.Key", "org.quartz.JobKey",
            "org.quartz.TriggerKey", "org.quartz.TimeOfDay", "org.quartz.DateBuilder$IntervalUnit",
            "org.quartz.CronExpression", "org.quartz.impl.calendar.*", "org.quartz.impl.triggers.*"));

    private final Set<String> names;

    private AllowList(Set<String> names) {
        this.names = names;
    }

    /** Values, plain collections and Quartz's own classes. */
    public static AllowList standard() {
        return STANDARD;
    }

    /**
     * This list and more: the full names of classes, {@code com.acme.model.Batch}, or of a package with
     * all that is directly in it, {@code com.acme.model.*}. A nested class is named as Java stores it,
     * {@code com.acme.model.Batch$Line}. Blanks are skipped.
     *
     * @throws IllegalArgumentException for what is no such name
     */
    public AllowList and(Collection<String> more) {
        Set<String> all = new HashSet<>(names);
        for (String entry : more) {
            String name = entry.trim();
            if (!name.isEmpty()) {
                all.add(checked(name));
            }
        }
        return new AllowList(Set.copyOf(all));
    }

    private static String checked(String name) {
        String path = name.endsWith(".*") ? name.substring(0, name.length() - 2) : name;
        for (String part : path.split("\\.", -1)) {
            boolean word = !part.isEmpty()
                    && Character.isJavaIdentifierStart(part.charAt(0))
                    && part.chars().allMatch(Character::isJavaIdentifierPart);
            if (!word) {
                throw new IllegalArgumentException("\"" + name + "\" names neither a class, such as"
                        + " com.acme.model.Batch, nor a package, such as com.acme.model.*");
            }
        }
        return name;
    }

    /** Whether a class may be read, by the name that {@link Class#getName} gives, arrays included. */
    public boolean allows(String className) {
        String name = className;
        if (name.startsWith("[")) {
            String element = name.substring(name.lastIndexOf('[') + 1);
            if (element.length() == 1 && "BCDFIJSZ".contains(element)) {
                return true;
            }
            if (!element.startsWith("L") || !element.endsWith(";")) {
                return false;
            }
            name = element.substring(1, element.length() - 1);
        }
        int dot = name.lastIndexOf('.');
        return names.contains(name) || dot > 0 && names.contains(name.substring(0, dot) + ".*");
    }
}
