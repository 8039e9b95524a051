"""Random values for property tests: all that a trigger may be, and all that job data may hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from pyquartz import (
    HolidayCalendar,
    Trigger,
    WeeklyCalendar,
    calendar_every,
    cron,
    daily,
    every,
    once,
)
from pyquartz.triggers import (
    CalendarIntervalTrigger,
    CronTrigger,
    DailyTimeIntervalTrigger,
    SimpleTrigger,
)

MILLISECOND = timedelta(milliseconds=1)
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
# Odd offsets, daylight saving of half an hour, a date line that moved, names without a region.
ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe",
    "Asia/Kathmandu", "America/Argentina/Buenos_Aires", "Pacific/Apia", "Pacific/Chatham",
    "Africa/Casablanca", "Etc/GMT+5", "CET", "GMT",
)  # fmt: skip

# -- data -----------------------------------------------------------------------------------------

# What any database keeps: PostgreSQL has no zero character in a text.
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@st.composite
def _moments(draw: st.DrawFn) -> datetime:
    zone = draw(
        st.sampled_from([timezone.utc, *map(ZoneInfo, ZONES)])
        | st.builds(
            timezone, st.integers(-18 * 3600, 18 * 3600).map(lambda s: timedelta(seconds=s))
        )
    )
    return draw(st.datetimes(timezones=st.just(zone)))


integers = (
    st.integers()
    | st.sampled_from([2**31 - 1, 2**31, -(2**31) - 1, 2**63, -(2**63) - 1, 2**53 + 1])
    | st.integers(-(10**300), 10**300)
)
decimals = st.decimals(allow_nan=False, allow_infinity=False) | st.sampled_from(
    [Decimal("-0"), Decimal("1E+400"), Decimal("1.10"), Decimal("-0E-30")]
)
# By the type that a job's parameter would ask for.
SCALARS: dict[type, st.SearchStrategy[Any]] = {
    str: texts,
    bool: st.booleans(),
    int: integers,
    float: st.floats(),
    datetime: _moments(),
    date: st.dates(),
    time: st.times(),
    timedelta: st.timedeltas(),
    Decimal: decimals,
    UUID: st.uuids(),
    bytes: st.binary(max_size=40),
}
scalars = st.one_of(st.none(), *SCALARS.values())
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)
datas = st.dictionaries(texts, values, max_size=6)


def same(one: object, other: object) -> bool:
    """Whether two values of job data are the same, their types and forms included.

    A datetime is its instant and its zone: Python's own comparison has no answer for what daylight
    saving skips or doubles. Java has no decimal of minus zero.
    """
    return differences(one, other) == []


def differences(one: object, other: object, where: str = "") -> list[str]:
    """What is not the same in two values, each with its place."""
    if type(one) is not type(other):
        return [f"{where}: {one!r} is not {other!r}"]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = zip(one, other, strict=True)
        return [x for n, pair in enumerate(pairs) for x in differences(*pair, f"{where}[{n}]")]
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [x for key in one for x in differences(one[key], other[key], f"{where}[{key!r}]")]
    return [] if _form(one) == _form(other) else [f"{where}: {one!r} is not {other!r}"]


def _form(value: object) -> object:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Decimal):
        return value, value.as_tuple().exponent
    if isinstance(value, datetime):
        moment = value.astimezone(timezone.utc)
        zone = getattr(value.tzinfo, "key", None) or str(value.utcoffset())
        # UTC has several names.
        return moment, zone.replace("UTC", "0:00:00")
    return value


# -- triggers -------------------------------------------------------------------------------------

_instants = st.datetimes(
    datetime(1971, 1, 1), datetime(2090, 1, 1), timezones=st.sampled_from(ZONES).map(ZoneInfo)
)


def _numbers(least: int, most: int) -> st.SearchStrategy[str]:
    number = st.integers(least, most)
    span = st.tuples(number, number).map(sorted).map(lambda p: f"{p[0]}-{p[1]}")
    stepped = st.tuples(number, st.integers(1, most)).map(lambda p: f"{p[0]}/{p[1]}")
    part = number.map(str) | span | stepped
    return st.just("*") | st.lists(part, min_size=1, max_size=3).map(",".join)


_days = st.one_of(
    _numbers(1, 28),
    st.sampled_from(["L", "LW", "L-3", "L-30W", "15W,20W", "15W", "1W", "31", "*", "1/5"]),
)
_weekdays = st.one_of(
    st.sampled_from(
        ["MON-FRI", "SUN", "sat,sun", "FRI-MON", "6#3", "MON#1", "6L", "FRIL", "L", "2,4,6", "*"]
    ),
    _numbers(1, 7),
)
_months = st.one_of(_numbers(1, 12), st.sampled_from(MONTHS), st.just("jan-jun"))
_years = st.sampled_from(["", " *", " 2024-2098", " 2025/2", " 2098"])


_clocks = st.builds("{} {} {}".format, _numbers(0, 59), _numbers(0, 59), _numbers(0, 23))
expressions = st.one_of(
    st.builds("{} {} {} ?{}".format, _clocks, _days, _months, _years),
    st.builds("{} ? {} {}{}".format, _clocks, _months, _weekdays, _years),
)
"""Cron expressions in Quartz's syntax."""


