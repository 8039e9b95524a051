"""Triggers: when a job runs. Frozen values that need no JVM to be made or compared.

What needs Quartz's own arithmetic (``next_fires``) asks the JVM when it is called. Every instant is
an aware datetime, kept to the millisecond as Quartz keeps it; a naive one is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, time, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from .cron import DAYS, check_fields, from_crontab
from .errors import InvalidTriggerError
from .jobdata import check_data
from .keys import TriggerKey, as_key, check_text
from .trigger_settings import TriggerSettings, known
from .zones import zone_id

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .calendars import Calendar
    from .daylight import DaylightWarning

Unit = Literal["second", "minute", "hour", "day", "week", "month", "year"]
_UNITS = ("second", "minute", "hour", "day", "week", "month", "year")
_ONCE_OR_NOTHING = {"smart": 0, "ignore": -1, "fire_once_now": 1, "do_nothing": 2}
_END_OF_DAY = time(23, 59, 59)
_MOST_REPEATS = 2**31 - 1
_MOST_UNITS = 2**31 - 1
_EVERY = ("weeks", "days", "hours", "minutes", "seconds", "milliseconds", "repeat")
_DAILY = ("every", "from_", "to", "days", "repeat", "times_a_day")
_NO_ZONE = (
    ": Quartz stores no zone for it, and its times are those of the JVM's default zone "
    "(PYQUARTZ_TIMEZONE); cron() takes a zone"
)
_NOTHING = timedelta(0)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """What every kind of trigger has; Quartz's Trigger.

    ``key`` defaults to the job's name; ``start`` to now and ``end`` to never; of triggers due at
    once the one with the higher ``priority`` fires first; ``misfire`` says what happens to a firing
    that was missed; ``calendar`` names stored days and times to leave out; ``data`` go over the
    job's own.
    """

    MISFIRES: ClassVar[dict[str, int]] = {}

    key: TriggerKey | None = None
    start: datetime | None = None
    end: datetime | None = None
    priority: int = 5
    misfire: str = "smart"
    calendar: str | None = None
    data: Mapping[str, object] = field(default_factory=dict, hash=False)
    description: str | None = None

    def __post_init__(self) -> None:
        set_field = object.__setattr__
        if self.key is not None:
            set_field(self, "key", as_key(TriggerKey, self.key))
        if self.start is not None:
            set_field(self, "start", instant(self.start, "start"))
        if self.end is not None:
            set_field(self, "end", instant(self.end, "end"))
        set_field(self, "data", check_data(self.data, "the data of a trigger"))
        if self.calendar is not None and not (isinstance(self.calendar, str) and self.calendar):
            raise InvalidTriggerError(
                f"calendar={self.calendar!r}: the name under which a calendar is stored"
            )
        if self.description is not None:
            if not isinstance(self.description, str):
                raise InvalidTriggerError(f"description={self.description!r} is no string")
            check_text(self.description, "description", InvalidTriggerError)
        if self.misfire not in self.MISFIRES:
            raise InvalidTriggerError(
                f"misfire={self.misfire!r} is none of {', '.join(map(repr, self.MISFIRES))}"
            )
        if self.start and self.end and self.end <= self.start:
            raise InvalidTriggerError(f"end {self.end} is not after start {self.start}")
        if (
            isinstance(self.priority, bool)
            or not isinstance(self.priority, int)
            or not -(2**31) <= self.priority < 2**31
        ):
            raise InvalidTriggerError(f"priority is an int of 32 bits, not {self.priority!r}")

    def next_fires(
        self, n: int = 5, after: datetime | None = None, calendar: Calendar | None = None
    ) -> list[datetime]:
        """Give the next ``n`` fire times after an instant (now by default), as Quartz does.

        Aware datetimes in the trigger's zone, else UTC; fewer when the trigger ends before. One
        without a start is taken as stored at that instant. ``calendar`` is what to leave out: the
        stored one that the trigger names is known to a scheduler only
        (``Scheduler.next_fires``). Starts the JVM if none runs.
        """
        from .previews import next_fires

        return next_fires(self, n, after, calendar)

    def warnings(
        self,
        after: datetime | None = None,
        until: datetime | None = None,
        calendar: Calendar | None = None,
    ) -> list[DaylightWarning]:
        """Say what changes of the clocks do to it: what they skip, shift or delay.

        Between two instants: from now, and for a year. Times are those of the trigger's zone, else
        of the JVM's; nothing is said of an interval in real time, which knows no clocks. Starts
        the JVM if none runs.
        """
        from .daylight import warnings

        return warnings(self, after, until, calendar)

    def describe(self) -> str:
        """Say in a sentence when it fires."""
        from . import describe as words

        return words.describe(self)

    @property
    def is_once(self) -> bool:
        """Whether it fires a single time, as ``once()`` makes it."""
        return False

    def settings(self) -> dict[str, Any]:
        """Give what differs from the defaults, by name."""
        values = ((f, getattr(self, f.name)) for f in fields(self))
        return {f.name: v for f, v in values if v != f.default and v != {}}


@dataclass(frozen=True, kw_only=True)
class CronTrigger(Trigger):
    """Fires by a cron expression of Quartz's, in a zone; Quartz's CronTrigger."""

    MISFIRES = _ONCE_OR_NOTHING

    expression: str
    tz: str | None = None

    def __post_init__(self) -> None:
        set_field = object.__setattr__
        set_field(self, "expression", check_fields(self.expression))
        set_field(self, "tz", zone_id(self.tz))
        super().__post_init__()
        if self.start:
            # Quartz keeps the start of this kind to the second.
            set_field(self, "start", self.start.replace(microsecond=0))


@dataclass(frozen=True, kw_only=True)
class SimpleTrigger(Trigger):
    """Fires once and then ``repeat`` times more at an interval; Quartz's SimpleTrigger.

    ``repeat`` None means for ever. The interval is real time: it knows no daylight saving.
    """

    MISFIRES: ClassVar[dict[str, int]] = {
        "smart": 0,
        "ignore": -1,
        "fire_now": 1,
        "now_with_existing_count": 2,
        "now_with_remaining_count": 3,
        "next_with_remaining_count": 4,
        "next_with_existing_count": 5,
    }

    interval: timedelta = _NOTHING
    repeat: int | None = None

    def __post_init__(self) -> None:
        _check_repeat(self.repeat)
        if not isinstance(self.interval, timedelta):
            raise InvalidTriggerError(f"interval= is a timedelta, not {self.interval!r}")
        if self.repeat != 0 and self.interval < _MILLISECOND:
            raise InvalidTriggerError(f"an interval of {self.interval} is too short: 1 ms at least")
        if self.interval and self.interval % _MILLISECOND:
            raise InvalidTriggerError(f"the interval {self.interval} is not whole milliseconds")
        super().__post_init__()

    @property
    def is_once(self) -> bool:
        """Whether it fires a single time, as ``once()`` makes it."""
        return self.repeat == 0


@dataclass(frozen=True, kw_only=True)
class CalendarIntervalTrigger(Trigger):
    """Fires every so many calendar units; Quartz's CalendarIntervalTrigger."""

    MISFIRES = _ONCE_OR_NOTHING

    interval: int
    unit: Unit
    tz: str | None = None
    preserve_hour_of_day: bool = False
    skip_day_if_hour_missing: bool = False

    def __post_init__(self) -> None:
        if self.unit not in _UNITS:
            raise InvalidTriggerError(f"unit {self.unit!r} is none of {', '.join(_UNITS)}")
        if not isinstance(self.interval, int) or not 1 <= self.interval <= _MOST_UNITS:
            raise InvalidTriggerError(
                f"an interval of {self.interval!r} {self.unit}: 1 at least, {_MOST_UNITS} at most"
            )
        object.__setattr__(self, "tz", zone_id(self.tz))
        super().__post_init__()


