"""Triggers that were in the state ERROR for an hour, and what becomes of what they missed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from pyquartz import Group, Job, Scheduler, Trigger, TriggerKey, cron, every, once
from tests.integration.conftest import Make, RunOf, end_run
from tests.integration.suite_jobs import GATE, Run, gated_alone, note
from tests.support.waiting import wait_until

MINUTE = timedelta(minutes=1)


def fail(scheduler: Scheduler, name: str) -> None:
    """Put a trigger into ERROR as Quartz does when a run asks for it."""
    end_run(scheduler, name, "SET_TRIGGER_ERROR")
    assert scheduler.trigger(name).state == "ERROR"


def hourly(now: datetime, **settings: Any) -> Trigger:
    """A cron that was due 90 and 30 minutes ago, and is due again in 30."""
    at = (now - 30 * MINUTE).astimezone(timezone.utc)
    expression = f"{at.second} {at.minute} * * * ?"
    return cron(expression, tz="UTC", start=now - 120 * MINUTE, **settings)


def missed(now: datetime) -> dict[str, tuple[Trigger, int, bool]]:
    """By name: a trigger, how often it fires when reset, and whether its regular times go on."""
    ago = now - 90 * MINUTE
    hours: dict[str, Any] = {"hours": 1, "start": ago}
    return {
        "cron_smart": (hourly(now), 1, True),
        "cron_fire_once": (hourly(now, misfire="fire_once_now"), 1, True),
        "cron_do_nothing": (hourly(now, misfire="do_nothing"), 0, True),
        "cron_ignore": (hourly(now, misfire="ignore"), 2, True),
        "every_smart": (every(**hours), 0, True),
        "every_ignore": (every(**hours, misfire="ignore"), 2, True),
        "every_now": (every(**hours, repeat=9, misfire="fire_now"), 1, False),
        "every_smart_counted": (every(**hours, repeat=9), 1, False),
        "now_existing": (every(**hours, repeat=9, misfire="now_with_existing_count"), 1, False),
        "now_remaining": (every(**hours, repeat=9, misfire="now_with_remaining_count"), 1, False),
        "next_existing": (every(**hours, repeat=9, misfire="next_with_existing_count"), 0, True),
        "next_remaining": (every(**hours, repeat=9, misfire="next_with_remaining_count"), 0, True),
        "once_smart": (once(ago), 1, False),
        "grace": (cron_since(now - timedelta(seconds=10)), 1, False),
    }


def cron_since(at: datetime) -> Trigger:
    """A cron that was due a moment ago, for less time than the misfire threshold."""
    at = at.astimezone(timezone.utc)
    expression = f"{at.second} {at.minute} {at.hour} * * ?"
    return cron(expression, tz="UTC", start=at, misfire="do_nothing")


@pytest.mark.parametrize("running", [False, True], ids=["before the start", "while it runs"])
def test_what_was_missed_follows_the_misfire_policy(
    make: Make, seen: list[Run], running: bool
) -> None:
    scheduler = make(properties={"org.quartz.jobStore.misfireThreshold": "60000"})
    now = datetime.now(timezone.utc).replace(microsecond=0)
    wanted = missed(now)
    scheduler.schedule_tasks(
        (Job(note, key=name), trigger) for name, (trigger, _, _) in wanted.items()
    )
    for info in scheduler.triggers():
        fail(scheduler, info.key.name)
    if running:
        scheduler.start()
        wait_until(lambda: scheduler.info().state == "started")
    keys = scheduler.reset_errored_triggers()
    assert len(keys) == len(wanted)
    scheduler.start()

    def settled() -> bool:
        fires = [info.next_fire_time for info in scheduler.triggers()]
        return all(fire is None or fire > now + 10 * MINUTE for fire in fires)

    wait_until(settled, 20, message=lambda: f"{scheduler.triggers()}")
    fired = {name: count for name, (_, count, _) in wanted.items() if count}
    wait_until(
        lambda: len(seen) >= sum(fired.values()),
        message=lambda: f"{Counter(run.job.name for run in seen)}",
    )
    assert Counter(run.job.name for run in seen) == fired
    for name, (_, _, regular) in wanted.items():
        if regular:
            assert scheduler.trigger(name).next_fire_time == now + 30 * MINUTE, name


def test_what_was_paused_with_its_group_stays_paused(scheduler: Scheduler, seen: list[Run]) -> None:
    now = datetime.now(timezone.utc).replace(microsecond=0)
    scheduler.schedule_task(Job(note, key="paused"), hourly(now))
    scheduler.pause(Group("DEFAULT"))
    scheduler.start()
    before = scheduler.trigger("paused")
    fail(scheduler, "paused")
    scheduler.reset_errored_triggers()
    assert scheduler.trigger("paused") == before
    scheduler.resume(Group("DEFAULT"))
    wait_until(lambda: len(seen) == 1)
    wait_until(lambda: scheduler.trigger("paused").next_fire_time == now + 30 * MINUTE)


def test_a_job_that_runs_alone_is_waited_for(
    scheduler: Scheduler, run_of: RunOf, seen: list[Run]
) -> None:
    now = datetime.now(timezone.utc).replace(microsecond=0)
    scheduler.schedule_task(gated_alone, hourly(now + 120 * MINUTE, key=TriggerKey("t")))
    fail(scheduler, "t")
    scheduler.start()
    scheduler.trigger_now(gated_alone)
    run_of("gated_alone")
    scheduler.reset_errored_triggers()
    assert scheduler.trigger("t").state == "BLOCKED"
    GATE.set()
    wait_until(lambda: scheduler.trigger("t").state == "NORMAL")
    assert len(seen) == 1
