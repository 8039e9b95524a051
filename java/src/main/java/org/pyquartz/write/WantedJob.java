package org.pyquartz.write;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDataMap;
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

    final List<WantedTrigger> triggers;

    private WantedJob(
            JobKey key,
            JobDetail detail,
            boolean durableOpen,
            Set<Object> sameNames,
            String how,
            List<WantedTrigger> triggers) {
        this.key = key;
        this.detail = detail;
        this.durableOpen = durableOpen;
        this.sameNames = sameNames;
        this.how = how;
        this.triggers = triggers;
    }

    /**
     * Reads jobs that are alike but for their names and data: class or null, its other names, description,
     * durable, recovery, how, triggers, group, names, data.
     */
    static void read(List<?> row, ClassLoadHelper loader, List<WantedJob> into) throws JobPersistenceException {
        List<?> names = (List<?>) row.get(8);
        List<?> data = (List<?>) row.get(9);
        Class<? extends Job> type = row.get(0) == null ? null : type(row, loader);
        List<?> triggers = (List<?>) row.get(6);
        Set<Object> sameNames = new HashSet<>((List<?>) row.get(1));
        for (int n = 0; n < names.size(); n++) {
            String name = (String) names.get(n);
            JobKey key = name == null ? null : new JobKey(name, (String) row.get(7));
            JobDetail detail = type == null ? null : detail(row, type, key, Values.data(data.get(n)));
            WantedTrigger[] wanted = new WantedTrigger[triggers.size()];
            for (int t = 0; t < wanted.length; t++) {
                wanted[t] = TriggerReader.read((List<?>) triggers.get(t), key);
            }
            into.add(new WantedJob(
                    key, detail, row.get(3) == null, sameNames, (String) row.get(5), List.of(wanted)));
        }
    }

    private static Class<? extends Job> type(List<?> row, ClassLoadHelper loader) throws JobPersistenceException {
        try {
            return loader.loadClass((String) row.get(0), Job.class);
        } catch (ClassNotFoundException e) {
            throw new JobPersistenceException("can't find class " + row.get(0) + " of a job", e);
        }
    }

    private static JobDetail detail(List<?> row, Class<? extends Job> type, JobKey key, JobDataMap data) {
        return JobBuilder.newJob(type)
                .withIdentity(key)
                .withDescription((String) row.get(2))
                .storeDurably(Boolean.TRUE.equals(row.get(3)))
                .requestRecovery((Boolean) row.get(4))
                .setJobData(data)
                .build();
    }
}
