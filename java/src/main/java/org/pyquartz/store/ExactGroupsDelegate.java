package org.pyquartz.store;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.StdJDBCDelegate;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.impl.matchers.StringMatcher;
import org.quartz.spi.ClassLoadHelper;
import org.quartz.spi.OperableTrigger;

/**
 * Quartz's statements, with a group's name meant as it stands: in LIKE, where stock puts even a whole
 * name, an underscore stands for any character.
 *
 * <p>Which character takes that meaning away, and whether any does unless it is named, differs from
 * database to database. So each LIKE names its own.
 */
abstract class ExactGroupsDelegate extends StdJDBCDelegate {
    private static final String LIKE = "LIKE ?";
    private static final String ESCAPE = " ESCAPE '!'";

    private volatile String product;

    /** The database's name, as its driver gives it. */
    final String product(Connection conn) throws SQLException {
        if (product == null) {
            product = conn.getMetaData().getDatabaseProductName();
        }
        return product;
    }

    @Override
    protected String toSqlLikeClause(GroupMatcher<?> matcher) {
        boolean hasRanges = product.toLowerCase(Locale.ROOT).matches(".*(sql|adaptive) server.*");
        String special = hasRanges ? "[!_%\\[]" : "[!_%]";
        String text = matcher.getCompareToValue().replaceAll(special, "!$0");
        StringMatcher.StringOperatorName operator = matcher.getCompareWithOperator();
        switch (operator) {
            case EQUALS:
                return text;
            case STARTS_WITH:
                return text + '%';
            case ENDS_WITH:
                return '%' + text;
            case CONTAINS:
                return '%' + text + '%';
            case ANYTHING:
                return "%";
            default:
                throw new UnsupportedOperationException("Unknown matcher of groups: " + operator);
        }
    }

    /** The connection, but for what its statements say after each LIKE. */
    private Connection exact(Connection connection) throws SQLException {
        product(connection);
        return (Connection)
                Proxy.newProxyInstance(
                        ExactGroupsDelegate.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("prepareStatement")) {
                                arguments[0] = ((String) arguments[0]).replace(LIKE, LIKE + ESCAPE);
                            }
                            try {
                                return method.invoke(connection, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    @Override
    public Set<JobKey> selectJobsInGroup(Connection conn, GroupMatcher<JobKey> matcher) throws SQLException {
        return super.selectJobsInGroup(exact(conn), matcher);
    }

    @Override
    public Set<TriggerKey> selectTriggersInGroup(Connection conn, GroupMatcher<TriggerKey> matcher)
            throws SQLException {
        return super.selectTriggersInGroup(exact(conn), matcher);
    }

    @Override
    public List<String> selectTriggerGroups(Connection conn, GroupMatcher<TriggerKey> matcher)
            throws SQLException {
        return super.selectTriggerGroups(exact(conn), matcher);
    }

    @Override
    public int deletePausedTriggerGroup(Connection conn, GroupMatcher<TriggerKey> matcher) throws SQLException {
        return super.deletePausedTriggerGroup(exact(conn), matcher);
    }

    @Override
    public int updateTriggerGroupStateFromOtherState(
            Connection conn, GroupMatcher<TriggerKey> matcher, String state, String old) throws SQLException {
        return super.updateTriggerGroupStateFromOtherState(exact(conn), matcher, state, old);
    }

    @Override
    public int updateTriggerGroupStateFromOtherStates(
            Connection conn,
            GroupMatcher<TriggerKey> matcher,
            String state,
            String old1,
            String old2,
            String old3)
            throws SQLException {
        return super.updateTriggerGroupStateFromOtherStates(exact(conn), matcher, state, old1, old2, old3);
    }

    // Quartz 2.3.2 lacks these two, and so never asks for them.

    @Override
    public List<JobDetail> selectJobDetails(
            Connection conn, GroupMatcher<JobKey> matcher, ClassLoadHelper loader)
            throws ClassNotFoundException, IOException, SQLException {
        return super.selectJobDetails(exact(conn), matcher, loader);
    }

    @Override
    public List<OperableTrigger> getTriggersByJobAndTriggerGroup(
            Connection conn, GroupMatcher<JobKey> jobs, GroupMatcher<TriggerKey> triggers)
            throws SQLException, ClassNotFoundException, IOException, JobPersistenceException {
        return super.getTriggersByJobAndTriggerGroup(exact(conn), jobs, triggers);
    }
}
