package com.acme.jobs;

import org.quartz.Job;
import org.quartz.JobExecutionContext;

/** What the company's jobs share: here they do nothing, for only their rows are looked at. */
public abstract class AcmeJob implements Job {
    @Override
    public void execute(JobExecutionContext context) {
        // Nothing: no test lets a Java node run these.
    }
}
