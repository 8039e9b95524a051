package org.pyquartz.blob;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;

/**
 * Java's own reader, held to an allow list and to limits over the whole graph.
 *
 * <p>A class is refused by its name, before it is loaded: the JVM's filter alone is asked only after that.
 */
final class GuardedInputStream extends ObjectInputStream {
    private final AllowList allow;
    private String exceeded;

    /** The object in a stream; InvalidClassException tells what was refused. */
    static Object read(byte[] bytes, AllowList allow) throws IOException, ClassNotFoundException {
        try (GuardedInputStream in = new GuardedInputStream(bytes, allow)) {
            try {
                return in.readObject();
            } catch (InvalidClassException e) {
                throw in.exceeded == null ? e : new InvalidClassException(in.exceeded);
            }
        }
    }

    private GuardedInputStream(byte[] bytes, AllowList allow) throws IOException {
        super(new ByteArrayInputStream(bytes));
        this.allow = allow;
        setObjectInputFilter(this::judge);
    }

    private ObjectInputFilter.Status judge(ObjectInputFilter.FilterInfo info) {
        if (info.depth() > Limits.DEPTH_IN_JAVA) {
            exceeded = "it nests deeper than " + Limits.DEPTH + " levels";
        } else if (info.references() > Limits.PARTS || info.arrayLength() > Limits.BYTES) {
            exceeded = "it holds too many objects, or too large an array";
        } else if (info.serialClass() == null || allow.allows(info.serialClass().getName())) {
            return ObjectInputFilter.Status.ALLOWED;
        }
        return ObjectInputFilter.Status.REJECTED;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description)
            throws InvalidClassException, ClassNotFoundException {
        String name = description.getName();
        if (!allow.allows(name)) {
            throw new InvalidClassException(name, "not on the allow list");
        }
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        if (context != null) {
            try {
                return Class.forName(name, false, context);
            } catch (ClassNotFoundException e) {
                // The context class loader of a foreign thread may know less than this class's own.
                return Class.forName(name, false, getClass().getClassLoader());
            }
        }
        return Class.forName(name, false, getClass().getClassLoader());
    }

    @Override
    protected Class<?> resolveProxyClass(String[] interfaces) throws InvalidClassException {
        throw new InvalidClassException("a dynamic proxy is never read");
    }
}
