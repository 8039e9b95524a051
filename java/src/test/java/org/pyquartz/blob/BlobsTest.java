package org.pyquartz.blob;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.NotSerializableException;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import org.junit.Test;
import org.quartz.CronScheduleBuilder;
import org.quartz.CalendarIntervalScheduleBuilder;
import org.quartz.CronTrigger;
import org.quartz.DailyTimeIntervalScheduleBuilder;
import org.quartz.JobDataMap;
import org.quartz.JobKey;
import org.quartz.ScheduleBuilder;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.calendar.AnnualCalendar;
import org.quartz.impl.calendar.BaseCalendar;
import org.quartz.impl.calendar.CronCalendar;
import org.quartz.impl.calendar.DailyCalendar;
import org.quartz.impl.calendar.HolidayCalendar;
import org.quartz.impl.calendar.MonthlyCalendar;
import org.quartz.impl.calendar.WeeklyCalendar;

/** What is allowed is read for real; what is not has an Opaque in its place. */
public class BlobsTest {
    private static final AllowList STANDARD = AllowList.standard();
    private static final AllowList WIDENED = STANDARD.and(List.of("org.pyquartz.blob.Batch"));

    private static Object read(Object object, AllowList allow) throws Exception {
        return Blobs.read(Streams.of(object), allow);
    }

    private static Opaque opaque(Object value) {
        return (Opaque) value;
    }

    @Test
    public void noBytesAreNoObject() throws Exception {
        assertNull(Blobs.read(null, STANDARD));
        assertNull(Blobs.read(new byte[0], STANDARD));
        assertNull(read(null, STANDARD));
    }

    @Test
    public void everyAllowedValueIsReadForReal() throws Exception {
        for (Object value : Values.all()) {
            JobDataMap data = (JobDataMap) read(Streams.data("v", value), STANDARD);
            Values.assertSameValue(value, data.get("v"));
            assertEquals(value.getClass(), data.get("v").getClass());
            assertFalse(Blobs.holdsOpaque(data));
        }
    }

    @Test
    public void triggersOfEveryKindAreReadForReal() throws Exception {
        for (ScheduleBuilder<?> schedule : List.of(
                SimpleScheduleBuilder.repeatHourlyForTotalCount(3),
                CronScheduleBuilder.cronSchedule("0 0 3 ? * 6L").inTimeZone(TimeZone.getTimeZone("Asia/Kolkata")),
                CalendarIntervalScheduleBuilder.calendarIntervalSchedule().withIntervalInMonths(1),
                DailyTimeIntervalScheduleBuilder.dailyTimeIntervalSchedule().onMondayThroughFriday())) {
            Trigger trigger = TriggerBuilder.newTrigger()
                    .withIdentity("t", "g")
                    .forJob(new JobKey("j", "g"))
                    .usingJobData("amount", 1)
                    .withSchedule(schedule)
                    .build();
            Trigger stored = (Trigger) read(trigger, STANDARD);
            Date after = new Date(1_930_737_600_000L);
            assertEquals(trigger.getClass(), stored.getClass());
            assertEquals(trigger.getKey(), stored.getKey());
            assertEquals(trigger.getFireTimeAfter(after), stored.getFireTimeAfter(after));
            assertEquals(1, stored.getJobDataMap().get("amount"));
            if (trigger instanceof CronTrigger) {
                assertEquals("Asia/Kolkata", ((CronTrigger) stored).getTimeZone().getID());
            }
        }
    }

    @Test
    public void calendarsOfEveryKindAreReadForReal() throws Exception {
        AnnualCalendar annual = new AnnualCalendar();
        annual.setDayExcluded(new GregorianCalendar(2031, 11, 25), true);
        HolidayCalendar holidays = new HolidayCalendar(annual, TimeZone.getTimeZone("Europe/Berlin"));
        holidays.addExcludedDate(new Date(1_930_737_600_000L));
        for (BaseCalendar calendar : List.of(
                annual, holidays, new MonthlyCalendar(), new WeeklyCalendar(holidays),
                new DailyCalendar("08:00", "17:00"), new CronCalendar("* * 0-7 * * ?"))) {
            calendar.setDescription("d");
            BaseCalendar stored = (BaseCalendar) read(calendar, STANDARD);
            long time = 1_930_700_000_000L;
            assertEquals(calendar.getClass(), stored.getClass());
            assertEquals("d", stored.getDescription());
            assertEquals(calendar.getNextIncludedTime(time), stored.getNextIncludedTime(time));
        }
    }

