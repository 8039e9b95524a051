package org.pyquartz.blob;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;
import org.junit.runners.Parameterized.Parameters;

/** Nothing that hides in a blob is loaded, initialised or called, wherever it hides. */
@RunWith(Parameterized.class)
public class HostileBlobsTest {
    @Parameters(name = "{0}")
    public static List<String> places() {
        return List.of(
                "value", "nested value", "key", "element of a set", "subclass of a map", "externalizable",
                "dynamic proxy", "element of an array", "array of its type", "array of arrays", "enum", "class",
                "comparator", "lambda", "behind a front", "lock of a synchronised map", "class annotation",
                "root", "root: subclass of a map", "root: subclass of job data", "root: array", "root: key");
    }

    @Rule public final TemporaryFolder folder = new TemporaryFolder();

    private final String place;
    private final SealedLoader reading = new SealedLoader();
    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private byte[] blob;
    private File strike;

    public HostileBlobsTest(String place) {
        this.place = place;
    }

    @Before
    public void aim() throws Exception {
        SealedLoader writing = new SealedLoader();
        Class<?> hostile = writing.loadClass(Hostile.class.getName());
        blob = (byte[]) hostile.getMethod("stream", String.class).invoke(null, place);
        strike = new File(folder.getRoot(), "strike");
        System.setProperty(Hostile.TARGET, strike.getPath());
        Thread.currentThread().setContextClassLoader(reading);
    }

    @After
    public void disarm() {
        Thread.currentThread().setContextClassLoader(before);
        System.clearProperty(Hostile.TARGET);
    }

    private boolean loaded() {
        return reading.asked.stream().anyMatch(SealedLoader::isHostile);
    }

    @Test
    public void nothingRuns() throws Exception {
        try {
            Map<?, ?> data = (Map<?, ?>) Blobs.read(blob, AllowList.standard());
            assertFalse("a root that is foreign must not be read", place.startsWith("root"));
            assertEquals("kept", data.get("note"));
            assertTrue(Blobs.holdsOpaque(data));
            String reason = Blobs.findOpaque(data.get("x")).reason();
            assertTrue(reason, reason.contains("not on the allow list") || reason.contains("never read"));
        } catch (UnreadableBlobException e) {
            assertTrue(e.getMessage(), place.startsWith("root") || place.equals("class annotation"));
            assertTrue(e.getMessage(), e.getMessage().contains("Hostile$"));
        }
        assertFalse(loaded());
        assertFalse(strike.exists());
    }

    /** What the other test rests on: without protection each of these is loaded, and nearly all strike. */
    @Test
    public void withoutProtectionItWouldRun() throws Exception {
        try (ObjectInputStream in = new Unprotected()) {
            in.readObject();
        }
        assertTrue(loaded());
        boolean waits = List.of("class", "comparator", "lambda").contains(place);
        assertTrue(strike.exists() != waits);
    }

    private final class Unprotected extends ObjectInputStream {
        Unprotected() throws Exception {
            super(new ByteArrayInputStream(blob));
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws ClassNotFoundException {
            return Class.forName(description.getName(), false, reading);
        }

        @Override
        @SuppressWarnings("deprecation") // Java's own resolveProxyClass does the same.
        protected Class<?> resolveProxyClass(String[] interfaces) throws ClassNotFoundException {
            return Proxy.getProxyClass(reading, Class.forName(interfaces[0], false, reading));
        }
    }
}
