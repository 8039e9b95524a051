package org.pyquartz.bridge;

import org.quartz.Job;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.simpl.PropertySettingJobFactory;
import org.quartz.spi.TriggerFiredBundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the job's instance, and never throws, whatever a constructor does: that would leave the trigger in ERROR.
 *
 * <p>Classes of Java and Clojure get Quartz's own treatment, which sets properties from the job's data.
 */
public final class BridgeJobFactory extends PropertySettingJobFactory {
    private static final Logger LOG = LoggerFactory.getLogger(BridgeJobFactory.class);

    @Override
    public Job newJob(TriggerFiredBundle bundle, Scheduler scheduler) {
        Class<? extends Job> type = bundle.getJobDetail().getJobClass();
        try {
            if (PythonJob.class.isAssignableFrom(type) || NoOpJob.class.isAssignableFrom(type)) {
                return type.getDeclaredConstructor().newInstance();
            }
            return super.newJob(bundle, scheduler);
        } catch (SchedulerException | ReflectiveOperationException | RuntimeException | Error e) {
            LOG.error(
                    "Job {} can't be made out of class {}; nothing runs this time, and its trigger goes on.",
                    bundle.getJobDetail().getKey(),
                    type.getName(),
                    e);
            return new NoOpJob();
        }
    }
}