@dataclass(frozen=True, kw_only=True)
class DailyTimeIntervalTrigger(Trigger):
    """Fires at an interval within hours of some days; Quartz's DailyTimeIntervalTrigger.

    Quartz stores no zone for it: the times of day are those of the JVM's default zone.
    """

    MISFIRES = _ONCE_OR_NOTHING

    interval: timedelta
    from_: time = time(0, 0)
    to: time = _END_OF_DAY
    days: tuple[str, ...] = DAYS
    repeat: int | None = None

    def __post_init__(self) -> None:
        _check_repeat(self.repeat)
        if not isinstance(self.interval, timedelta):
            raise InvalidTriggerError(f"every= is a timedelta, not {self.interval!r}")
        if self.interval < timedelta(seconds=1) or self.interval % timedelta(seconds=1):
            raise InvalidTriggerError(
                f"the interval {self.interval} is not whole seconds, 1 at least"
            )
        if self.to < self.from_:
            raise InvalidTriggerError(f"to={self.to} is before from_={self.from_}")
        super().__post_init__()


def cron(
    expression: str, *, tz: str | tzinfo | None = None, **settings: Unpack[TriggerSettings]
) -> CronTrigger:
    """Fire by a Quartz cron expression: seconds, minutes, hours, day, month, weekday, year.

    ``tz`` is a zone's name or a ZoneInfo; None is the zone of this machine. ``settings`` are
    those of every trigger: key, start, end, priority, misfire, calendar, data, description.
    """
    given = known("cron", settings, ("tz",))
    return CronTrigger(expression=expression, tz=zone_id(tz), **given)


