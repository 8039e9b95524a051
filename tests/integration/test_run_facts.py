"""What a run is told of itself, and what is left of it in the store."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from pyquartz import JobContext, JobEvent, Scheduler, WeeklyCalendar, defjob, every
from tests.support.waiting import wait_until

TOLD: list[dict[str, Any]] = []
_lock = threading.Lock()
WORKDAYS = WeeklyCalendar((), tz="UTC")


@defjob("facts.Tells", durable=True, concurrent=False)
def tells(ctx: JobContext, a: int, b: int) -> str:
    trigger = ctx.scheduler.trigger(ctx.trigger_key)
    with _lock:
        TOLD.append(
            {
                "id": ctx.fire_instance_id,
                "previous": ctx.previous_fire_time,
                "scheduled": ctx.scheduled_fire_time,
                "data": dict(ctx.data),
                "job_data": ctx.job_data,
                "trigger_data": dict(ctx.trigger_data),
                "job": ctx.scheduler.job(ctx.job_key).class_name,
                "calendar": trigger.calendar_value,
                "recovering": (ctx.recovering, ctx.recovering_trigger_key),
                "counts": (ctx.refire_count, ctx.attempt, ctx.retried_trigger_key),
            }
        )
    return "told"


@pytest.fixture(autouse=True)
def _nothing_told() -> None:
    TOLD.clear()


def test_a_run_knows_all_that_quartz_knows_of_it(scheduler: Scheduler) -> None:
    events: list[JobEvent] = []
    scheduler.on_job("was_executed")(events.append)
    scheduler.add_calendar("workdays", WORKDAYS)
    trigger = every(milliseconds=200, repeat=2, calendar="workdays", data={"b": 20})
    scheduler.schedule_task(tells, trigger, data={"a": 1, "b": 2})
    scheduler.start()
    wait_until(lambda: len(events) == 3)

    first, second, third = TOLD
    assert (first["previous"], second["previous"], third["previous"]) == (
        None,
        first["scheduled"],
        second["scheduled"],
    )
    assert [run["id"] for run in TOLD] == [event.fire_instance_id for event in events]
    assert len({run["id"] for run in TOLD}) == 3
    assert (first["data"], first["job_data"], first["trigger_data"]) == (
        {"a": 1, "b": 20},
        {"a": 1, "b": 2},
        {"b": 20},
    )
    assert (first["job"], first["calendar"]) == ("facts.Tells", WORKDAYS)
    assert (first["recovering"], first["counts"]) == ((False, None), (0, 1, None))
    assert [event.result for event in events] == ["told"] * 3
    assert all(event.run_time is not None and event.run_time >= timedelta(0) for event in events)


def test_a_stored_trigger_knows_how_often_it_fired(scheduler: Scheduler) -> None:
    scheduler.schedule_task(
        tells, every(milliseconds=50, key="t"), key="tells", data={"a": 1, "b": 2}
    )
    scheduler.start()
    wait_until(lambda: len(TOLD) >= 2)
    scheduler.pause("tells")
    info = wait_until(lambda: _at_rest(scheduler))
    assert info.times_triggered is not None
    assert info.times_triggered >= 2
    assert info.may_fire_again
    assert info.final_fire_time is None


def _at_rest(scheduler: Scheduler) -> Any:
    info = scheduler.trigger("t")
    return info if info.state == "PAUSED" and not scheduler.executing() else None
