package org.pyquartz.blob;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.util.Date;
import java.util.Set;
import java.util.UUID;

/** Makes a single value out of what was written of one, as the "Serialized Form" of its class fixes it. */
final class Scalars {
    private static final String DATE = "java.util.Date";

    private static final Set<String> KNOWN = Set.of(
            "java.lang.Boolean", "java.lang.Character", "java.lang.Byte", "java.lang.Short",
            "java.lang.Integer", "java.lang.Long", "java.lang.Float", "java.lang.Double",
            "java.math.BigInteger", "java.math.BigDecimal", "java.util.UUID", DATE, "java.sql.Date",
            "java.sql.Time", "java.sql.Timestamp", "java.time.Ser");

    private Scalars() {}

    /** Whether its objects are single values; all of them have an order. */
    static boolean isKnown(String className) {
        return KNOWN.contains(className);
    }

    /** The value, or null if the object is of none of the classes known here. */
    static Object read(Node node) throws UnreadableBlobException {
        try {
            return value(node, node.type.name);
        } catch (BufferUnderflowException | ArithmeticException | IllegalArgumentException
                | DateTimeException e) {
            throw new UnreadableBlobException(node.damaged().getMessage() + ": " + e.getMessage(), e);
        }
    }

    private static Object value(Node node, String name) throws UnreadableBlobException {
        switch (name) {
            case "java.lang.Boolean":
                return node.field(name, "value", Boolean.class);
            case "java.lang.Character":
                return node.field(name, "value", Character.class);
            case "java.lang.Byte":
                return node.field(name, "value", Byte.class);
            case "java.lang.Short":
                return node.field(name, "value", Short.class);
            case "java.lang.Integer":
                return node.field(name, "value", Integer.class);
            case "java.lang.Long":
                return node.field(name, "value", Long.class);
            case "java.lang.Float":
                return node.field(name, "value", Float.class);
            case "java.lang.Double":
                return node.field(name, "value", Double.class);
            case "java.math.BigInteger":
                return integer(node);
            case "java.math.BigDecimal":
                Node unscaled = node.field(name, "intVal", Node.class);
                return new BigDecimal(integer(unscaled), node.field(name, "scale", Integer.class));
            case "java.util.UUID":
                return new UUID(
                        node.field(name, "mostSigBits", Long.class),
                        node.field(name, "leastSigBits", Long.class));
            case DATE:
                return new Date(millis(node));
            case "java.sql.Date":
                return new java.sql.Date(millis(node));
            case "java.sql.Time":
                return new java.sql.Time(millis(node));
            case "java.sql.Timestamp":
                java.sql.Timestamp stamp = new java.sql.Timestamp(millis(node));
                stamp.setNanos(node.field(name, "nanos", Integer.class));
                return stamp;
            case "java.time.Ser":
                return Times.read(node.data(name));
            default:
                return null;
        }
    }

    private static BigInteger integer(Node node) throws UnreadableBlobException {
        String name = "java.math.BigInteger";
        ByteBuffer magnitude = node.field(name, "magnitude", Node.class).bytes;
        if (magnitude == null) {
            throw node.damaged();
        }
        byte[] bytes = new byte[magnitude.remaining()];
        magnitude.duplicate().get(bytes);
        return new BigInteger(node.field(name, "signum", Integer.class), bytes);
    }

    private static long millis(Node node) throws UnreadableBlobException {
        return node.data(DATE).getLong();
    }
}
