"""Zones that are no places: fixed offsets of Java's, and names that Python lacks."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from pyquartz import (
    CronCalendar,
    InvalidTriggerError,
    Scheduler,
    TriggerEvent,
    TriggerKey,
    WeeklyCalendar,
    calendar_every,
    cron,
    once,
)
from pyquartz.zones import zone_id, zone_of
from tests.integration.conftest import Store
from tests.integration.suite_jobs import note
from tests.support.waiting import wait_until

INDIA = timezone(timedelta(hours=5, minutes=30))
BEGIN = datetime(2030, 1, 1, tzinfo=timezone.utc)


def test_a_fixed_offset_is_a_zone(scheduler: Scheduler) -> None:
    scheduler.add_calendar("nights", CronCalendar("* * 0-5 ? * *", tz=INDIA))
    nightly = cron("0 0 3,8 * * ?", tz=INDIA, key="nightly", calendar="nights", start=BEGIN)
    scheduler.schedule_task(note, nightly, calendar_every(1, "day", tz="GMT-3", key="daily"))
    info = scheduler.trigger("nightly")
    assert info.trigger == nightly
    assert info.next_fires(1) == [datetime(2030, 1, 1, 8, tzinfo=INDIA)]
    assert info.next_fires(1)[0].utcoffset() == INDIA.utcoffset(None)
    assert info.trigger.warnings(BEGIN) == []
    daily = scheduler.trigger("daily")
    assert daily.trigger is not None
    assert getattr(daily.trigger, "tz", None) == "GMT-03:00"
    assert len(daily.next_fires(3)) == 3
    assert scheduler.update_timezone(note, "GMT+1:00") == 2
    assert getattr(scheduler.trigger("nightly").trigger, "tz", None) == "GMT+01:00"


def test_a_zone_that_python_lacks_is_named(scheduler: Scheduler, store: Store) -> None:
    if not store.is_jdbc:
        pytest.skip("only a row can hold it")
    scheduler.schedule_task(note, cron("0 0 3 * * ?", key="pacific"))
    store.execute("UPDATE QRTZ_CRON_TRIGGERS SET TIME_ZONE_ID = 'PST' WHERE SCHED_NAME = '{name}'")
    info = scheduler.trigger("pacific")
    assert info.trigger is None
    assert info.unreadable is None
    with pytest.raises(InvalidTriggerError, match=r"pacific.*no time zone 'PST'"):
        info.next_fires()
    # Quartz knows it.
    assert len(scheduler.next_fires(TriggerKey("pacific"), 2)) == 2


def test_a_listener_can_ask_for_what_a_calendar_leaves(scheduler: Scheduler) -> None:
    heard: list[list[datetime]] = []
    scheduler.add_calendar("workdays", WeeklyCalendar(tz="UTC"))

    @scheduler.on_trigger("fired")
    def fired(event: TriggerEvent) -> None:
        coming = event.scheduler.next_fires(TriggerKey("noon"), 7, BEGIN)
        heard.append([fire.time for fire in coming])

    scheduler.schedule_task(note, cron("0 0 12 * * ?", key="noon", tz="UTC", calendar="workdays"))
    with scheduler:
        scheduler.schedule_task(note, once())
        wait_until(lambda: bool(heard))
    assert [time.weekday() for time in heard[0]] == [1, 2, 3, 4, 0, 1, 2]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("GMT+05:30", "GMT+05:30"),
        ("GMT-7", "GMT-07:00"),
        ("GMT+0530", "GMT+05:30"),
        ("GMT+0", "GMT+0"),  # which the IANA database has
        ("Etc/GMT+5", "Etc/GMT+5"),
        (INDIA, "GMT+05:30"),
        (timezone(-timedelta(minutes=30)), "GMT-00:30"),
        (timezone.utc, "UTC"),
        (timezone(timedelta(0), "Zulu"), "UTC"),
    ],
)
def test_names_are_those_that_java_gives_back(given: str | timezone, name: str) -> None:
    assert zone_id(given) == name
    assert zone_of(name).utcoffset(BEGIN) is not None


@pytest.mark.parametrize("given", ["GMT+24:00", "GMT+5:60", "UTC+5", "GMT+", "PST"])
def test_other_names_are_refused(given: str) -> None:
    with pytest.raises(InvalidTriggerError, match=r"there is no time zone.*'GMT\+05:30'"):
        zone_id(given)


def test_an_offset_with_seconds_has_no_name() -> None:
    with pytest.raises(InvalidTriggerError, match="has no name that Quartz could store"):
        zone_id(timezone(timedelta(hours=1, seconds=30)))
