package org.pyquartz.events;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.Test;
import org.quartz.JobKey;
import org.quartz.SchedulerListener;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerListener;

/** What a listener of Python's is told, and on which thread. */
public class ListenerTest {
    private static final String[] VETO = {"vetoJobExecution"};
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    private boolean tell(String event) {
        told.add(event);
        return true;
    }

    private static <T> T onAThread(boolean ofPythons, Callable<T> work) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        new Thread(
                        () -> {
                            if (ofPythons) {
                                PythonThreads.mark();
                            }
                            try {
                                result.complete(work.call());
                            } catch (Exception | Error e) {
                                result.completeExceptionally(e);
                            }
                        })
                .start();
        return result.get(20, TimeUnit.SECONDS);
    }

    private static Trigger trigger() {
        return TriggerBuilder.newTrigger().withIdentity("t", "g").forJob("j", "h").build();
    }

    @Test(timeout = 60_000)
    public void onAThreadOfPythonsItIsToldAtOnce() throws Exception {
        TriggerListener listener = Listener.ofTriggers("a", VETO, this::tell);
        assertTrue(onAThread(true, () -> listener.vetoJobExecution(trigger(), null)));
        assertTrue(told.get(0), told.get(0).startsWith("{\"callback\":\"vetoJobExecution\",\"trigger\":{"));
    }

    @Test(timeout = 60_000)
    public void onAThreadOfJavasItIsHandedOverInOrder() throws Exception {
        SchedulerListener listener =
                Listener.ofScheduler("b", new String[] {"jobDeleted", "jobsPaused"}, this::tell);
        onAThread(
                false,
                () -> {
                    listener.jobDeleted(new JobKey("j", "g"));
                    listener.jobsPaused("some");
                    listener.schedulerStarted();
                    return null;
                });
        assertEquals(List.of(), told);
        assertTrue(HandOver.deliver(0));
        assertTrue(HandOver.deliver(0));
        assertFalse(HandOver.deliver(0));
        assertEquals(
                List.of(
                        "{\"callback\":\"jobDeleted\",\"job_key\":[\"j\",\"g\"]}",
                        "{\"callback\":\"jobsPaused\",\"text\":\"some\"}"),
                told);
    }

    @Test(timeout = 60_000)
    public void aVetoIsWaitedForOnAThreadOfJavas() throws Exception {
        TriggerListener listener = Listener.ofTriggers("c", VETO, this::tell);
        CompletableFuture<Boolean> veto =
                CompletableFuture.supplyAsync(() -> listener.vetoJobExecution(trigger(), null));
        assertTrue(HandOver.deliver(20_000));
        assertTrue(veto.get(20, TimeUnit.SECONDS));
    }

    @Test(timeout = 60_000)
    public void whatIsNotWantedOrFailsIsNoVeto() throws Exception {
        TriggerListener deaf = Listener.ofTriggers("d", new String[] {"triggerFired"}, this::tell);
        assertFalse(onAThread(true, () -> deaf.vetoJobExecution(trigger(), null)));
        assertEquals(List.of(), told);
        TriggerListener broken =
                Listener.ofTriggers(
                        "e",
                        VETO,
                        event -> {
                            throw new IllegalStateException("on purpose");
                        });
        assertFalse(onAThread(true, () -> broken.vetoJobExecution(trigger(), null)));
    }
}
