"""Prints when pyquartz fires triggers, in a process whose JVM has the zone of the test.

Run by test_daylight.py with the zone in PYQUARTZ_TIMEZONE; what it is asked comes as JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta, timezone
from typing import Any

from pyquartz import Calendar, Trigger, WeeklyCalendar, calendar_every, cron, daily, every
from pyquartz._jvm.convert import to_millis

ALL = 10**7


def trigger_of(kind: str, parts: list[str], tz: str, start: datetime) -> Trigger:
    """The trigger that the plain Java program makes of the same parts."""
    common: dict[str, Any] = {"start": start}
    if kind == "cron":
        return cron(parts[0], tz=tz, **common)
    if kind == "simple":
        return every(milliseconds=int(parts[0]), **common)
    if kind == "calendar":
        flags = [part == "true" for part in parts[2:]]
        return calendar_every(
            int(parts[0]), parts[1].lower(), tz=tz, preserve_hour_of_day=flags[0],
            skip_day_if_hour_missing=flags[1], **common,
        )  # fmt: skip
    repeat = int(parts[4])
    return daily(
        every=timedelta(minutes=int(parts[0])), from_=parts[1], to=parts[2],
        days="MON-FRI" if parts[3] == "WEEK" else "SUN-SAT",
        repeat=None if repeat < 0 else repeat, **common,
    )  # fmt: skip


def main() -> None:
    asked = json.loads(sys.argv[1])
    begin, end = (datetime.fromtimestamp(ms / 1000, timezone.utc) for ms in asked["span"])
    calendar: Calendar | None = WeeklyCalendar(tz=asked["tz"]) if asked["weekdays"] else None
    from pyquartz._jvm.fires import fires_of

    for spec in asked["triggers"]:
        kind, *parts = spec.split("|")
        trigger = trigger_of(kind, parts, asked["tz"], begin)
        fires = fires_of(trigger, begin, end, calendar=calendar)
        # Asked later it must go on just so; each instant is one before which a change lies.
        tails = [
            [to_millis(fire) for fire in trigger.next_fires(20, after, calendar)]
            for after in (datetime.fromtimestamp(ms / 1000, timezone.utc) for ms in asked["later"])
        ]
        print(json.dumps({"fires": [to_millis(fire) for fire in fires], "tails": tails}))


main()
