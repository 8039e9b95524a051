"""What should have fired, held against what the log says did.

It knows nothing of processes and databases, only Quartz's rules: which times a trigger has, what
its misfire instruction does with those that nobody could fire, what recovery repeats, and what may
not run twice at once. So it can be tested with logs that are made up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .lines import Line
from .plan import MISFIRE_THRESHOLD, Planned

# What came so much after its time, in milliseconds, counts as late: nothing is wrong with it.
LATE = 1000

Kind = Literal["on time", "late", "doubled", "misfired", "cut off", "missed"]


@dataclass(frozen=True)
class Course:
    """The times of one trigger up to its next one, which is still to come."""

    planned: Planned
    times: tuple[int, ...]
    next_time: int


@dataclass(frozen=True)
class Taken:
    """A firing that a node had begun by its row in the store when it died."""

    trigger: str
    scheduled: int


@dataclass(frozen=True)
class Ghost:
    """A node that lived while its peers had to take it for dead."""

    node: str
    begin: int
    end: int


@dataclass(frozen=True)
class Evidence:
    """All that is known of a fault run. Times are in milliseconds since 1970."""

    courses: tuple[Course, ...]
    lines: tuple[Line, ...]
    deaths: Mapping[str, int] = field(default_factory=dict)
    taken: frozenset[Taken] = frozenset()
    ghosts: tuple[Ghost, ...] = ()
    skew: int = 0


@dataclass(frozen=True)
class Firing:
    """What became of one time of a trigger."""

    trigger: str
    scheduled: int
    kind: Kind


@dataclass(frozen=True)
class Judgement:
    """Every firing that was expected, and all that should not be."""

    firings: tuple[Firing, ...]
    wrong: tuple[str, ...]


def judge(evidence: Evidence) -> Judgement:
    """Hold a log against the triggers' times and the settings of their jobs."""
    firings: list[Firing] = []
    wrong: list[str] = []
    for course in evidence.courses:
        found = _Trigger(course, evidence)
        firings += found.firings()
        wrong += found.wrong
    wrong += _overlaps(evidence)
    wrong += _keys(evidence.lines)
    known = {course.planned.name for course in evidence.courses}
    wrong += [f"{line} is of no known trigger" for line in evidence.lines if _of(line) not in known]
    return Judgement(tuple(firings), tuple(wrong))


def _of(line: Line) -> str:
    return line.trigger


