package org.pyquartz.bridge;

import static org.junit.Assert.assertEquals;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;
import org.pyquartz.store.RunEnd;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.OperableTrigger;

/** The store is told of every end: of many at once, and of each when that fails. */
public class EndsTest {
    private final List<String> told = new ArrayList<>();
    private boolean takesGroups = true;
    private String refused = "";

    private final RunEnd.Group store =
            (RunEnd.Group)
                    Proxy.newProxyInstance(
                            EndsTest.class.getClassLoader(),
                            new Class<?>[] {RunEnd.Group.class},
                            (proxy, method, arguments) -> {
                                if (method.getName().equals("writeTogether")) {
                                    return takesGroups && note(((List<?>) arguments[0]).size() + " at once");
                                }
                                String run = ((OperableTrigger) arguments[0]).getFireInstanceId();
                                if (run.equals(refused)) {
                                    throw new IllegalStateException("the store can't be written");
                                }
                                note(run);
                                return null;
                            });

    private boolean note(String what) {
        return told.add(what);
    }

    private void end(int runs) {
        Ends ends = new Ends();
        for (int n = 1; n <= runs; n++) {
            SimpleTriggerImpl trigger = new SimpleTriggerImpl();
            trigger.setFireInstanceId("run " + n);
            ends.add(store, new RunEnd(trigger, null, CompletedExecutionInstruction.NOOP));
        }
        ends.tell();
        ends.tell();
    }

    @Test
    public void severalAreToldAtOnceAndNoneTwice() {
        end(3);
        assertEquals(List.of("3 at once"), told);
    }

    @Test
    public void notMoreAtOnceThanPeersCanWaitFor() {
        end(250);
        assertEquals(List.of("100 at once", "100 at once", "50 at once"), told);
    }

    @Test
    public void oneIsToldAsQuartzDoes() {
        end(1);
        assertEquals(List.of("run 1"), told);
        end(0);
        assertEquals(List.of("run 1"), told);
    }

    @Test
    public void whatFailsTogetherIsToldOneByOneWhateverBecomesOfEach() {
        takesGroups = false;
        refused = "run 2";
        end(3);
        assertEquals(List.of("run 1", "run 3"), told);
    }
}
