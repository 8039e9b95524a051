package org.pyquartz.write;

import java.util.Map;
import org.pyquartz.blob.Blobs;
import org.pyquartz.store.Unreadable;
import org.pyquartz.store.UnreadableTrigger;
import org.quartz.Trigger;

/** What no new schedule overwrites: what can't be read here, and another node may need. */
final class Lasting {
    private Lasting() {}

    /** Whether a trigger can't fire here: it is left beside new ones that have other keys. */
    static boolean cannotFire(Trigger trigger) {
        return trigger instanceof UnreadableTrigger || Unreadable.reason(trigger.getJobDataMap()) != null;
    }

    /** A trigger that is one object of Java's has nothing else that could be given a new schedule. */
    static void requireSchedule(Trigger there) throws UnreadableDataException {
        if (there instanceof UnreadableTrigger && ((UnreadableTrigger) there).storedType().equals("BLOB")) {
            throw new UnreadableDataException("trigger " + there.getKey() + " can't be read here ("
                    + ((UnreadableTrigger) there).reason()
                    + "), and a new schedule would overwrite it: delete it first, or use another key");
        }
    }

    /** Whether data stay in the row as they are, byte for byte; an exception if others are wanted. */
    static boolean data(String whose, Map<String, Object> there, Map<String, Object> wanted) throws UnreadableDataException {
        boolean unreadable = Unreadable.reason(there) != null;
        if (!unreadable && !Blobs.holdsOpaque(there)) {
            return false;
        }
        if (!wanted.isEmpty() && (unreadable || !Same.data(Same.readable(there), wanted))) {
            throw new UnreadableDataException("the data of " + whose + " hold what can't be read here"
                    + (unreadable ? " (" + Unreadable.reason(there) + ")" : " in " + Blobs.opaqueKeys(there))
                    + ", and other data would overwrite it: give none, or delete it first");
        }
        return true;
    }
}
