package org.pyquartz.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quartz.TriggerKey;

/** Which attempt of a run a trigger is, and whose firing failed first: a few names in its data. */
public final class Attempt {
    private static final String NUMBER = "pyquartz.attempt";
    private static final String TRIGGER_NAME = "pyquartz.trigger_name";
    private static final String TRIGGER_GROUP = "pyquartz.trigger_group";

    private Attempt() {}

    /** Whether a trigger with these data tries a failed run again. */
    public static boolean isIn(Map<String, Object> data) {
        return data.containsKey(NUMBER);
    }

    /** The first is 1. */
    public static int number(Map<String, Object> data) {
        try {
            return isIn(data) ? Integer.parseInt(String.valueOf(data.get(NUMBER))) : 1;
        } catch (NumberFormatException e) {
            return 1; // Somebody else's, under our name.
        }
    }

    /** The name and group of the trigger whose firing failed first. */
    public static List<String> first(Map<String, Object> data) {
        return List.of(String.valueOf(data.get(TRIGGER_NAME)), String.valueOf(data.get(TRIGGER_GROUP)));
    }

    /** The data without what is ours. */
    public static Map<String, Object> usersOwn(Map<String, Object> data) {
        if (!isIn(data)) {
            return data;
        }
        Map<String, Object> own = new LinkedHashMap<>(data);
        own.keySet().removeAll(List.of(NUMBER, TRIGGER_NAME, TRIGGER_GROUP));
        return own;
    }

    static void put(Map<String, Object> data, TriggerKey failed, int number) {
        if (!isIn(data)) {
            data.put(TRIGGER_NAME, failed.getName());
            data.put(TRIGGER_GROUP, failed.getGroup());
        }
        // A string, for a store with useProperties holds nothing else.
        data.put(NUMBER, String.valueOf(number));
    }
}
