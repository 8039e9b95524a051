"""Calendars through the door: Python's values as Quartz's and back, and those of a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from typing import Any

import jpype

from ..calendars import (
    AnnualCalendar,
    Calendar,
    CronCalendar,
    DailyCalendar,
    HolidayCalendar,
    MonthlyCalendar,
    WeeklyCalendar,
)
from ..cron import DAYS
from ..errors import (
    CalendarInUseError,
    CalendarNotFoundError,
    InvalidCalendarError,
    InvalidTriggerError,
    PyQuartzError,
    StoreError,
)
from ..info import Opaque
from ..keys import check_text
from . import launch, logs
from .builders import zone
from .convert import decode, java, to_error, to_millis


class Calendars:
    """The calendars of one scheduler's store; ``calling`` is the engine's guard of each call."""

    def __init__(self, quartz: Any, calling: Callable[[str], AbstractContextManager[None]]) -> None:
        self._quartz = quartz
        self._calling = calling
        self._inspect = java("org.pyquartz.inspect.Calendars")

    def add(self, name: str, calendar: Calendar, replace: bool, update_triggers: bool) -> None:
        """Store a calendar under a name."""
        if not isinstance(name, str) or not name:
            raise InvalidCalendarError(
                f"a calendar is stored under a name, a string that is not empty: {name!r}"
            )
        check_text(name, "a calendar's name", InvalidCalendarError)
        if not isinstance(calendar, Calendar):
            raise InvalidCalendarError(f"{calendar!r} is no calendar, such as WeeklyCalendar()")
        launch.enter_thread()
        built = build_calendar(calendar)
        with self._calling(f"can't store calendar {name!r}"):
            self._quartz.addCalendar(name, built, replace, update_triggers)

    def delete(self, name: str) -> bool:
        """Delete a calendar that no trigger names; False when there was none."""
        try:
            with self._calling(f"can't delete calendar {name!r}"):
                return bool(self._quartz.deleteCalendar(name))
        except StoreError as error:
            users = self._users(name)
            if not users:
                raise
            raise CalendarInUseError(
                f"calendar {name!r} can't be deleted: these triggers name it: {', '.join(users)}"
            ) from error.__cause__

    def _users(self, name: str) -> list[str]:
        with self._calling(f"can't look for the triggers of calendar {name!r}"):
            rows = decode(java("org.pyquartz.inspect.Inspect").triggers(self._quartz))
        return sorted(f"{row['group']}.{row['name']}" for row in rows if row["calendar"] == name)

    def all(self) -> dict[str, Calendar | Opaque]:
        """Give all calendars, by name."""
        with self._calling("can't read the calendars"):
            rows = decode(self._inspect.all(self._quartz))
        return {name: _read(rows[name]) for name in sorted(rows)}

    def get(self, name: str) -> Calendar | Opaque | None:
        """Give a calendar, None when there is none."""
        with self._calling(f"can't read calendar {name!r}"):
            row = decode(self._inspect.one(self._quartz, name))
        return None if row is None else _read(row)

    def is_included(self, name: str, moment: datetime) -> bool:
        """Ask a stored calendar about an instant."""
        with self._calling(f"can't ask calendar {name!r}"):
            calendar = self._quartz.getCalendar(name)
            if calendar is not None:
                return bool(calendar.isTimeIncluded(to_millis(moment)))
        raise CalendarNotFoundError(f"the store has no calendar {name!r}")

    def require(self, names: Iterable[str]) -> None:
        """Raise CalendarNotFoundError unless there is a calendar of each name."""
        with self._calling("can't look for calendars"):
            known = {str(each) for each in self._quartz.getCalendarNames()}
        for name in sorted(set(names) - known):
            there = ", ".join(map(repr, sorted(known))) or "none at all"
            raise CalendarNotFoundError(
                f"the store has no calendar {name!r}: store it with add_calendar() before a "
                f"trigger names it; there is {there}"
            )


def is_included(calendar: Calendar, moment: datetime) -> bool:
    """Ask a calendar that need not be in any store; starts the JVM if none runs."""
    launch.ensure_jvm()
    logs.start()
    return bool(build_calendar(calendar).isTimeIncluded(to_millis(moment)))


# -- into Java ------------------------------------------------------------------------------------


def build_calendar(calendar: Calendar) -> Any:
    """Build Quartz's calendar; InvalidCalendarError where Quartz refuses it."""
    try:
        built = _BUILDERS[type(calendar)](calendar)
        if calendar.tz or isinstance(calendar, CronCalendar):
            built.setTimeZone(zone(calendar.tz))
        built.setDescription(calendar.description)
        if calendar.base:
            built.setBaseCalendar(build_calendar(calendar.base))
        return built
    except InvalidTriggerError as error:
        raise InvalidCalendarError(str(error)) from error
    except jpype.JException as error:
        message = str(to_error(error, f"the calendar ({calendar.describe()}) can't be"))
        raise InvalidCalendarError(message) from error


