"""What has happened in the demo so far: its acts, what fired, and what became of what was missed.

The views only read it.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

_POLICIES = {
    "do_nothing": "skip what was missed",
    "fire_once_now": "one run now for all that was missed",
    "ignore": "make up for each missed run",
    "fire_now": "run late rather than never",
    "smart cron": "Quartz's choice, for a cron one run now",
    "smart simple": "Quartz's choice, for an interval the next run",
}


@dataclass(frozen=True)
class Act:
    """One part of the demo; ``node`` names the process that plays it, if one does."""

    title: str
    seconds: float
    node: str = ""
    pause: float = 0.0


def acts(seconds: float) -> list[Act]:
    """Share the seconds among the acts; what they leave goes to the starts of two JVMs."""
    first, pause, second = 0.38 * seconds, max(2.5, 0.19 * seconds), 0.28 * seconds
    return [
        Act(
            "A scheduler starts; its jobs are Python, its schedule is in the store.",
            first,
            "first",
            pause,
        ),
        Act("It has stopped and its process has ended. The schedule goes on falling due.", pause),
        Act(
            "A new process starts a scheduler on the same store, and schedules nothing.",
            second,
            "second",
        ),
    ]


@dataclass
class Missed:
    """A trigger that fell due while no process was there."""

    trigger: str
    policy: str
    kind: str
    count: int
    planned: frozenset[str]
    made_up: list[str] = field(default_factory=list)
    back: str | None = None

    def take(self, run: dict[str, Any]) -> None:
        """Take a run of the trigger for what it is: one that makes up, or one of the plan."""
        if run["scheduled"] in self.planned:
            self.back = self.back or run["at"]
        else:
            self.made_up.append(run["at"])

    @property
    def meaning(self) -> str:
        """The policy in words."""
        policy = f"smart {self.kind}" if self.policy == "smart" else self.policy
        return _POLICIES.get(policy, self.policy.replace("_", " "))

    def outcome(self) -> str:
        """Say what happened."""
        times = f"{self.count} missed"
        if self.made_up:
            runs = "one run" if len(self.made_up) == 1 else f"{len(self.made_up)} runs"
            text = f"{times}, made up for by {runs} at {clock(self.made_up[0])}"
        else:
            text = f"{times}, none made up for"
        return f"{text}; back in step at {clock(self.back)}" if self.back else text


class Story:
    """The demo so far."""

    def __init__(self, store_kind: str) -> None:
        self.store = store_kind
        self.act = Act("", 0)
        self.number = 0
        self.node: dict[str, Any] = {}
        self.state: dict[str, Any] = {}
        self.recent: deque[dict[str, Any]] = deque(maxlen=14)
        self.fired: Counter[str] = Counter()
        self.failures = 0
        self.missed: dict[str, Missed] = {}
        self.error: str | None = None

    def begin(self, act: Act) -> None:
        """Go on to the next act."""
        self.act = act
        self.number += 1
        self.state = {}

    def take(self, event: dict[str, Any]) -> None:
        """Take in what a process of the demo tells."""
        kind = event["event"]
        if kind == "made":
            self.node = event
            self.store = event["store"]
        elif kind == "state":
            self.state = event
        elif kind == "error":
            self.error = event["text"]
        elif kind == "missed":
            self.missed[event["trigger"]] = Missed(
                event["trigger"],
                event["policy"],
                event["kind"],
                event["count"],
                frozenset(event["planned"]),
            )
        elif kind == "log":
            self.failures += event["level"] == "ERROR"
            self.recent.append(event)
        elif kind == "ran":
            self.fired[event["trigger"]] += 1
            self.recent.append(event)
            if event["trigger"] in self.missed:
                self.missed[event["trigger"]].take(event)

    def verdict(self) -> str:
        """Say in the end what was seen."""
        return (
            f"{sum(self.fired.values())} runs of {len(self.fired)} triggers, {self.failures} "
            f"failed as they should now and then; {len(self.missed)} triggers had missed runs, and "
            "each was treated by its own policy."
        )


def clock(text: str | None) -> str:
    """Write an instant as this machine's time of day."""
    return f"{datetime.fromisoformat(text).astimezone():%H:%M:%S}" if text else "-"
