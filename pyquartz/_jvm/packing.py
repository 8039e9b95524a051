"""Python's jobs, triggers and data packed into one string: a crossing costs more than its load.

The other half is ``org.pyquartz.write``: JSON in ASCII, rows as lists in a fixed order, and what
JSON has no form for as ``{"$": kind, "v": value}``. A row holds jobs that are alike, then their
names and their data.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from json import JSONEncoder
from math import isfinite
from typing import Any
from uuid import UUID

from ..cron import DAYS
from ..keys import TriggerKey
from ..plan import How, JobSpec, suffix_of
from ..triggers import (
    CalendarIntervalTrigger,
    CronTrigger,
    DailyTimeIntervalTrigger,
    SimpleTrigger,
    Trigger,
)
from .convert import EPOCH, MILLISECOND, java, to_millis, to_string

_encode = JSONEncoder(check_circular=False, separators=(",", ":")).encode
_SECOND = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)
FOR_EVER = -1
_JOBS_AT_ONCE = 100
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
    packed = {
        key: item if (pack := _PACKERS[type(item)]) is None else pack(item)
        for key, item in value.items()
    }
    # So that no data can pass for a tag.
    return {"$": "map", "v": list(packed.items())} if "$" in packed else packed


def _pack_datetime(value: datetime) -> Any:
    offset = value.utcoffset() or timedelta(0)
    return {
        "$": "datetime",
        "v": (value - EPOCH) // _SECOND,
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


def _trigger_row(trigger: Trigger, name: str, group: str | None, as_strings: bool) -> Row:
    """Pack kind, key, start, end, priority, misfire, calendar, words, data, schedule.

    With no group the key is the job's, whose name has the given one for a suffix.
    """
    kind, schedule = _SCHEDULES[type(trigger)]
    return [
        kind,
        name,
        group,
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
    return [trigger.interval // MILLISECOND, _repeat(trigger.repeat)]


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


def pack_trigger(trigger: Trigger, key: TriggerKey, as_strings: bool) -> Row:
    """Pack a trigger of a key."""
    return _trigger_row(trigger, key.name, key.group, as_strings)


def pack_form(
    group: str | None,
    spec: JobSpec | None,
    triggers: Mapping[TriggerKey, Trigger],
    as_strings: bool,
    how: How = "set",
) -> str:
    """Pack what is wanted of jobs, but for their names and data.

    With no spec they must be there; with no group it is of the job that the trigger belongs to.
    """
    rows = [pack_trigger(trigger, key, as_strings) for key, trigger in triggers.items()]
    return _form(group, spec, rows, how)


def pack_common_form(group: str, spec: JobSpec, trigger: Trigger, as_strings: bool) -> str:
    """Pack what is wanted of jobs with one trigger, whose name is the job's own with a suffix."""
    return _form(group, spec, [_trigger_row(trigger, suffix_of(trigger), None, as_strings)], "set")


def _form(group: str | None, spec: JobSpec | None, triggers: list[Row], how: How) -> str:
    job: Row = [None, (), None, False, False]
    if spec is not None:
        job = [
            spec.class_name,
            spec.same_names,
            spec.description,
            spec.durable,
            spec.requests_recovery,
        ]
    return _encode([*job, how, triggers, group])[:-1]


def packed(row: Row) -> str:
    """Give a row as the string that crosses."""
    return _encode(row)


def packed_job(form: str, name: str | None, data: Any) -> str:
    """Give a job of a form, with its name and its packed data, as a string."""
    # An encoder is made anew for each list, and costs more than the job.
    values = "null" if data is None else _encode(data)
    return f"{form},[{_encode(name)}],[{values}]]"


class Parcel:
    """Jobs that cross together: what consecutive ones have alike, their form, crosses once.

    Not more than some at a time are held as lists, which keep Python's collector of garbage busy.
    """

    def __init__(self) -> None:
        self.calendars: set[str] = set()
        self._rows: list[str] = []
        self._form = ""
        self._names: list[str | None] = []
        self._data: list[Any] = []

    def add(self, form: str, name: str | None, data: Any) -> None:
        """Add a job of a form; ``data`` are packed."""
        names = self._names
        if form is not self._form or len(names) == _JOBS_AT_ONCE:
            self._close()
            self._form, names = form, self._names
        names.append(name)
        self._data.append(data)

    def _close(self) -> None:
        names, data = self._names, self._data
        if len(names) == 1:
            self._rows.append(packed_job(self._form, names[0], data[0]))
        elif names:
            self._rows.append(f"{self._form},{_encode((names, data))[1:]}")
        self._names, self._data = [], []

    def __str__(self) -> str:
        self._close()
        return f"[{','.join(self._rows)}]"