    @Test
    public void dataThatJavaStoredAreReadForReal() throws Exception {
        JobDataMap data = (JobDataMap) Blobs.read(Streams.stored("invoice"), STANDARD);
        assertEquals(14, data.size());
        assertEquals(1250, data.get("amount"));
        assertEquals(new BigDecimal("12345.67890"), data.get("limit"));
        assertEquals(new Date(1_900_000_000_123L), data.get("when"));
        assertEquals(Map.of("depth", 2, "list", List.of(1, 2L, "three")), data.get("nested"));
        assertEquals(List.of("a", "b", "ü"), data.get("tags"));
        assertEquals("Grüße, 世界 \"quoted\" \\ back", data.get("text"));
        assertArrayEquals(new byte[] {0, 1, -1}, (byte[]) data.get("bytes"));
        assertTrue(data.containsKey("nothing"));
    }

    @Test
    public void aForeignValueThatJavaStoredIsOpaqueAndTheRestIsKept() throws Exception {
        Map<?, ?> data = (Map<?, ?>) Blobs.read(Streams.stored("ledger"), STANDARD);
        assertEquals(Set.of("note", "batch"), data.keySet());
        assertEquals("own class inside", data.get("note"));
        Opaque batch = opaque(data.get("batch"));
        assertEquals("com.acme.model.InvoiceBatch", batch.className());
        assertEquals("class com.acme.model.InvoiceBatch is not on the allow list", batch.reason());
        assertTrue(Blobs.holdsOpaque(data));
    }

    @Test
    public void aForeignTriggerThatJavaStoredIsUnreadableAndNamed() throws Exception {
        byte[] jitter = Streams.stored("jitter-blob");
        UnreadableBlobException e =
                assertThrows(UnreadableBlobException.class, () -> Blobs.read(jitter, STANDARD));
        assertEquals("it holds an object of class com.acme.model.JitterTrigger:"
                + " class com.acme.model.JitterTrigger is not on the allow list", e.getMessage());
    }

    @Test
    public void aClassThatIsAllowedButMissingIsSaidToBe() throws Exception {
        AllowList acme = STANDARD.and(List.of("com.acme.model.*"));
        Map<?, ?> data = (Map<?, ?>) Blobs.read(Streams.stored("ledger"), acme);
        assertEquals("own class inside", data.get("note"));
        String missing = "class com.acme.model.InvoiceBatch is on the allow list, but not on the class path";
        assertTrue(opaque(data.get("batch")).reason().endsWith(missing));

        byte[] jitter = Streams.stored("jitter-blob");
        UnreadableBlobException e = assertThrows(UnreadableBlobException.class, () -> Blobs.read(jitter, acme));
        assertEquals("it holds an object of class com.acme.model.JitterTrigger: class com.acme.model.JitterTrigger"
                + " is on the allow list, but not on the class path", e.getMessage());
    }

    @Test
    public void aWidenedListReadsAForeignClassForReal() throws Exception {
        Batch batch = new Batch("Q1");
        batch.items.add(Map.of("k", 1));
        batch.link = batch;
        JobDataMap data = Streams.data("batch", batch);

        Map<?, ?> refused = (Map<?, ?>) read(data, STANDARD);
        assertEquals("class org.pyquartz.blob.Batch is not on the allow list",
                opaque(refused.get("batch")).reason());

        Batch stored = (Batch) ((JobDataMap) read(data, WIDENED)).get("batch");
        assertEquals("Q1", stored.name);
        assertEquals(batch.items, stored.items);
        assertSame("its own circles are its own affair", stored, stored.link);
    }

    @Test
    public void aDynamicProxyIsNeverReadEvenIfAllOfItIsAllowed() throws Exception {
        Object proxy = Proxy.newProxyInstance(
                BlobsTest.class.getClassLoader(), new Class<?>[] {Greeter.class}, new Answer());
        AllowList all = STANDARD.and(List.of("org.pyquartz.blob.*"));
        assertEquals("Hello", ((Greeter) proxy).greet());
        Map<?, ?> data = (Map<?, ?>) read(Streams.data("proxy", proxy, "handler", new Answer()), all);
        assertEquals("a dynamic proxy of org.pyquartz.blob.BlobsTest$Greeter is never read",
                opaque(data.get("proxy")).reason());
        assertTrue(((JobDataMap) read(Streams.data("handler", new Answer()), all)).get("handler") instanceof Answer);
    }

