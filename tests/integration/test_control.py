"""Control of running jobs: interrupts, timeouts, retries, and what follows a run."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from pyquartz import (
    Job,
    JobEvent,
    JobExecutionError,
    JobKey,
    JobTimeoutError,
    Scheduler,
    TriggerKey,
    UnableToInterruptJobError,
    every,
    once,
)
from tests.integration.conftest import Logged, Make, RunOf, Store
from tests.integration.suite_jobs import (
    RETRY_GROUP,
    SEEN,
    THEN_GROUP,
    coroutine_that_waits,
    first,
    flaky,
    flaky_alone,
    gated,
    goes_on,
    late_retry,
    note,
    picky,
    process_that_waits,
    quick,
    slow,
    slow_coroutine,
    slow_process,
)
from tests.support.java import compile_java
from tests.support.waiting import wait_until


def idle(scheduler: Scheduler) -> bool:
    """Whether nothing runs and nothing is about to: what still waits waits for long."""
    soon = datetime.now(timezone.utc) + timedelta(minutes=1)
    due = [t for t in scheduler.triggers() if t.next_fire_time and t.next_fire_time < soon]
    return not scheduler.executing() and not due


# -- interrupts -----------------------------------------------------------------------------------


def test_a_thread_sees_that_it_is_interrupted(scheduler: Scheduler, run_of: RunOf) -> None:
    with scheduler:
        scheduler.schedule_task(gated, once(), key="a")
        scheduler.schedule_task(gated, once(), key="b")
        run_of("gated", 2)
        assert scheduler.interrupt("a") == 1
        assert run_of("interrupted").job == JobKey("a")
        (other,) = wait_until(lambda: [e for e in scheduler.executing() if e.job_key.name == "b"])
        assert scheduler.interrupt(other) == 1
        assert run_of("interrupted", 2).job == JobKey("b")
        wait_until(lambda: not scheduler.executing())
        assert scheduler.interrupt("a") == 0
        assert scheduler.interrupt(other.fire_instance_id) == 0


def test_a_coroutine_is_cancelled(scheduler: Scheduler, run_of: RunOf) -> None:
    with scheduler:
        scheduler.schedule_task(coroutine_that_waits, once())
        run_of("waits")
        assert scheduler.interrupt(coroutine_that_waits) == 1
        run_of("cancelled")


def test_a_cancelled_coroutine_is_no_error_in_the_log(
    scheduler: Scheduler, run_of: RunOf, logged: Logged, caplog: pytest.LogCaptureFixture
) -> None:
    with scheduler:
        scheduler.schedule_task(coroutine_that_waits, once())
        run_of("waits")
        scheduler.interrupt(coroutine_that_waits)
        logged("was interrupted (interrupt)", logging.WARNING)
        scheduler.schedule_task(coroutine_that_waits, once())
        run_of("waits", 2)
        scheduler.stop(wait=False)
    logged("was interrupted (stop)", logging.WARNING)
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("store", ["ram"], indirect=True)
def test_a_process_is_ended(scheduler: Scheduler, tmp_path: Path, logged: Logged) -> None:
    path = tmp_path / "runs"
    with scheduler:
        scheduler.schedule_task(process_that_waits, once(), data={"path": str(path)})
        wait_until(path.exists)
        assert scheduler.interrupt(process_that_waits) == 1
        logged("process_that_waits", logging.ERROR)
        wait_until(lambda: not scheduler.executing())


@pytest.mark.parametrize("store", ["ram"], indirect=True)
def test_a_store_of_somebody_elses_says_that_it_cannot(make: Make, logged: Logged) -> None:
    scheduler = make(properties={"org.quartz.jobStore.class": "org.quartz.simpl.RAMJobStore"})
    with scheduler:
        scheduler.schedule_task(flaky, once())
        (record,) = logged("can't be tried again", logging.ERROR)
        wait_until(lambda: scheduler.jobs() == [])
    assert record.exc_info
    assert "leave the class of the store to pyquartz" in str(record.exc_info[1])


def test_what_was_interrupted_on_purpose_is_not_tried_again(
    scheduler: Scheduler, run_of: RunOf
) -> None:
    with scheduler:
        scheduler.schedule_task(late_retry, once(), data={"waits": True})
        run_of("late")
        assert scheduler.interrupt(late_retry) == 1
        wait_until(lambda: not scheduler.executing())
        wait_until(lambda: scheduler.jobs() == [])


def test_what_a_stop_cut_off_is_tried_again(make: Make, store: Store, run_of: RunOf) -> None:
    if not store.is_jdbc:
        pytest.skip("what is in memory ends with its scheduler")
    scheduler = make()
    scheduler.schedule_task(late_retry, once(), data={"waits": True})
    scheduler.start()
    run_of("late")
    scheduler.stop(wait=False)
    (retry,) = make().triggers(late_retry)
    assert retry.key.group == RETRY_GROUP


# -- timeouts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("job", [slow, slow_coroutine])
def test_a_run_whose_time_is_over_counts_as_failed(
    scheduler: Scheduler, run_of: RunOf, logged: Logged, job: Any
) -> None:
    events: list[JobEvent] = []
    scheduler.on_job("was_executed")(events.append)
    with scheduler:
        scheduler.schedule_task(job, once())
        assert run_of("slow").data == {"reason": "timeout"}
        (event,) = wait_until(lambda: events)
    assert isinstance(event.error, JobTimeoutError)
    assert "0:00:00.05" in str(event.error)
    assert len(logged("longer than its timeout", logging.ERROR)) == 1


@pytest.mark.parametrize("store", ["ram"], indirect=True)
def test_a_process_whose_time_is_over_is_ended(scheduler: Scheduler, logged: Logged) -> None:
    with scheduler:
        scheduler.schedule_task(slow_process, once())
        logged("longer than its timeout", logging.ERROR)
        wait_until(lambda: not scheduler.executing())


def test_what_ends_in_time_is_not_interrupted(scheduler: Scheduler, run_of: RunOf) -> None:
    events: list[JobEvent] = []
    scheduler.on_job("was_executed")(events.append)
    with scheduler:
        for number in range(5):
            scheduler.schedule_task(quick, once(), key=f"quick{number}")
        run_of("quick", 5)
        wait_until(lambda: len(events) == 5)
    assert {event.error for event in events} == {None}


# -- retries --------------------------------------------------------------------------------------


def test_a_failed_run_is_tried_again_until_it_goes_well(
    scheduler: Scheduler, run_of: RunOf, logged: Logged
) -> None:
    events: list[JobEvent] = []
    scheduler.on_job("was_executed")(events.append)
    with scheduler:
        scheduler.schedule_task(flaky, once(key="the-first", data={"b": 2}), data={"a": 1})
        run_of("flaky", 3)
        wait_until(lambda: len(events) == 3)
        wait_until(lambda: scheduler.jobs() == [])
    runs = [run for run in SEEN if run.name == "flaky"]
    assert [run.data["attempt"] for run in runs] == [1, 2, 3]
    assert [run.data["given"] for run in runs] == [{"a": 1, "b": 2}] * 3
    assert len({run.data["key"] for run in runs}) == 1
    assert [run.trigger.group for run in runs] == ["DEFAULT", RETRY_GROUP, RETRY_GROUP]
    assert [run.data["first"] for run in runs] == [
        None, TriggerKey("the-first"), TriggerKey("the-first"),
    ]  # fmt: skip
    assert [event.attempt for event in events] == [1, 2, 3]
    assert events[-1].result == "at last"
    assert isinstance(events[0].error, ValueError)
    assert "attempt 2 comes in 0:00:00.02" in logged("attempt 1 fails")[0].getMessage()


def test_tries_come_to_an_end(scheduler: Scheduler, run_of: RunOf) -> None:
    with scheduler:
        scheduler.schedule_task(flaky, once(), data={"failures": 99})
        run_of("flaky", 3)
        wait_until(lambda: scheduler.jobs() == [])
    assert len(SEEN) == 3


def test_a_job_that_never_overlaps_is_tried_again(scheduler: Scheduler, run_of: RunOf) -> None:
    with scheduler:
        scheduler.schedule_task(flaky_alone, once(), every(hours=1, key="regular"))
        wait_until(lambda: sum(run.data["attempt"] == 3 for run in list(SEEN)) == 2)
        wait_until(lambda: idle(scheduler))
    assert sorted(run.data["attempt"] for run in SEEN) == [1, 1, 2, 2, 3, 3]
    assert sorted(Counter(run.data["key"] for run in SEEN).values()) == [3, 3]


@pytest.mark.parametrize(("kind", "runs"), [("lookup", 3), ("os", 3), ("value", 1), ("directs", 1)])
@pytest.mark.parametrize("store", ["ram", "h2"], indirect=True)
def test_only_what_is_worth_it_is_tried_again(
    scheduler: Scheduler, run_of: RunOf, kind: str, runs: int
) -> None:
    with scheduler:
        scheduler.schedule_task(Job(picky, durable=True), once(), data={"kind": kind})
        run_of("picky", runs)
        wait_until(lambda: idle(scheduler))
    assert len(SEEN) == runs


def test_a_retry_waits_in_the_store_beside_the_schedule(
    scheduler: Scheduler, run_of: RunOf
) -> None:
    hourly = every(hours=1)
    scheduler.schedule_task(late_retry, hourly)
    with scheduler:
        run_of("late")
        (waiting,) = wait_until(
            lambda: [t for t in scheduler.triggers(late_retry) if t.key.group == RETRY_GROUP]
        )
        assert waiting.next_fire_time is not None
        assert waiting.next_fire_time > datetime.now(timezone.utc) + timedelta(minutes=50)
        wait_until(lambda: idle(scheduler))
        scheduler.reschedule_task(late_retry, every(hours=2, key="new", start=LATER))
        scheduler.schedule_task(late_retry, every(hours=3, key="new", start=LATER))
        keys = [info.key for info in scheduler.triggers(late_retry)]
    assert keys == [TriggerKey("new"), waiting.key] or keys == [waiting.key, TriggerKey("new")]


LATER = datetime.now(timezone.utc) + timedelta(days=1)


def test_a_retry_survives_a_restart(make: Make, store: Store, run_of: RunOf) -> None:
    if not store.is_jdbc:
        pytest.skip("what is in memory ends with its scheduler")
    one = make()
    one.schedule_task(late_retry, once(data={"n": 1}))
    with one:
        run_of("late")
        wait_until(lambda: [t for t in one.triggers() if t.key.group == RETRY_GROUP])
    other = make()
    store.execute(
        "UPDATE QRTZ_TRIGGERS SET NEXT_FIRE_TIME = 1000 WHERE SCHED_NAME = '{name}'"
        if store.kind == "h2" or store.kind.startswith("mariadb")
        else "UPDATE qrtz_triggers SET next_fire_time = 1000 WHERE sched_name = '{name}'"
    )
    with other:
        run = run_of("late", 2)
        wait_until(lambda: idle(other))
    assert run.data == {"attempt": 2}
    assert len(SEEN) == 2


def test_a_retry_of_what_was_paused_meanwhile_is_paused(
    scheduler: Scheduler, run_of: RunOf
) -> None:
    scheduler.schedule_task(late_retry, every(hours=1), data={"waits": True})
    with scheduler:
        run_of("late")
        scheduler.pause(late_retry)
        scheduler._worker._running[max(scheduler._worker._running)].interrupted.set()
        (waiting,) = wait_until(
            lambda: [t for t in scheduler.triggers(late_retry) if t.key.group == RETRY_GROUP]
        )
        assert waiting.state == "PAUSED"
        wait_until(lambda: not scheduler.executing())
        assert scheduler.trigger(waiting.key).state == "PAUSED"


# -- what follows ---------------------------------------------------------------------------------


def test_others_run_once_after_a_run_that_went_well(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.add_job(Job(note, key="stored", data={"a": 1}))
    with scheduler:
        scheduler.schedule_task(first, once())
        run_of("note", 2)
        wait_until(lambda: idle(scheduler))
    after = [run for run in SEEN if run.name == "note"]
    assert sorted(run.job.name for run in after) == ["stored", "tests.integration.suite_jobs.note"]
    assert {run.trigger.group for run in after} == {THEN_GROUP}
    assert {run.job.name: run.data for run in after}["stored"] == {"a": 1}


def test_nothing_follows_a_run_that_failed(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.add_job(Job(note, key="stored"))
    with scheduler:
        scheduler.schedule_task(first, once(), data={"good": False})
        run_of("first")
        wait_until(lambda: idle(scheduler))
    assert [run.name for run in SEEN] == ["first"]


def test_a_run_says_itself_what_follows(
    scheduler: Scheduler, run_of: RunOf, logged: Logged
) -> None:
    with scheduler:
        scheduler.schedule_task(goes_on, once(key="t"), data={"then": "nobody"})
        assert run_of("note").data == {"from": "t"}
        logged("the store has no job DEFAULT.nobody", logging.WARNING)
        wait_until(lambda: idle(scheduler))
        wait_until(lambda: scheduler.jobs() == [])


@pytest.mark.parametrize("store", ["ram", "h2"], indirect=True)
def test_a_store_of_strings_carries_what_follows(make: Make, store: Store, run_of: RunOf) -> None:
    settings = {"org.quartz.jobStore.useProperties": "true"} if store.is_jdbc else {}
    scheduler = make(properties=settings)
    with scheduler:
        scheduler.schedule_task(flaky, once(data={"b": 2}))
        scheduler.schedule_task(goes_on, once(key="t"))
        assert run_of("flaky", 3).data["attempt"] == 3
        assert run_of("note").data == {"from": "t"}


# -- jobs of Java's -------------------------------------------------------------------------------

JAVA_JOBS = """
import java.util.concurrent.CountDownLatch;
import org.quartz.*;

