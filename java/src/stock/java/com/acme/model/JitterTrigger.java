package com.acme.model;

import org.quartz.impl.triggers.SimpleTriggerImpl;

/** A trigger of the company's own, which Quartz keeps as one serialised object. */
public final class JitterTrigger extends SimpleTriggerImpl {
    private static final long serialVersionUID = 77L;

    private long jitterMillis;

    /** Makes Quartz store it as a blob. */
    @Override
    public boolean hasAdditionalProperties() {
        return true;
    }
}
