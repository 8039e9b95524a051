package org.pyquartz.bridge;

import org.quartz.JobExecutionContext;
import org.quartz.Trigger;
import org.quartz.listeners.TriggerListenerSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Vetoes each {@link NoOpJob}: its trigger goes on, and no listener takes it for a run. */
final class NoOpVeto extends TriggerListenerSupport {
    private static final Logger LOG = LoggerFactory.getLogger(NoOpJob.class);

    @Override
    public String getName() {
        return "pyquartz.noop-veto";
    }

    @Override
    public boolean vetoJobExecution(Trigger trigger, JobExecutionContext context) {
        if (!(context.getJobInstance() instanceof NoOpJob)) {
            return false;
        }
        LOG.info(
                "Nothing ran for trigger {}: this node has no class {} for job {}.",
                trigger.getKey(),
                context.getJobDetail().getJobClass().getName(),
                context.getJobDetail().getKey());
        return true;
    }
}
