"""Triggers in words: a sentence that a person reads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .triggers import (
        CalendarIntervalTrigger,
        CronTrigger,
        DailyTimeIntervalTrigger,
        SimpleTrigger,
        Trigger,
    )

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


def _cron(trigger: CronTrigger) -> str:
    # Not needed to schedule anything, and slow to import.
    from cron_descriptor import ExpressionDescriptor, FormatError, Options

    options = Options()
    # Quartz counts the days of the week from Sunday = 1.
    options.day_of_week_start_index_zero = False
    options.use_24hour_time_format = True
    try:
        text = ExpressionDescriptor(trigger.expression, options).get_description()
    except (FormatError, IndexError, ValueError):
        text = f"by the cron expression {trigger.expression}"
    return f"{text} ({trigger.tz})" if trigger.tz else text


def _simple(trigger: SimpleTrigger) -> str:
    if trigger.repeat == 0:
        return f"Once, at {_moment(trigger.start)}" if trigger.start else "Once, at its start"
    return f"Every {span(trigger.interval)}{_times(trigger.repeat)}"


def _calendar_interval(trigger: CalendarIntervalTrigger) -> str:
    count = trigger.interval
    text = f"Every {trigger.unit}" if count == 1 else f"Every {count} {trigger.unit}s"
    if trigger.preserve_hour_of_day:
        text += " at the same time of day"
    return f"{text} ({trigger.tz})" if trigger.tz else text


def _daily(trigger: DailyTimeIntervalTrigger) -> str:
    days = (
        "every day"
        if len(trigger.days) == 7
        else "on " + ", ".join(d.title() for d in trigger.days)
    )
    hours = f"from {trigger.from_:%H:%M} to {trigger.to:%H:%M}"
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
