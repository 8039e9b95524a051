"""What will fire and when: of a trigger's value, of a stored trigger, of a job, of a whole store.

Quartz computes it all; here is what can be asked. Pauses, misfires and what runs too long can't be
foreseen.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from .errors import ConfigurationError, InvalidTriggerError
from .triggers import Trigger, instant

if TYPE_CHECKING:
    from ._jvm.quartz import Engine
    from .calendars import Calendar
    from .info import Fire, Opaque, TriggerInfo
    from .keys import JobKey, TriggerKey

log = logging.getLogger("pyquartz.fires")
_MILLISECOND = timedelta(milliseconds=1)
_BEGIN_OF_TIME = datetime(1970, 1, 1, tzinfo=timezone.utc)


def next_fires(
    trigger: Trigger, n: int, after: datetime | None, calendar: Calendar | None
) -> list[datetime]:
    """Give the next times of a trigger that need not be in any store."""
    from ._jvm.fires import fires_of

    _check_count("n", n)
    after = instant(after, "after") or datetime.now(timezone.utc)
    if trigger.end and trigger.end <= after:
        return []
    begun = trigger if trigger.start else replace(trigger, start=after)
    return fires_of(begun, after + _MILLISECOND, limit=n, calendar=calendar)


def next_of_stored(info: TriggerInfo, n: int, after: datetime | None) -> list[datetime]:
    """Give the next times of a trigger as it was read from a store."""
    from ._jvm.fires import fires_of

    _check_count("n", n)
    calendar = _readable(info.calendar_value)
    if info.trigger is None or (calendar is None and info.calendar is not None):
        reason = (
            info.unreadable
            or info.no_value
            or f"its kind is {info.kind!r}, its calendar {info.calendar!r}"
        )
        raise InvalidTriggerError(f"trigger {info.key} has no value that could be asked: {reason}")
    return fires_of(
        info.trigger,
        _just_after(after) or _BEGIN_OF_TIME,
        limit=n,
        calendar=calendar,
        stored=(info.next_fire_time, info.times_triggered or 0),
    )


def next_of_store(
    engine: Engine,
    what: JobKey | TriggerKey | None,
    n: int,
    after: datetime | None,
    include_paused: bool,
) -> list[Fire]:
    """Give the next firings of a store."""
    _check_count("n", n)
    return engine.fires.of(what, _just_after(after) or _BEGIN_OF_TIME, None, n, include_paused)[0]


def fires_between(
    engine: Engine,
    begin: datetime,
    end: datetime,
    what: JobKey | TriggerKey | None,
    limit: int | None,
    include_paused: bool,
) -> list[Fire]:
    """Give the firings of a store between two instants."""
    first, last = instant(begin, "begin"), instant(end, "end")
    assert first is not None
    assert last is not None
    if limit is not None:
        _check_count("limit", limit)
    most = 2**31 - 1 if limit is None else limit
    fires, more = engine.fires.of(what, first, last, most, include_paused)
    if more:
        log.warning(
            "fires_between(): there are more than limit=%s firings between %s and %s; these are "
            "the earliest",
            limit,
            begin,
            end,
        )
    return fires


def _check_count(name: str, value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ConfigurationError(f"{name}={value!r}: an int of 0 or more")


def _readable(calendar: Calendar | Opaque | None) -> Calendar | None:
    from .calendars import Calendar

    return calendar if isinstance(calendar, Calendar) else None


def _just_after(moment: datetime | None) -> datetime | None:
    checked = instant(moment, "after")
    return checked + _MILLISECOND if checked else None
