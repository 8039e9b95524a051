package org.pyquartz.blob;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

/** A blob that is damaged, or made to do damage, ends in a value or an UnreadableBlobException, and soon. */
public class DamagedBlobsTest {
    private static final AllowList STANDARD = AllowList.standard();
    private static final AllowList WIDENED = STANDARD.and(List.of("org.pyquartz.blob.*"));

    @Rule public final Timeout timeout = Timeout.seconds(300);

    private static List<byte[]> blobs() throws Exception {
        Map<String, Object> everything = new LinkedHashMap<>();
        Values.all().forEach(value -> everything.put("v" + everything.size(), shortened(value)));
        Map<String, Object> mixed = new LinkedHashMap<>(everything);
        mixed.put("batch", new Batch("Q1"));
        mixed.put("careful", new CarefulWriter.Elder(5, new CarefulWriter(1, "c")));
        return List.of(
                Streams.stored("invoice"), Streams.stored("ledger"), Streams.stored("jitter-blob"),
                Streams.of(Streams.data("all", everything)), Streams.of(Streams.data("all", mixed)));
    }

    private static Object shortened(Object value) {
        return value instanceof String && ((String) value).length() > 100 ? "short" : value;
    }

    /** Everywhere in those that a store held; in the long ones, for the sake of time, here and there. */
    private static int step(byte[] blob, int steps) {
        return blob.length < 2_000 ? 1 : steps;
    }

    /** Lets every exception through but the one that a caller is told of. */
    private static boolean isRead(byte[] bytes, AllowList allow) {
        try {
            Object value = Blobs.read(bytes, allow);
            // What is handed out can be walked: no null where a collection has its insides.
            return value != null && Blobs.findOpaque(value) == null;
        } catch (UnreadableBlobException e) {
            assertTrue(e.getMessage(), e.getMessage() != null && !e.getMessage().isEmpty());
            return false;
        }
    }

    @Test
    public void aStreamCutShortAtAnyByteIsUnreadable() throws Exception {
        for (byte[] blob : blobs()) {
            for (int length = 1; length < blob.length; length += step(blob, 7)) {
                byte[] cut = Arrays.copyOf(blob, length);
                assertThrows(UnreadableBlobException.class, () -> Blobs.read(cut, STANDARD));
            }
        }
    }

    @Test
    public void aStreamWithAnyBitFlippedIsReadOrUnreadable() throws Exception {
        int read = 0;
        int tried = 0;
        for (byte[] blob : blobs()) {
            for (int bit = 0; bit < blob.length * 8; bit += step(blob, 61)) {
                blob[bit / 8] ^= (byte) (1 << bit % 8);
                read += isRead(blob, WIDENED) ? 1 : 0;
                tried++;
                blob[bit / 8] ^= (byte) (1 << bit % 8);
            }
        }
        assertTrue(read + " of " + tried + ": some flips hit values, others do not", read > 0 && read < tried);
    }

    @Test
    public void aStreamWithBytesOverwrittenIsReadOrUnreadable() throws Exception {
        Random random = new Random(3);
        for (byte[] blob : blobs()) {
            for (int i = 0; i < 500; i++) {
                byte[] noisy = blob.clone();
                for (int n = random.nextInt(4); n >= 0; n--) {
                    byte[] tags = {0x70, 0x71, 0x72, 0x73, 0x75, 0x77, 0x78, 0x7d, 0x7e, 0x00, 0x7f, -1};
                    noisy[random.nextInt(noisy.length)] = tags[random.nextInt(tags.length)];
                }
                isRead(noisy, STANDARD);
                isRead(noisy, WIDENED);
            }
        }
    }

    // -- made to do damage ------------------------------------------------------------------------

