package org.pyquartz.blob;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** A class of somebody else's, as it stands in job data. */
final class Batch implements Serializable {
    private static final long serialVersionUID = 1L;

    final String name;
    final List<Object> items = new ArrayList<>();
    Object link;

    Batch(String name) {
        this.name = name;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Batch && ((Batch) other).name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
