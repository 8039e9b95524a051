"""The numbers to reach, each read out of a report: what is wanted, and what there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Report = Mapping[str, Any]


class NotMeasuredError(LookupError):
    """A report lacks what a goal asks for: a run of some workloads alone."""


@dataclass(frozen=True)
class Goal:
    """One number: how it is read, and what it has to be."""

    title: str
    unit: str
    wanted: float
    read: Callable[[Report], float]
    less_is_better: bool = False

    def reached(self, found: float) -> bool:
        """Whether a number is good enough."""
        return found <= self.wanted if self.less_is_better else found >= self.wanted


@dataclass(frozen=True)
class Outcome:
    """What a report says about a goal."""

    goal: Goal
    found: float

    @property
    def reached(self) -> bool:
        """Whether it is good enough."""
        return self.goal.reached(self.found)


def median(report: Report, workload: str, measure: str, variant: str = "pyquartz") -> float:
    """Give a variant's median."""
    for each in report["workloads"]:
        values = each["measures"].get(measure, {}).get("variants", {})
        if each["name"] == workload and variant in values:
            return float(values[variant]["median"])
    raise NotMeasuredError(f"{workload} {measure} {variant}")


def jobs(report: Report, workload: str) -> int:
    """Give how many jobs a workload had."""
    return next(int(each["jobs"]) for each in report["workloads"] if each["name"] == workload)


def _times(workload: str, measure: str, other: str) -> Callable[[Report], float]:
    return lambda report: (
        median(report, workload, measure) / median(report, workload, measure, other)
    )


def _bare(workload: str) -> Callable[[Report], float]:
    return lambda report: (
        median(report, workload, "start") / median(report, f"{workload}-bare", "start")
    )


def _scheduling(measure: str, rate: float, ratio: float) -> Callable[[Report], float]:
    """Give how much of a rate was reached, or of a ratio to Java's own loop: either will do."""

    def read(report: Report) -> float:
        found = median(report, "ram-plain", measure)
        stock = median(report, "ram-plain", "schedule", "stock")
        return max(found / rate, found / stock / ratio)

    return read


def _all_waiting(report: Report) -> float:
    rate = median(report, "ram-waiting", "run")
    return jobs(report, "ram-waiting") / rate


def _later_than_stock(report: Report) -> float:
    return median(report, "latency", "p50") - median(report, "latency", "p50", "stock")


def _two_processes(report: Report) -> float:
    both = median(report, "process-cpu", "two_processes")
    return both / median(report, "process-cpu", "one_process")


GOALS: Sequence[Goal] = (
    Goal("RAM, context and two data", "x stock", 1.5, _times("ram-data", "run", "stock")),
    Goal(
        "RAM, context and two data", "x APScheduler", 2.5, _times("ram-data", "run", "apscheduler")
    ),
    Goal("RAM, no parameters", "x stock", 2.0, _times("ram-plain", "run", "stock")),
    Goal("RAM, coroutines", "x stock", 1.2, _times("ram-coroutine", "run", "stock")),
    Goal("coroutines that wait 1 s, in all", "s", 1.3, _all_waiting, less_is_better=True),
    Goal("delay, p50, later than stock", "ms", 0.3, _later_than_stock, less_is_better=True),
    Goal("delay, p99", "ms", 8, lambda r: median(r, "latency", "p99"), less_is_better=True),
    Goal(
        "PostgreSQL, triggers wait beside", "x stock", 2, _times("postgresql-crowd", "run", "stock")
    ),
    Goal("PostgreSQL, no others", "x stock", 1, _times("postgresql", "run", "stock")),
    Goal("CPU-bound process jobs, two processes", "x one", 1.8, _two_processes),
    Goal("scheduling, one at a time", "x goal", 1, _scheduling("schedule", 60_000, 0.5)),
    Goal("scheduling, in one call", "x goal", 1, _scheduling("bulk", 150_000, 1.0)),
    Goal("start on RAM, with archive", "x without", 0.75, _bare("start-ram"), less_is_better=True),
    Goal(
        "start on a file, with archive",
        "x without",
        0.75,
        _bare("start-file"),
        less_is_better=True,
    ),
    Goal("idle on RAM", "MB", 80, lambda r: median(r, "idle-ram", "memory"), less_is_better=True),
    Goal("import", "ms", 60, lambda r: median(r, "import", "import"), less_is_better=True),
)


def outcomes(report: Report, goals: Sequence[Goal] = GOALS) -> list[Outcome]:
    """Give those goals of which the report says something."""
    found = []
    for goal in goals:
        try:
            found.append(Outcome(goal, goal.read(report)))
        except NotMeasuredError:
            continue
    return found


def goals_table(report: Report) -> str:
    """Write them as a Markdown table."""
    lines = ["| goal | wanted | found | reached |", "|---|---:|---:|---|"]
    for each in outcomes(report):
        sign = "at most" if each.goal.less_is_better else "at least"
        wanted = f"{sign} {each.goal.wanted:g} {each.goal.unit}"
        reached = "yes" if each.reached else "no"
        lines.append(f"| {each.goal.title} | {wanted} | {each.found:.3g} | {reached} |")
    return "\n".join(lines)