    private static void assertTooLarge(Object value) throws Exception {
        for (Object beside : List.of("nothing", new Batch("foreign"))) {
            byte[] blob = Streams.of(Streams.data("beside", beside, "v", value));
            long start = System.nanoTime();
            UnreadableBlobException e =
                    assertThrows(UnreadableBlobException.class, () -> Blobs.read(blob, STANDARD));
            assertTrue(e.getMessage(), e.getMessage().startsWith("too large"));
            assertTrue("at once", System.nanoTime() - start < 10_000_000_000L);
        }
    }

    /** Its hash code takes as many steps as there are paths through it: its width to the power of its depth. */
    private static Set<Object> setBomb(Set<Object> bomb, int depth, int width) {
        List<Set<Object>> level = List.of(bomb);
        for (int i = 0; i < depth; i++) {
            List<Set<Object>> below = new ArrayList<>();
            for (int k = 0; k < width; k++) {
                below.add(new HashSet<>(Set.of(i + "." + k)));
            }
            // Each is put into others while its own hash code is still easily had.
            level.forEach(set -> set.addAll(below));
            level = below;
        }
        return bomb;
    }

    /** Texts that all have one hash code, 2 to a power of them. */
    private static List<String> colliding(int power) {
        List<String> texts = List.of("");
        for (int i = 0; i < power; i++) {
            texts = texts.stream().flatMap(t -> Stream.of(t + "Aa", t + "BB")).collect(Collectors.toList());
        }
        return texts;
    }

    @Test
    public void aBombOfNestedSetsEndsAtOnce() throws Exception {
        assertTooLarge(setBomb(new HashSet<>(), 100, 2));
        assertTooLarge(setBomb(new HashSet<>(), 20, 4));
        // As a key: the map takes it while its hash code is still easily had.
        Set<Object> key = new HashSet<>();
        Map<Object, Object> map = new HashMap<>(Map.of(key, "v"));
        setBomb(key, 30, 2);
        assertTooLarge(map);
    }

    @Test
    public void keysOfOneHashCodeEndAtOnce() throws Exception {
        List<String> texts = colliding(13);
        Map<Object, Object> lists = new HashMap<>();
        Map<String, Object> table = new Hashtable<>();
        for (String text : texts) {
            List<Object> key = new ArrayList<>(List.of(lists.size()));
            lists.put(key, 1);
            // Only now, for the same reason for which it must not be read.
            key.set(0, text);
            table.put(text, 1);
        }
        assertTooLarge(lists);
        assertTooLarge(table);
        assertTooLarge(Map.copyOf(table));
        for (Object harmless : List.of(new HashSet<>(texts), List.copyOf(texts))) {
            byte[] blob = Streams.of(Streams.data("v", harmless));
            assertEquals(harmless, ((Map<?, ?>) Blobs.read(blob, STANDARD)).get("v"));
        }
    }

    @Test
    public void aBombOfListsEndsAtOnce() throws Exception {
        List<Object> list = new ArrayList<>(List.of("lol"));
        for (int i = 0; i < 10; i++) {
            list = new ArrayList<>(java.util.Collections.nCopies(10, list));
        }
        assertTooLarge(list);
    }

