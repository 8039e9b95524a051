package org.pyquartz.blob;

import java.io.IOException;
import java.io.InvalidClassException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the objects that a Quartz store holds in serialised form, without trusting who wrote them.
 *
 * <p>Each blob is parsed first, which runs nothing of it. Java then reads it as a whole if every class in
 * it is allowed; else a map is put together from what was parsed, with an {@link Opaque} for each value
 * that is of a class of somebody else's.
 */
public final class Blobs {
    private Blobs() {}

    /**
     * The object in a blob; null for no bytes.
     *
     * @throws UnreadableBlobException if the bytes are no sound stream or beyond all measure, or if what
     *     they hold is no map and of a class that is not allowed or not there
     */
    public static Object read(byte[] bytes, AllowList allow) throws UnreadableBlobException {
        if (bytes == null || bytes.length == 0) {
            return null;
        }
        if (bytes.length > Limits.BYTES) {
            throw new UnreadableBlobException("too large: " + bytes.length + " bytes");
        }
        ParsedStream parsed = StreamParser.parse(bytes);
        String obstacle = parsed.obstacle(allow);
        if (obstacle == null) {
            try {
                Object value = GuardedInputStream.read(bytes, allow);
                // A collection that lacks its insides fails only when it is used: better here.
                findOpaque(value);
                return value;
            } catch (ClassNotFoundException e) {
                obstacle = "class " + e.getMessage() + " is on the allow list, but not on the class path";
            } catch (InvalidClassException e) {
                obstacle = e.getMessage();
            } catch (LinkageError e) {
                obstacle = "a class in it cannot be loaded: " + e;
            } catch (IOException | RuntimeException | StackOverflowError | InternalError e) {
                // InternalError is what Map.of throws for a key without a value.
                throw new UnreadableBlobException("Java cannot read it: " + e, e);
            }
        }
        return new Rebuilder(allow, obstacle).map(parsed.root);
    }

    /** Whether a map holds an {@link Opaque}, at any depth: then it must not be written. */
    public static boolean holdsOpaque(Map<?, ?> map) {
        return findOpaque(map) != null;
    }

    /** The keys of a map whose values hold one. */
    public static List<String> opaqueKeys(Map<String, ?> map) {
        List<String> keys = new ArrayList<>(map.keySet());
        keys.removeIf(key -> findOpaque(map.get(key)) == null);
        return keys;
    }

    /** The first {@link Opaque} in a value, or null. Only collections are looked into. */
    static Opaque findOpaque(Object value) {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Object> ahead = new ArrayDeque<>();
        for (Object next = value; next != null; next = ahead.poll()) {
            if (next instanceof Opaque) {
                return (Opaque) next;
            }
            Collection<?> inside = inside(next);
            if (!inside.isEmpty() && seen.add(next)) {
                inside.stream().filter(o -> o != null).forEach(ahead::push);
            }
        }
        return null;
    }

    private static Collection<?> inside(Object value) {
        if (value instanceof Map) {
            Map<?, ?> map = (Map<?, ?>) value;
            return Arrays.asList(map.keySet().toArray(), map.values().toArray());
        }
        if (value instanceof Object[]) {
            return Arrays.asList((Object[]) value);
        }
        return value instanceof Collection ? (Collection<?>) value : Collections.emptyList();
    }
}
