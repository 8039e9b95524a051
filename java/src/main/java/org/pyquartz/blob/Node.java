package org.pyquartz.blob;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One object of a parsed stream: what was written of it, and how large a thing it would be.
 *
 * <p>Where it refers to other objects there are Nodes, Strings, and boxed primitives.
 */
final class Node {
    enum Kind { OBJECT, ARRAY, ENUM, CLASS }

    /** What was written of an object for one class of its chain. */
    static final class Slot {
        final ClassDesc type;
        Object[] values = {};
        /** What the class wrote by itself: primitives, in one piece, and objects. */
        byte[] data = {};
        final List<Object> objects = new ArrayList<>(0);

        Slot(ClassDesc type) {
            this.type = type;
        }
    }

    final Kind kind;
    final ClassDesc type;
    final List<Slot> slots = new ArrayList<>(2);
    /** The elements of an array of objects. */
    final List<Object> elements = new ArrayList<>(0);
    /** The elements of an array of primitives. */
    ByteBuffer bytes;

    /** Its place on the stack of what is being read; -1 when it is complete. */
    int place = -1;
    /** It holds itself, with only collections in between. */
    boolean cyclic;
    private int height = 1;
    private long weight = 1;

    Node(Kind kind, ClassDesc type) {
        this.kind = kind;
        this.type = type;
    }

    String className() {
        return kind == Kind.CLASS ? "java.lang.Class" : type.readableName();
    }

    /** How deep values nest in it. */
    int height() {
        return height;
    }

    /** How many parts it would be if nothing were shared. */
    long weight() {
        return weight;
    }

    /** Whether what it holds is a part of its value: so not of a class that nothing is known of. */
    boolean isOpen() {
        return kind == Kind.ARRAY || kind == Kind.OBJECT && type.isStandardAtHeart();
    }

    Slot slot(String className) throws UnreadableBlobException {
        for (Slot slot : slots) {
            if (slot.type.name.equals(className)) {
                return slot;
            }
        }
        throw damaged();
    }

    Object field(String className, String fieldName) throws UnreadableBlobException {
        Slot slot = slot(className);
        int i = slot.type.fieldNames.indexOf(fieldName);
        if (i < 0 || i >= slot.values.length) {
            throw damaged();
        }
        return slot.values[i];
    }

    <T> T field(String className, String fieldName, Class<T> wanted) throws UnreadableBlobException {
        Object value = field(className, fieldName);
        if (!wanted.isInstance(value)) {
            throw damaged();
        }
        return wanted.cast(value);
    }

    ByteBuffer data(String className) throws UnreadableBlobException {
        return ByteBuffer.wrap(slot(className).data);
    }

    UnreadableBlobException damaged() {
        return new UnreadableBlobException("what is stored of class " + className() + " is damaged");
    }

    /**
     * Measures it when it has been read to its end, so that nothing has to walk the graph: all that it
     * refers to has been measured before, or is still being read, which makes a circle.
     *
     * @return whether it is in a circle
     */
    boolean measure(List<Node> stack) throws UnreadableBlobException {
        int circle = stack.size();
        int reach = stack.size();
        while (reach > 0 && stack.get(reach - 1).isOpen()) {
            reach--;
        }
        for (Object child : children()) {
            Node node = child instanceof Node ? (Node) child : null;
            if (node == null || node.place < 0 && !node.isOpen()) {
                weight++;
            } else if (node.place < 0) {
                weight += node.weight;
                height = Math.max(height, node.height + 1);
            } else if (node.place >= reach) {
                circle = Math.min(circle, node.place);
            }
        }
        if (weight > Limits.PARTS) {
            throw new UnreadableBlobException("too large: more than " + Limits.PARTS
                    + " parts, those that several places share counted for each");
        }
        stack.subList(circle, stack.size()).forEach(node -> node.cyclic = true);
        return circle < stack.size();
    }

    private List<Object> children() {
        List<Object> children = new ArrayList<>(elements);
        for (Slot slot : slots) {
            for (int i = 0; i < slot.values.length; i++) {
                // A synchronised collection names itself as its lock; it doesn't hold itself.
                if (!slot.type.fieldNames.get(i).equals("mutex")) {
                    children.add(slot.values[i]);
                }
            }
            children.addAll(slot.objects);
        }
        return children;
    }
}
