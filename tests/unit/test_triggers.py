"""Triggers as values: what is refused, what is kept, what they say."""

from __future__ import annotations

import pickle
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pyquartz import (
    InvalidKeyError,
    InvalidTriggerError,
    JobDataError,
    JobKey,
    Trigger,
    TriggerKey,
    calendar_every,
    cron,
    crontab,
    daily,
    every,
    once,
)
from pyquartz.describe import span

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2030, 1, 31, 12, 0, tzinfo=BERLIN)
DAILY = "0 0 3 * * ?"


def test_triggers_are_values() -> None:
    assert cron(DAILY, tz="UTC") == cron(" 0 0 3 * * ?", tz=timezone.utc)
    assert crontab("0 3 * * *") == cron(DAILY)
    assert len({every(minutes=5), every(timedelta(minutes=5)), every(seconds=300)}) == 1
    assert pickle.loads(pickle.dumps(cron(DAILY, data={"a": 1}))) == cron(DAILY, data={"a": 1})
    with pytest.raises(AttributeError):
        once().priority = 1  # type: ignore[misc]


def test_a_trigger_keeps_what_it_is_given() -> None:
    trigger = cron(
        DAILY, tz=BERLIN, key="nightly", start=NOON, end=NOON + timedelta(days=1), priority=9,
        misfire="do_nothing", calendar="holidays", data={"days": 3}, description="words",
    )  # fmt: skip
    assert trigger.key == TriggerKey("nightly")
    assert trigger.tz == "Europe/Berlin"
    assert trigger.settings() == {
        "key": TriggerKey("nightly"), "start": NOON, "end": NOON + timedelta(days=1),
        "priority": 9, "misfire": "do_nothing", "calendar": "holidays", "data": {"days": 3},
        "description": "words", "expression": DAILY, "tz": "Europe/Berlin",
    }  # fmt: skip


def test_instants_are_cut_to_the_millisecond_as_quartz_keeps_them() -> None:
    assert once(NOON.replace(microsecond=123_987)).start == NOON.replace(microsecond=123_000)


def test_data_are_copied_so_that_a_trigger_never_changes() -> None:
    data: dict[str, Any] = {"list": [1]}
    trigger = once(data=data)
    data["list"].append(2)
    assert trigger.data == {"list": [1]}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: once(datetime(2030, 1, 1)), "not an aware datetime"),
        (lambda: once(date(2030, 1, 1)), "not an aware datetime"),
        (lambda: cron(DAILY, start="2030-01-01"), "not an aware datetime"),
        (lambda: cron(DAILY, end=datetime(2030, 1, 1)), "end=.* is not an aware datetime"),
        (lambda: cron(DAILY, start=NOON, end=NOON), "is not after start"),
        (lambda: once(NOON, start=NOON), "as at= or as start="),
        (lambda: cron("0 3 * * *"), "five fields"),
        (lambda: cron(DAILY, tz="Mars/Olympus"), "no time zone 'Mars/Olympus'"),
        (lambda: cron(DAILY, tz="../etc/passwd"), "no time zone"),
        (lambda: cron(DAILY, tz=""), "no time zone"),
        (lambda: cron(DAILY, tz=timezone(timedelta(hours=2, seconds=1))), "use a ZoneInfo"),
        (lambda: cron(DAILY, misfire="fire_now"), "none of 'smart', 'ignore', 'fire_once_now'"),
        (lambda: every(seconds=1, misfire="do_nothing"), "none of .*'next_with_existing_count'"),
        (lambda: cron(DAILY, priority="high"), "priority is an int"),
        (lambda: cron(DAILY, priority=True), "priority is an int"),
        (lambda: cron(DAILY, priority=2**31), "priority is an int of 32 bits"),
        (lambda: every(5), "takes a timedelta or units by name"),
        (lambda: every(timedelta(seconds=1), minutes=1), "not both"),
        (lambda: every(), "too short"),
        (lambda: every(seconds=-1), "too short"),
        (lambda: every(timedelta(microseconds=1500)), "not whole milliseconds"),
        (lambda: every(seconds=1, repeat=-1), "repeat=-1"),
        (lambda: every(seconds=1, repeat=1.5), "repeat=1.5"),
        (lambda: every(seconds=1, repeat=True), "repeat=True"),
        (lambda: every(seconds=1, repeat=2**31), "repeat="),
        (lambda: calendar_every(0, "month"), "1 at least"),
        (lambda: calendar_every(1.5, "month"), "1 at least"),
        (lambda: calendar_every(1, "fortnight"), "unit 'fortnight' is none of"),
        (lambda: calendar_every(1, "day", tz="Nowhere"), "no time zone 'Nowhere'"),
        (lambda: daily(every=timedelta(0)), "not whole seconds"),
        (lambda: daily(every=timedelta(seconds=1.5)), "not whole seconds"),
        (lambda: daily(every=900), "every= is a timedelta"),
        (lambda: daily(every=timedelta(hours=1), from_="8am"), "not a time of day"),
        (lambda: daily(every=timedelta(hours=1), from_="18:00", to="08:00"), "is before from_"),
        (lambda: daily(every=timedelta(hours=1), to="18:00:00.5"), "whole seconds|time of day"),
        (lambda: daily(every=timedelta(hours=1), to=time(9, tzinfo=BERLIN)), "no zone"),
        (lambda: daily(every=timedelta(hours=1), days="MON-FUN"), "no day of the week"),
        (lambda: daily(every=timedelta(hours=1), days=()), "names no day of the week"),
        (lambda: daily(every=timedelta(hours=1), repeat=-2), "repeat=-2"),
        (lambda: Trigger(), "none of"),
    ],
)
def test_what_can_not_be_is_refused_when_it_is_made(make: Any, words: str) -> None:
    with pytest.raises(InvalidTriggerError, match=words):
        make()


