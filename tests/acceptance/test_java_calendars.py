"""Calendars that a Java program stored are values here, and triggers fire by them as in Java."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from pyquartz import DailyCalendar, HolidayCalendar, Scheduler, TriggerKey
from tests.support.commands import json_of, run_command
from tests.support.databases import KINDS, Database, fresh_database
from tests.support.processes import run_python
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


PREVIEW = """
import os
from datetime import datetime, timezone
from pyquartz import Scheduler, WeeklyCalendar, cron, defjob

@defjob("acme.jobs.Nightly")
def nightly(): ...

scheduler = Scheduler(os.environ["STORE"])
scheduler.add_calendar("workdays", WeeklyCalendar("MON-FRI", tz="Europe/Berlin"))
scheduler.schedule_task(nightly, cron(
    "0 30 2 * * ?", tz="Europe/Berlin", calendar="workdays",
    start=datetime(2090, 3, 1, tzinfo=timezone.utc)), key="nightly")
scheduler.schedule_task(nightly, cron("0 30 2 * * ?", tz="Europe/Berlin"), key="always")
scheduler.stop()
"""


def test_the_command_applies_calendars_and_warns_of_the_clocks(tmp_path: Path) -> None:
    store = f"h2://{tmp_path}/preview"
    run_python(PREVIEW, STORE=store).check()
    coming = json_of("next", "nightly", "-n", "4", "--store", store)
    fires = [datetime.fromisoformat(fire["time"]) for fire in coming]
    assert [f"{fire:%m-%d %a}" for fire in fires] == [
        "03-04 Sat", "03-05 Sun", "03-11 Sat", "03-12 Sun",
    ]  # fmt: skip
    shown = run_command("next", "-n", "1", "--store", store).check()
    assert "02:30:00" in shown.stdout
    assert "02:30 is skipped on" in shown.stderr
    told = json_of("next", "--cron", "0 30 2 * * ?", "--tz", "Europe/Berlin", "-n", "1")
    assert [text[:17] for text in sorted(told["warnings"])] == [
        "02:30 fires only ", "02:30 is skipped ",
    ]  # fmt: skip


DAILY = """
from datetime import datetime, timedelta, timezone
from pyquartz import daily

begin = datetime(2030, 1, 1, tzinfo=timezone.utc)
for trigger in (
    daily(every=timedelta(minutes=30), from_="02:30", to="04:00"),
    daily(every=timedelta(minutes=30), from_="00:00", to="23:30"),
):
    print(*trigger.warnings(begin), sep="\\n")
    print("-")
"""


def test_a_daily_interval_follows_the_clocks_of_the_jvm() -> None:
    done = run_python(DAILY, PYQUARTZ_TIMEZONE="Europe/Berlin").check()
    in_the_night, all_day, _ = done.stdout.split("-\n")
    assert "02:30 becomes 03:30 on 2030-03-31 in Europe/Berlin" in in_the_night
    assert all_day.strip() == ""
    done = run_python(DAILY, PYQUARTZ_TIMEZONE="UTC").check()
    assert done.stdout.split() == ["-", "-"]
