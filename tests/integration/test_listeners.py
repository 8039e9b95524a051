"""Listeners: every callback of Quartz's reaches Python, vetoes count, and a fault harms nothing."""

from __future__ import annotations

import asyncio
import logging
import threading
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from pyquartz import (
    Group,
    Job,
    JobEvent,
    JobExecutionError,
    JobKey,
    JobListener,
    Name,
    Scheduler,
    SchedulerEvent,
    SchedulerListener,
    TriggerEvent,
    TriggerKey,
    TriggerListener,
    every,
    once,
)
from pyquartz.errors import ListenerError
from tests.integration.conftest import Logged, Make, RunOf, Store
from tests.integration.suite_jobs import Run, coroutine, directs, fails, gives_a_set, note
from tests.support.waiting import wait_until

HOUR = timedelta(hours=1)


class Heard:
    """Events in the order in which they came, and the threads that brought them."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.threads: list[str] = []

    def __call__(self, event: Any) -> None:
        self.events.append(event)
        self.threads.append(threading.current_thread().name)

    @property
    def names(self) -> list[str]:
        return [event.name for event in self.events]

    def wait(self, *names: str) -> list[Any]:
        """Wait until events of these names have come, and give all events."""
        wait_until(lambda: not set(names) - set(self.names), message=lambda: str(self.events))
        return self.events


@pytest.fixture
def heard() -> Heard:
    """What listeners hear in this test."""
    return Heard()


def test_a_run_is_heard_from_firing_to_completion(scheduler: Scheduler, heard: Heard) -> None:
    scheduler.on_job()(heard)
    scheduler.on_trigger()(heard)
    with scheduler:
        scheduler.schedule_task(note, once(data={"b": 2}), data={"a": 1})
        heard.wait("complete")
    assert heard.names == [
        "fired", "veto_job_execution", "to_be_executed", "was_executed", "complete",
    ]  # fmt: skip
    fired, before, after, complete = (heard.events[i] for i in (0, 2, 3, 4))
    assert isinstance(fired, TriggerEvent)
    assert isinstance(before, JobEvent)
    assert isinstance(after, JobEvent)
    assert fired.job_key == after.job_key == JobKey("tests.integration.suite_jobs.note")
    assert fired.trigger_key == after.trigger_key
    assert fired.fire_instance_id == after.fire_instance_id == complete.fire_instance_id
    assert dict(fired.data) == dict(before.data) == {"a": 1, "b": 2}
    assert fired.trigger is not None
    assert fired.trigger.data == {"b": 2}
    assert fired.scheduled_fire_time == after.scheduled_fire_time
    assert (before.result, before.error, before.run_time) == (None, None, None)
    assert (after.result, after.error) == ("noted", None)
    assert after.run_time is not None
    assert complete.instruction == "delete_trigger"
    assert complete.next_fire_time is None
    assert fired.scheduler is scheduler
    assert all("Worker" in thread for thread in heard.threads)
    assert after.as_json()["result"] == "noted"


def test_results_of_coroutines_reach_listeners(scheduler: Scheduler, heard: Heard) -> None:
    scheduler.on_job("was_executed")(heard)
    with scheduler:
        scheduler.schedule_task(coroutine, once(), data={"number": 21})
        (event,) = heard.wait("was_executed")
    assert event.result == 42


def test_a_result_that_cannot_be_stored_reaches_listeners(
    scheduler: Scheduler, heard: Heard
) -> None:
    scheduler.on_job("was_executed")(heard)
    with scheduler:
        scheduler.schedule_task(gives_a_set, once())
        (event,) = heard.wait("was_executed")
    assert event.result == {1, 2}


def test_a_failure_reaches_listeners_with_its_directives(
    scheduler: Scheduler, heard: Heard
) -> None:
    scheduler.on_job("was_executed")(heard)
    with scheduler:
        scheduler.schedule_task(fails, once())
        scheduler.schedule_task(directs, once(), data={"refire_immediately": True})
        wait_until(lambda: len(heard.events) == 3, message=lambda: str(heard.events))
    by_job = {e.job_key.name.rpartition(".")[2]: e for e in heard.events if e.error}
    assert isinstance(by_job["fails"].error, ValueError)
    assert str(by_job["fails"].error) == "boom for the log"
    assert isinstance(by_job["directs"].error, JobExecutionError)
    assert by_job["directs"].error.refire_immediately
    assert [e.refire_count for e in heard.events if e.error is None] == [1]


def test_a_veto_keeps_the_job_from_running(
    scheduler: Scheduler, heard: Heard, run_of: RunOf, seen: list[Run]
) -> None:
    @scheduler.on_trigger("veto_job_execution", triggers="vetoed")
    def veto(event: TriggerEvent) -> bool:
        return True

    scheduler.on_job()(heard)
    with scheduler:
        scheduler.schedule_task(note, once(key="vetoed"), key="one")
        heard.wait("execution_vetoed")
        scheduler.schedule_task(note, once(key="other"), key="two")
        run_of("note")
        heard.wait("was_executed")
    assert [run.trigger.name for run in seen] == ["other"]
    assert [(e.name, e.job_key.name) for e in heard.events] == [
        ("execution_vetoed", "one"), ("to_be_executed", "two"), ("was_executed", "two"),
    ]  # fmt: skip


def test_a_coroutine_listens_on_the_loop_and_its_veto_is_waited_for(
    scheduler: Scheduler, heard: Heard, seen: list[Run]
) -> None:
    class Gate(TriggerListener, JobListener):
        async def veto_job_execution(self, event: TriggerEvent) -> bool:
            await asyncio.sleep(0.01)
            return event.trigger_key.name == "vetoed"

        async def trigger_fired(self, event: TriggerEvent) -> None:
            heard(event)

    class Done(JobListener):
        async def job_was_executed(self, event: JobEvent) -> None:
            heard(event)

    scheduler.on_trigger(Gate())
    scheduler.on_job(Done())
    with scheduler:
        scheduler.schedule_task(note, once(key="vetoed"))
        scheduler.schedule_task(note, once(key="other"))
        heard.wait("was_executed")
        wait_until(lambda: heard.names.count("fired") == 2)
    assert [run.trigger.name for run in seen] == ["other"]
    assert set(heard.threads) == {"pyquartz-loop"}


def test_a_listener_that_fails_is_logged_and_harms_nothing(
    scheduler: Scheduler, run_of: RunOf, logged: Logged, heard: Heard
) -> None:
    class Bad(JobListener):
        def job_to_be_executed(self, event: JobEvent) -> None:
            raise LookupError("bad listener")

        async def job_was_executed(self, event: JobEvent) -> None:
            raise LookupError("bad coroutine")

    @scheduler.on_trigger("veto_job_execution")
    def bad_veto(event: TriggerEvent) -> bool:
        raise LookupError("bad veto")

    scheduler.on_job(Bad())
    scheduler.on_job("was_executed")(heard)
    with scheduler:
        scheduler.schedule_task(note, once())
        run_of("note")
        heard.wait("was_executed")
        records = logged("A listener failed", logging.ERROR)
        wait_until(lambda: len(logged("A listener failed", logging.ERROR)) == 3)
    records = logged("A listener failed", logging.ERROR)
    assert sorted(str(record.exc_info[1]) for record in records if record.exc_info) == [
        "bad coroutine", "bad listener", "bad veto",
    ]  # fmt: skip
    wait_until(lambda: heard.events[0].error is None)


def test_matchers_say_who_is_heard(make: Make) -> None:
    scheduler = make(threads=1)
    hits: dict[str, list[str]] = {}

    def listen(name: str, jobs: Any) -> None:
        hits[name] = []
        scheduler.on_job("was_executed", jobs=jobs)(lambda e: hits[name].append(str(e.job_key)))

    listen("all", None)
    listen("key", JobKey("a", "etl_x"))
    listen("job", Job(note, key="c"))
    listen("several", ["c", JobKey("b", "etl_y")])
    listen("group", Group("etl_x"))
    listen("starts", Group.starts_with("etl"))
    listen("ends", Group.ends_with("_y"))
    listen("contains", Group.contains("tl_"))
    listen("any", Group.any())
    listen("name", Name.starts_with("b"))
    listen("and", Group.starts_with("etl") & ~Name("a"))
    listen("or", Name("a") | Name("c"))
    keys = [JobKey("a", "etl_x"), JobKey("b", "etl_y"), JobKey("c")]
    with scheduler:
        for key in keys:
            scheduler.schedule_task(note, once(), key=key)
        wait_until(lambda: len(hits["or"]) == 2 and len(hits["all"]) == 3)
    a, b, c = (str(key) for key in keys)
    assert {name: sorted(found) for name, found in hits.items()} == {
        "all": sorted([a, b, c]), "key": [a], "job": [c], "several": sorted([b, c]), "group": [a],
        "starts": [a, b], "ends": [b], "contains": [a, b], "any": sorted([a, b, c]), "name": [b],
        "and": [b], "or": sorted([a, c]),
    }  # fmt: skip


def test_triggers_are_matched_by_their_own_keys(scheduler: Scheduler, heard: Heard) -> None:
    scheduler.on_trigger("fired", triggers=[TriggerKey("a", "t"), Group.starts_with("u")])(heard)
    with scheduler:
        for key in (TriggerKey("b", "t"), TriggerKey("a", "t"), TriggerKey("c", "under")):
            scheduler.schedule_task(note, once(key=key), key=f"{key}")
        wait_until(lambda: len(heard.events) == 2)
    assert sorted(str(event.trigger_key) for event in heard.events) == ["t.a", "under.c"]


def test_what_was_missed_comes_from_quartzs_own_thread(
    make: Make, store: Store, heard: Heard
) -> None:
    scheduler = make(properties={"org.quartz.jobStore.misfireThreshold": "1000"})
    scheduler.on_trigger("misfired")(heard)
    start = datetime.now(timezone.utc) - HOUR / 2
    scheduler.schedule_task(
        note, every(HOUR, start=start, misfire="next_with_existing_count"), key="late"
    )
    with scheduler:
        (event,) = heard.wait("misfired")
    assert isinstance(event, TriggerEvent)
    assert event.job_key == JobKey("late")
    assert event.fire_instance_id is None
    # A store that is not clustered looks for misfires in start() as well, on the caller's thread.
    at_start = ["pyquartz-listeners", "MainThread"] if store.is_jdbc else ["pyquartz-listeners"]
    assert heard.threads[0] in at_start


def test_the_schedulers_own_life_is_heard(make: Make, heard: Heard) -> None:
    scheduler = make()

    class Audit(SchedulerListener):
        def scheduler_starting(self, event: SchedulerEvent) -> None:
            heard(event)

        def scheduler_started(self, event: SchedulerEvent) -> None:
            heard(event)

        def scheduler_in_standby_mode(self, event: SchedulerEvent) -> None:
            heard(event)

        def scheduler_shutting_down(self, event: SchedulerEvent) -> None:
            heard(event)

        async def scheduler_shutdown(self, event: SchedulerEvent) -> None:
            await asyncio.sleep(0.01)
            heard(event)

    scheduler.on_scheduler(Audit())
    scheduler.start()
    scheduler.standby()
    scheduler.stop()
    assert heard.names[:3] == ["starting", "started", "in_standby_mode"]
    assert heard.names[-2:] == ["shutting_down", "shutdown"]


def test_what_is_written_is_heard(scheduler: Scheduler, heard: Heard) -> None:
    scheduler.on_scheduler()(heard)
    job = scheduler.schedule_task(Job(note, durable=True), every(hours=1, key="t"))
    scheduler.pause(TriggerKey("t"))
    scheduler.resume(TriggerKey("t"))
    scheduler.pause(Group("DEFAULT"))
    scheduler.resume(Group("DEFAULT"))
    scheduler.pause(job)
    scheduler.resume(job)
    scheduler.pause(Group("DEFAULT", kind="job"))
    scheduler.resume(Group("DEFAULT", kind="job"))
    scheduler.delete_trigger("t")
    scheduler.delete_task(note)
    found = {event.name: event for event in heard.events}
    assert set(found) >= {
        "job_added", "job_scheduled", "trigger_paused", "trigger_resumed", "triggers_paused",
        "triggers_resumed", "job_paused", "job_resumed", "jobs_paused", "jobs_resumed",
        "job_unscheduled", "job_deleted",
    }  # fmt: skip
    assert found["job_added"].job_key == found["job_deleted"].job_key == job
    assert found["job_scheduled"].trigger_key == TriggerKey("t")
    assert found["job_scheduled"].job_key == job
    assert found["trigger_paused"].trigger_key == found["job_unscheduled"].trigger_key
    assert found["triggers_paused"].group == found["jobs_resumed"].group == "DEFAULT"


def test_all_that_is_cleared_is_heard_once(scheduler: Scheduler, heard: Heard) -> None:
    scheduler.schedule_task(note, every(hours=1))
    scheduler.on_scheduler()(heard)
    scheduler.clear(scheduler.name)
    # A store in memory tells of each trigger before.
    [event] = [event for event in heard.events if event.name == "scheduling_data_cleared"]
    assert event.job_key is event.trigger_key is None


def test_a_job_that_raises_is_an_error_of_the_schedulers(
    scheduler: Scheduler, heard: Heard
) -> None:
    scheduler.on_scheduler("error")(heard)
    with scheduler:
        scheduler.schedule_task(fails, once())
        [event] = heard.wait("error")
    assert event.message.endswith("suite_jobs.fails threw an exception.")
    assert "boom for the log" in str(event.error)


def test_a_trigger_that_fires_no_more_is_heard(scheduler: Scheduler, heard: Heard) -> None:
    scheduler.on_scheduler("trigger_finalized")(heard)
    with scheduler:
        scheduler.schedule_task(note, once(key="last"))
        (event,) = heard.wait("trigger_finalized")
    assert event.trigger_key == TriggerKey("last")


def test_what_is_removed_hears_no_more(scheduler: Scheduler, heard: Heard, run_of: RunOf) -> None:
    class Mute(TriggerListener):
        def trigger_fired(self, event: TriggerEvent) -> None:
            heard(event)

    mute, other = Mute(), Heard()
    scheduler.on_trigger(mute)
    scheduler.on_job("to_be_executed")(heard)
    scheduler.on_job("was_executed", jobs="x")(heard)
    scheduler.on_scheduler()(heard)
    scheduler.on_job()(other)
    assert scheduler.remove_listener(mute)
    assert scheduler.remove_listener(heard)
    assert not scheduler.remove_listener(heard)
    with scheduler:
        scheduler.schedule_task(note, once(), key="x")
        other.wait("was_executed")
    assert heard.events == []


@pytest.mark.parametrize("store", ["ram"], indirect=True)
def test_what_cannot_listen_is_refused(scheduler: Scheduler) -> None:
    class Deaf(JobListener):
        pass

    with pytest.raises(ListenerError, match="was_executed"):
        scheduler.on_job("executed")  # type: ignore[call-overload]
    with pytest.raises(ListenerError, match="overrides no callback"):
        scheduler.on_job(Deaf())
    with pytest.raises(ListenerError, match="JobListener"):
        scheduler.on_job(TriggerListener())  # type: ignore[call-overload]


@pytest.mark.parametrize("store", ["ram"], indirect=True)
def test_an_interrupt_of_the_program_is_not_lost_in_a_listener(scheduler: Scheduler) -> None:
    @scheduler.on_scheduler("job_added")
    def interrupted(event: SchedulerEvent) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scheduler.add_job(note)
    assert scheduler.job(note)
    scheduler.remove_listener(interrupted)
    scheduler.delete_task(note)
    scheduler.add_job(note)
