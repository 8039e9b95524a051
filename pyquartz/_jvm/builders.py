"""Quartz's keys and triggers made of Python's, and Python's triggers of Quartz's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from typing import Any, Literal

from ..cron import DAYS
from ..keys import Group, JobKey, Name, TriggerKey
from ..triggers import (
    CalendarIntervalTrigger,
    CronTrigger,
    DailyTimeIntervalTrigger,
    SimpleTrigger,
    Trigger,
)
from .convert import from_millis, java, translated
from .packing import FOR_EVER, pack_trigger, packed

_MILLISECOND = timedelta(milliseconds=1)
_MATCHERS = {
    Group: "org.quartz.impl.matchers.GroupMatcher",
    Name: "org.quartz.impl.matchers.NameMatcher",
}
_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600}


def job_key(key: JobKey) -> Any:
    """Give Quartz's form of a job's key."""
    return java("org.quartz.JobKey")(key.name, key.group)


def trigger_key(key: TriggerKey) -> Any:
    """Give Quartz's form of a trigger's key."""
    return java("org.quartz.TriggerKey")(key.name, key.group)


def string_matcher(matcher: Group | Name, kind: Literal["job", "trigger"]) -> Any:
    """Give Quartz's matcher of groups or names by a text."""
    operator = "".join(word.capitalize() for word in matcher.operator.split("_"))
    what = type(matcher).__name__
    return getattr(java(_MATCHERS[type(matcher)]), f"{kind}{what}{operator}")(matcher.value)


def build_trigger(trigger: Trigger, key: TriggerKey, as_strings: bool = False) -> Any:
    """Build Quartz's trigger of no job; InvalidTriggerError where Quartz refuses it."""
    reader = java("org.pyquartz.write.TriggerReader")
    with translated("can't build a trigger"):
        return reader.read(packed(pack_trigger(trigger, key, as_strings)))


def zone(name: str | None) -> Any:
    """Give Java's zone of a name; None is the JVM's default one."""
    with translated("can't find a zone"):
        return java("org.pyquartz.write.Zones").zone(name)


# -- back -----------------------------------------------------------------------------------------


def read_trigger(row: Mapping[str, Any], data: Mapping[str, object]) -> Trigger | None:
    """Make the value of a trigger as ``org.pyquartz.inspect.Triggers`` describes it."""
    schedule = row.get("schedule")
    if row["kind"] not in _READERS or schedule is None:
        return None
    trigger_type, read = _READERS[row["kind"]]
    trigger: Trigger = trigger_type(
        key=TriggerKey(row["name"], row["group"]),
        start=from_millis(row["start"]),
        end=from_millis(row["end"]),
        priority=row["priority"],
        misfire=misfire_name(trigger_type.MISFIRES, row["misfire"]),
        calendar=row["calendar"],
        data=dict(data),
        description=row["description"],
        **read(schedule),
    )
    return trigger


def misfire_name(instructions: Mapping[str, int], number: int) -> str:
    """Give the name of a stored misfire instruction, out of those of its kind of trigger."""
    names = {value: name for name, value in instructions.items()}
    return names.get(number, "smart")


def _read_cron(schedule: Mapping[str, Any]) -> dict[str, Any]:
    return {"expression": schedule["expression"], "tz": schedule["tz"]}


def _read_simple(schedule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "interval": schedule["interval"] * _MILLISECOND,
        "repeat": None if schedule["repeat"] == FOR_EVER else schedule["repeat"],
    }


def _read_calendar_interval(schedule: Mapping[str, Any]) -> dict[str, Any]:
    names = ("interval", "tz", "preserve_hour_of_day", "skip_day_if_hour_missing")
    return {"unit": schedule["unit"].lower()} | {name: schedule[name] for name in names}


def _read_daily(schedule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "interval": timedelta(seconds=schedule["interval"] * _SECONDS[schedule["unit"]]),
        "from_": time.fromisoformat(schedule["from"] or "00:00:00"),
        "to": time.fromisoformat(schedule["to"] or "23:59:59"),
        "days": tuple(DAYS[number - 1] for number in schedule["days"]),
        "repeat": None if schedule["repeat"] == FOR_EVER else schedule["repeat"],
    }


_READERS: dict[str, tuple[type[Any], Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "cron": (CronTrigger, _read_cron),
    "simple": (SimpleTrigger, _read_simple),
    "calendar_interval": (CalendarIntervalTrigger, _read_calendar_interval),
    "daily_time_interval": (DailyTimeIntervalTrigger, _read_daily),
}
