package org.pyquartz.bridge;

import java.util.Properties;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.core.QuartzScheduler;
import org.quartz.core.QuartzSchedulerResources;
import org.quartz.impl.SchedulerRepository;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.impl.matchers.EverythingMatcher;
import org.quartz.spi.JobStore;
import org.quartz.spi.ThreadPool;

/** Makes one scheduler out of properties, and keeps hold of the parts that Quartz hides behind it. */
public final class BridgeSchedulerFactory extends StdSchedulerFactory {
    private JobStore jobStore;
    private ThreadPool threadPool;
    private String instanceId;

    public BridgeSchedulerFactory(Properties properties) throws SchedulerException {
        super(properties);
    }

    @Override
    protected Scheduler instantiate(QuartzSchedulerResources resources, QuartzScheduler scheduler) {
        jobStore = resources.getJobStore();
        threadPool = resources.getThreadPool();
        instanceId = resources.getInstanceId();
        return super.instantiate(resources, scheduler);
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
            scheduler
                    .getListenerManager()
                    .addTriggerListener(new NoOpVeto(), EverythingMatcher.allTriggers());
            return scheduler;
        }
    }

    public JobStore jobStore() {
        return jobStore;
    }

    public ThreadPool threadPool() {
        return threadPool;
    }

    public String instanceId() {
        return instanceId;
    }
}
