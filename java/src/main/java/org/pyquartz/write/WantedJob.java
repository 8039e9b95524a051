package org.pyquartz.write;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.spi.ClassLoadHelper;

/**
 * What is wanted of one job: its detail, unless it has to be there already, and triggers.
 *
 * <p>Without a key it is one trigger, wherever that belongs.
 */
final class WantedJob {
    final JobKey key;
    final JobDetail detail;
    /** Whether it was left open if the job shall live without a trigger. */
    final boolean durableOpen;

    /** Stored class names that mean the same job as the wanted one. */
    final Set<Object> sameNames;

    /** "set", "each" or "new"; {@code pyquartz/plan.py} says what they mean. */
    final String how;

    final List<WantedTrigger> triggers = new ArrayList<>();

    private WantedJob(JobKey key, JobDetail detail, boolean durableOpen, Set<Object> sameNames, String how) {
        this.key = key;
        this.detail = detail;
        this.durableOpen = durableOpen;
        this.sameNames = sameNames;
        this.how = how;
    }

    /** Reads name, group, class or null, its other names, description, durable, recovery, data, triggers, how. */
    static WantedJob read(List<?> row, ClassLoadHelper loader) throws JobPersistenceException {
        JobKey key = row.get(0) == null ? null : new JobKey((String) row.get(0), (String) row.get(1));
        JobDetail detail = row.get(2) == null ? null : detail(row, key, loader);
        WantedJob job = new WantedJob(key, detail, row.get(5) == null, new HashSet<>((List<?>) row.get(3)), (String) row.get(9));
        for (Object trigger : (List<?>) row.get(8)) {
            job.triggers.add(TriggerReader.read((List<?>) trigger, key));
        }
        return job;
    }

    private static JobDetail detail(List<?> row, JobKey key, ClassLoadHelper loader)
            throws JobPersistenceException {
        Class<? extends Job> type;
        try {
            type = loader.loadClass((String) row.get(2), Job.class);
        } catch (ClassNotFoundException e) {
            throw new JobPersistenceException("can't find class " + row.get(2) + " of job " + key, e);
        }
        return JobBuilder.newJob(type)
                .withIdentity(key)
                .withDescription((String) row.get(4))
                .storeDurably(Boolean.TRUE.equals(row.get(5)))
                .requestRecovery((Boolean) row.get(6))
                .setJobData(Values.data(row.get(7)))
                .build();
    }
}
