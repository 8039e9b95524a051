"""Triggers and calendars in words: a sentence that a person reads."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .calendars import (
        AnnualCalendar,
        Calendar,
        CronCalendar,
        DailyCalendar,
        HolidayCalendar,
        MonthlyCalendar,
        WeeklyCalendar,
    )
    from .triggers import (
        CalendarIntervalTrigger,
        CronTrigger,
        DailyTimeIntervalTrigger,
        SimpleTrigger,
        Trigger,
    )

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FEW = 4
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def describe(trigger: Trigger) -> str:
    """Say when a trigger fires, with its start, end and calendar."""
    from . import triggers as kinds

    by_kind: dict[type[Trigger], Any] = {
        kinds.CronTrigger: _cron,
        kinds.SimpleTrigger: _simple,
        kinds.CalendarIntervalTrigger: _calendar_interval,
        kinds.DailyTimeIntervalTrigger: _daily,
    }
    return str(by_kind[type(trigger)](trigger)) + _limits(trigger)


def describe_calendar(calendar: Calendar) -> str:
    """Say what a calendar leaves out, with its zone and what its base leaves out."""
    from . import calendars as kinds

    by_kind: dict[type[Calendar], Any] = {
        kinds.Calendar: lambda calendar: "nothing",
        kinds.AnnualCalendar: _annual,
        kinds.HolidayCalendar: _holidays,
        kinds.MonthlyCalendar: _monthly,
        kinds.WeeklyCalendar: _weekly,
        kinds.DailyCalendar: _hours,
        kinds.CronCalendar: _cron_seconds,
    }
    text = f"Leaves out {by_kind[type(calendar)](calendar)}"
    text += f" ({calendar.tz})" if calendar.tz else ""
    if calendar.base is None:
        return text
    base = describe_calendar(calendar.base)
    return f"{text}; and l{base[1:]}"


def _annual(calendar: AnnualCalendar) -> str:
    days = [f"{_MONTHS[month - 1]} {day}" for month, day in calendar.days]
    return f"{_few(days, 'days')} of each year" if days else "nothing"


def _holidays(calendar: HolidayCalendar) -> str:
    return _few([day.isoformat() for day in calendar.dates], "dates") or "nothing"


def _few(names: list[str], what: str) -> str:
    if len(names) <= _FEW:
        return ", ".join(names)
    return f"{len(names)} {what}, {names[0]} to {names[-1]},".removesuffix(",")


def _monthly(calendar: MonthlyCalendar) -> str:
    days = ", ".join(map(str, calendar.days))
    return f"day{'s' if len(calendar.days) > 1 else ''} {days} of each month" if days else "nothing"


def _weekly(calendar: WeeklyCalendar) -> str:
    return ", ".join(day.title() for day in calendar.days) or "nothing"


def _hours(calendar: DailyCalendar) -> str:
    all_but = "all but " if calendar.inverted else ""
    return f"{all_but}{_clock(calendar.from_)} to {_clock(calendar.to)} of each day"


def _cron_seconds(calendar: CronCalendar) -> str:
    words = _cron_words(calendar.expression)
    return f"the seconds of {calendar.expression!r}: {words[0].lower()}{words[1:]}"


def _clock(moment: time) -> str:
    millis = moment.microsecond // 1000
    return f"{moment:%H:%M:%S}.{millis:03}" if millis else f"{moment:%H:%M:%S}".removesuffix(":00")


def _cron(trigger: CronTrigger) -> str:
    text = _cron_words(trigger.expression)
    return f"{text} ({trigger.tz})" if trigger.tz else text


def _cron_words(expression: str) -> str:
    # Not needed to schedule anything, and slow to import.
    from cron_descriptor import ExpressionDescriptor, FormatError, Options

    options = Options()
    # Quartz counts the days of the week from Sunday = 1.
    options.day_of_week_start_index_zero = False
    options.use_24hour_time_format = True
    try:
        return str(ExpressionDescriptor(expression, options).get_description())
    except (FormatError, IndexError, ValueError):
        return f"by the cron expression {expression}"


def _simple(trigger: SimpleTrigger) -> str:
    if trigger.repeat == 0:
        return f"Once, at {_moment(trigger.start)}" if trigger.start else "Once, at its start"
    return f"Every {span(trigger.interval)}{_times(trigger.repeat)}"


def _calendar_interval(trigger: CalendarIntervalTrigger) -> str:
    count = trigger.interval
    text = f"Every {trigger.unit}" if count == 1 else f"Every {count} {trigger.unit}s"
    if trigger.preserve_hour_of_day:
        text += " at the same time of day"
        if trigger.skip_day_if_hour_missing:
            text += ", not on days that lack it"
    return f"{text} ({trigger.tz})" if trigger.tz else text


def _daily(trigger: DailyTimeIntervalTrigger) -> str:
    days = (
        "every day"
        if len(trigger.days) == 7
        else "on " + ", ".join(d.title() for d in trigger.days)
    )
    # Quartz's own end of the day is the last second of its last minute.
    last = "23:59" if trigger.to == time(23, 59, 59) else _clock(trigger.to)
    hours = f"from {_clock(trigger.from_)} to {last}"
    return f"Every {span(trigger.interval)} {hours} {days}{_times(trigger.repeat)}"


def _times(repeat: int | None) -> str:
    return "" if repeat is None else f", {repeat + 1} times"


def _limits(trigger: Trigger) -> str:
    text = ""
    if trigger.start and getattr(trigger, "repeat", None) != 0:
        text += f", from {_moment(trigger.start)}"
    if trigger.end:
        text += f", until {_moment(trigger.end)}"
    if trigger.calendar:
        text += f", except as the calendar {trigger.calendar!r} says"
    return text


def _moment(value: datetime) -> str:
    zone = getattr(value.tzinfo, "key", None) or value.tzname() or ""
    return f"{value:%Y-%m-%d %H:%M:%S} {zone}".rstrip()


def span(interval: timedelta) -> str:
    """Say an interval in its own units: "5 minutes", "1 hour 30 minutes", "250 ms"."""
    seconds, rest = divmod(interval, timedelta(seconds=1))
    parts = []
    for name, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    if rest:
        parts.append(f"{rest // timedelta(milliseconds=1)} ms")
    text = " ".join(parts) or "0 ms"
    return text.removeprefix("1 ") if len(parts) == 1 and not text.endswith("ms") else text
