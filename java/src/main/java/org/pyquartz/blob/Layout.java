package org.pyquartz.blob;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

    private static final Set<String> HASHED = Set.of("java.util.HashMap", "java.util.HashSet");

    /** As many comparisons of two objects take as long as it takes to read one. */
    private static final int COMPARISONS_PER_PART = 100;

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

    /**
     * The work, in parts, that keys make which were chosen to have one hash code: each is then compared
     * with all before it. HashMap looks such keys up by their order, but lists, say, have none, and the
     * others don't ask for it.
     */
    static int collisions(Node node) throws UnreadableBlobException {
        long keys = 0;
        for (Node.Slot slot : node.slots) {
            String name = slot.type.name;
            if (name.equals("java.util.Hashtable") || name.equals("java.util.CollSer") && !isList(node)) {
                keys += slot.objects.size();
            } else if (HASHED.contains(name)) {
                for (int i = 0; i < slot.objects.size(); i += OF.get(name).objectsPerElement) {
                    keys += hasNoOrder(slot.objects.get(i)) ? 1 : 0;
                }
            }
        }
        return (int) Math.min(keys * node.weight() / COMPARISONS_PER_PART, Limits.PARTS);
    }

    /** Whether an object is what List.of gave, and not Set.of or Map.of: java.util.CollSer tells by number. */
    static boolean isList(Node node) throws UnreadableBlobException {
        int kind = node.field("java.util.CollSer", "tag", Integer.class) & 0xff;
        return kind == 1 || kind == 4;
    }

    /** Objects of foreign classes are not counted: they are no keys here, or trusted to be good ones. */
    private static boolean hasNoOrder(Object key) {
        return key instanceof Node && ((Node) key).isOpen() && !Scalars.isKnown(((Node) key).type.name);
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
