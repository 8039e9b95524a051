"""Calendars that a Java program stored are values here, and triggers fire by them as in Java."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from pyquartz import DailyCalendar, HolidayCalendar, Scheduler, TriggerKey
from tests.support.databases import KINDS, Database, fresh_database
from tests.support.stores import expected

pytestmark = [pytest.mark.acceptance, pytest.mark.jvm]


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(request.param, request, tmp_path) as database:
        database.load_dump()
        yield database


@pytest.fixture
def acme(database: Database) -> Iterator[Scheduler]:
    scheduler = Scheduler(database.url, name="AcmeScheduler", clustered=False)
    yield scheduler
    scheduler.stop()


def held(database: Database) -> list[dict[str, Any]]:
    return [t for t in expected(database.dump)["AcmeScheduler"]["triggers"] if t["calendar"]]


def test_they_are_read_and_applied(acme: Scheduler, database: Database) -> None:
    calendars = acme.calendars()
    assert {name: type(value) for name, value in calendars.items()} == {
        "acme.holidays": HolidayCalendar,
        "acme.office": DailyCalendar,
    }
    assert len(held(database)) == 2
    for trigger in held(database):
        key = TriggerKey(trigger["name"], trigger["group"])
        fires = [datetime.fromisoformat(t.replace("Z", "+00:00")) for t in trigger["stock_next5"]]
        assert [fire.time for fire in acme.next_fires(key, 5)] == fires
        # One has a zone of Java's own making, and so no value here.
        if acme.trigger(key).trigger is not None:
            assert acme.trigger(key).next_fires(5) == fires


def test_java_reads_what_python_stored(acme: Scheduler, database: Database) -> None:
    holidays = HolidayCalendar([date(2031, 3, 9)], tz="UTC", base=acme.calendars()["acme.office"])
    acme.add_calendar("acme.holidays", holidays, replace=True)
    acme.add_calendar("python", DailyCalendar(time(1), time(2), tz="Europe/Berlin"))
    workdays = TriggerKey("invoice-workdays", "billing")
    wanted = acme.trigger(workdays)
    acme.stop()
    for quartz in ("2.5.2", "2.3.2"):
        printed = json.loads(database.stock(quartz, "PrintStore", "AcmeScheduler", "false"))
        assert sorted(printed["calendars"]) == ["acme.holidays", "acme.office", "python"]
        [found] = [t for t in printed["triggers"] if t["name"] == workdays.name]
        assert wanted.next_fire_time is not None
        assert found["next_fire_time"] == round(wanted.next_fire_time.timestamp() * 1000)
