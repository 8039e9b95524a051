package org.pyquartz.store;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/** One plain connection, for looking at a store's tables and making them, outside any scheduler. */
public final class Database implements AutoCloseable {
    private final Connection connection;

    private Database(Connection connection) {
        this.connection = connection;
    }

    /** Opens a connection; gives up after 10 seconds where the driver can. */
    public static Database open(String driver, String url, String user, String password)
            throws SQLException {
        try {
            Class.forName(driver);
        } catch (ClassNotFoundException e) {
            throw new SQLException("the JDBC driver " + driver + " is not on the class path", e);
        }
        Properties login = new Properties();
        if (user != null) {
            login.setProperty("user", user);
        }
        if (password != null) {
            login.setProperty("password", password);
        }
        DriverManager.setLoginTimeout(10);
        return new Database(DriverManager.getConnection(url, login));
    }

    /** For statements with parameters; closed with this. */
    public Connection connection() {
        return connection;
    }

    /**
     * The columns of all tables whose names begin with a prefix, in any case, one a line: table, column,
     * whether a row needs it (not null and without a default). Names are in upper case.
     *
     * @param schema where to look; null means where the connection looks first
     */
    public String columns(String schema, String prefix) throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        boolean catalogs = meta.getDatabaseProductName().toLowerCase(Locale.ROOT).matches("mysql|mariadb");
        String catalog = catalogs && schema != null ? schema : connection.getCatalog();
        String where = catalogs ? null : schema(meta, schema);
        List<String> lines = new ArrayList<>();
        try (ResultSet rows = meta.getColumns(catalog, where, "%", "%")) {
            while (rows.next()) {
                String table = rows.getString("TABLE_NAME").toUpperCase(Locale.ROOT);
                if (table.startsWith(prefix.toUpperCase(Locale.ROOT))) {
                    boolean needed =
                            rows.getInt("NULLABLE") == DatabaseMetaData.columnNoNulls
                                    && rows.getString("COLUMN_DEF") == null;
                    String column = rows.getString("COLUMN_NAME").toUpperCase(Locale.ROOT);
                    lines.add(table + "\t" + column + "\t" + needed);
                }
            }
        }
        return String.join("\n", lines);
    }

    private String schema(DatabaseMetaData meta, String schema) throws SQLException {
        if (schema == null) {
            return connection.getSchema();
        }
        if (meta.storesUpperCaseIdentifiers()) {
            return schema.toUpperCase(Locale.ROOT);
        }
        return meta.storesLowerCaseIdentifiers() ? schema.toLowerCase(Locale.ROOT) : schema;
    }

    /** Runs the statements as one transaction, where the database lets table definitions take part. */
    public void execute(String[] statements) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        }
    }

    /** The values of a query's first column. */
    public String[] query(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values.toArray(new String[0]);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
