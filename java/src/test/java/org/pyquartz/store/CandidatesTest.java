package org.pyquartz.store;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

/** The limit in the words of each database that Quartz supports. */
public class CandidatesTest {
    private static void ends(String end, String... products) {
        for (String product : products) {
            assertTrue(product, Candidates.sql(product, 7, 0).endsWith("T.PRIORITY DESC" + end));
        }
    }

    private static void begins(String begin, String... products) {
        for (String product : products) {
            assertTrue(product, Candidates.sql(product, 7, 0).startsWith("SELECT " + begin + "T.TRIGGER_NAME"));
        }
    }

    @Test
    public void eachDatabaseHasItsWords() {
        ends(" LIMIT 7", "PostgreSQL", "MySQL", "MariaDB", "HSQL Database Engine", "SQLite", "CUBRID");
        ends(" FETCH FIRST 7 ROWS ONLY", "Oracle", "Apache Derby", "H2", "DB2/LINUXX8664");
        begins("TOP 7 ", "Microsoft SQL Server", "Adaptive Server Enterprise");
        begins("FIRST 7 ", "Informix Dynamic Server", "Firebird 3.0");
        ends("", "Microsoft SQL Server", "Informix Dynamic Server", "Unheard Of");
        begins("", "PostgreSQL", "Oracle", "Unheard Of");
    }

    @Test
    public void classesThatAreLeftAreParameters() {
        assertFalse(Candidates.sql("H2", 1, 0).contains("JOB_DETAILS"));
        assertEquals(2 + 3, Candidates.sql("H2", 1, 3).chars().filter(c -> c == '?').count());
    }
}
