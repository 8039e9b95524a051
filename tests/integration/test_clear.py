"""Clearing a scheduler: all of its own, nothing of others, and never by mistake."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from pyquartz import (
    AsyncScheduler,
    Cleared,
    ConfigurationError,
    Group,
    HolidayCalendar,
    Job,
    Scheduler,
    cron,
    every,
)
from tests.integration.conftest import Make, Store
from tests.integration.suite_jobs import Run, note
from tests.support.waiting import wait_until


def fill(scheduler: Scheduler) -> None:
    scheduler.add_calendar("holidays", HolidayCalendar([date(2031, 1, 1)]))
    scheduler.schedule_task(note, every(hours=1), cron("0 0 3 * * ?", calendar="holidays"))
    scheduler.add_job(Job(note, "alone"))
    scheduler.pause(Group("DEFAULT"))


@pytest.fixture
def filled(scheduler: Scheduler) -> Scheduler:
    """A scheduler with two jobs, two triggers and a calendar, all paused."""
    fill(scheduler)
    return scheduler


def test_it_deletes_all_and_says_how_much(filled: Scheduler, store: Store, seen: list[Run]) -> None:
    cleared = filled.clear(filled.name)
    assert cleared == Cleared(jobs=2, triggers=2, calendars=1)
    assert str(cleared) == "2 jobs, 2 triggers and 1 calendars deleted"
    assert (filled.jobs(), filled.triggers(), filled.calendars()) == ([], [], {})
    # A database forgets what was paused, too.
    assert filled.info().paused_groups == (() if store.is_jdbc else ("DEFAULT",))
    filled.resume(Group.any())
    with filled:
        filled.schedule_task(note, every(hours=1))
        wait_until(lambda: len(seen) == 1)


@pytest.mark.parametrize("name", ["", "other", None])
def test_another_name_deletes_nothing(filled: Scheduler, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"whose name is '{filled.name}'"):
        filled.clear(name)
    assert len(filled.jobs()) == len(filled.triggers()) == 2
    assert list(filled.calendars()) == ["holidays"]


def test_what_other_schedulers_have_in_the_store_stays(filled: Scheduler, make: Make) -> None:
    other = make(name=f"{filled.name}-other")
    fill(other)
    filled.clear(filled.name)
    assert filled.jobs() == []
    assert len(other.jobs()) == len(other.triggers()) == 2
    assert other.clear(other.name) == Cleared(2, 2, 1)


def test_asyncio_has_it_too(filled: Scheduler) -> None:
    cleared = asyncio.run(AsyncScheduler.of(filled).clear(filled.name))
    assert cleared == Cleared(2, 2, 1)
