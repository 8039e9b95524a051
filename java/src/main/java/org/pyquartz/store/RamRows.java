package org.pyquartz.store;

import org.pyquartz.write.Keys;
import org.pyquartz.write.StoreRows;

/** The rows of the store in memory, whose keys can be changed. */
final class RamRows extends StoreRows {
    private final Keys keys;

    RamRows(BridgeRamStore store) {
        super(store);
        keys = new RamKeys(store, this);
    }

    @Override
    public Keys keys() {
        return keys;
    }
}