def crontab(
    expression: str, *, tz: str | tzinfo | None = None, **settings: Unpack[TriggerSettings]
) -> CronTrigger:
    """Fire by the five fields of a crontab, which are turned into Quartz's."""
    given = known("crontab", settings, ("tz",))
    return cron(from_crontab(expression), tz=tz, **given)


def every(
    interval: timedelta | None = None,
    *,
    repeat: int | None = None,
    weeks: float = 0,
    days: float = 0,
    hours: float = 0,
    minutes: float = 0,
    seconds: float = 0,
    milliseconds: float = 0,
    **settings: Unpack[TriggerSettings],
) -> SimpleTrigger:
    """Fire at ``start`` (now), and at an interval ``repeat`` times more, None for ever."""
    given = known("every", settings, _EVERY)
    try:
        span = timedelta(
            weeks=weeks,
            days=days,
            hours=hours,
            minutes=minutes,
            seconds=seconds,
            milliseconds=milliseconds,
        )
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidTriggerError(f"every() takes numbers: {error}") from error
    if interval is not None and not isinstance(interval, timedelta):
        raise InvalidTriggerError(f"every() takes a timedelta or units by name, not {interval!r}")
    if interval is not None and span:
        raise InvalidTriggerError("every() takes a timedelta or units by name, not both")
    return SimpleTrigger(interval=interval or span, repeat=repeat, **given)


def once(at: datetime | None = None, **settings: Unpack[TriggerSettings]) -> SimpleTrigger:
    """Fire a single time, at an instant or now. Its default key is ``<job name>#once``."""
    if at is None and not settings:
        return _NOW
    if at is not None and "start" in settings:
        raise InvalidTriggerError("once() takes the instant as at= or as start=, not both")
    given = {**known("once", settings, ("at",)), "start": at or settings.get("start")}
    return SimpleTrigger(interval=_NOTHING, repeat=0, **given)


def calendar_every(
    interval: int,
    unit: str,
    *,
    tz: str | tzinfo | None = None,
    preserve_hour_of_day: bool = False,
    skip_day_if_hour_missing: bool = False,
    **settings: Unpack[TriggerSettings],
) -> CalendarIntervalTrigger:
    """Fire every so many seconds, minutes, hours, days, weeks, months or years of the calendar.

    ``preserve_hour_of_day`` keeps the time of day across daylight saving; on a day that lacks that
    hour it fires an hour later, or with ``skip_day_if_hour_missing`` not at all.
    """
    own = ("tz", "preserve_hour_of_day", "skip_day_if_hour_missing")
    given = known("calendar_every", settings, own)
    named: Any = unit.lower().removesuffix("s") if isinstance(unit, str) else unit
    return CalendarIntervalTrigger(
        interval=interval,
        unit=named,
        tz=zone_id(tz),
        preserve_hour_of_day=preserve_hour_of_day,
        skip_day_if_hour_missing=skip_day_if_hour_missing,
        **given,
    )


