"""What has to be written: the wanted held against the stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pyquartz import (
    InvalidTriggerError,
    JobInfo,
    JobKey,
    Trigger,
    TriggerInfo,
    TriggerKey,
    cron,
    every,
    once,
)
from pyquartz.jobs import JobDefinition
from pyquartz.plan import JobSpec, default_keys, is_as_wanted, job_differs

JOB = JobKey("j", "g")
NOON = datetime(2030, 1, 31, 12, tzinfo=timezone.utc)


def names(*triggers: Trigger) -> list[str]:
    """The default keys of some triggers, in order."""
    return [str(key) for key in default_keys(JOB, triggers)]


def test_triggers_are_named_after_their_job() -> None:
    assert names(every(hours=1)) == ["g.j"]
    assert names(every(hours=1), every(hours=2), cron("0 0 3 * * ?")) == ["g.j", "g.j#2", "g.j#3"]
    assert names(once(), every(hours=1)) == ["g.j#once", "g.j"]
    assert names(every(hours=1), every(hours=2, key="own"), every(hours=3)) == [
        "g.j", "DEFAULT.own", "g.j#2",
    ]  # fmt: skip


def test_two_triggers_of_one_key_are_refused() -> None:
    with pytest.raises(InvalidTriggerError, match=r"have the key g\.j#once; give key="):
        names(once(), once())


def test_what_is_no_trigger_is_refused() -> None:
    with pytest.raises(InvalidTriggerError, match="'0 0 3' is no trigger"):
        names("0 0 3")  # type: ignore[arg-type]


def stored(trigger: Trigger | None, **changes: Any) -> TriggerInfo:
    """A trigger as the store shows it."""
    info = TriggerInfo(
        key=TriggerKey("t"), job_key=JOB, kind="cron", state="NORMAL", trigger=trigger,
        next_fire_time=NOON, previous_fire_time=None, start=NOON, end=None, priority=5,
        misfire="smart", calendar=None, description=None, data={}, unreadable=None,
    )  # fmt: skip
    return replace(info, **changes)


CRON = cron("0 0 3 * * ?", tz="UTC", start=NOON, key="t")


@pytest.mark.parametrize(
    "wanted",
    [
        CRON,
        # What is left open may be any: a second start gives neither start nor zone.
        cron("0 0 3 * * ?"),
        cron("0 0 3 * * ?", tz="UTC", key="t"),
    ],
)
def test_a_trigger_that_is_as_wanted_is_not_written(wanted: Trigger) -> None:
    assert is_as_wanted(stored(CRON), wanted)


@pytest.mark.parametrize(
    "wanted",
    [
        cron("0 0 4 * * ?"),
        cron("0 0 3 * * ?", tz="Europe/Berlin"),
        cron("0 0 3 * * ?", priority=6),
        cron("0 0 3 * * ?", misfire="do_nothing"),
        cron("0 0 3 * * ?", data={"a": 1}),
        cron("0 0 3 * * ?", description="new"),
        cron("0 0 3 * * ?", calendar="c"),
        cron("0 0 3 * * ?", end=NOON + timedelta(days=9)),
        cron("0 0 3 * * ?", start=NOON + timedelta(days=1)),
        every(hours=1),
    ],
)
def test_a_trigger_that_differs_is_written(wanted: Trigger) -> None:
    assert not is_as_wanted(stored(CRON), wanted)


def test_data_that_python_can_not_compare_are_not_written_again() -> None:
    wanted = replace(CRON, data={"rate": float("nan")})
    assert is_as_wanted(stored(replace(CRON, data={"rate": float("nan")})), wanted)
    assert not is_as_wanted(
        stored(replace(CRON, data={"rate": 1})), replace(CRON, data={"rate": True})
    )


def test_a_start_in_a_doubled_hour_is_not_written_again() -> None:
    start = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    shown = replace(CRON, start=start.astimezone(timezone.utc))
    assert is_as_wanted(stored(shown), replace(CRON, start=start))


def test_a_trigger_that_is_over_or_unreadable_is_written() -> None:
    assert not is_as_wanted(stored(CRON, state="COMPLETE"), CRON)
    assert not is_as_wanted(stored(None, unreadable="why"), CRON)


INFO = JobInfo(
    key=JOB, class_name="acme.X", implemented_by="python", description="d", durable=True,
    concurrent=True, persist_data=False, requests_recovery=False, data={"a": 1},
    trigger_keys=(),
)  # fmt: skip
SPEC = JobSpec(JOB, "acme.X", {"a": 1}, "d", durable=True, requests_recovery=False)
KEEPS = JobDefinition("acme.X", print, persist_data=True)


def test_a_job_that_is_as_wanted_is_not_written() -> None:
    assert not job_differs(INFO, SPEC, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"class_name": "acme.Y"},
        {"description": None},
        {"durable": False},
        {"requests_recovery": True},
        {"data": {}},
        {"data": {"a": 2}},
    ],
)
def test_a_job_that_differs_is_written(changes: dict[str, Any]) -> None:
    assert job_differs(INFO, replace(SPEC, **changes), None)


def test_data_that_a_job_keeps_are_its_own() -> None:
    assert not job_differs(INFO, replace(SPEC, data={"a": 2}), KEEPS)
    assert job_differs(INFO, replace(SPEC, description="new"), KEEPS)


def test_a_job_whose_data_can_not_be_read_is_never_overwritten() -> None:
    assert not job_differs(replace(INFO, unreadable="why", data={}), SPEC, None)
