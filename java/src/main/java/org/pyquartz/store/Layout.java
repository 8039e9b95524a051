package org.pyquartz.store;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * How the JDK's collections write their elements, as the "Serialized Form" of each class fixes it: how many,
 * then one after the other.
 *
 * <p>The parser holds every stream to it. Else the JDK's own reading, which believes the number, could take
 * for elements what the parser took for something else, or make room for elements that are not there.
 */
final class Layout {
    private static final Map<String, Layout> OF = Map.of(
            "java.util.ArrayList", new Layout(1, 0),
            "java.util.LinkedList", new Layout(1, 0),
            "java.util.ArrayDeque", new Layout(1, 0),
            "java.util.CollSer", new Layout(1, 0),
            "java.util.HashSet", new Layout(1, 0),
            // Its comparator comes first.
            "java.util.TreeSet", new Layout(1, 1),
            "java.util.HashMap", new Layout(2, 0),
            "java.util.TreeMap", new Layout(2, 0),
            "java.util.Hashtable", new Layout(2, 0));

    private final int objectsPerElement;
    private final int objectsBefore;

    private Layout(int objectsPerElement, int objectsBefore) {
        this.objectsPerElement = objectsPerElement;
        this.objectsBefore = objectsBefore;
    }

    static void check(Node node, ClassDesc type) throws UnreadableBlobException {
        if (OF.containsKey(type.name)) {
            elements(node, type.name);
        }
    }

    /** The elements of a collection; of a map, keys and values in turn. */
    static List<Object> elements(Node node, String className) throws UnreadableBlobException {
        Layout layout = OF.get(className);
        List<Object> objects = node.slot(className).objects;
        long expected = (long) size(node, className) * layout.objectsPerElement + layout.objectsBefore;
        if (objects.size() != expected) {
            throw node.damaged();
        }
        return objects.subList(layout.objectsBefore, objects.size());
    }

    private static int size(Node node, String className) throws UnreadableBlobException {
        // The number that stands before its elements was its capacity up to Java 7.
        if (className.equals("java.util.ArrayList")) {
            return node.field(className, "size", Integer.class);
        }
        ByteBuffer data = node.data(className);
        if (data.remaining() < Integer.BYTES) {
            throw node.damaged();
        }
        return data.getInt(data.limit() - Integer.BYTES);
    }
}
