"""What changes of the clocks do to a trigger, in words that warn before it happens.

The times a trigger means, as in a zone without daylight saving, are held against those at which
Quartz fires it around each change. A trigger whose fires keep their distance is not warned of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from .triggers import (
    CalendarIntervalTrigger,
    CronTrigger,
    DailyTimeIntervalTrigger,
    Trigger,
    instant,
)
from .zones import zone_of

if TYPE_CHECKING:
    from .calendars import Calendar

Effect = Literal["skipped", "shifted", "late"]
_UTC = timezone.utc
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_YEAR = timedelta(days=366)
_LOOK_BACK = tuple(timedelta(hours=hours) for hours in (1, 24, 200, 1500, 9000))
# More times than that within one hour are not told one by one.
_MOST_TIMES = 100
_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


@dataclass(frozen=True)
class DaylightWarning:
    """What one change of the clocks does to a trigger; as a string, a sentence.

    ``times`` on ``date``, on the wall in ``tz``, are "skipped", "shifted" to another time, or
    "late": they come the second time only. Quartz fires none of them both times.
    """

    effect: Effect
    date: date
    times: tuple[time, ...]
    tz: str
    text: str

    def __str__(self) -> str:
        return self.text


def warnings(
    trigger: Trigger, after: datetime | None, until: datetime | None, calendar: Calendar | None
) -> list[DaylightWarning]:
    """Give the warnings for a trigger between two instants."""
    begin = instant(after, "after") or datetime.now(_UTC)
    end = instant(until, "until") or begin + _YEAR
    name = _zone_of(trigger)
    if name is None:
        return []
    look = _Look(replace(trigger, start=trigger.start or begin), name, calendar)
    found = (look.at(change) for change in _changes(zone_of(name), begin, end))
    return [warning for warning in found if warning]


def _zone_of(trigger: Trigger) -> str | None:
    """Give the name of the zone whose clocks a trigger follows; None when it follows none."""
    if isinstance(trigger, CalendarIntervalTrigger):
        if trigger.unit in ("second", "minute", "hour"):
            return None
    elif not isinstance(trigger, (CronTrigger, DailyTimeIntervalTrigger)):
        return None
    name = getattr(trigger, "tz", None)
    if name is None:
        from ._jvm import launch

        launch.ensure_jvm()
        name = launch.zone()
    return name


@dataclass(frozen=True)
class _Change:
    """A change of the clocks: when, and by how much they go forward."""

    moment: datetime
    before: timedelta
    after: timedelta

    @property
    def shift(self) -> timedelta:
        return self.after - self.before

    @property
    def wall(self) -> datetime:
        """What the clocks show at first of the hour that is missing, or comes twice."""
        return _naive(self.moment) + min(self.before, self.after)

    def __str__(self) -> str:
        before, after = _naive(self.moment) + self.before, _naive(self.moment) + self.after
        way = "forward" if self.shift > timedelta(0) else "back"
        return f"the clocks go {way} from {before:%H:%M} to {after:%H:%M}"


def _changes(zone: tzinfo, begin: datetime, end: datetime) -> Iterator[_Change]:
    low = begin.astimezone(_UTC).replace(microsecond=0)
    while low < end:
        high = low + _DAY
        before, after = _offset(zone, low), _offset(zone, high)
        if before != after:
            first, last = low, high
            while last - first > _SECOND:
                middle = first + (last - first) // _SECOND // 2 * _SECOND
                first, last = (middle, last) if _offset(zone, middle) == before else (first, middle)
            if last < end:
                yield _Change(last, before, after)
        low = high


def _offset(zone: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(_UTC).replace(tzinfo=None)


class _Look:
    """A look at one trigger around the changes of its zone's clocks."""

    def __init__(self, trigger: Trigger, zone: str, calendar: Calendar | None) -> None:
        self._trigger = trigger
        self._zone_name = zone
        self._zone = zone_of(zone)
        self._calendar = calendar
        start, end = self._on_wall(trigger.start), self._on_wall(trigger.end)
        self._meant: Trigger = replace(trigger, start=start, end=end)
        if isinstance(self._meant, (CronTrigger, CalendarIntervalTrigger)):
            self._meant = replace(self._meant, tz="UTC")

    def _on_wall(self, moment: datetime | None) -> datetime | None:
        return moment and moment.astimezone(self._zone).replace(tzinfo=_UTC)

    def at(self, change: _Change) -> DaylightWarning | None:
        meant = self._meant_times(change.wall, change.wall + abs(change.shift))
        if not meant:
            return None
        before = _last_before(self._meant_times, meant[0])
        apart = min((later - sooner for sooner, later in pairwise(meant)), default=_YEAR)
        apart = min(apart, meant[0] - before) if before else apart
        if change.shift > timedelta(0):
            return self._in_gap(change, meant, apart)
        return self._in_overlap(change, meant, apart)

    def _in_gap(
        self, change: _Change, meant: list[datetime], apart: timedelta
    ) -> DaylightWarning | None:
        for fire in self._fires(change.moment - 2 * change.shift, change.moment + 2 * change.shift):
            wall = fire.astimezone(self._zone).replace(tzinfo=None)
            if not self._meant_times(wall, wall + timedelta(milliseconds=1)):
                return self._warn(
                    "shifted", meant, change, f"becomes {_clock(wall)}", first_only=True
                )
        previous = _last_before(self._fires, change.moment)
        following = self._fires(change.moment, change.moment + _DAY)
        if following and previous and following[0] - previous <= apart:
            if apart <= change.shift:
                return None  # Its distance is kept.
            wall = following[0].astimezone(self._zone).replace(tzinfo=None)
            return self._warn("shifted", meant, change, f"becomes {_clock(wall)}", first_only=True)
        return self._warn("skipped", meant, change, f"{_is_are(meant)} skipped")

    def _in_overlap(
        self, change: _Change, meant: list[datetime], apart: timedelta
    ) -> DaylightWarning | None:
        first = {wall: self._instant(wall, fold=0) for wall in meant}
        second = {wall: self._instant(wall, fold=1) for wall in meant}
        fires = set(self._fires(first[meant[0]], second[meant[-1]] + _SECOND))
        late = [wall for wall in meant if first[wall] not in fires and second[wall] in fires]
        lost = [wall for wall in meant if first[wall] not in fires and second[wall] not in fires]
        if lost:
            return self._warn("skipped", lost, change, f"{_is_are(lost)} skipped")
        if late and apart > abs(change.shift):
            words = f"fires only the second time, {_minutes(abs(change.shift))} late,"
            return self._warn("late", late, change, words)
        previous = _last_before(self._fires, second[late[0]]) if late else None
        if previous and second[late[0]] - previous > apart:
            wait = second[late[0]] - previous
            wall = previous.astimezone(self._zone)
            words = f"comes {_minutes(wait)} after {_clock(wall)} rather than {_minutes(apart)},"
            return self._warn("late", late, change, words, first_only=True)
        return None

    def _warn(
        self,
        effect: Effect,
        walls: list[datetime],
        change: _Change,
        words: str,
        first_only: bool = False,
    ) -> DaylightWarning:
        day = walls[0].date()
        times = tuple(wall.time() for wall in walls)
        told = 1 if first_only else 4
        shown = ", ".join(_clock(wall) for wall in walls[:told])
        if first_only and len(walls) > 1:
            shown += f", the first of {len(walls)},"
        elif len(walls) > told:
            shown += f" and {len(walls) - told} more"
        text = f"{shown} {words} on {day} in {self._zone_name}: {change}"
        return DaylightWarning(effect, day, times, self._zone_name, text)

    def _instant(self, wall: datetime, fold: int) -> datetime:
        return wall.replace(tzinfo=self._zone, fold=fold).astimezone(_UTC)

    def _fires(self, begin: datetime, end: datetime) -> list[datetime]:
        """When Quartz fires it."""
        from ._jvm.fires import fires_of

        fires = fires_of(self._trigger, begin, end, calendar=self._calendar)
        return [fire.astimezone(_UTC) for fire in fires]

    def _meant_times(self, begin: datetime, end: datetime) -> list[datetime]:
        """When it would fire between two times on the wall, if the clocks never changed."""
        if isinstance(self._meant, DailyTimeIntervalTrigger):
            walls = list(_daily_times(self._meant, begin, end))
        else:
            from ._jvm.fires import fires_of

            span = begin.replace(tzinfo=_UTC), end.replace(tzinfo=_UTC)
            walls = [_naive(fire) for fire in fires_of(self._meant, *span)]
        if self._calendar is None or not walls:
            return walls
        included = self._calendar.is_included
        return [wall for wall in walls[:_MOST_TIMES] if included(self._instant(wall, fold=0))]


def _last_before(
    times: Callable[[datetime, datetime], list[datetime]], moment: datetime
) -> datetime | None:
    for span in _LOOK_BACK:
        found = times(moment - span, moment)
        if found:
            return found[-1]
    return None


def _daily_times(
    trigger: DailyTimeIntervalTrigger, begin: datetime, end: datetime
) -> Iterator[datetime]:
    start = trigger.start.replace(tzinfo=None) if trigger.start else begin
    day = begin.date()
    while datetime.combine(day, time()) < end:
        wall = datetime.combine(day, trigger.from_)
        while _WEEKDAYS[day.weekday()] in trigger.days and wall.date() == day:
            if wall.time() > trigger.to or wall >= end:
                break
            if wall >= max(begin, start):
                yield wall
            wall += trigger.interval
        day += _DAY


def _clock(wall: datetime) -> str:
    return f"{wall:%H:%M:%S}" if wall.second else f"{wall:%H:%M}"


def _is_are(walls: list[datetime]) -> str:
    return "is" if len(walls) == 1 else "are"


def _minutes(span: timedelta) -> str:
    minutes, seconds = divmod(span // _SECOND, 60)
    return f"{minutes} minutes" if minutes and not seconds else f"{span // _SECOND} seconds"
