"""Python's jobs, triggers and data packed into one string: a crossing costs more than its load.

The other half is ``org.pyquartz.write``: JSON in ASCII, rows as lists in a fixed order, and what
JSON has no form for as ``{"$": kind, "v": value}``.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from itertools import islice
from json import JSONEncoder
from math import isfinite
from typing import Any
from uuid import UUID

from ..cron import DAYS
from ..keys import JobKey, TriggerKey
from ..plan import How, JobSpec
from ..triggers import (
    CalendarIntervalTrigger,
    CronTrigger,
    DailyTimeIntervalTrigger,
    SimpleTrigger,
    Trigger,
)
from .convert import java, to_millis, to_string

_encode = JSONEncoder(check_circular=False, separators=(",", ":")).encode
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SECOND = timedelta(seconds=1)
_MILLISECOND = timedelta(milliseconds=1)
_MICROSECOND = timedelta(microseconds=1)
FOR_EVER = -1
_ROWS_AT_ONCE = 50
Row = list[Any]

# -- data -----------------------------------------------------------------------------------------


def to_java(value: object) -> Any:
    """Make a value of the closed set (``jobdata.check_data``) the Java object that is stored."""
    return java("org.pyquartz.write.Values").read(_encode(_pack(value)))


def to_data_map(data: Mapping[str, object], as_strings: bool) -> Any:
    """Make a JobDataMap; in a store with useProperties every value is a string."""
    return java("org.pyquartz.write.Values").data(_encode(pack_data(data, as_strings)))


def pack_data(data: Mapping[str, object], as_strings: bool) -> Any:
    """Pack job data; in a store with useProperties every value is a string."""
    if not data:
        return None
    return _pack_map({k: to_string(v) for k, v in data.items()} if as_strings else data)


def _pack(value: object) -> Any:
    pack = _PACKERS[type(value)]
    return value if pack is None else pack(value)


def _pack_map(value: Mapping[str, object]) -> Any:
    packed = {key: _pack(item) for key, item in value.items()}
    # So that no data can pass for a tag.
    return {"$": "map", "v": list(packed.items())} if "$" in packed else packed


def _pack_datetime(value: datetime) -> Any:
    offset = value.utcoffset() or timedelta(0)
    return {
        "$": "datetime",
        "v": (value - _EPOCH) // _SECOND,
        "n": value.microsecond * 1000,
        "zone": getattr(value.tzinfo, "key", None),
        "offset": offset // _SECOND,
    }


def _pack_duration(value: timedelta) -> Any:
    # Nanoseconds in one long would end after 292 years.
    seconds, rest = divmod(value, _SECOND)
    return {"$": "duration", "v": seconds, "n": rest // _MICROSECOND * 1000}


def _pack_float(value: float) -> Any:
    if isfinite(value):
        return value
    names = {"inf": "Infinity", "-inf": "-Infinity"}
    return {"$": "float", "v": names.get(str(value), "NaN")}


_PACKERS: dict[type, Callable[[Any], Any] | None] = {
    type(None): None,
    str: None,
    bool: None,
    int: None,
    float: _pack_float,
    datetime: _pack_datetime,
    date: lambda v: {"$": "date", "v": v.isoformat()},
    time: lambda v: {"$": "time", "v": v.isoformat()},
    timedelta: _pack_duration,
    Decimal: lambda v: {"$": "decimal", "v": format(v, "E")},
    UUID: lambda v: {"$": "uuid", "v": str(v)},
    bytes: lambda v: {"$": "bytes", "v": b64encode(v).decode("ascii")},
    list: lambda v: [_pack(item) for item in v],
    dict: _pack_map,
}

# -- triggers and jobs ----------------------------------------------------------------------------


def pack_trigger(trigger: Trigger, key: TriggerKey, as_strings: bool) -> Row:
    """Pack a trigger: kind, key, start, end, priority, misfire, calendar, words, data, schedule."""
    kind, schedule = _SCHEDULES[type(trigger)]
    return [
        kind,
        key.name,
        key.group,
        trigger.start and to_millis(trigger.start),
        trigger.end and to_millis(trigger.end),
        trigger.priority,
        trigger.MISFIRES[trigger.misfire],
        trigger.calendar,
        trigger.description,
        pack_data(trigger.data, as_strings),
        *schedule(trigger),
    ]


def _simple(trigger: SimpleTrigger) -> Row:
    return [trigger.interval // _MILLISECOND, _repeat(trigger.repeat)]


def _cron(trigger: CronTrigger) -> Row:
    return [trigger.expression, trigger.tz]


def _calendar_interval(trigger: CalendarIntervalTrigger) -> Row:
    return [
        trigger.interval,
        trigger.unit.upper(),
        trigger.tz,
        trigger.preserve_hour_of_day,
        trigger.skip_day_if_hour_missing,
    ]


def _daily(trigger: DailyTimeIntervalTrigger) -> Row:
    begin, end = trigger.from_, trigger.to
    return [
        trigger.interval // _SECOND,
        [begin.hour, begin.minute, begin.second],
        [end.hour, end.minute, end.second],
        [DAYS.index(day) + 1 for day in trigger.days],
        _repeat(trigger.repeat),
    ]


def _repeat(times: int | None) -> int:
    return FOR_EVER if times is None else times


_SCHEDULES: dict[type[Trigger], tuple[str, Callable[[Any], Row]]] = {
    SimpleTrigger: ("simple", _simple),
    CronTrigger: ("cron", _cron),
    CalendarIntervalTrigger: ("calendar_interval", _calendar_interval),
    DailyTimeIntervalTrigger: ("daily_time_interval", _daily),
}


def pack_job(
    key: JobKey | None,
    spec: JobSpec | None,
    triggers: Mapping[TriggerKey, Trigger],
    as_strings: bool,
    how: How = "set",
) -> Row:
    """Pack what is wanted of a job; with no spec it must be there, with no key its trigger."""
    rows = [pack_trigger(trigger, at, as_strings) for at, trigger in triggers.items()]
    name, group = (key.name, key.group) if key else (None, None)
    if spec is None:
        return [name, group, None, (), None, False, False, None, rows, how]
    return [
        name,
        group,
        spec.class_name,
        spec.same_names,
        spec.description,
        spec.durable,
        spec.requests_recovery,
        pack_data(spec.data, as_strings),
        rows,
        how,
    ]


def packed(row: Row) -> str:
    """Give a row as the string that crosses."""
    return _encode(row)


def packed_jobs(rows: Iterable[Row]) -> str:
    """Give packed jobs as the one string that crosses.

    Some at a time: to begin anew for each costs as much as the job, and lists of all of them would
    keep Python's collector of garbage busy.
    """
    some, parts = iter(rows), []
    while chunk := list(islice(some, _ROWS_AT_ONCE)):
        parts.append(_encode(chunk)[1:-1])
    return f"[{','.join(parts)}]"
