package org.pyquartz.store;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A connection on which Quartz's own inserts run as JDBC batches, for a database is bound by round trips.
 *
 * <p>What a delegate would execute row by row is gathered for each statement. The batches are sent in the
 * order in which their statements came up first: jobs, triggers, schedules, as their keys need it.
 */
final class BatchingConnection implements InvocationHandler {
    private static final int MOST_ROWS = 1000;

    private final Connection connection;
    private final Map<String, PreparedStatement> batches = new LinkedHashMap<>();
    private int rows;

    /** The connection to hand to a delegate. */
    final Connection face =
            (Connection)
                    Proxy.newProxyInstance(
                            BatchingConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);

    BatchingConnection(Connection connection) {
        this.connection = connection;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (!method.getName().equals("prepareStatement") || arguments.length != 1) {
            return call(connection, method, arguments);
        }
        String sql = (String) arguments[0];
        PreparedStatement statement = batches.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            batches.put(sql, statement);
        }
        return gathering(statement);
    }

    private PreparedStatement gathering(PreparedStatement statement) {
        return (PreparedStatement)
                Proxy.newProxyInstance(
                        BatchingConnection.class.getClassLoader(),
                        new Class<?>[] {PreparedStatement.class},
                        (proxy, method, arguments) -> {
                            switch (method.getName()) {
                                case "executeUpdate":
                                    statement.addBatch();
                                    rows++;
                                    return 1;
                                case "close":
                                    return null;
                                default:
                                    return call(statement, method, arguments);
                            }
                        });
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Sends what is gathered once it is much; never between a row and what refers to it. */
    void flushWhenMany() throws SQLException {
        if (rows >= MOST_ROWS) {
            flush();
        }
    }

    void flush() throws SQLException {
        for (PreparedStatement statement : batches.values()) {
            try (PreparedStatement batch = statement) {
                batch.executeBatch();
            } catch (java.sql.BatchUpdateException e) {
                throw e.getNextException() == null ? e : e.getNextException();
            }
        }
        batches.clear();
        rows = 0;
    }
}
