package org.pyquartz.bridge;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import org.junit.Before;
import org.junit.Test;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.quartz.PersistJobDataAfterExecution;
import org.quartz.utils.ClassUtils;

/** Every stored name becomes a class, of that very name wherever Java can have one. */
public class JobClassesTest {
    private static final String[] NAMES = {
        "acme.tasks$clean_up", "acme.Größe", "作業.掃除", "NoPackage", "acme.a-b", "acme.with space", "acme.jobs.$1"
    };

    private final BridgeClassLoadHelper helper = new BridgeClassLoadHelper();
    private final StrictClassLoadHelper strict = new StrictClassLoadHelper();

    @Before
    public void initialize() {
        helper.initialize();
        strict.initialize();
    }

    private Class<? extends Job> load(String name) throws ClassNotFoundException {
        return helper.loadClass(name, Job.class);
    }

    private static boolean exclusive(Class<?> type) {
        return ClassUtils.isAnnotationPresent(type, DisallowConcurrentExecution.class);
    }

    private static boolean persists(Class<?> type) {
        return ClassUtils.isAnnotationPresent(type, PersistJobDataAfterExecution.class);
    }

    @Test
    public void aPythonJobHasTheStoredNameAndItsFlags() throws Exception {
        for (String plain : NAMES) {
            String name = plain + "InPython";
            JobClasses.register(name, true, false);
            Class<? extends Job> type = load(name);
            assertEquals(name, type.getName());
            assertTrue(PythonJob.class.isAssignableFrom(type));
            assertTrue(exclusive(type));
            assertFalse(persists(type));
            assertTrue(type.getDeclaredConstructor().newInstance() instanceof PythonJob);
        }
    }

    @Test
    public void newFlagsMakeANewClassOfTheSameName() throws Exception {
        JobClasses.register("acme.Changing", true, false);
        Class<? extends Job> before = load("acme.Changing");
        int generation = JobClasses.generation();
        JobClasses.register("acme.Changing", false, true);
        Class<? extends Job> after = load("acme.Changing");
        assertEquals(before.getName(), after.getName());
        assertFalse(exclusive(after));
        assertTrue(persists(after));
        assertNotEquals(generation, JobClasses.generation());
        JobClasses.register("acme.Changing", true, false);
        assertSame(before, load("acme.Changing"));
    }

    @Test
    public void anAliasKeepsItsOwnName() throws Exception {
        JobClasses.register("acme.Now", false, false);
        JobClasses.register("acme.Formerly", false, false);
        assertEquals("acme.Formerly", load("acme.Formerly").getName());
        assertNotEquals(load("acme.Now"), load("acme.Formerly"));
        assertTrue(PythonJob.class.isAssignableFrom(load("acme.Formerly")));
    }

    @Test
    public void aClassThatNobodyHasDoesNothingUnderItsOwnName() throws Exception {
        for (String name : NAMES) {
            Class<? extends Job> type = load(name);
            assertEquals(name, type.getName());
            assertTrue(NoOpJob.class.isAssignableFrom(type));
        }
        Class<? extends Job> flagged = JobClasses.nobody("acme.Gone", true, true);
        assertTrue(exclusive(flagged) && persists(flagged));
    }

    @Test
    public void noNameMakesTheLoaderThrow() throws Exception {
        String[] impossible = {
            "java.lang.Gone", "java.lang.String", "javax.sql.Gone", "", " ", "a/b", "a..b", ".", "[I", "[La;", "a;b",
            "[Ljava.lang.String;", "int", "\u0000", "x".repeat(250), "x".repeat(70_000), Exploding.class.getName()
        };
        for (String name : impossible) {
            assertTrue(name, Job.class.isAssignableFrom(load(name)));
        }
    }

    @Test
    public void aRealJobOfJavaIsItself() throws Exception {
        assertSame(Real.class, load(Real.class.getName()));
        assertSame(String.class, helper.loadClass("java.lang.String", Object.class));
        assertThrows(
                ClassNotFoundException.class, () -> helper.loadClass("acme.NoJob", Object.class));
    }

    @Test
    public void theStrictLoaderThrowsForWhatNobodyHas() throws Exception {
        JobClasses.register("acme.Here", false, false);
        assertEquals("acme.Here", strict.loadClass("acme.Here", Job.class).getName());
        assertSame(Real.class, strict.loadClass(Real.class.getName(), Job.class));
        for (String name : new String[] {"acme.Gone", "java.lang.String"}) {
            assertThrows(ClassNotFoundException.class, () -> strict.loadClass(name, Job.class));
        }
    }

    /** A job of Java. */
    public static class Real implements Job {
        @Override
        public void execute(JobExecutionContext context) {}
    }

    /** A job of Java that can't even be loaded. */
    public static class Exploding implements Job {
        static final int VALUE = Integer.parseInt("no number");

        @Override
        public void execute(JobExecutionContext context) {}
    }
}
