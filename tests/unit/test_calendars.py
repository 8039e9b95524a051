"""Calendars as values: what is refused, kept and said, and holidays from elsewhere."""

from __future__ import annotations

import logging
import pickle
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pyquartz import (
    AnnualCalendar,
    Calendar,
    ConfigurationError,
    CronCalendar,
    DailyCalendar,
    HolidayCalendar,
    InvalidCalendarError,
    InvalidTriggerError,
    MonthlyCalendar,
    WeeklyCalendar,
    cron,
)
from pyquartz.info import to_json

CHRISTMAS = date(2030, 12, 25)


def test_calendars_are_values() -> None:
    assert WeeklyCalendar("SAT,SUN") == WeeklyCalendar() == WeeklyCalendar(("sun", "sat"))
    assert WeeklyCalendar() != WeeklyCalendar("SUN")
    assert AnnualCalendar(["12-25", date(2001, 1, 1)]) == AnnualCalendar(((1, 1), (12, 25)))
    assert HolidayCalendar(["2030-12-25"]).dates == (CHRISTMAS,)
    assert MonthlyCalendar([31, 1, 1]).days == (1, 31)
    assert DailyCalendar("08:00", time(18)) == DailyCalendar(time(8), "18:00:00")
    assert CronCalendar("*  * 0-7 ? * *").expression == "* * 0-7 ? * *"
    nested = HolidayCalendar([CHRISTMAS], base=WeeklyCalendar(tz=ZoneInfo("Europe/Berlin")))
    assert pickle.loads(pickle.dumps(nested)) == nested
    assert len({nested, HolidayCalendar([CHRISTMAS], base=WeeklyCalendar(tz="Europe/Berlin"))}) == 1
    with pytest.raises(AttributeError):
        nested.base = None  # type: ignore[misc]


@pytest.mark.parametrize(
    "make",
    [
        lambda: AnnualCalendar([(2, 30)]),
        lambda: AnnualCalendar(["Christmas"]),
        lambda: AnnualCalendar("12-25"),
        lambda: HolidayCalendar(["2030-02-30"]),
        lambda: HolidayCalendar([datetime(2030, 12, 25)]),
        lambda: HolidayCalendar("2030-12-25"),
        lambda: MonthlyCalendar([0]),
        lambda: MonthlyCalendar([32]),
        lambda: MonthlyCalendar([True]),
        lambda: WeeklyCalendar("FUNDAY"),
        lambda: WeeklyCalendar((1,)),  # type: ignore[arg-type]
        lambda: DailyCalendar("18:00", "08:00"),
        lambda: DailyCalendar("08:00", "08:00"),
        lambda: DailyCalendar("8", "noon"),
        lambda: DailyCalendar(time(8), time(18), inverted=1),  # type: ignore[arg-type]
        lambda: CronCalendar("0 8 * * *"),
        lambda: WeeklyCalendar(tz="Mars/Olympus"),
        lambda: WeeklyCalendar(base="holidays"),  # type: ignore[arg-type]
        lambda: WeeklyCalendar(description=3),  # type: ignore[arg-type]
        lambda: HolidayCalendar.of_country("DE", years=()),
        lambda: WeeklyCalendar().is_included(datetime(2030, 1, 1)),
        lambda: WeeklyCalendar().is_included(datetime(1970, 1, 1, tzinfo=timezone.utc)),
    ],
)
def test_what_can_not_be_is_refused(make: Callable[[], Any]) -> None:
    with pytest.raises(InvalidCalendarError):
        make()


def test_a_trigger_takes_a_calendar_by_its_name() -> None:
    with pytest.raises(InvalidTriggerError, match="name under which"):
        cron("0 0 3 * * ?", calendar=WeeklyCalendar())