def test_data_of_a_trigger_are_of_the_closed_set() -> None:
    with pytest.raises(JobDataError, match=r"the data of a trigger: 'who' is a builtins\.object"):
        once(data={"who": object()})


@pytest.mark.parametrize("key", [JobKey("a"), 5])
def test_a_key_is_that_of_a_trigger(key: Any) -> None:
    with pytest.raises(InvalidKeyError, match="expected a TriggerKey"):
        once(key=key)


def test_once_fires_a_single_time() -> None:
    assert once().is_once
    assert once(start=NOON) == once(NOON)
    assert every(seconds=1, repeat=0).is_once
    assert not every(seconds=1, repeat=1).is_once


def test_days_of_the_week_are_kept_in_their_order() -> None:
    hour = timedelta(hours=1)
    assert daily(every=hour, days="fri-mon").days == ("SUN", "MON", "FRI", "SAT")
    assert daily(every=hour, days=("WED", "mon")).days == ("MON", "WED")
    assert daily(every=hour, days="MON, WED-THU").days == ("MON", "WED", "THU")
    assert len(daily(every=hour).days) == 7


def test_units_may_be_plural() -> None:
    assert calendar_every(2, "Months").unit == "month"


def test_every_unit_adds_up() -> None:
    trigger = every(weeks=1, days=1, hours=1, minutes=1, seconds=1, milliseconds=1)
    assert trigger.interval == timedelta(
        weeks=1, days=1, hours=1, minutes=1, seconds=1, milliseconds=1
    )


@pytest.mark.parametrize(
    ("trigger", "sentence"),
    [
        (cron("0 0 3 * * ?", tz=BERLIN), "At 03:00 (Europe/Berlin)"),
        # Quartz counts from Sunday = 1.
        (cron("0 0 9 ? * 2"), "At 09:00, only on Monday"),
        (cron("0 0 3 L * ?"), "At 03:00, on the last day of the month"),
        (every(minutes=5), "Every 5 minutes"),
        (every(minutes=1), "Every minute"),
        (every(minutes=90), "Every 1 hour 30 minutes"),
        (every(milliseconds=250, repeat=3), "Every 250 ms, 4 times"),
        (once(), "Once, at its start"),
        (once(NOON), "Once, at 2030-01-31 12:00:00 Europe/Berlin"),
        (
            every(hours=1, start=NOON, end=NOON + timedelta(days=1), calendar="c"),
            "Every hour, from 2030-01-31 12:00:00 Europe/Berlin, until 2030-02-01 12:00:00 "
            "Europe/Berlin, except as the calendar 'c' says",
        ),
        (calendar_every(1, "month", tz="UTC"), "Every month (UTC)"),
        (
            calendar_every(2, "day", preserve_hour_of_day=True),
            "Every 2 days at the same time of day",
        ),
        (daily(every=timedelta(minutes=15)), "Every 15 minutes from 00:00 to 23:59 every day"),
        (
            daily(every=timedelta(hours=2), from_="08:00", to="18:00", days="MON,SAT", repeat=1),
            "Every 2 hours from 08:00 to 18:00 on Mon, Sat, 2 times",
        ),
    ],
)
def test_a_trigger_says_when_it_fires(trigger: Trigger, sentence: str) -> None:
    assert trigger.describe() == sentence


def test_what_can_not_be_described_is_still_named() -> None:
    trigger = cron("0 0 3 ? JANUARY MONDAY")
    assert trigger.describe() == "by the cron expression 0 0 3 ? JANUARY MONDAY"


def test_an_interval_of_nothing_has_words_too() -> None:
    assert span(timedelta(0)) == "0 ms"
    assert span(timedelta(days=2, milliseconds=5)) == "2 days 5 ms"
