package org.pyquartz.testing;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.quartz.Job;
import org.quartz.JobExecutionContext;

/** Says which triggers have fired it. */
public class RecordingJob implements Job {
    /** The names of triggers, in the order of their firing. */
    public static final BlockingQueue<String> FIRED = new LinkedBlockingQueue<>();

    @Override
    public void execute(JobExecutionContext context) {
        FIRED.add(context.getTrigger().getKey().getName());
    }
}
