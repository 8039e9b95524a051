package org.pyquartz.store;

import java.sql.SQLException;
import java.util.Set;

/**
 * A database's way out of a circle of locks: it takes one transaction back, whole, which can be done again.
 *
 * <p>Quartz's own lock keeps its nodes from each other, not from whoever else writes the tables.
 */
final class Deadlock {
    // Of the standard (MySQL and MariaDB, SQL Server, DB2, H2), of PostgreSQL, of Oracle.
    private static final Set<String> STATES = Set.of("40001", "40P01", "61000");

    private Deadlock() {}

    /** Whether the transaction that ended so was taken back by the database for others' sake. */
    static boolean isBehind(Throwable error) {
        for (Throwable link = error; link != null; link = link.getCause()) {
            if (link instanceof SQLException && STATES.contains(((SQLException) link).getSQLState())) {
                return true;
            }
        }
        return false;
    }
}