class _Trigger:
    """One trigger's part of the log."""

    def __init__(self, course: Course, evidence: Evidence) -> None:
        self._course = course
        self._planned = course.planned
        self._evidence = evidence
        self.wrong: list[str] = []
        self._begun: dict[int, list[Line]] = defaultdict(list)
        self._ended = {
            (line.instance, line.scheduled) for line in evidence.lines if line.event == "end"
        }
        for line in evidence.lines:
            if line.trigger == self._planned.name and line.event == "begin":
                self._begun[line.scheduled].append(line)
        taken = (one for one in evidence.taken if one.trigger == self._planned.name)
        self._taken = {one.scheduled for one in taken}

    def firings(self) -> Iterator[Firing]:
        """Give what became of each time, and note what is wrong."""
        own = set(self._course.times)
        skipped = self._skipped()
        for time in self._course.times:
            yield Firing(self._planned.name, time, self._kind(time, time in skipped))
        for time in sorted(self._begun.keys() - own):
            if time >= self._course.next_time and self._planned.misfire != "one":
                self._say(time, "fired before its time had come, by the store's own row")
            elif self._planned.misfire != "one":
                self._say(time, "fired at a time that is none of its own")
            else:
                self._check(time)

    def _kind(self, time: int, skipped: bool) -> Kind:
        runs = self._begun.get(time, [])
        if not runs:
            if time in self._taken and not self._planned.recovers:
                return "cut off"
            if skipped:
                return "misfired"
            self._say(time, "missed")
            return "missed"
        self._check(time)
        if len(runs) > 1:
            return "doubled"
        return "late" if runs[0].at - time > LATE else "on time"

    def _check(self, time: int) -> None:
        """Note what is wrong with the runs of one time."""
        runs = self._begun[time]
        first = [run for run in runs if not run.recovering]
        if len(first) > 1:
            self._say(time, f"ran twice on {', '.join(run.node for run in first)}")
        if len(first) < len(runs) and not self._planned.recovers:
            self._say(time, "was recovered, which its job did not ask for")
        for run in runs:
            if (run.instance, run.scheduled) in self._ended:
                continue
            if run.node not in self._evidence.deaths:
                self._say(time, f"never ended on {run.node}, which lives")
            elif self._planned.recovers and not self._was_made_up_for(run, runs):
                self._say(time, f"was cut off on {run.node} and not recovered")

    def _was_made_up_for(self, cut: Line, runs: list[Line]) -> bool:
        return any(run.recovering and run.instance != cut.instance for run in runs)

    def _skipped(self) -> set[int]:
        """Give the times that the misfire instruction may have left out."""
        policy = self._planned.misfire
        if policy == "all":
            return set()
        own = set(self._course.times)
        fired = self._begun.keys() | self._taken
        skipped: set[int] = set()
        gap: list[int] = []
        for time in sorted(own | fired | {self._course.next_time}):
            if time in own and time not in fired:
                gap.append(time)
                continue
            # The first of them was missed by the threshold when Quartz gave all of them up, which
            # was not after the firing that came next: that very moment, where one makes up for all.
            long_enough = gap and time - gap[0] > MISFIRE_THRESHOLD - self._evidence.skew
            if long_enough and (policy == "none" or time not in own):
                skipped.update(gap)
            gap = []
        return skipped

    def _say(self, time: int, what: str) -> None:
        self.wrong.append(f"{self._planned.name} of {time}: {what}")


# -- across triggers ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Run:
    line: Line
    begin: int
    end: int


def _overlaps(evidence: Evidence) -> Iterator[str]:
    """Name the runs that met another of a job that may not run twice at once."""
    exclusive = {c.planned.name for c in evidence.courses if not c.planned.concurrent}
    by_job: dict[str, list[_Run]] = defaultdict(list)
    for run in _runs(evidence):
        if run.line.trigger in exclusive:
            by_job[run.line.job].append(run)
    for job, runs in by_job.items():
        runs.sort(key=lambda run: run.begin)
        for number, one in enumerate(runs):
            for other in runs[number + 1 :]:
                if other.begin >= one.end:
                    break
                if not (_is_ghost(one, evidence.ghosts) or _is_ghost(other, evidence.ghosts)):
                    yield f"{job} overlapped: {one.line} and {other.line}"


def _runs(evidence: Evidence) -> Iterator[_Run]:
    ends = {
        (line.instance, line.scheduled): line.at for line in evidence.lines if line.event == "end"
    }
    for line in evidence.lines:
        if line.event == "begin":
            death = evidence.deaths.get(line.node, line.at)
            yield _Run(line, line.at, ends.get((line.instance, line.scheduled), death))


def _is_ghost(run: _Run, ghosts: Iterable[Ghost]) -> bool:
    return any(
        run.line.node == ghost.node and run.begin <= ghost.end and ghost.begin <= run.end
        for ghost in ghosts
    )


def _keys(lines: Iterable[Line]) -> Iterator[str]:
    """Name the firings that have not one idempotency key each, for all their runs."""
    keys: dict[tuple[str, int], set[str]] = defaultdict(set)
    for line in lines:
        keys[line.trigger, line.scheduled].add(line.idempotency_key)
    for firing, found in keys.items():
        if len(found) > 1:
            yield f"{firing} has several idempotency keys: {found}"
    for key, number in Counter(key for found in keys.values() for key in found).items():
        if number > 1:
            yield f"{number} firings have the idempotency key {key}"
