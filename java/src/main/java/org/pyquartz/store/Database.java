package org.pyquartz.store;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.pyquartz.inspect.Json;

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
        List<String> lines = new ArrayList<>();
        try (ResultSet rows = meta.getColumns(catalog(schema), schema(schema), "%", "%")) {
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

    /** The tables of a schema, spelt as the database spells them. */
    public String[] tables(String schema) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet rows =
                connection.getMetaData().getTables(catalog(schema), schema(schema), "%", new String[] {"TABLE", "BASE TABLE"})) {
            while (rows.next()) {
                names.add(rows.getString("TABLE_NAME"));
            }
        }
        return names.toArray(new String[0]);
    }

    /** What each index of a table, spelt as {@link #tables} has it, leads with: its columns by commas. */
    public String[] indexes(String schema, String table) throws SQLException {
        Map<String, StringJoiner> columns = new TreeMap<>();
        try (ResultSet rows =
                connection.getMetaData().getIndexInfo(catalog(schema), schema(schema), table, false, true)) {
            while (rows.next()) {
                // The rows of an index come in the order of its columns; one row is of the table itself.
                if (rows.getString("COLUMN_NAME") != null) {
                    columns.computeIfAbsent(rows.getString("INDEX_NAME"), name -> new StringJoiner(","))
                            .add(rows.getString("COLUMN_NAME").toUpperCase(Locale.ROOT));
                }
            }
        }
        return columns.values().stream().map(StringJoiner::toString).toArray(String[]::new);
    }

    private boolean hasCatalogs() throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return product.toLowerCase(Locale.ROOT).matches("mysql|mariadb");
    }

    private String catalog(String schema) throws SQLException {
        return schema != null && hasCatalogs() ? schema : connection.getCatalog();
    }

    private String schema(String schema) throws SQLException {
        if (hasCatalogs()) {
            return null;
        }
        if (schema == null) {
            return connection.getSchema();
        }
        DatabaseMetaData meta = connection.getMetaData();
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

    /** From now on all queries see one state of the store, and nothing can be written. */
    public void look() throws SQLException {
        connection.setReadOnly(true);
        // H2's repeatable reads are so table by table; its next level takes no locks, as others' do.
        boolean h2 = connection.getMetaData().getDatabaseProductName().equals("H2");
        connection.setTransactionIsolation(
                h2 ? Connection.TRANSACTION_SERIALIZABLE : Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
    }

    /** A query's rows as JSON: a list of lists. Each ? stands for one of the values. */
    public String rows(String sql, String[] values) throws SQLException {
        List<Object> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    List<Object> row = new ArrayList<>();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        Object value = rows.getObject(i);
                        row.add(value instanceof BigDecimal ? (Object) rows.getLong(i) : value);
                    }
                    found.add(row);
                }
            }
        }
        return Json.of(found);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
