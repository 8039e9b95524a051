"""What changes of the clocks do to triggers is said before it happens, and nothing else is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from pyquartz import (
    DaylightWarning,
    Trigger,
    WeeklyCalendar,
    calendar_every,
    cron,
    crontab,
    every,
    once,
)

UTC = timezone.utc
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
SANTIAGO, LORD_HOWE = "America/Santiago", "Australia/Lord_Howe"
BEGIN = datetime(2030, 1, 1, tzinfo=UTC)


def half_past_two(tz: str = BERLIN) -> datetime:
    return datetime(2030, 1, 1, 2, 30, tzinfo=ZoneInfo(tz))


@pytest.mark.parametrize(
    ("trigger", "texts"),
    [
        (
            cron("0 30 2 * * ?", tz=BERLIN),
            [
                "02:30 is skipped on 2030-03-31 in Europe/Berlin: the clocks go forward from 02:00"
                " to 03:00",
                "02:30 fires only the second time, 60 minutes late, on 2030-10-27 in Europe/Berlin:"
                " the clocks go back from 03:00 to 02:00",
            ],
        ),
        (
            cron("0 0/15 * * * ?", tz=NEW_YORK),
            [
                "01:00, the first of 4, comes 75 minutes after 00:45 rather than 15 minutes, on"
                " 2030-11-03 in America/New_York: the clocks go back from 02:00 to 01:00",
            ],
        ),
        (
            crontab("0,30 0 * * *", tz=SANTIAGO),
            ["00:00, 00:30 are skipped on 2030-09-08 in America/Santiago: the clocks go forward"
             " from 00:00 to 01:00"],
        ),
        (
            cron("0 15 2 * * ?", tz=LORD_HOWE),
            ["02:15 is skipped on 2030-10-06 in Australia/Lord_Howe: the clocks go forward from"
             " 02:00 to 02:30"],
        ),
        (
            calendar_every(1, "day", tz=BERLIN, start=half_past_two(), preserve_hour_of_day=True),
            ["02:30 becomes 03:30 on 2030-03-31 in Europe/Berlin: the clocks go forward from 02:00"
             " to 03:00"],
        ),
        (
            calendar_every(
                1, "day", tz=BERLIN, start=half_past_two(), preserve_hour_of_day=True,
                skip_day_if_hour_missing=True,
            ),
            ["02:30 is skipped on 2030-03-31 in Europe/Berlin: the clocks go forward from 02:00"
             " to 03:00"],
        ),
        # Where nothing is lost, nothing is said.
        (cron("0 0 12 * * ?", tz=BERLIN), []),
        (cron("0 30 2 * * ?", tz="UTC"), []),
        (calendar_every(1, "hour", tz=BERLIN, start=BEGIN), []),
        (every(hours=24), []),
        (once(), []),
    ],
    ids=lambda value: value.describe() if isinstance(value, Trigger) else "",
)  # fmt: skip
def test_warnings(trigger: Trigger, texts: list[str]) -> None:
    assert [str(warning) for warning in trigger.warnings(BEGIN)] == texts


def test_a_dense_schedule_says_how_many() -> None:
    [skipped, late] = cron("0 * 2 * * ?", tz=BERLIN).warnings(BEGIN)
    assert len(skipped.times) == len(late.times) == 60
    assert str(skipped).startswith("02:00, 02:01, 02:02, 02:03 and 56 more are skipped")
    assert str(late).startswith("02:00, the first of 60, comes ")


def test_a_warning_is_a_value() -> None:
    [warning] = cron("0 0,20,40 2 * * ?", tz=BERLIN).warnings(BEGIN, BEGIN + timedelta(days=180))
    assert warning == DaylightWarning(
        "skipped", date(2030, 3, 31), (time(2, 0), time(2, 20), time(2, 40)), BERLIN, warning.text
    )


def test_what_a_calendar_leaves_out_anyway_is_no_loss() -> None:
    nightly = cron("0 30 2 * * ?", tz=BERLIN)
    assert len(nightly.warnings(BEGIN)) == 2
    # Both changes are on Sundays.
    assert nightly.warnings(BEGIN, calendar=WeeklyCalendar(tz=BERLIN)) == []
    assert len(nightly.warnings(BEGIN, calendar=WeeklyCalendar("MON", tz=BERLIN))) == 2
