package org.pyquartz.blob;

import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;

public class AllowListTest {
    private static AllowList with(String... names) {
        return AllowList.standard().and(List.of(names));
    }

    @Test
    public void theStandardListHoldsValuesAndWhatQuartzStores() {
        for (String name : List.of(
                "java.lang.Integer", "java.util.HashMap", "java.time.Ser", "org.quartz.JobDataMap",
                "org.quartz.impl.triggers.CronTriggerImpl", "org.quartz.impl.calendar.HolidayCalendar",
                "[B", "[[J", "[Ljava.lang.String;", "[[Ljava.util.Date;")) {
            assertTrue(name, AllowList.standard().allows(name));
        }
    }

    @Test
    public void nothingElseIsOnIt() {
        for (String name : List.of(
                "com.acme.Batch", "java.lang.invoke.SerializedLambda", "java.lang.Class", "java.net.URL",
                "java.util.PriorityQueue", "java.time.chrono.Ser", "java.lang.reflect.Proxy",
                "org.quartz.impl.JobDetailImpl", "org.quartz.jobs.NativeJob", "org.quartz.utils.counter.X",
                "[Lcom.acme.Batch;", "[[Lcom.acme.Batch;", "[", "[X", "[Ljava.util.Date", "", ".", ";")) {
            assertFalse(name, AllowList.standard().allows(name));
        }
    }

    @Test
    public void aClassIsAddedByItsName() {
        AllowList list = with("com.acme.Batch");
        assertTrue(list.allows("com.acme.Batch"));
        assertTrue(list.allows("[Lcom.acme.Batch;"));
        assertTrue(list.allows("java.util.HashMap"));
        assertFalse(list.allows("com.acme.Batch$Line"));
        assertFalse(list.allows("com.acme.Batches"));
        assertFalse(AllowList.standard().allows("com.acme.Batch"));
    }

    @Test
    public void aPackageIsAddedWithWhatIsDirectlyInIt() {
        AllowList list = with("com.acme.model.*");
        assertTrue(list.allows("com.acme.model.Batch"));
        assertTrue(list.allows("com.acme.model.Batch$Line"));
        assertFalse(list.allows("com.acme.model.deep.Batch"));
        assertFalse(list.allows("com.acme.modelling.Batch"));
        assertFalse(list.allows("com.acme.model"));
    }

    @Test
    public void namesAreTrimmedAndBlanksSkipped() {
        assertTrue(with("", "  ", " com.acme.Batch ").allows("com.acme.Batch"));
    }

    @Test
    public void whatIsNoNameIsRefused() {
        for (String name : List.of("*", ".*", "com.*.Batch", "com.acme.**", "com acme", "com..acme", "[B",
                "com/acme/Batch")) {
            IllegalArgumentException e = assertThrows(name, IllegalArgumentException.class, () -> with(name));
            assertTrue(e.getMessage(), e.getMessage().contains("\"" + name + "\""));
        }
    }
}
