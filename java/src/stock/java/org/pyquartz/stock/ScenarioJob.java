package org.pyquartz.stock;

import org.quartz.Job;
import org.quartz.JobDataMap;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.SchedulerException;

/** Does what its data say: what a run shell has to deal with. */
public class ScenarioJob implements Job {
    @Override
    public void execute(JobExecutionContext context) throws JobExecutionException {
        JobDataMap data = context.getMergedJobDataMap();
        String does = data.getString("does");
        if (does.startsWith("throw")) {
            if (context.getRefireCount() < data.getInt("times")) {
                JobExecutionException error = new JobExecutionException("as asked");
                error.setRefireImmediately(does.contains("refire"));
                error.setUnscheduleFiringTrigger(does.contains("unschedule"));
                error.setUnscheduleAllTriggers(does.contains("everything"));
                throw error;
            }
        } else if (does.equals("break")) {
            throw new IllegalStateException("boom");
        } else if (does.equals("count")) {
            context.getJobDetail().getJobDataMap().put("runs", data.getInt("runs") + 1);
        } else if (!does.equals("nothing")) {
            change(context, does);
        }
        context.setResult("done");
    }

    private static void change(JobExecutionContext context, String does) throws JobExecutionException {
        try {
            if (does.equals("delete")) {
                context.getScheduler().deleteJob(context.getJobDetail().getKey());
            } else {
                context.getScheduler().unscheduleJob(context.getTrigger().getKey());
            }
        } catch (SchedulerException e) {
            throw new JobExecutionException(e);
        }
    }
}
