package org.pyquartz.blob;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Makes a collection out of what was written of one of the JDK's or of Quartz's.
 *
 * <p>Maps, sets and lists come back as LinkedHashMap, LinkedHashSet and ArrayList, in the order in which
 * they were written, whatever they were.
 */
final class CollectionReader {
    /** Classes that are a front for another collection, and the field that holds it. */
    private static final Map<String, String> FRONTS = Map.of(
            "org.quartz.utils.DirtyFlagMap", "map",
            "java.util.Collections$UnmodifiableCollection", "c",
            "java.util.Collections$UnmodifiableMap", "m",
            "java.util.Collections$SynchronizedCollection", "c",
            "java.util.Collections$SynchronizedMap", "m");

    private final UnaryOperator<Object> element;

    /** @param element gives the value of an element */
    CollectionReader(UnaryOperator<Object> element) {
        this.element = element;
    }

    /** The collection behind any fronts; what is no front is behind none. */
    static Node behindFronts(Node node) throws UnreadableBlobException {
        Node behind = node;
        for (int i = 0; i < Limits.DEPTH; i++) {
            Node next = behindFront(behind);
            if (next == null) {
                return behind;
            }
            behind = next;
        }
        throw node.damaged();
    }

    private static Node behindFront(Node node) throws UnreadableBlobException {
        for (Node.Slot slot : node.slots) {
            String field = FRONTS.get(slot.type.name);
            if (field != null && node.type.isStandard()) {
                return node.field(slot.type.name, field, Node.class);
            }
        }
        return null;
    }

    /** The collection, or null if the object is none. */
    Object read(Node node) throws UnreadableBlobException {
        Node behind = behindFront(node);
        if (behind != null) {
            return element.apply(behind);
        }
        String name = node.type.name;
        switch (name) {
            case "java.util.HashMap":
            case "java.util.LinkedHashMap":
                return map(Layout.elements(node, "java.util.HashMap"));
            case "java.util.Hashtable":
                return map(Layout.elements(node, name));
            case "java.util.TreeMap":
                checkOrder(node.field(name, "comparator"));
                return map(Layout.elements(node, name));
            case "java.util.Properties":
                boolean alone = node.field(name, "defaults") == null;
                return alone ? map(Layout.elements(node, "java.util.Hashtable")) : null;
            case "java.util.Collections$EmptyMap":
                return map(List.of());
            case "java.util.Collections$SingletonMap":
                return map(Arrays.asList(node.field(name, "k"), node.field(name, "v")));
            case "java.util.HashSet":
            case "java.util.LinkedHashSet":
                return new LinkedHashSet<>(list(Layout.elements(node, "java.util.HashSet")));
            case "java.util.TreeSet":
                checkOrder(node.slot(name).objects.get(0));
                return new LinkedHashSet<>(list(Layout.elements(node, name)));
            case "java.util.Collections$EmptySet":
                return new LinkedHashSet<>();
            case "java.util.Collections$SingletonSet":
                return new LinkedHashSet<>(list(Arrays.asList(node.field(name, "element"))));
            case "java.util.CollSer":
                return immutable(node);
            default:
                List<Object> elements = elementsOfList(node);
                return elements == null ? null : list(elements);
        }
    }

    private static List<Object> elementsOfList(Node node) throws UnreadableBlobException {
        String name = node.type.name;
        switch (name) {
            case "java.util.ArrayList":
            case "java.util.LinkedList":
            case "java.util.ArrayDeque":
                return Layout.elements(node, name);
            case "java.util.Vector":
            case "java.util.Stack":
                List<Object> room = node.field("java.util.Vector", "elementData", Node.class).elements;
                int count = node.field("java.util.Vector", "elementCount", Integer.class);
                if (count < 0 || count > room.size()) {
                    throw node.damaged();
                }
                return room.subList(0, count);
            case "java.util.Arrays$ArrayList":
                return node.field(name, "a", Node.class).elements;
            case "java.util.Collections$EmptyList":
                return List.of();
            case "java.util.Collections$SingletonList":
                return Arrays.asList(node.field(name, "element"));
            default:
                return null;
        }
    }

    /** What List.of, Set.of and Map.of give. */
    private Object immutable(Node node) throws UnreadableBlobException {
        List<Object> elements = Layout.elements(node, node.type.name);
        if (Layout.isList(node)) {
            return list(elements);
        }
        int kind = node.field(node.type.name, "tag", Integer.class) & 0xff;
        if (kind == 2) {
            return new LinkedHashSet<>(list(elements));
        } else if (kind == 3 && elements.size() % 2 == 0) {
            return map(elements);
        }
        throw node.damaged();
    }

    /** The order itself is not needed, but what it is of must be known. */
    private void checkOrder(Object comparator) throws UnreadableBlobException {
        if (comparator instanceof Node && !((Node) comparator).type.isStandard()) {
            throw new UnreadableBlobException("of its order, " + ((Opaque) element.apply(comparator)).reason());
        }
    }

    private List<Object> list(List<Object> stored) {
        List<Object> values = new ArrayList<>();
        stored.forEach(o -> values.add(element.apply(o)));
        return values;
    }

    private Map<Object, Object> map(List<Object> keysAndValues) throws UnreadableBlobException {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            Object key = element.apply(keysAndValues.get(i));
            Opaque foreign = key instanceof String ? null : Blobs.findOpaque(key);
            if (foreign != null) {
                throw new UnreadableBlobException("of one of its keys, " + foreign.reason());
            }
            map.put(key, element.apply(keysAndValues.get(i + 1)));
        }
        return map;
    }

    Object array(Node node) throws UnreadableBlobException {
        if (node.bytes != null) {
            return Primitives.array(node.type.name.charAt(1), node.bytes.duplicate());
        }
        Object[] values = list(node.elements).toArray();
        boolean texts = node.type.name.equals("[Ljava.lang.String;")
                && Arrays.stream(values).allMatch(v -> v == null || v instanceof String);
        return texts ? Arrays.copyOf(values, values.length, String[].class) : values;
    }
}
