package org.pyquartz.store;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.Test;
import org.quartz.Job;
import org.quartz.impl.jdbcjobstore.DriverDelegate;

/** No delegate of Quartz's is without its dialect, and each database is known by its own name. */
public class DialectTest {
    static List<String> stockDelegates() throws Exception {
        File jar = new File(Job.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<String> found = new ArrayList<>();
        try (JarFile file = new JarFile(jar)) {
            List<String> entries = file.stream().map(entry -> entry.getName()).collect(Collectors.toList());
            for (String entry : entries) {
                if (entry.startsWith("org/quartz/impl/jdbcjobstore/") && entry.endsWith("Delegate.class")) {
                    String name = entry.substring(0, entry.length() - ".class".length()).replace('/', '.');
                    Class<?> type = Class.forName(name, false, Job.class.getClassLoader());
                    if (DriverDelegate.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
                        found.add(name);
                    }
                }
            }
        }
        return found;
    }

    @Test
    public void eachDelegateOfQuartzHasItsDialect() throws Exception {
        assertTrue(stockDelegates().size() >= 14);
        for (String delegate : stockDelegates()) {
            assertNotNull(delegate, Dialect.ofDelegate(delegate));
        }
        assertNull(Dialect.ofDelegate("com.acme.OracleDelegate"));
    }

    @Test
    public void aDatabaseIsKnownByItsName() {
        assertEquals(Dialect.BYTES, Dialect.of("PostgreSQL"));
        assertEquals(Dialect.BYTES, Dialect.of("MariaDB"));
        assertEquals(Dialect.BYTES, Dialect.of("H2"));
        assertEquals(Dialect.STREAMS, Dialect.of("HSQL Database Engine"));
        assertEquals(Dialect.STREAMS, Dialect.of("Microsoft SQL Server"));
        assertEquals(Dialect.SYBASE, Dialect.of("Adaptive Server Enterprise"));
        assertEquals(Dialect.ORACLE, Dialect.of("Oracle"));
        assertEquals(Dialect.DB2, Dialect.of("DB2/LINUXX8664"));
        assertEquals(Dialect.CACHE, Dialect.of("InterSystems IRIS"));
        assertEquals(Dialect.CUBRID, Dialect.of("CUBRID"));
        assertEquals(Dialect.STANDARD, Dialect.of("Apache Derby"));
        assertEquals(Dialect.STANDARD, Dialect.of("Unheard Of"));
    }
}
