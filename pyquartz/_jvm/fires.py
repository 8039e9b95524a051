"""When triggers fire, by Quartz's own arithmetic: those of a store, and values that are in none."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timezone
from typing import Any

from ..calendars import Calendar
from ..info import Fire
from ..keys import JobKey, TriggerKey
from ..triggers import Trigger
from ..zones import zone_of
from . import launch, logs
from .builders import build_trigger, job_key, trigger_key
from .calendars import build_calendar
from .convert import decode, from_millis, java, to_millis

log = logging.getLogger("pyquartz.fires")
_END_OF_TIME = 2**63 - 1
_MOST = 2**31 - 1


class Fires:
    """The fires to come of one scheduler's store; ``calling`` is the engine's guard."""

    def __init__(self, quartz: Any, calling: Callable[[str], AbstractContextManager[None]]) -> None:
        self._quartz = quartz
        self._calling = calling

    def of(
        self,
        what: JobKey | TriggerKey | None,
        begin: datetime,
        end: datetime | None,
        limit: int,
        include_paused: bool = False,
    ) -> tuple[list[Fire], bool]:
        """Give the fires from an instant on and before another, and whether there are more."""
        job = job_key(what) if isinstance(what, JobKey) else None
        key = trigger_key(what) if isinstance(what, TriggerKey) else None
        with self._calling("can't compute when triggers fire"):
            found = decode(
                java("org.pyquartz.inspect.Fires").ofStore(
                    self._quartz,
                    job,
                    key,
                    to_millis(begin),
                    to_millis(end) if end else _END_OF_TIME,
                    min(limit, _MOST),
                    include_paused,
                )
            )
        for name, group in found["gave_up"]:
            log.warning(
                "Trigger %s.%s: its further fires are not looked for: its calendar leaves out too "
                "many, or its times do not increase",
                group,
                name,
            )
        keys = [(TriggerKey(*row[:2]), JobKey(*row[2:])) for row in found["keys"]]
        flat = found["fires"]
        pairs = zip(flat[::2], flat[1::2], strict=True)
        fires = [Fire(from_millis(millis), *keys[index]) for index, millis in pairs]
        return fires, found["more"]


def fires_of(
    trigger: Trigger,
    begin: datetime,
    end: datetime | None = None,
    limit: int = _MOST,
    calendar: Calendar | None = None,
    stored: tuple[datetime | None, int] | None = None,
) -> list[datetime]:
    """Give the fires of a trigger from an instant on and before another, in its zone, or in UTC.

    ``stored`` are the next fire time and the times triggered that a store has of it. Starts the
    JVM if none runs.
    """
    launch.ensure_jvm()
    logs.start()
    built = build_trigger(trigger, trigger.key or TriggerKey("preview"))
    if stored:
        next_fire, times_triggered = stored
        built.setNextFireTime(java("java.util.Date")(to_millis(next_fire)) if next_fire else None)
        if hasattr(built, "setTimesTriggered"):
            built.setTimesTriggered(times_triggered)
    times = java("org.pyquartz.inspect.Fires").of(
        built,
        stored is not None,
        build_calendar(calendar) if calendar else None,
        to_millis(begin),
        to_millis(end) if end else _END_OF_TIME,
        min(limit, _MOST),
    )
    zone = getattr(trigger, "tz", None)
    where = zone_of(zone) if zone else timezone.utc
    return [from_millis(int(millis)).astimezone(where) for millis in times]