def daily(
    *,
    every: timedelta,
    from_: str | time = time(0, 0),
    to: str | time = _END_OF_DAY,
    days: str | tuple[str, ...] = DAYS,
    repeat: int | None = None,
    times_a_day: int | None = None,
    **settings: Unpack[TriggerSettings],
) -> DailyTimeIntervalTrigger:
    """Fire at an interval between two times of day ("08:00", "18:00") on some days ("MON-FRI").

    ``times_a_day`` says the end of the day in place of ``to``, as Quartz's endingDailyAfterCount:
    the time of the last of so many fires.
    """
    given = known("daily", settings, _DAILY, _NO_ZONE if "tz" in settings else "")
    first, last = time_of_day(from_), time_of_day(to)
    if times_a_day is not None:
        if last != _END_OF_DAY:
            raise InvalidTriggerError("daily() takes to= or times_a_day=, not both")
        last = _end_after(times_a_day, first, every)
    return DailyTimeIntervalTrigger(
        interval=every,
        from_=first,
        to=last,
        days=days_of_week(days),
        repeat=repeat,
        **given,
    )


def instant(value: datetime | None, name: str) -> datetime | None:
    """Check that an instant is aware, and cut it to the millisecond, as Quartz does.

    A time that daylight saving skips or doubles is given in UTC: Python holds it equal to none in
    another zone, so that what is read from a store would never be what was written.
    """
    if value is None:
        return None
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise InvalidTriggerError(
            f"{name}={value!r} is not an aware datetime; give its zone, as in "
            "datetime(2030, 1, 31, 8, 0, tzinfo=ZoneInfo('Europe/Berlin'))"
        )
    moment = value.replace(microsecond=value.microsecond // 1000 * 1000)
    if moment.tzinfo is timezone.utc:
        return moment
    in_utc = moment.astimezone(timezone.utc)
    return moment if moment == in_utc else in_utc


def _end_after(count: int, first: time, interval: timedelta) -> time:
    """Give the time of the last of so many fires of a day, by Quartz's own arithmetic.

    It leaves out a fire that less than an interval of the day would follow.
    """
    day = datetime.combine(datetime.min, first)
    left = datetime.combine(datetime.min, _END_OF_DAY) - day
    most = left // interval if left > interval else 0
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= most:
        raise InvalidTriggerError(
            f"times_a_day={count!r}: from {first} on, every {interval}, Quartz takes "
            f"1 to {most} times; to= can say a later end"
        )
    return (day + (count - 1) * interval).time()


def _check_repeat(repeat: int | None) -> None:
    if repeat is not None and (
        isinstance(repeat, bool) or not isinstance(repeat, int) or not 0 <= repeat <= _MOST_REPEATS
    ):
        raise InvalidTriggerError(
            f"repeat={repeat!r}: how often it fires again after the first time, or None for ever"
        )


def time_of_day(value: str | time, with_millis: bool = False) -> time:
    """Check a time of day, such as "08:00"."""
    try:
        moment = value if isinstance(value, time) else time.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise InvalidTriggerError(f"{value!r} is not a time of day, such as '08:00'") from error
    if moment.tzinfo or (moment.microsecond and not with_millis):
        raise InvalidTriggerError(f"a time of day has no zone and whole seconds: {value!r}")
    return moment


def days_of_week(days: str | tuple[str, ...]) -> tuple[str, ...]:
    """Give the days that "MON-FRI", "SAT,SUN" or a tuple of names mean, from Sunday on."""
    chosen: set[str] = set()
    for part in days.upper().split(",") if isinstance(days, str) else [d.upper() for d in days]:
        first, _, last = part.strip().partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise InvalidTriggerError(f"{part!r} is no day of the week or span of them ('MON-FRI')")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        chosen |= {DAYS[n % 7] for n in range(begin, end + 1 if end >= begin else end + 8)}
    if not chosen:
        raise InvalidTriggerError(f"days={days!r} names no day of the week")
    return tuple(day for day in DAYS if day in chosen)


# One for all, for it is a value, and asked for more often than any other.
_NOW = SimpleTrigger(repeat=0)