    interface Greeter {
        String greet();
    }

    static final class Answer implements InvocationHandler, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return "Hello";
        }
    }

    @Test
    public void theContextClassLoaderIsAskedFirst() throws Exception {
        byte[] blob = Streams.of(Streams.data("batch", new Batch("Q1")));
        List<String> asked = new ArrayList<>();
        ClassLoader blind = new ClassLoader(null) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                asked.add(name);
                throw new ClassNotFoundException(name);
            }
        };
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            for (ClassLoader context : new ClassLoader[] {blind, null}) {
                thread.setContextClassLoader(context);
                assertEquals(new Batch("Q1"), ((JobDataMap) Blobs.read(blob, WIDENED)).get("batch"));
            }
        } finally {
            thread.setContextClassLoader(before);
        }
        assertTrue(asked.contains(Batch.class.getName()));
    }

    @Test
    public void aClassThatHasChangedIsSaidToHave() throws Exception {
        byte[] blob = Streams.of(Streams.data("note", "kept", "batch", new Batch("Q1")));
        String name = "2e4261746368"; // ".Batch", then its serialVersionUID
        byte[] other = Streams.patched(blob, name + "0000000000000001", name + "0000000000000002");
        Map<?, ?> data = (Map<?, ?>) Blobs.read(other, WIDENED);
        assertEquals("kept", data.get("note"));
        String reason = opaque(data.get("batch")).reason();
        assertTrue(reason, reason.contains("Batch; local class incompatible"));
    }

    @Test
    public void anUnsoundStandardClassDoesNotPassForWhole() throws Exception {
        byte[] blob = Streams.of(Streams.data("note", "kept"));
        String name = "4a6f62446174614d6170"; // "JobDataMap", then its serialVersionUID
        byte[] other = Streams.patched(blob, name + "9fb083e8bfa9b0cb", name + "9fb083e8bfa9b0cc");
        UnreadableBlobException e =
                assertThrows(UnreadableBlobException.class, () -> Blobs.read(other, STANDARD));
        assertTrue(e.getMessage(), e.getMessage().contains("JobDataMap; local class incompatible"));
    }

    @Test
    public void aRootThatIsNoMapIsUnreadable() throws Exception {
        for (Object root : List.of(new Batch("x"), new ArrayList<>(List.of(new Batch("x"))),
                new Object[] {new Batch("x")})) {
            UnreadableBlobException e =
                    assertThrows(UnreadableBlobException.class, () -> read(root, STANDARD));
            assertTrue(e.getMessage(), e.getMessage().endsWith(
                    ": class org.pyquartz.blob.Batch is not on the allow list"));
        }
    }

    @Test
    public void whatIsNoStreamIsSaidNotToBe() {
        UnreadableBlobException e = assertThrows(
                UnreadableBlobException.class, () -> Blobs.read("#properties\na=b".getBytes(), STANDARD));
        assertEquals("not a sound Java serialisation stream: it doesn't begin as one (at byte 2 of 15)",
                e.getMessage());
    }

    @Test
    public void opaqueIsFoundAtAnyDepth() {
        Opaque opaque = new Opaque("com.acme.Batch", "because");
        List<Object> circle = new ArrayList<>();
        circle.add(circle);
        assertFalse(Blobs.holdsOpaque(Map.of()));
        assertFalse(Blobs.holdsOpaque(Collections.singletonMap("k", null)));
        assertFalse(Blobs.holdsOpaque(Map.of("k", circle, "l", List.of(Set.of(1), new int[3]))));
        for (Object value : List.of(opaque, List.of(1, List.of(opaque)), Set.of(opaque), Map.of("k", opaque),
                Map.of(opaque, "v"), new Object[] {null, new Object[] {opaque}}, List.of(circle, opaque))) {
            assertTrue(Blobs.holdsOpaque(new HashMap<>(Map.of("a", 1, "k", value))));
        }
        JobDataMap data = Streams.data("a", 1, "k", opaque);
        assertTrue(Blobs.holdsOpaque(data));
    }

    @Test
    public void anOpaqueSaysWhatItStandsForAndCannotBeWritten() {
        Opaque opaque = new Opaque("com.acme.Batch", "class com.acme.Batch is not on the allow list");
        assertEquals("Opaque(com.acme.Batch: class com.acme.Batch is not on the allow list)", opaque.toString());
        assertThrows(NotSerializableException.class, () -> Streams.of(Streams.data("k", opaque)));
    }
}
