"""Over changes of the clocks every kind of trigger fires as in plain Java Quartz, and gets on.

Two years in four zones: New York, Berlin, Santiago (midnight is missing, and the clocks of the
southern half) and Lord Howe (half an hour). The times lie before, in and after the gap and the
overlap.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.support.java import run_stock
from tests.support.processes import PythonProcess

pytestmark = [pytest.mark.acceptance, pytest.mark.jvm, pytest.mark.slow]

ZONES = ("America/New_York", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe")
HOUR_MS = 3_600_000
CLOCKS = ("00:00", "00:30", "01:00", "01:15", "01:45", "02:00", "02:15", "02:45", "03:00", "23:30")
CRONS = [
    *(f"cron|0 {int(clock[3:])} {int(clock[:2])} * * ?" for clock in CLOCKS),
    "cron|0 0/15 * * * ?", "cron|0 0 * * * ?", "cron|0 10 0/2 * * ?", "cron|0 30 1-3 ? * SUN",
    "cron|30 20 2 L * ?", "cron|0 0/20 0-3 ? * MON-FRI",
]  # fmt: skip
OTHERS = [
    "simple|1800000", "simple|86400000", "simple|604800000", "simple|5400001",
    *(
        f"calendar|{every}|{flags}"
        for every in ("1|DAY", "2|DAY", "1|WEEK", "1|MONTH", "1|YEAR")
        for flags in ("false|false", "true|false", "true|true", "false|true")
    ),
    "calendar|1|HOUR|false|false", "calendar|30|MINUTE|true|true",
    "calendar|7201|SECOND|false|false",
    *(f"daily|60|{clock}|23:45|ALL|-1" for clock in ("00:00", "01:45", "02:15", "03:00")),
    "daily|120|00:00|23:59|ALL|-1", "daily|20|01:30|03:30|WEEK|-1", "daily|60|02:30|02:50|ALL|-1",
    "daily|45|00:15|04:00|ALL|1500",
]  # fmt: skip


def changes(zone: ZoneInfo, begin: datetime, days: int) -> list[int]:
    """The hours, in ms, at whose end the clocks of a zone have changed."""
    hours = [begin + timedelta(hours=hour) for hour in range(24 * days)]
    found = [
        int(later.timestamp() * 1000)
        for sooner, later in pairwise(hours)
        if sooner.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset()
    ]
    assert len(found) == 4
    return found


@pytest.mark.parametrize("tz", ZONES)
def test_fires_are_those_of_plain_quartz(tz: str) -> None:
    compare(tz, [*CRONS, *OTHERS], (2, 30), weekdays=False)


@pytest.mark.parametrize("tz", ZONES)
def test_so_they_are_with_a_calendar_and_from_midnight_on(tz: str) -> None:
    compare(tz, [*CRONS[:4], *(spec for spec in OTHERS if "DAY|" in spec)], (0, 15), weekdays=True)


def compare(tz: str, triggers: list[str], clock: tuple[int, int], weekdays: bool) -> None:
    zone = ZoneInfo(tz)
    # What counts from its start begins at a time of day that one of the changes takes away.
    begin = datetime(2027, 1, 1, *clock, tzinfo=zone).astimezone(timezone.utc)
    span = [int(begin.timestamp() * 1000), int(begin.timestamp() * 1000) + 731 * 24 * HOUR_MS]
    turns = changes(zone, begin, 731)
    later = [turn + hours * HOUR_MS for turn in turns for hours in (-30, 0, 1, 30)]
    stock = run_stock(
        "2.5.2", "PrintFires", tz, str(span[0]), str(span[1]),
        "weekdays" if weekdays else "all", *triggers,
    ).splitlines()  # fmt: skip
    ours = ask(tz, triggers=triggers, span=span, later=later, weekdays=weekdays)
    assert len(stock) == len(ours) == len(triggers)
    for spec, line, found in zip(triggers, stock, ours, strict=True):
        assert "stalls" not in line, spec
        fires = [int(text) for text in line.split()]
        assert found["fires"] == fires, spec
        check(spec, fires, span[1], later, found["tails"], weekdays)


def ask(tz: str, **asked: Any) -> list[dict[str, Any]]:
    node = Path(__file__).with_name("fires_node.py")
    question = json.dumps({"tz": tz, **asked})
    with PythonProcess(node, question, env={"PYQUARTZ_TIMEZONE": tz}) as process:
        done = process.finish(150).check()
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(
    spec: str, fires: list[int], end: int, later: list[int], tails: list[list[int]], weekdays: bool
) -> None:
    """Each fire is after the one before, none is far off, and who asks later hears the same."""
    assert fires, spec
    apart = [b - a for a, b in pairwise(fires)]
    assert min(apart, default=1) > 0, spec
    if not weekdays and "|1500" not in spec and "YEAR" not in spec:
        assert max([*apart, end - fires[-1]]) <= longest(spec), spec
    for after, tail in zip(later, tails, strict=True):
        begin = bisect_right(fires, after)
        within = [fire for fire in tail if fire < end]
        assert within == fires[begin : begin + len(within)], (spec, after)
        assert len(within) == 20 or begin + len(within) == len(fires), (spec, after)


def longest(spec: str) -> int:
    """The longest that a trigger may keep still: one time skipped, and an hour of the clocks."""
    kind, *parts = spec.split("|")
    if kind == "simple":
        return int(parts[0])
    days = 1
    if kind == "cron":
        days = 7 if "SUN" in spec else 31 if " L " in spec else 3 if "MON-FRI" in spec else 1
    elif kind == "calendar":
        days = {"WEEK": 7, "MONTH": 31}.get(parts[1], 1) * int(parts[0] if parts[1] == "DAY" else 1)
    elif parts[3] == "WEEK":
        days = 3
    return (2 * 24 * days + 2) * HOUR_MS
