"""Calendars in a file: the form of each kind, read and written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..calendars import (
    AnnualCalendar,
    Calendar,
    CronCalendar,
    DailyCalendar,
    HolidayCalendar,
    MonthlyCalendar,
    WeeklyCalendar,
)


def read_calendar(form: Mapping[str, Any]) -> Calendar:
    """Make the calendar that a file's mapping stands for."""
    shared: dict[str, Any] = {k: form[k] for k in ("tz", "description") if k in form}
    if "base" in form:
        shared["base"] = read_calendar(form["base"])
    kind = next(name for name in _READERS if name in form)
    return _READERS[kind](form, shared)


def _daily_calendar(form: Mapping[str, Any], shared: dict[str, Any]) -> Calendar:
    begin, end = form["daily"].split("-")
    return DailyCalendar(begin, end, form.get("inverted", False), **shared)


_READERS: dict[str, Callable[[Mapping[str, Any], dict[str, Any]], Calendar]] = {
    "annual": lambda form, shared: AnnualCalendar(tuple(form["annual"]), **shared),
    "holiday": lambda form, shared: HolidayCalendar(tuple(form["holiday"]), **shared),
    "monthly": lambda form, shared: MonthlyCalendar(tuple(form["monthly"]), **shared),
    "weekly": lambda form, shared: WeeklyCalendar(form["weekly"] or (), **shared),
    "daily": _daily_calendar,
    "cron": lambda form, shared: CronCalendar(form["cron"], **shared),
}

_WRITERS: dict[type[Calendar], Any] = {
    AnnualCalendar: lambda c: {"annual": [f"{month:02}-{day:02}" for month, day in c.days]},
    HolidayCalendar: lambda c: {"holiday": [day.isoformat() for day in c.dates]},
    MonthlyCalendar: lambda c: {"monthly": list(c.days)},
    WeeklyCalendar: lambda c: {"weekly": ",".join(c.days)},
    DailyCalendar: lambda c: {
        "daily": f"{c.from_.isoformat(_precision(c))}-{c.to.isoformat(_precision(c))}",
        **({"inverted": True} if c.inverted else {}),
    },
    CronCalendar: lambda c: {"cron": c.expression},
}


def _precision(calendar: DailyCalendar) -> str:
    return "milliseconds" if calendar.from_.microsecond or calendar.to.microsecond else "seconds"


def write_calendar(calendar: Calendar) -> dict[str, Any]:
    """Give the form in which a file has a calendar."""
    form: dict[str, Any] = _WRITERS[type(calendar)](calendar)
    if calendar.base is not None:
        form["base"] = write_calendar(calendar.base)
    shared = {"tz": calendar.tz, "description": calendar.description}
    return form | {k: v for k, v in shared.items() if v is not None}
