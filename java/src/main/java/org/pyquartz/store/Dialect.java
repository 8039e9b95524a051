package org.pyquartz.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Blob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How bytes and truth values go to a database and come back, as Quartz's own delegate for it has it.
 *
 * <p>That, and the limit of {@link Candidates}, is all in which those delegates differ on the databases of
 * today: so there is one delegate of ours, and it speaks one of these.
 */
enum Dialect {
    /** What no other fits; also old DB2, and pools of WebLogic's. */
    STANDARD("", "StdJDBCDelegate", "DB2v6Delegate", "WebLogicDelegate"),

    BYTES("postgres|gauss|mysql|mariadb|^h2", "PostgreSQLDelegate", "GaussDBDelegate") {
        @Override
        byte[] read(ResultSet row, String column) throws SQLException {
            return row.getBytes(column);
        }
    },

    STREAMS("hsql|sql server", "HSQLDBDelegate", "MSSQLDelegate") {
        @Override
        byte[] read(ResultSet row, String column) throws SQLException {
            return streamed(row, column);
        }
    },

    SYBASE("adaptive server|^ase", "SybaseDelegate") {
        @Override
        byte[] read(ResultSet row, String column) throws SQLException {
            return streamed(row, column);
        }

        @Override
        void write(PreparedStatement statement, int index, byte[] bytes) throws SQLException {
            statement.setBytes(index, bytes);
        }
    },

    /**
     * Stock writes an empty blob, reads its locator and fills that, for drivers before 10g had no other
     * way, and takes nothing but classes of such a driver. A blob that is bound comes to the same rows.
     */
    ORACLE("oracle", "OracleDelegate", "WebLogicOracleDelegate") {
        @Override
        void write(PreparedStatement statement, int index, byte[] bytes) throws SQLException {
            if (bytes == null) {
                statement.setNull(index, Types.BLOB);
            } else {
                statement.setBlob(index, new ByteArrayInputStream(bytes), bytes.length);
            }
        }
    },

    DB2V7("", "DB2v7Delegate") {
        @Override
        void write(PreparedStatement statement, int index, byte[] bytes) throws SQLException {
            statement.setObject(index, bytes, Types.BLOB);
        }

        @Override
        void write(PreparedStatement statement, int index, boolean value) throws SQLException {
            statement.setString(index, value ? "1" : "0");
        }
    },

    DB2("db2", "DB2v8Delegate") {
        @Override
        void write(PreparedStatement statement, int index, boolean value) throws SQLException {
            statement.setInt(index, value ? 1 : 0);
        }
    },

    CACHE("cache|iris", "CacheDelegate") {
        @Override
        void write(PreparedStatement statement, int index, byte[] bytes) throws SQLException {
            statement.setObject(index, bytes, Types.BLOB);
        }
    },

    CUBRID("cubrid", "CUBRIDDelegate") {
        @Override
        void write(PreparedStatement statement, int index, byte[] bytes) throws SQLException {
            Blob blob = statement.getConnection().createBlob();
            blob.setBytes(1, bytes == null ? new byte[0] : bytes);
            statement.setBlob(index, blob);
        }
    },

    POINTBASE("pointbase", "PointbaseDelegate") {
        @Override
        byte[] read(ResultSet row, String column) throws SQLException {
            return row.getBytes(column);
        }

        @Override
        void write(PreparedStatement statement, int index, byte[] bytes) throws SQLException {
            byte[] all = bytes == null ? new byte[0] : bytes;
            statement.setBinaryStream(index, new ByteArrayInputStream(all), all.length);
        }
    };

    private static final String STOCK = "org.quartz.impl.jdbcjobstore.";

    private final Pattern products;
    private final String[] delegates;

    Dialect(String products, String... delegates) {
        this.products = products.isEmpty() ? null : Pattern.compile(products);
        this.delegates = delegates;
    }

    /** The one of a database, by the name that its driver gives it. */
    static Dialect of(String product) {
        String name = product.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(dialect -> dialect.products != null && dialect.products.matcher(name).find())
                .findFirst()
                .orElse(STANDARD);
    }

    /** The one of a delegate of Quartz's; null for any other class. */
    static Dialect ofDelegate(String className) {
        String name = className.substring(className.lastIndexOf('.') + 1);
        return Arrays.stream(values())
                .filter(dialect -> className.startsWith(STOCK) && Arrays.asList(dialect.delegates).contains(name))
                .findFirst()
                .orElse(null);
    }

    /** A column's bytes; null when it has none. */
    byte[] read(ResultSet row, String column) throws SQLException {
        Blob blob = row.getBlob(column);
        if (blob == null) {
            return null;
        }
        try {
            long length = blob.length();
            return length == 0 ? null : blob.getBytes(1, Math.toIntExact(length));
        } finally {
            blob.free();
        }
    }

    /** Binds bytes; null is bound as what the delegate of that database writes for no data. */
    void write(PreparedStatement statement, int index, byte[] bytes) throws SQLException {
        statement.setBytes(index, bytes == null ? new byte[0] : bytes);
    }

    void write(PreparedStatement statement, int index, boolean value) throws SQLException {
        statement.setBoolean(index, value);
    }

    private static byte[] streamed(ResultSet row, String column) throws SQLException {
        try (InputStream stream = row.getBinaryStream(column)) {
            return stream == null ? null : stream.readAllBytes();
        } catch (IOException e) {
            throw new SQLException("Couldn't read " + column + ": " + e.getMessage(), e);
        }
    }
}
