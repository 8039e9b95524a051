"""Rows of triggers and their data in Python's terms, without Java as far as that goes.

Data in the form of Java's properties are read here. Serialised objects are for Java to read,
through the allow list, and only when that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, timezone, tzinfo
from typing import Any, Literal

from ..config.files import parse_properties
from ..cron import DAYS
from ..errors import InvalidTriggerError
from ..info import _Info
from ..keys import JobKey, TriggerKey
from ..triggers import (
    CalendarIntervalTrigger,
    CronTrigger,
    DailyTimeIntervalTrigger,
    SimpleTrigger,
    Trigger,
)
from ..zones import zone_id, zone_of
from .tables import Row

Form = Literal["none", "properties", "serialised"]
ReadMap = Callable[[bytes], dict[str, object] | str]
KINDS = {
    "CRON": "cron",
    "SIMPLE": "simple",
    "CAL_INT": "calendar_interval",
    "DAILY_I": "daily_time_interval",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)
_SERIALISED = b"\xac\xed"
_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600}


@dataclass(frozen=True)
class Data(_Info):
    """What a row's JOB_DATA holds; ``values`` None when they were not or can't be read."""

    form: Form
    values: Mapping[str, object] | None
    unreadable: str | None = None


@dataclass(frozen=True)
class StoredTrigger(_Info):
    """A trigger's rows. ``state`` is the stored one; times are in the trigger's zone, else in UTC.

    ``schedule`` says in words when it fires; ``unreadable`` is the reason when its rows can't be
    read here.
    """

    key: TriggerKey
    job_key: JobKey
    kind: str
    schedule: str
    state: str
    next_fire_time: datetime | None
    previous_fire_time: datetime | None
    tz: str | None
    priority: int
    misfire: str
    calendar: str | None
    description: str | None
    data: Data
    unreadable: str | None
    policies: Mapping[str, str] = field(default_factory=dict)


def read_data(blob: bytes | None, read_map: ReadMap | None) -> Data:
    """Read a JOB_DATA column; serialised objects only with ``read_map``."""
    if not blob:
        return Data("none", {})
    if not blob.startswith(_SERIALISED):
        text = blob.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
        return Data("properties", dict(parse_properties(text)))
    if read_map is None:
        return Data("serialised", None)
    found = read_map(blob)
    return Data("serialised", None, found) if isinstance(found, str) else Data("serialised", found)


def read_trigger(row: Row, schedule: Row | None, data: Data) -> StoredTrigger:
    """Make a trigger of its row and that of its schedule."""
    kind = KINDS.get(str(row["TRIGGER_TYPE"]), "blob")
    trigger, unreadable = _value(kind, row, schedule)
    tz = _zone_name(kind, schedule)
    zone = _zone(tz)
    misfires = _TYPES[kind].MISFIRES if kind in _TYPES else {}
    names = {number: name for name, number in misfires.items()}
    return StoredTrigger(
        key=TriggerKey(str(row["TRIGGER_NAME"]), str(row["TRIGGER_GROUP"])),
        job_key=JobKey(str(row["JOB_NAME"]), str(row["JOB_GROUP"])),
        kind=kind,
        schedule=_words(trigger, kind, schedule, tz),
        state=str(row["TRIGGER_STATE"]),
        next_fire_time=_moment(row["NEXT_FIRE_TIME"], zone),
        previous_fire_time=_moment(row["PREV_FIRE_TIME"], zone),
        tz=tz,
        priority=_int(row["PRIORITY"] if row["PRIORITY"] is not None else 5),
        misfire=names.get(_int(row["MISFIRE_INSTR"]), str(_int(row["MISFIRE_INSTR"]))),
        calendar=_text(row["CALENDAR_NAME"]),
        description=_text(row["DESCRIPTION"]),
        data=data,
        unreadable=unreadable,
    )


def _value(kind: str, row: Row, schedule: Row | None) -> tuple[Trigger | None, str | None]:
    if kind == "blob":
        return None, f"a trigger of a class of its own ({row['TRIGGER_TYPE']!s}), serialised"
    if schedule is None:
        return None, f"the row of its schedule ({row['TRIGGER_TYPE']!s}) is missing"
    try:
        return (
            _TYPES[kind](
                start=_moment(row["START_TIME"]),
                end=_moment(row["END_TIME"]),
                calendar=_text(row["CALENDAR_NAME"]),
                **_READERS[kind](schedule),
            ),
            None,
        )
    except InvalidTriggerError as error:
        return None, str(error)
    except (ValueError, KeyError, IndexError, OverflowError) as error:
        return None, f"the row of its schedule can't be read: {error}"


def _read_cron(row: Row) -> dict[str, Any]:
    return {"expression": row["CRON_EXPRESSION"], "tz": _known(row["TIME_ZONE_ID"])}


def _read_simple(row: Row) -> dict[str, Any]:
    return {
        "interval": _int(row["REPEAT_INTERVAL"]) * _MILLISECOND,
        "repeat": _repeat(row["REPEAT_COUNT"]),
    }


def _read_calendar_interval(row: Row) -> dict[str, Any]:
    return {
        "interval": _int(row["INT_PROP_1"]),
        "unit": str(row["STR_PROP_1"]).lower(),
        "tz": _known(row["STR_PROP_2"]),
        "preserve_hour_of_day": bool(row["BOOL_PROP_1"]),
        "skip_day_if_hour_missing": bool(row["BOOL_PROP_2"]),
    }


def _read_daily(row: Row) -> dict[str, Any]:
    numbers = [int(part) for part in str(row["STR_PROP_3"] or "").split(",") if part]
    days = _text(row["STR_PROP_2"])
    return {
        "interval": timedelta(seconds=_int(row["INT_PROP_1"]) * _SECONDS[str(row["STR_PROP_1"])]),
        "from_": _time(numbers[:3]) or time(0, 0),
        "to": _time(numbers[3:6]) or time(23, 59, 59),
        "days": tuple(DAYS[n - 1] for n in sorted(map(int, days.split(",")))) if days else DAYS,
        "repeat": _repeat(row["LONG_PROP_1"]),
    }


def _time(numbers: list[int]) -> time | None:
    return time(numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None


_TYPES: dict[str, type[Any]] = {
    "cron": CronTrigger,
    "simple": SimpleTrigger,
    "calendar_interval": CalendarIntervalTrigger,
    "daily_time_interval": DailyTimeIntervalTrigger,
}
_READERS: dict[str, Callable[[Row], dict[str, Any]]] = {
    "cron": _read_cron,
    "simple": _read_simple,
    "calendar_interval": _read_calendar_interval,
    "daily_time_interval": _read_daily,
}


def _known(tz: object) -> str | None:
    """Leave out a zone that Java alone knows: the words name it."""
    try:
        return zone_id(_text(tz))
    except InvalidTriggerError:
        return None


def _words(trigger: Trigger | None, kind: str, schedule: Row | None, tz: str | None) -> str:
    if trigger is not None:
        unknown = f" ({tz})" if tz and getattr(trigger, "tz", None) is None else ""
        return trigger.describe() + unknown
    if kind == "cron" and schedule is not None:
        zone = f" ({schedule['TIME_ZONE_ID']!s})" if schedule["TIME_ZONE_ID"] else ""
        return f"by the cron expression {schedule['CRON_EXPRESSION']!s}{zone}"
    return "by a schedule that only Java can read"


def _zone_name(kind: str, schedule: Row | None) -> str | None:
    column = {"cron": "TIME_ZONE_ID", "calendar_interval": "STR_PROP_2"}.get(kind)
    return _text(schedule[column]) if column and schedule is not None else None


def _zone(name: str | None) -> tzinfo:
    """Give a zone of Java's; UTC where it has none that Python knows."""
    try:
        return zone_of(name) if name else timezone.utc
    except (KeyError, ValueError, OSError):
        return timezone.utc


def _moment(millis: object, zone: tzinfo = timezone.utc) -> datetime | None:
    number = _int(millis)
    try:
        return (_EPOCH + number * _MILLISECOND).astimezone(zone) if number > 0 else None
    except OverflowError:
        return None


def _repeat(count: object) -> int | None:
    return None if _int(count) == -1 else _int(count)


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _text(value: object) -> str | None:
    return str(value) if value not in (None, "") else None