@pytest.mark.parametrize(
    ("calendar", "words"),
    [
        (Calendar(), "Leaves out nothing"),
        (WeeklyCalendar(tz="Europe/Berlin"), "Leaves out Sun, Sat (Europe/Berlin)"),
        (MonthlyCalendar([1]), "Leaves out day 1 of each month"),
        (MonthlyCalendar([1, 31]), "Leaves out days 1, 31 of each month"),
        (AnnualCalendar(["12-25", "1-1"]), "Leaves out Jan 1, Dec 25 of each year"),
        (HolidayCalendar([CHRISTMAS]), "Leaves out 2030-12-25"),
        (
            HolidayCalendar([date(2030, 1, day) for day in range(1, 9)]),
            "Leaves out 8 dates, 2030-01-01 to 2030-01-08",
        ),
        (
            DailyCalendar("08:00", "18:00:00.500", inverted=True),
            "Leaves out all but 08:00 to 18:00:00.500 of each day",
        ),
        (
            HolidayCalendar([CHRISTMAS], base=WeeklyCalendar()),
            "Leaves out 2030-12-25; and leaves out Sun, Sat",
        ),
    ],
)
def test_words(calendar: Calendar, words: str) -> None:
    assert calendar.describe() == words


def test_a_cron_calendar_is_told_in_words() -> None:
    assert "Sunday" in CronCalendar("* * * ? * SUN").describe()


def test_json() -> None:
    shown = to_json(HolidayCalendar([CHRISTMAS], base=WeeklyCalendar()))
    assert shown["kind"] == "HolidayCalendar"
    assert shown["dates"] == ["2030-12-25"]
    assert shown["base"]["days"] == ["SUN", "SAT"]


# -- holidays from elsewhere ----------------------------------------------------------------------


def test_holidays_of_a_country() -> None:
    berlin = HolidayCalendar.of_country(
        "DE", subdiv="BE", years=range(2026, 2028), tz="Europe/Berlin"
    )
    assert date(2026, 3, 8) in berlin.dates  # in Berlin only
    assert date(2027, 12, 25) in berlin.dates
    assert {day.year for day in berlin.dates} == {2026, 2027}
    assert berlin.tz == "Europe/Berlin"
    assert berlin.description == "Public holidays of DE (BE), 2026 to 2027"
    assert date(2026, 3, 8) not in HolidayCalendar.of_country("DE", years=2026).dates
    with pytest.raises(InvalidCalendarError, match="'XX'"):
        HolidayCalendar.of_country("XX", years=2026)
    with pytest.raises(InvalidCalendarError, match="'ZZ'"):
        HolidayCalendar.of_country("DE", subdiv="ZZ", years=2026)


ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1
SUMMARY:Christmas
DTSTART;VALUE=DATE:20251225
DTEND;VALUE=DATE:20251227
RRULE:FREQ=YEARLY
EXDATE;VALUE=DATE:20271225
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Works closed
DTSTART;VALUE=DATE:20251229
DTEND;VALUE=DATE:20260103
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:One day
DTSTART;VALUE=DATE:20260501
END:VEVENT
BEGIN:VEVENT
UID:4
SUMMARY:Three days
DTSTART;VALUE=DATE:20260601
DURATION:P3D
END:VEVENT
BEGIN:VEVENT
UID:5
SUMMARY:Called off
STATUS:CANCELLED
DTSTART;VALUE=DATE:20260701
END:VEVENT
BEGIN:VEVENT
UID:6
SUMMARY:Lunch
DTSTART:20260801T120000Z
DTEND:20260801T130000Z
END:VEVENT
END:VCALENDAR
"""


def test_holidays_of_an_icalendar_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "days.ics"
    file.write_text(ICS.replace("\n", "\r\n"))
    with caplog.at_level(logging.WARNING, logger="pyquartz.calendars"):
        calendar = HolidayCalendar.from_ics(file, years=(2026, 2027, 2028), tz="UTC")
    assert [f"{day:%y-%m-%d}" for day in calendar.dates] == [
        "26-01-01", "26-01-02", "26-05-01", "26-06-01", "26-06-02", "26-06-03", "26-12-25",
        "26-12-26", "28-12-25", "28-12-26",
    ]  # fmt: skip
    assert calendar.description == "days.ics, 2026 to 2028"
    assert "Lunch" in caplog.text
    assert "Called off" not in caplog.text
    file.write_text("no calendar at all")
    with pytest.raises(InvalidCalendarError, match=r"days\.ics"):
        HolidayCalendar.from_ics(file, years=2026)
    with pytest.raises(InvalidCalendarError, match="can't be read"):
        HolidayCalendar.from_ics(tmp_path / "none.ics", years=2026)


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(ConfigurationError, match=r"pyquartz\[holidays\]"):
        HolidayCalendar.of_country("DE", years=2026)
