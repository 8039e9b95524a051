"""What the nodes of a fault run fire: a few triggers, each with other promises.

The nodes declare them, and the oracle holds the log against them: said once, here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pyquartz import Trigger, cron, every

# What becomes of times that nobody could fire: all of them come late, one firing comes for all of
# them, or none comes.
Misfire = Literal["all", "one", "none"]

# Quartz finds a time missed that is so late, in milliseconds; nodes' clocks differ by less.
MISFIRE_THRESHOLD = 2000


@dataclass(frozen=True)
class Planned:
    """One trigger, and what its job's settings promise."""

    name: str
    job: str
    make: Callable[[datetime], Trigger]
    misfire: Misfire
    recovers: bool = False
    concurrent: bool = True
    code: str = "base"

    def trigger(self, start: datetime) -> Trigger:
        """The trigger's value; its times begin at the start, which is a whole second."""
        return self.make(start)


def _seconds(seconds: int, misfire: str = "smart") -> Callable[[datetime], Trigger]:
    return lambda start: every(seconds=seconds, start=start, misfire=misfire)


def _cron(expression: str, misfire: str) -> Callable[[datetime], Trigger]:
    return lambda start: cron(expression, tz="UTC", start=start, misfire=misfire)


PLAN = (
    Planned("plain", "plain", _seconds(1, "ignore"), "all"),
    Planned("skipping", "plain", _seconds(1), "none"),
    Planned("once-now", "plain", _cron("0/2 * * * * ?", "fire_once_now"), "one"),
    Planned("nothing", "plain", _cron("1/2 * * * * ?", "do_nothing"), "none"),
    Planned("coroutine", "coroutine", _seconds(1, "ignore"), "all"),
    Planned("recovered", "recovered", _cron("0/1 * * * * ?", "ignore"), "all", recovers=True),
    Planned("one-of-two", "exclusive", _seconds(2, "ignore"), "all", concurrent=False),
    Planned("two-of-two", "exclusive", _seconds(2, "ignore"), "all", concurrent=False),
    Planned("alone-again", "lonely", _seconds(2, "ignore"), "all", recovers=True, concurrent=False),
    Planned("only-old", "old", _seconds(1, "ignore"), "all", code="old"),
    Planned("named", "named", _seconds(1, "ignore"), "all", code="old"),
    Planned("only-new", "new", _seconds(1, "ignore"), "all", code="new"),
)
BY_NAME = {planned.name: planned for planned in PLAN}
