package org.pyquartz.store;

import java.util.Locale;

/**
 * The statement that finds what is due next, with a limit in the words of each database.
 *
 * <p>Its times are bound as long: as decimals, which stock binds, PostgreSQL compares them without the
 * index. With the index of SCHED_NAME, TRIGGER_STATE and NEXT_FIRE_TIME and a limit, it reads few rows.
 */
public final class Candidates {
    // Quartz puts the prefix and the name in with a MessageFormat: there a quote is written twice.
    private static final String SELECT =
            "SELECT %sT.TRIGGER_NAME, T.TRIGGER_GROUP FROM {0}TRIGGERS T%s WHERE T.SCHED_NAME = {1}"
                    + " AND T.TRIGGER_STATE = ''WAITING'' AND T.NEXT_FIRE_TIME <= ?"
                    + " AND (T.MISFIRE_INSTR = -1 OR T.NEXT_FIRE_TIME >= ?)%s"
                    + " ORDER BY T.NEXT_FIRE_TIME ASC, T.PRIORITY DESC%s";
    private static final String JOIN_JOBS =
            " INNER JOIN {0}JOB_DETAILS J ON J.SCHED_NAME = T.SCHED_NAME"
                    + " AND J.JOB_NAME = T.JOB_NAME AND J.JOB_GROUP = T.JOB_GROUP";

    private Candidates() {}

    /**
     * The statement, for the delegate's prefix and name to be put in; parameters are the latest and the
     * earliest time, and the classes that are left out.
     *
     * @param product the database's name, as its driver gives it
     */
    public static String sql(String product, int limit, int leftClasses) {
        String database = product.toLowerCase(Locale.ROOT);
        String join = leftClasses == 0 ? "" : JOIN_JOBS;
        String left =
                leftClasses == 0
                        ? ""
                        : " AND J.JOB_CLASS_NAME NOT IN (?" + ", ?".repeat(leftClasses - 1) + ")";
        return String.format(SELECT, before(database, limit), join, left, after(database, limit));
    }

    private static String before(String database, int limit) {
        if (database.contains("sql server") || database.contains("adaptive server")) {
            return "TOP " + limit + ' ';
        }
        return database.contains("informix") || database.contains("firebird") ? "FIRST " + limit + ' ' : "";
    }

    /**
     * A database that is not known gets none: then the driver alone cuts the rows off. H2 has no LIMIT
     * when it plays another database.
     */
    private static String after(String database, int limit) {
        if (database.matches(".*(postgres|mysql|mariadb|hsql|sqlite|cubrid).*")) {
            return " LIMIT " + limit;
        }
        return database.matches(".*(oracle|derby|db2|h2).*") ? " FETCH FIRST " + limit + " ROWS ONLY" : "";
    }
}
