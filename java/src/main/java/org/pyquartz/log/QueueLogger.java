package org.pyquartz.log;

import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** An slf4j logger that puts its records into the {@link LogQueue}, with Python's level numbers. */
final class QueueLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;

    QueueLogger(String name) {
        this.name = name;
    }

    @Override
    public boolean isTraceEnabled() {
        return LogQueue.listens(5);
    }

    @Override
    public boolean isDebugEnabled() {
        return LogQueue.listens(10);
    }

    @Override
    public boolean isInfoEnabled() {
        return LogQueue.listens(20);
    }

    @Override
    public boolean isWarnEnabled() {
        return LogQueue.listens(30);
    }

    @Override
    public boolean isErrorEnabled() {
        return LogQueue.listens(40);
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String pattern, Object[] arguments, Throwable thrown) {
        String message =
                arguments == null ? pattern : MessageFormatter.basicArrayFormat(pattern, arguments);
        LogQueue.put(name, number(level), String.valueOf(message), thrown);
    }

    private static int number(Level level) {
        switch (level) {
            case ERROR:
                return 40;
            case WARN:
                return 30;
            case INFO:
                return 20;
            case DEBUG:
                return 10;
            default:
                return 5;
        }
    }
}
