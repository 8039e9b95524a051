package com.acme.mixed;

import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;

/** A job that only one node of a mixed cluster has. */
@DisallowConcurrentExecution
public class First implements Job {
    @Override
    public void execute(JobExecutionContext context) throws JobExecutionException {
        Node.note(context);
    }
}