def _annual(calendar: AnnualCalendar) -> Any:
    days = " ".join(f"{month:02}-{day:02}" for month, day in calendar.days)
    return java("org.pyquartz.inspect.Calendars").annual(days)


def _holidays(calendar: HolidayCalendar) -> Any:
    dates = " ".join(day.isoformat() for day in calendar.dates)
    where = zone(calendar.tz) if calendar.tz else None
    return java("org.pyquartz.inspect.Calendars").holidays(dates, where)


def _monthly(calendar: MonthlyCalendar) -> Any:
    days = [day in calendar.days for day in range(1, 32)]
    return java("org.pyquartz.inspect.Calendars").monthly(jpype.JArray(jpype.JBoolean)(days))


def _weekly(calendar: WeeklyCalendar) -> Any:
    days = [False, *(day in calendar.days for day in DAYS)]
    return java("org.pyquartz.inspect.Calendars").weekly(jpype.JArray(jpype.JBoolean)(days))


def _daily(calendar: DailyCalendar) -> Any:
    first, last = (f"{moment:%H:%M:%S}:{moment.microsecond // 1000:03}" for moment in (
        calendar.from_, calendar.to,
    ))  # fmt: skip
    built = java("org.quartz.impl.calendar.DailyCalendar")(first, last)
    built.setInvertTimeRange(calendar.inverted)
    return built


_BUILDERS: dict[type[Calendar], Callable[[Any], Any]] = {
    Calendar: lambda calendar: java("org.quartz.impl.calendar.BaseCalendar")(),
    AnnualCalendar: _annual,
    HolidayCalendar: _holidays,
    MonthlyCalendar: _monthly,
    WeeklyCalendar: _weekly,
    DailyCalendar: _daily,
    CronCalendar: lambda calendar: java("org.quartz.impl.calendar.CronCalendar")(
        calendar.expression
    ),
}


# -- back -----------------------------------------------------------------------------------------


def _read(row: Mapping[str, Any] | Opaque | None) -> Calendar | Opaque:
    if row is None:
        return Opaque("", "its row is empty")
    if isinstance(row, Opaque):
        return row
    try:
        return read_calendar(row)
    except PyQuartzError as error:
        # Quartz applies it all the same, such as in a zone that Python lacks.
        return Opaque(row["class"], str(error))


def read_calendar(row: Mapping[str, Any]) -> Calendar:
    """Make the value of a calendar as ``org.pyquartz.inspect.Calendars`` tells it."""
    kind, read = _READERS[row["kind"]]
    calendar: Calendar = kind(
        **read(row),
        base=read_calendar(row["base"]) if row["base"] else None,
        tz=row["tz"],
        description=row["description"],
    )
    return calendar


def _time(millis: int) -> time:
    return (datetime.min + timedelta(milliseconds=millis)).time()


_READERS: dict[str, tuple[type[Any], Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "BaseCalendar": (Calendar, lambda row: {}),
    "AnnualCalendar": (AnnualCalendar, lambda row: {"days": row["days"]}),
    "HolidayCalendar": (
        HolidayCalendar,
        lambda row: {"dates": [date.fromisoformat(day) for day in row["dates"]]},
    ),
    "MonthlyCalendar": (MonthlyCalendar, lambda row: {"days": row["days"]}),
    "WeeklyCalendar": (
        WeeklyCalendar,
        lambda row: {"days": tuple(DAYS[number - 1] for number in row["days"])},
    ),
    "DailyCalendar": (
        DailyCalendar,
        lambda row: {
            "from_": _time(row["from"]),
            "to": _time(row["to"]),
            "inverted": row["inverted"],
        },
    ),
    "CronCalendar": (CronCalendar, lambda row: {"expression": row["expression"]}),
}
