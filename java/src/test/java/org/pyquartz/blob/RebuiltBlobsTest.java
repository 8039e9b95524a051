package org.pyquartz.blob;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.Test;
import org.quartz.JobDataMap;

/** Where something in a blob is foreign, all that isn't comes out as it went in. */
public class RebuiltBlobsTest {
    private static final AllowList STANDARD = AllowList.standard();
    private static final Batch FOREIGN = new Batch("foreign");

    private static Map<?, ?> read(Map<?, ?> map) throws Exception {
        return (Map<?, ?>) Blobs.read(Streams.of(map), STANDARD);
    }

    /** A value that stands beside something foreign, and comes after it. */
    private static Object beside(Object value) throws Exception {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("foreign", FOREIGN);
        data.put("v", value);
        JobDataMap map = new JobDataMap(data);
        Map<?, ?> read = read(map);
        assertForeign(read.get("foreign"));
        return read.get("v");
    }

    private static void assertForeign(Object value) {
        assertEquals("org.pyquartz.blob.Batch", ((Opaque) value).className());
        assertEquals("class org.pyquartz.blob.Batch is not on the allow list", ((Opaque) value).reason());
    }

    private static String reason(Object value) {
        return ((Opaque) value).reason();
    }

    @Test
    public void valuesAreReal() throws Exception {
        List<Object> all = new ArrayList<>(Values.scalars());
        all.addAll(Values.times());
        all.addAll(Values.collections());
        all.addAll(Values.arrays());
        for (Object value : all) {
            Values.assertSameValue(value, beside(value));
        }
    }

    @Test
    public void whatOnlyJavaPutsTogetherSaysSo() throws Exception {
        for (Object value : Values.readOnlyAsAWhole()) {
            String className = value.getClass().getName();
            Opaque opaque = (Opaque) beside(value);
            assertEquals(className, opaque.className());
            assertEquals("it is allowed, but read only where the whole blob can be:"
                    + " class org.pyquartz.blob.Batch is not on the allow list", opaque.reason());
        }
    }

    @Test
    public void everyKindOfRootMapIsRead() throws Exception {
        for (Map<String, Object> root : List.of(new HashMap<String, Object>(), new LinkedHashMap<String, Object>(),
                new java.util.Hashtable<String, Object>(), new java.util.TreeMap<String, Object>(),
                new JobDataMap(), Collections.synchronizedMap(new HashMap<String, Object>()))) {
            root.put("foreign", FOREIGN);
            root.put("v", 1);
            for (Map<?, ?> map : List.of(root, Collections.unmodifiableMap(root))) {
                Map<?, ?> read = read(map);
                assertEquals(Set.of("foreign", "v"), read.keySet());
                assertEquals(1, read.get("v"));
                assertForeign(read.get("foreign"));
            }
        }
    }

    @Test
    public void aForeignElementLeavesTheRestOfItsCollection() throws Exception {
        Map<?, ?> map = read(Streams.data(
                "list", Arrays.asList(1, FOREIGN, Arrays.asList("deep", FOREIGN)),
                "map", new HashMap<>(Map.of("k", FOREIGN, "l", 2)),
                "set", new HashSet<>(List.of("s", FOREIGN)),
                "array", new Object[] {FOREIGN, 3}));
        List<?> list = (List<?>) map.get("list");
        assertEquals(1, list.get(0));
        assertForeign(list.get(1));
        assertEquals("deep", ((List<?>) list.get(2)).get(0));
        assertForeign(((List<?>) list.get(2)).get(1));
        assertForeign(((Map<?, ?>) map.get("map")).get("k"));
        assertEquals(2, ((Map<?, ?>) map.get("map")).get("l"));
        Collection<?> set = (Collection<?>) map.get("set");
        assertEquals(2, set.size());
        assertTrue(set.contains("s"));
        Object[] array = (Object[]) map.get("array");
        assertForeign(array[0]);
        assertEquals(3, array[1]);
    }

    @Test
    public void aForeignArrayIsOpaqueWithoutItsElements() throws Exception {
        Opaque array = (Opaque) beside(new Batch[][] {{FOREIGN}});
        assertEquals("org.pyquartz.blob.Batch[][]", array.className());
        assertEquals("class org.pyquartz.blob.Batch is not on the allow list", array.reason());
    }

    @Test
    public void aForeignKeyMakesItsMapOpaque() throws Exception {
        Opaque map = (Opaque) beside(new HashMap<>(Map.of(FOREIGN, 1)));
        assertEquals("java.util.HashMap", map.className());
        assertEquals("of one of its keys, class org.pyquartz.blob.Batch is not on the allow list", map.reason());

        Map<Object, Object> root = new HashMap<>(Map.of(FOREIGN, 1));
        assertThrows(UnreadableBlobException.class, () -> read(root));
    }

