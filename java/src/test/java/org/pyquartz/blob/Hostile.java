package org.pyquartz.blob;

import java.io.ByteArrayOutputStream;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectInputStream;
import java.io.ObjectOutput;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.quartz.JobDataMap;

/**
 * Classes that strike when they are initialised, read, or called: they create a file. Only the copies of a
 * SealedLoader ever run, so that nothing else has initialised them when a test looks.
 */
public final class Hostile {
    public static final String TARGET = "pyquartz.test.strike";

    private Hostile() {}

    private static void strike() {
        String target = System.getProperty(TARGET);
        if (target != null) {
            try {
                Path file = Paths.get(target);
                if (!Files.exists(file)) {
                    Files.createFile(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Job data with something hostile in the place named; each begins with a harmless note. */
    public static byte[] stream(String place) throws IOException {
        boolean annotated = place.equals("class annotation");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new Annotator(bytes, annotated)) {
            out.writeObject(place.startsWith("root") ? root(place) : data(place));
        }
        return bytes.toByteArray();
    }

    private static JobDataMap data(String place) {
        JobDataMap data = new JobDataMap();
        data.put("note", "kept");
        data.put("x", place.equals("class annotation") ? "harmless" : hidden(place));
        return data;
    }

    private static Object root(String place) {
        switch (place) {
            case "root":
                return new Value();
            case "root: subclass of a map":
                return new SubMap();
            case "root: subclass of job data":
                return new SubData();
            case "root: array":
                return new Object[] {new Value()};
            case "root: key":
                return new HashMap<>(Map.of(new Value(), "v"));
            default:
                throw new IllegalArgumentException(place);
        }
    }

    private static Object hidden(String place) {
        switch (place) {
            case "value":
                return new Value();
            case "nested value":
                return new ArrayList<>(List.of("a", new HashMap<>(Map.of("k", List.of(new Value())))));
            case "key":
                return new HashMap<>(Map.of(new Value(), "v"));
            case "element of a set":
                return new HashSet<>(Set.of(new Value()));
            case "subclass of a map":
                return new SubMap();
            case "externalizable":
                return new External();
            case "dynamic proxy":
                return Proxy.newProxyInstance(
                        Hostile.class.getClassLoader(), new Class<?>[] {Greeter.class}, new Handler());
            case "element of an array":
                return new Object[] {1, new Value()};
            case "array of its type":
                return new Value[] {new Value()};
            case "array of arrays":
                return new Value[][] {{new Value()}};
            case "enum":
                return Shade.DARK;
            case "class":
                return Shade.class;
            case "comparator":
                return new TreeMap<>((Comparator<Object> & Serializable) Hostile::compare);
            case "lambda":
                return (Runnable & Serializable) Hostile::strike;
            case "behind a front":
                return Collections.unmodifiableList(new ArrayList<>(List.of(new Value())));
            case "lock of a synchronised map":
                return Collections.synchronizedMap(new HashMap<>(Map.of("k", new Value())));
            default:
                throw new IllegalArgumentException(place);
        }
    }

    private static int compare(Object a, Object b) {
        strike();
        return 0;
    }

    /** Also writes a hostile object where a stream may say more of a class. */
    private static final class Annotator extends ObjectOutputStream {
        private boolean pending;

        Annotator(ByteArrayOutputStream bytes, boolean annotate) throws IOException {
            super(bytes);
            pending = annotate;
        }

        @Override
        protected void annotateClass(Class<?> type) throws IOException {
            if (pending) {
                pending = false;
                writeObject(new Value());
            }
        }
    }

    static class Value implements Serializable {
        static {
            strike();
        }

        private void readObject(ObjectInputStream in) {
            strike();
        }
    }

    static final class SubMap extends HashMap<String, Object> {
        static {
            strike();
        }

        private void readObject(ObjectInputStream in) {
            strike();
        }
    }

    static final class SubData extends JobDataMap {
        static {
            strike();
        }

        private void readObject(ObjectInputStream in) {
            strike();
        }
    }

    /** Public, as Java wants it of what it reads in this way. */
    public static final class External implements Externalizable {
        static {
            strike();
        }

        public External() {
            strike();
        }

        @Override
        public void writeExternal(ObjectOutput out) throws IOException {
            out.writeInt(1);
        }

        @Override
        public void readExternal(ObjectInput in) {
            strike();
        }
    }

    enum Shade {
        DARK;

        static {
            strike();
        }
    }

    interface Greeter {
        String greet();
    }

    static final class Handler implements InvocationHandler, Serializable {
        static {
            strike();
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            strike();
            return null;
        }
    }
}
