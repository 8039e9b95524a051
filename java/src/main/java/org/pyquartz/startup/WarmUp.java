package org.pyquartz.startup;

import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.Method;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Date;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.pyquartz.bridge.BridgeSchedulerFactory;
import org.pyquartz.bridge.NoOpJob;
import org.pyquartz.store.Database;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.Scheduler;
import org.quartz.TriggerBuilder;

/**
 * The program whose classes the JVM archives when it ends, so that the next start finds them ready.
 *
 * <p>It makes a scheduler on each store that it is given, as a start does, and loads what only a
 * running job or a call from Python would load. Each argument is one store's properties, as the text
 * of a file; it ends by itself.
 */
public final class WarmUp {
    private static final int LIMIT_MILLIS = 60_000;
    private static final long LATER_MILLIS = 3_600_000;
    private static final List<String> JARS = List.of("pyquartz-bridge", "quartz-", "org.jpype");

    /** Of those jars, what no start needs: all of an archive is in memory. */
    private static final List<String> LEFT_OUT = List.of(
            "META-INF/",
            "org/jpype/html/",
            "org/jpype/javadoc/",
            "org/pyquartz/startup/",
            "org/quartz/commonj/",
            "org/quartz/ee/",
            "org/quartz/jobs/",
            "org/quartz/plugins/");

    /** What JPype looks into at each start, to make it a class of Python's. */
    private static final List<Class<?>> MIRRORED = List.of(
            Object.class, Class.class, String.class, CharSequence.class, Comparable.class, Number.class,
            Boolean.class, Byte.class, Character.class, Short.class, Integer.class, Long.class, Float.class,
            Double.class, Enum.class, System.class, Thread.class, ClassLoader.class,
            Throwable.class, Exception.class, RuntimeException.class, Error.class,
            Buffer.class, ByteBuffer.class, CharBuffer.class, ShortBuffer.class, IntBuffer.class,
            LongBuffer.class, FloatBuffer.class, DoubleBuffer.class,
            Collection.class, List.class, Map.class, Iterator.class, Properties.class, Scheduler.class);

    private static final String TABLES = "org/quartz/impl/jdbcjobstore/tables_h2.sql";

    private WarmUp() {}

    public static void main(String[] stores) throws Exception {
        haltInTime();
        for (String store : stores) {
            Properties properties = new Properties();
            properties.load(new StringReader(store));
            makeTables(properties);
            visit(properties);
        }
        MIRRORED.forEach(WarmUp::lookInto);
        load("sun.misc.Signal");
        load("sun.misc.SignalHandler");
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (JARS.stream().anyMatch(new File(entry).getName()::startsWith)) {
                loadAll(entry);
            }
        }
    }

    /** Nobody watches this process: whatever keeps it, it must not stay. */
    private static void haltInTime() {
        Thread watch = new Thread(() -> {
            try {
                Thread.sleep(LIMIT_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(1);
        });
        watch.setDaemon(true);
        watch.start();
    }

    private static void makeTables(Properties store) throws SQLException {
        String source = "org.quartz.dataSource." + store.getProperty("org.quartz.jobStore.dataSource") + '.';
        String driver = store.getProperty(source + "driver");
        if (driver != null) {
            String url = store.getProperty(source + "URL");
            String user = store.getProperty(source + "user");
            String password = store.getProperty(source + "password");
            try (Database database = Database.open(driver, url, user, password)) {
                database.execute(new String[] {"RUNSCRIPT FROM 'classpath:/" + TABLES + "'"});
                database.columns(null, "QRTZ_");
            }
        }
    }

    private static void visit(Properties properties) throws Exception {
        BridgeSchedulerFactory factory = new BridgeSchedulerFactory(properties);
        Scheduler scheduler = factory.make("warm-up");
        JobDetail job = JobBuilder.newJob(NoOpJob.class).withIdentity("job").build();
        Date later = new Date(System.currentTimeMillis() + LATER_MILLIS);
        scheduler.scheduleJob(job, TriggerBuilder.newTrigger().startAt(later).build());
        scheduler.start();
        scheduler.shutdown(true);
    }

    private static void lookInto(Class<?> mirrored) {
        mirrored.getClasses();
        mirrored.getFields();
        mirrored.getConstructors();
        for (Method method : mirrored.getMethods()) {
            method.getAnnotations();
        }
    }

    /** Loads a jar's classes without running any of their code; those that lack something are left out. */
    private static void loadAll(String path) throws IOException {
        try (JarFile jar = new JarFile(path)) {
            for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
                String name = all.nextElement().getName();
                if (name.endsWith(".class") && LEFT_OUT.stream().noneMatch(name::startsWith)) {
                    load(name.substring(0, name.length() - ".class".length()).replace('/', '.'));
                }
            }
        }
    }

    private static void load(String name) {
        try {
            // Its preparation touches a good part of the JDK, at every start of JPype's.
            Class.forName(name, name.equals("org.jpype.JPypeUtilities"), WarmUp.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            // Such as Quartz's jobs for EJBs: nobody here can use them.
            return;
        }
    }
}