_zones = st.none() | st.sampled_from(ZONES)
_repeats = st.none() | st.integers(0, 5) | st.integers(0, 2**31 - 1)
_intervals = st.integers(1, 10**6) | st.integers(1, 10**12)
_seconds_of_day = st.sets(st.integers(0, 86399), min_size=2, max_size=2).map(sorted)


# By name, for the store that shall keep the triggers.
CALENDARS = {
    "weekends": WeeklyCalendar(("SAT", "SUN"), tz="UTC"),
    "a day": HolidayCalendar([date(2031, 1, 1)], tz="Europe/Berlin"),
}


def _built(kind: type[Trigger], make: Callable[..., Trigger], **own: Any) -> Any:
    settings = st.fixed_dictionaries(
        {
            "start": st.none() | _instants,
            # Long enough for any schedule here to fire at least once.
            "end": st.none() | st.timedeltas(timedelta(days=1), timedelta(days=4000)),
            "priority": st.integers(-(2**31), 2**31 - 1) | st.integers(0, 10),
            "misfire": st.sampled_from(list(kind.MISFIRES)),
            "calendar": st.none() | st.sampled_from(list(CALENDARS)),
            "data": datas,
            "description": st.none() | words,
            **own,
        }
    )
    return settings.map(lambda chosen: make(**(chosen | {"end": _end(chosen)})))


def _end(chosen: dict[str, Any]) -> datetime | None:
    after = chosen["start"] or datetime.now(timezone.utc)
    return chosen["end"] and after.astimezone(timezone.utc) + chosen["end"]


def _every(interval: int, **settings: Any) -> Trigger:
    return every(interval * MILLISECOND, **settings)


def _daily(every: int, hours: list[int], days: set[str], **settings: Any) -> Trigger:
    from_, to = ((datetime.min + timedelta(seconds=second)).time() for second in hours)
    return daily(every=timedelta(seconds=every), from_=from_, to=to, days=tuple(days), **settings)


def fires(trigger: Trigger) -> bool:
    """Whether it has a firing at all: Quartz refuses to store one that has none."""
    return first_fire(trigger) is not None


def first_fire(trigger: Trigger) -> datetime | None:
    """The first time as Quartz computes it for some kinds: from a second before the start."""
    begin = trigger.start
    calendar = CALENDARS[trigger.calendar] if trigger.calendar else None
    times = trigger.next_fires(1, begin and begin - timedelta(seconds=1), calendar)
    return times[0] if times else None


triggers: st.SearchStrategy[Trigger] = st.one_of(
    _built(CronTrigger, cron, expression=expressions, tz=_zones),
    _built(SimpleTrigger, _every, interval=_intervals, repeat=_repeats),
    _built(SimpleTrigger, once),
    _built(
        CalendarIntervalTrigger,
        calendar_every,
        interval=st.integers(1, 40),
        unit=st.sampled_from(["second", "minute", "hour", "day", "week", "month", "year"]),
        tz=_zones,
        preserve_hour_of_day=st.booleans(),
        skip_day_if_hour_missing=st.booleans(),
    ),
    _built(
        DailyTimeIntervalTrigger,
        _daily,
        every=st.integers(1, 86400),
        hours=_seconds_of_day,
        days=st.sets(st.sampled_from(DAYS), min_size=1),
        repeat=_repeats,
    ),
)
"""Triggers of every kind, with every property; the store has to have CALENDARS."""
