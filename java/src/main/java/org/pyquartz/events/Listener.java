package org.pyquartz.events;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.pyquartz.inspect.Callbacks;
import org.quartz.JobListener;
import org.quartz.SchedulerListener;
import org.quartz.TriggerListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listener of Python's, as Quartz sees it: any of the three kinds, and any of their callbacks.
 *
 * <p>A callback that Quartz makes on a thread of Python's is told there and then, so that order and
 * vetoes are Quartz's; one on a thread of Java's is handed over. It never throws: Quartz answers that
 * with a job that does not run, or a run that is never completed.
 */
public final class Listener implements InvocationHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final String VETO = "vetoJobExecution";

    private final String name;
    private final Set<String> wanted;
    private final Sink sink;

    private Listener(String name, Set<String> wanted, Sink sink) {
        this.name = name;
        this.wanted = wanted;
        this.sink = sink;
    }

    /** A listener for jobs, with the names of the callbacks that it wants. */
    public static JobListener ofJobs(String name, String[] wanted, Sink sink) {
        return make(JobListener.class, name, wanted, sink);
    }

    public static TriggerListener ofTriggers(String name, String[] wanted, Sink sink) {
        return make(TriggerListener.class, name, wanted, sink);
    }

    public static SchedulerListener ofScheduler(String name, String[] wanted, Sink sink) {
        return make(SchedulerListener.class, name, wanted, sink);
    }

    private static <T> T make(Class<T> kind, String name, String[] wanted, Sink sink) {
        Listener listener = new Listener(name, Set.of(wanted), sink);
        return kind.cast(
                Proxy.newProxyInstance(kind.getClassLoader(), new Class<?>[] {kind}, listener));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) {
        String callback = method.getName();
        switch (callback) {
            case "getName":
            case "toString":
                return name;
            case "hashCode":
                return System.identityHashCode(proxy);
            case "equals":
                return proxy == arguments[0];
            default:
                boolean veto = wanted.contains(callback) && tell(callback, arguments);
                return callback.equals(VETO) ? veto : null;
        }
    }

    private boolean tell(String callback, Object[] arguments) {
        try {
            String event = Callbacks.describe(callback, arguments);
            if (PythonThreads.isOne()) {
                return sink.tell(event);
            }
            if (callback.equals(VETO)) {
                return HandOver.ask(sink, event);
            }
            HandOver.put(sink, event);
        } catch (RuntimeException | Error e) {
            LOG.error("The listener {} could not be told of {}.", name, callback, e);
        }
        return false;
    }
}