    @Test
    public void whatIsSharedStaysShared() throws Exception {
        List<Object> shared = new ArrayList<>(List.of("s", FOREIGN));
        List<?> twice = (List<?>) beside(Arrays.asList(shared, shared));
        assertSame(twice.get(0), twice.get(1));
    }

    @Test
    public void propertiesWithDefaultsAreNotReadWithoutThem() throws Exception {
        Properties defaults = new Properties();
        defaults.setProperty("k", "v");
        assertTrue(reason(beside(new Properties(defaults))).startsWith("it is allowed, but"));
    }

    @Test
    public void aCollectionThatContainsItselfIsOpaque() throws Exception {
        List<Object> circle = new ArrayList<>(List.of("c"));
        circle.add(Map.of("k", new Object[] {circle}));
        for (Object beside : List.of(FOREIGN, "nothing foreign")) {
            Map<?, ?> read = read(Streams.data("beside", beside, "circle", circle, "list", List.of(circle, 1)));
            assertEquals("it contains itself", reason(read.get("circle")));
            assertEquals("it contains itself", reason(((List<?>) read.get("list")).get(0)));
            assertEquals(1, ((List<?>) read.get("list")).get(1));
        }
    }

    @Test
    public void aMapThatIsItsOwnValueIsReadWithoutIt() throws Exception {
        JobDataMap data = Streams.data("note", "kept");
        data.put("self", data);
        Map<?, ?> read = read(data);
        assertEquals("kept", read.get("note"));
        assertEquals("it contains itself", reason(read.get("self")));
    }

    @Test
    public void aForeignObjectThatRefersToItsMapIsNoCircle() throws Exception {
        Batch back = new Batch("back");
        List<Object> list = new ArrayList<>(List.of("kept", back));
        back.link = list;
        List<?> read = (List<?>) beside(list);
        assertEquals("kept", read.get(0));
        assertForeign(read.get(1));
    }

    @Test
    public void whatNestsTooDeepIsOpaqueAndTheRestIsKept() throws Exception {
        Object deep = "bottom";
        for (int i = 0; i < 100; i++) {
            deep = new ArrayList<>(List.of(deep));
        }
        Map<?, ?> read = read(Streams.data("note", "kept", "deep", deep));
        assertEquals("kept", read.get("note"));
        assertEquals("it nests deeper than 50 levels", reason(read.get("deep")));
    }

    @Test
    public void everyDepthIsEitherReadOrOpaque() throws Exception {
        Object deep = "bottom";
        for (int i = 1; i < 70; i++) {
            deep = new ArrayList<>(List.of(deep));
            Object read = read(Streams.data("deep", deep)).get("deep");
            assertTrue("at " + i, i > Limits.DEPTH ? read.equals(deep) || read instanceof Opaque : read.equals(deep));
            assertEquals("at " + i, i <= Limits.DEPTH, !(beside(deep) instanceof Opaque));
        }
    }

    @Test
    public void aDeepForeignObjectIsSteppedOver() throws Exception {
        Batch first = new Batch("first");
        Batch last = first;
        for (int i = 0; i < 200; i++) {
            Batch next = new Batch("next");
            last.link = next;
            last = next;
        }
        assertForeign(beside(first));
    }

    @Test
    public void aClassThatLeavesOutItsFieldsIsSteppedOver() throws Exception {
        Object inner = new CarefulWriter.Elder(5, new CarefulWriter(1, "c"));
        Object careful = new CarefulWriter.Elder(9, (CarefulWriter) inner);
        List<?> read = (List<?>) beside(Arrays.asList(
                new CarefulWriter(Integer.MAX_VALUE, "text"), "between", careful, 5, new CarefulWriter(0, null)));
        assertEquals("org.pyquartz.blob.CarefulWriter", ((Opaque) read.get(0)).className());
        assertEquals("between", read.get(1));
        assertEquals("org.pyquartz.blob.CarefulWriter$Elder", ((Opaque) read.get(2)).className());
        assertEquals(5, read.get(3));
    }

    @Test
    public void namesOutOfAStreamAreFitForALog() throws Exception {
        byte[] blob = Streams.of(Streams.data("b", FOREIGN));
        String name = "6f72672e707971756172747a2e626c6f622e4261746368"; // "org.pyquartz.blob.Batch"
        byte[] broken = Streams.patched(blob, name, "0a".repeat(name.length() / 2));
        Map<?, ?> read = (Map<?, ?>) Blobs.read(broken, STANDARD);
        assertEquals("?".repeat(23), ((Opaque) read.get("b")).className());
        assertEquals("class " + "?".repeat(23) + " is not on the allow list", reason(read.get("b")));
    }
}
