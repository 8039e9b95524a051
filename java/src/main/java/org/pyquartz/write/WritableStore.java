package org.pyquartz.write;

import org.quartz.JobPersistenceException;

/** A job store that takes a whole change at once, under its lock and in one transaction. */
public interface WritableStore {
    /** Does work that is written as a whole, or not at all. */
    <T> T write(Work<T> work) throws JobPersistenceException;

    /** Has the scheduler look what is due next. */
    void lookAgain();

    /** What is done with a store's rows. */
    interface Work<T> {
        T with(Rows rows) throws JobPersistenceException;
    }
}
