package org.pyquartz.bridge;

import org.quartz.Job;

/** For {@code missing_jobs="error"}: Python's jobs are found, and a class that nobody has is stock's error. */
public final class StrictClassLoadHelper extends BridgeClassLoadHelper {
    @Override
    protected Class<? extends Job> missing(String name, Throwable why) throws ClassNotFoundException {
        throw new ClassNotFoundException("Class " + name + " of a stored job can't be found", why);
    }
}
