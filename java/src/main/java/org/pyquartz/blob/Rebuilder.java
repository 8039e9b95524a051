package org.pyquartz.blob;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Puts together a map from a parsed stream that Java must not read: the values that are known are real, and
 * an {@link Opaque} stands for every other.
 */
final class Rebuilder {
    private final AllowList allow;
    private final String obstacle;
    private final CollectionReader collections = new CollectionReader(this::value);
    private final Map<Node, Object> made = new IdentityHashMap<>();

    /** @param obstacle why Java must not, or cannot, read the stream */
    Rebuilder(AllowList allow, String obstacle) {
        this.allow = allow;
        this.obstacle = obstacle;
    }

    Map<?, ?> map(Object root) throws UnreadableBlobException {
        if (!(root instanceof Node)) {
            throw new UnreadableBlobException(obstacle);
        }
        Node node = (Node) root;
        String reason = node.type.refusal(allow);
        if (reason == null) {
            // Not by value(): the map itself is needed, even where it is one of its own values.
            Object value = build(CollectionReader.behindFronts(node));
            // Without an Opaque a map would pass for whole, though something in the blob is not sound.
            if (value instanceof Map && Blobs.holdsOpaque((Map<?, ?>) value)) {
                return (Map<?, ?>) value;
            }
            reason = obstacle;
        }
        String name = node.className();
        throw new UnreadableBlobException("it holds an object of class " + name + ": " + reason, name);
    }

    private Object value(Object stored) {
        if (!(stored instanceof Node)) {
            return stored;
        }
        Node node = (Node) stored;
        if (!made.containsKey(node)) {
            made.put(node, valueOrOpaque(node));
        }
        return made.get(node);
    }

    private Object valueOrOpaque(Node node) {
        String reason = node.type.refusal(allow);
        if (reason == null && node.cyclic) {
            reason = "it contains itself";
        }
        if (reason == null && node.height() > Limits.DEPTH) {
            reason = "it nests deeper than " + Limits.DEPTH + " levels";
        }
        if (reason == null) {
            try {
                Object value = build(node);
                if (value != null) {
                    return value;
                }
                reason = "it is allowed, but read only where the whole blob can be: " + obstacle;
            } catch (UnreadableBlobException e) {
                reason = e.getMessage();
            }
        }
        return new Opaque(node.className(), reason);
    }

    /** The value, or null if it is of no kind known here. */
    private Object build(Node node) throws UnreadableBlobException {
        if (node.kind == Node.Kind.ARRAY) {
            return collections.array(node);
        }
        if (node.kind != Node.Kind.OBJECT || !node.type.isStandard()) {
            return null;
        }
        Object collection = collections.read(node);
        return collection != null ? collection : Scalars.read(node);
    }
}
