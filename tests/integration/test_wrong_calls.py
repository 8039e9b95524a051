"""Calls of a scheduler with what can't be: refused in words of ours, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from pyquartz import (
    ConfigurationError,
    InvalidCalendarError,
    InvalidKeyError,
    InvalidTriggerError,
    Job,
    JobDataError,
    JobDefinitionError,
    JobKey,
    PyQuartzError,
    Scheduler,
    StoreError,
    TriggerKey,
    WeeklyCalendar,
    cron,
    every,
    once,
)
from tests.integration import suite_jobs

HOURLY = every(hours=1)
Call = Callable[[Scheduler], object]

REFUSED: dict[str, tuple[Call, type[PyQuartzError], str]] = {
    "data that are a text": (
        lambda s: s.schedule_task(suite_jobs.note, HOURLY, data=cast(Any, "days")),
        JobDataError,
        "the data of a job are a mapping of names to values, not str",
    ),
    "tasks that are no pairs": (
        lambda s: s.schedule_tasks(cast(Any, [suite_jobs.note])),
        InvalidTriggerError,
        r"schedule_tasks\(\) takes pairs of a job and its trigger, not <function note",
    ),
    "tasks with two triggers": (
        lambda s: s.schedule_tasks(cast(Any, [(suite_jobs.note, HOURLY, HOURLY)])),
        InvalidTriggerError,
        r"schedule_tasks\(\) takes pairs of a job and its trigger, not \(",
    ),
    "a job's key for a trigger": (
        lambda s: s.delete_trigger(cast(Any, JobKey("a"))),
        InvalidKeyError,
        "expected a TriggerKey or a string",
    ),
    "nothing to pause": (
        lambda s: s.pause(cast(Any, None)),
        JobDefinitionError,
        "None is no job: ",
    ),
    "a calendar that is none": (
        lambda s: s.add_calendar("c", cast(Any, 5)),
        InvalidCalendarError,
        "5 is no calendar, such as WeeklyCalendar",
    ),
    "a calendar's name that is none": (
        lambda s: s.add_calendar("", WeeklyCalendar()),
        InvalidCalendarError,
        "a calendar is stored under a name, a string that is not empty: ''",
    ),
    "a calendar's name that is a number": (
        lambda s: s.add_calendar(cast(Any, 5), WeeklyCalendar()),
        InvalidCalendarError,
        "a string that is not empty: 5",
    ),
    "a calendar's name with NUL": (
        lambda s: s.add_calendar("\0", WeeklyCalendar()),
        InvalidCalendarError,
        "a calendar's name, .*, has NUL",
    ),
    "so many fires": (
        lambda s: s.next_fires(n=cast(Any, "3")),
        ConfigurationError,
        "n='3': an int of 0 or more",
    ),
    "less than no fires": (
        lambda s: s.next_fires(n=-1),
        ConfigurationError,
        "n=-1: an int of 0 or more",
    ),
    "a delay that is a text": (
        lambda s: s.start(cast(Any, "5")),
        ConfigurationError,
        "delay='5': a timedelta, or seconds",
    ),
    "a time to stop in that is a text": (
        lambda s: s.stop(timeout=cast(Any, "5")),
        ConfigurationError,
        "timeout='5': a timedelta, or seconds",
    ),
}


@pytest.mark.parametrize("store", ["ram", "h2"], indirect=True)
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_with_a_word_on_what_can(name: str, scheduler: Scheduler) -> None:
    call, error, words = REFUSED[name]
    with pytest.raises(error, match=words):
        call(scheduler)
    assert scheduler.jobs() == []
    assert scheduler.calendars() == {}


def test_a_value_alone_is_asked_for_a_number_of_fires() -> None:
    with pytest.raises(ConfigurationError, match="n='x': an int of 0 or more"):
        HOURLY.next_fires(cast(Any, "x"))


@pytest.mark.parametrize("store", ["ram"], indirect=True)
def test_a_start_may_be_delayed_by_seconds(scheduler: Scheduler) -> None:
    scheduler.start(3600)
    assert scheduler.state == "standby"


TOO_LONG: dict[str, Call] = {
    "a job's name": lambda s: s.schedule_task(suite_jobs.note, HOURLY, key="n" * 300),
    "a trigger's group": lambda s: s.schedule_task(
        suite_jobs.note, once(key=TriggerKey("t", "g" * 300))
    ),
    "a description": lambda s: s.schedule_task(suite_jobs.note, once(description="d" * 300)),
    "a class name": lambda s: s.add_job(Job("acme." + "C" * 300, key="k")),
    "a cron expression": lambda s: s.schedule_task(
        suite_jobs.note, cron(f"0 {','.join(map(str, range(60)))} 3 * * ?")
    ),
    "a calendar's name": lambda s: s.add_calendar("c" * 300, WeeklyCalendar()),
}


@pytest.mark.parametrize("store", ["h2", "postgresql", "mariadb"], indirect=True)
@pytest.mark.parametrize("name", TOO_LONG)
def test_a_text_that_no_column_takes_is_told_without_the_statement(
    name: str, scheduler: Scheduler
) -> None:
    with pytest.raises(StoreError, match=r"longer than its column.*names and groups") as caught:
        TOO_LONG[name](scheduler)
    assert "INSERT" not in str(caught.value)
    assert scheduler.jobs() == []


Q = "org.quartz."
UNMAKEABLE: dict[str, tuple[dict[str, Any], str]] = {
    "a class that is not there": (
        {"properties": {f"{Q}plugin.p.class": "com.acme.Plugin"}},
        r"'com\.acme\.Plugin' could not be instantiated.*its jar on class_path=\?",
    ),
    "a setting that is no number": (
        {"properties": {f"{Q}jobStore.misfireThreshold": "soon"}},
        "misfireThreshold",
    ),
    "a database of a driver unknown": (
        {"store": "jdbc:acme:somewhere"},
        r"driver of jdbc:acme:somewhere is not known here: name its class with properties=\{'org",
    ),
}


@pytest.mark.parametrize("name", UNMAKEABLE)
def test_a_scheduler_that_cannot_be_made_says_what_to_do(name: str) -> None:
    settings, words = UNMAKEABLE[name]
    with pytest.raises(ConfigurationError, match=words):
        Scheduler(**settings)
