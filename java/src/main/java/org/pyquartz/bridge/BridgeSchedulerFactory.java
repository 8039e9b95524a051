package org.pyquartz.bridge;

import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.core.QuartzScheduler;
import org.quartz.core.QuartzSchedulerResources;
import org.quartz.impl.SchedulerRepository;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.spi.JobStore;
import org.quartz.spi.ThreadPool;

/** Makes one scheduler out of properties, and keeps hold of the parts that Quartz hides behind it. */
public final class BridgeSchedulerFactory extends StdSchedulerFactory {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private JobStore jobStore;
    private ThreadPool threadPool;
    private String instanceId;

    public BridgeSchedulerFactory(Properties properties) throws SchedulerException {
        super(withDataSourceOfItsOwn(properties));
    }

    /** Makes it of properties as Python gives them: their names, and their values in the same order. */
    public BridgeSchedulerFactory(String[] names, String[] values) throws SchedulerException {
        this(properties(names, values));
    }

    private static Properties properties(String[] names, String[] values) {
        Properties properties = new Properties();
        for (int i = 0; i < names.length; i++) {
            properties.setProperty(names[i], values[i]);
        }
        return properties;
    }

    /** The JVM has one registry of data sources: a scheduler would take over another's of the same name. */
    private static Properties withDataSourceOfItsOwn(Properties properties) {
        String name = properties.getProperty("org.quartz.jobStore.dataSource");
        String settings = PROP_DATASOURCE_PREFIX + '.' + name + '.';
        if (properties.stringPropertyNames().stream().noneMatch(key -> key.startsWith(settings))) {
            return properties;
        }
        String own = name + '-' + NUMBERS.incrementAndGet();
        Properties renamed = new Properties();
        for (String key : properties.stringPropertyNames()) {
            String suffix = key.startsWith(settings) ? key.substring(settings.length()) : null;
            renamed.setProperty(
                    suffix == null ? key : PROP_DATASOURCE_PREFIX + '.' + own + '.' + suffix,
                    properties.getProperty(key));
        }
        renamed.setProperty("org.quartz.jobStore.dataSource", own);
        return renamed;
    }

    @Override
    protected Scheduler instantiate(QuartzSchedulerResources resources, QuartzScheduler scheduler) {
        jobStore = resources.getJobStore();
        threadPool = resources.getThreadPool();
        instanceId = resources.getInstanceId();
        // Quartz's own kind: the user's are then the only ones that the manager has.
        scheduler.addInternalTriggerListener(new NoOpVeto());
        RunShellFactory shells =
                new RunShellFactory(resources.getJobRunShellFactory(), jobStore, new Audience(scheduler));
        resources.setJobRunShellFactory(shells);
        Scheduler made = super.instantiate(resources, scheduler);
        shells.initialize(made);
        if (threadPool instanceof WorkerPool && jobStore instanceof Slots.Chooser) {
            ((WorkerPool) threadPool).serve((Slots.Chooser) jobStore);
        }
        return made;
    }

    /**
     * A new scheduler, always: Quartz's repository would hand out an older one of the same name, and
     * two nodes of one cluster may well live in one process.
     */
    public synchronized Scheduler make(String name) throws SchedulerException {
        synchronized (SchedulerRepository.class) {
            SchedulerRepository.getInstance().remove(name);
            Scheduler scheduler = getScheduler();
            SchedulerRepository.getInstance().remove(name);
            return scheduler;
        }
    }

    public JobStore jobStore() {
        return jobStore;
    }

    public WorkerPool threadPool() {
        return (WorkerPool) threadPool;
    }

    public String instanceId() {
        return instanceId;
    }
}