public class Jobs {
    public static class Waits implements InterruptableJob {
        private final CountDownLatch end = new CountDownLatch(1);
        public void interrupt() { end.countDown(); }
        public void execute(JobExecutionContext context) throws JobExecutionException {
            try {
                end.await();
                context.setResult(7);
            } catch (InterruptedException e) {
                throw new JobExecutionException(e);
            }
        }
    }
    public static class Deaf implements Job {
        static final CountDownLatch END = new CountDownLatch(1);
        public static void end() { END.countDown(); }
        public void execute(JobExecutionContext context) throws JobExecutionException {
            try {
                END.await();
            } catch (InterruptedException e) {
                throw new JobExecutionException(e);
            }
            throw new JobExecutionException("deaf to the end");
        }
    }
}
"""


@pytest.mark.parametrize("store", ["ram"], indirect=True)
def test_jobs_of_javas_are_interrupted_as_quartz_does_it(make: Make, tmp_path: Path) -> None:
    from pyquartz._jvm.convert import java

    compile_java(tmp_path, "Jobs", JAVA_JOBS)
    events: list[JobEvent] = []
    scheduler = make(class_path=[tmp_path])
    scheduler.on_job("was_executed")(events.append)
    with scheduler:
        scheduler.schedule_task(Job("Jobs$Waits", key="waits"), once())
        scheduler.schedule_task(Job("Jobs$Deaf", key="deaf"), once())
        wait_until(lambda: len(scheduler.executing()) == 2)
        assert scheduler.interrupt("waits") == 1
        wait_until(lambda: [e.result for e in events] == [7])
        with pytest.raises(UnableToInterruptJobError, match="no InterruptableJob"):
            scheduler.interrupt("deaf")
        java("Jobs$Deaf").end()
        wait_until(lambda: len(events) == 2)
    assert isinstance(events[1].error, JobExecutionError)
    assert "deaf to the end" in str(events[1].error)