    @Test
    public void endlessNestingIsNoStackOverflow() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new Object[] {"x"});
        }
        byte[] one = Arrays.copyOfRange(bytes.toByteArray(), 4, bytes.size() - 4);
        ByteArrayOutputStream arrays = new ByteArrayOutputStream();
        arrays.write(bytes.toByteArray(), 0, 4);
        ByteArrayOutputStream classes = new ByteArrayOutputStream();
        classes.writeBytes(new byte[] {(byte) 0xac, (byte) 0xed, 0, 5, 's'});
        for (int i = 0; i < 100_000; i++) {
            arrays.writeBytes(one);
            classes.writeBytes(new byte[] {'r', 0, 1, 'c', 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 'x'});
        }
        for (byte[] blob : List.of(arrays.toByteArray(), classes.toByteArray())) {
            AtomicReference<Throwable> outcome = new AtomicReference<>();
            Thread thread = new Thread(null, () -> {
                try {
                    Blobs.read(blob, STANDARD);
                } catch (Throwable e) {
                    outcome.set(e);
                }
            }, "small stack", 512 << 10);
            thread.start();
            thread.join();
            assertEquals("objects nest deeper than 400 levels", outcome.get().getMessage());
        }
    }

    @Test
    public void aLongChainOfReferencesIsNoStackOverflow() throws Exception {
        Object[] chain = new Object[1_500];
        for (int i = 0; i < chain.length; i++) {
            chain[i] = new Object[] {i == 0 ? "first" : chain[i - 1]};
        }
        Map<?, ?> read = (Map<?, ?>) Blobs.read(
                Streams.of(Streams.data("chain", chain, "batch", new Batch("x"))), STANDARD);
        assertEquals("it nests deeper than 50 levels", ((Opaque) read.get("chain")).reason());
    }

    @Test
    public void lengthsAreNotBelieved() throws Exception {
        Map<String, byte[]> liars = new LinkedHashMap<>();
        byte[] array = Streams.of(Streams.data("v", new byte[] {1, 2, 3, 4, 5}));
        liars.put("array of bytes", Streams.patched(array, "000000050102030405", "7fffffff0102030405"));
        liars.put("negative", Streams.patched(array, "000000050102030405", "ffffffff0102030405"));
        byte[] longs = Streams.of(new long[] {1});
        liars.put("array of longs", Streams.patched(longs, "000000010000000000000001", "200000010000000000000001"));
        byte[] objects = Streams.of(new Object[] {"marked"});
        liars.put("array of objects", Streams.patched(objects, "00000001740006", "7fffffff740006"));
        byte[] list = Streams.of(new ArrayList<>(List.of("a")));
        liars.put("list", Streams.patched(list, "0000000177040000000174", "7fffffff77040000000174"));
        byte[] map = Streams.of(new HashMap<>(Map.of("a", "b")));
        liars.put("map", Streams.patched(map, "7708000000020000000174", "7708000000023fffffff74"));
        byte[] text = Streams.of("abcdef");
        liars.put("text", Streams.patched(text, "740006", "74ffff"));
        liars.put("long text", Streams.patched(text, "740006", "7c7fffffffffffffff"));
        for (Map.Entry<String, byte[]> liar : liars.entrySet()) {
            assertThrows(liar.getKey(), UnreadableBlobException.class,
                    () -> Blobs.read(liar.getValue(), STANDARD));
        }
    }

    /** Without the mark that it wrote data of its own, Java's HashSet would read those of its neighbours. */
    @Test
    public void aCollectionWithoutItsOwnDataIsUnreadable() throws Exception {
        byte[] set = Streams.of(new HashSet<>(List.of("a")));
        String version = "ba44859596b8b734"; // of HashSet; its flags are behind it
        byte[] bare = Streams.patched(set, version + "03", version + "02");
        UnreadableBlobException e =
                assertThrows(UnreadableBlobException.class, () -> Blobs.read(bare, STANDARD));
        assertEquals("what is stored of class java.util.HashSet is damaged", e.getMessage());
    }

    @Test
    public void blobsBeyondAllMeasureAreNotLookedAt() {
        byte[] huge = new byte[Limits.BYTES + 1];
        UnreadableBlobException e =
                assertThrows(UnreadableBlobException.class, () -> Blobs.read(huge, STANDARD));
        assertEquals("too large: 67108865 bytes", e.getMessage());
    }

    @Test
    public void tooManyPartsAreTooLarge() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] head = Streams.of(new Object[0]);
        bytes.write(head, 0, head.length - 4);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(Limits.PARTS + 1);
            out.write(new byte[0]);
            byte[] nulls = new byte[Limits.PARTS + 1];
            Arrays.fill(nulls, (byte) 'p');
            out.write(nulls);
        }
        UnreadableBlobException e =
                assertThrows(UnreadableBlobException.class, () -> Blobs.read(bytes.toByteArray(), STANDARD));
        assertEquals("too large: more than 2000000 parts", e.getMessage());
    }
}
