"""The runs of Python's jobs, as the JVM knows them: pulled by ticket, described by one string.

A crossing costs more than what crosses, and a result more than the crossing. So a worker is told
of its next run in memory that both sides see; what its job asks about it is one string, of which
only those parts are parsed that are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jpype.nio import convertToDirectBuffer

from ..errors import SchedulerStateError
from . import launch
from .convert import decode, from_millis, java, scrub, translated
from .packing import to_data_map, to_java

# What org.pyquartz.bridge.Box has room for, and where in it the facts begin.
_BOX_BYTES = 4096
_FACTS_AT = 24
_RUN = "\x1e"
_PART = "\x1f"
# Where each fact stands in what org.pyquartz.inspect.RunFacts writes.
_TIMES = {"fire_time": 0, "scheduled_fire_time": 1, "previous_fire_time": 2, "next_fire_time": 3}
_COUNTS = {"refire_count": 4, "recovering": 5, "attempt": 6}
_KEYS = {"job": 1, "trigger": 3, "recovering_trigger": 5, "retried_trigger": 7}
# Whose firing was the first: a retry's or a recovery's trigger is not.
_FIRST_OF = ("retried_trigger", "recovering_trigger", "trigger")
_DATA = {"data": 1, "job_data": 2, "trigger_data": 3}
_KEYS_PART, _FIRST_TIME_PART, _SCHEDULER_PART = 4, 5, 6

_names: dict[int, str] = {}


class RunFacts(Mapping[str, Any]):
    """What is known of a run, by name; each part is decoded when it is asked for, and each time.

    What came along may be less than all: the rest is asked for when it is needed.
    """

    __slots__ = ("_parts", "_ticket", "_whole")

    def __init__(self, packed: str, ticket: int, whole: Callable[[int], str]) -> None:
        self._parts = packed.split(_PART)
        self._ticket = ticket
        self._whole = whole

    def _part(self, number: int) -> str:
        if number >= len(self._parts):
            self._parts = self._whole(self._ticket).split(_PART)
        return self._parts[number]

    def __getitem__(self, name: str) -> Any:
        # First, by the shortest way: it is what most jobs ask for, and always there.
        if name == "data":
            return decode(self._parts[_DATA[name]])
        if name in _TIMES:
            millis = self._numbers()[_TIMES[name]]
            return from_millis(int(millis)) if millis else None
        if name in _DATA:
            return self._data(name)
        if name in _COUNTS:
            count = int(self._numbers()[_COUNTS[name]])
            return bool(count) if name == "recovering" else count
        keys = decode(self._part(_KEYS_PART))
        if name == "fire_instance_id":
            return keys[0]
        if name == "first_firing":
            return self._first_firing(keys)
        start = _KEYS[name]
        if not _has(keys, start):
            raise KeyError(name)
        return keys[start : start + 2]

    def _first_firing(self, keys: list[str | None]) -> list[object]:
        start = next(_KEYS[n] for n in _FIRST_OF if _has(keys, _KEYS[n]))
        scheduled = self._numbers()[_TIMES["scheduled_fire_time"]]
        millis = self._part(_FIRST_TIME_PART) or scheduled
        return [self._part(_SCHEDULER_PART), *keys[start : start + 2], int(millis)]

    def _numbers(self) -> list[str]:
        return self._parts[0].split(" ")

    def _data(self, name: str) -> dict[str, object]:
        text = self._part(_DATA[name])
        if not text:
            text = "{}" if name == "trigger_data" else self._parts[_DATA["data"]]
        data: dict[str, object] = decode(text)
        return data

    def __iter__(self) -> Iterator[str]:
        yield from (*_DATA, *_TIMES, *_COUNTS, "fire_instance_id", "first_firing")
        keys = decode(self._part(_KEYS_PART))
        yield from (name for name, start in _KEYS.items() if _has(keys, start))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _has(keys: list[str | None], start: int) -> bool:
    return start < len(keys) and keys[start] is not None


class Box:
    """What one worker is told of its next run, in memory that Java writes and Python reads.

    ``take`` ends the worker's last run and waits for the next one; then ``numbers`` are the ticket,
    negative when the scheduler has stopped, what ``name`` makes a name of, and how much there is
    for ``facts``, if anything.
    """

    __slots__ = ("_bytes", "_whole", "numbers", "take")

    def __init__(self, pool: Any, name: str, whole: Callable[[int], str]) -> None:
        self._bytes = bytearray(_BOX_BYTES)
        self._whole = whole
        shared = convertToDirectBuffer(self._bytes)
        self.take: Callable[[], None] = pool.worker(name, shared).next
        self.numbers: Callable[[], list[int]] = memoryview(self._bytes)[:_FACTS_AT].cast("q").tolist

    def facts(self, ticket: int, size: int) -> RunFacts:
        """Give what came along with a run."""
        brief = self._bytes[_FACTS_AT : _FACTS_AT + size].decode()
        return RunFacts(brief, ticket, self._whole)


# A coroutine's run: its ticket, what ``name`` makes a name of, and its facts if it takes data.
Begun = tuple[int, int, RunFacts | None]


class Runs:
    """The runs of one scheduler's Python jobs that are under way here."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        runs = pool.runs()
        # Looking a Java method up costs as much as calling it.
        self._packed = runs.facts
        self._context = runs.context
        self._fail = runs.fail
        self._ticket_of = runs.ticketOf
        self._ended = pool.ferry().ended

    def worker(self, name: str) -> Box:
        """Make the calling thread a worker, and give the box in which its runs come."""
        launch.enter_thread()
        return Box(self._pool, name, self._whole)

    def ferry(self) -> Callable[[int], tuple[list[int], list[Begun]] | None]:
        """Make the calling thread the one that carries coroutines to their event loop and back.

        Each call completes those that have ended and waits for others to begin: it gives the
        tickets of the former, what has begun of the latter, nothing when so many milliseconds are
        over (0: as long as it takes), and None when the scheduler has stopped.
        """
        launch.enter_thread()
        following = self._pool.ferry().next

        def carry(millis: int) -> tuple[list[int], list[Begun]] | None:
            packed = following(millis)
            if packed is None:
                return None
            ended, *begun = str(packed).split(_RUN)
            return [int(ticket) for ticket in ended.split()], [self._begun(run) for run in begun]

        return carry

    def _begun(self, run: str) -> Begun:
        numbers, _, brief = run.partition(_PART)
        ticket, index = map(int, numbers.split(" "))
        facts = RunFacts(brief, ticket, self._whole) if brief else None
        return ticket, index, facts

    def ended(self, tickets: list[int]) -> None:
        """Say that coroutines have ended; they are completed on the thread that carries them."""
        launch.enter_thread()
        self._ended(" ".join(map(str, tickets)))

    def facts(self, ticket: int) -> RunFacts:
        """Give all that is known of a run, in one crossing; from any thread, while it runs."""
        return RunFacts(self._whole(ticket), ticket, self._whole)

    def _whole(self, ticket: int) -> str:
        launch.enter_thread()
        with translated("can't read what a run is told"):
            packed = self._packed(ticket)
        if packed is None:
            raise SchedulerStateError("the run is over; ask what it knows while it runs")
        return str(packed)

    def ticket_of(self, fire_instance_id: str) -> int | None:
        """Give the ticket of a firing that runs here, None when none does."""
        launch.enter_thread()
        found = int(self._ticket_of(fire_instance_id))
        return None if found < 0 else found

    def fail(self, ticket: int, failure: str) -> None:
        """Say how a run failed: directives, a line break, a report."""
        self._fail(ticket, scrub(failure))

    def set_result(self, ticket: int, value: object) -> None:
        """Give listeners the job's result."""
        self._context(ticket).setResult(to_java(value))

    def context(self, ticket: int) -> Any:
        """Give Quartz's context of a run, for what else is behind the door."""
        return self._context(ticket)

    def write_job_data(
        self, ticket: int, changed: dict[str, object], removed: set[str], as_strings: bool
    ) -> None:
        """Change the job's data, which Quartz stores after the run."""
        data = self._context(ticket).getJobDetail().getJobDataMap()
        data.putAll(to_data_map(changed, as_strings))
        for key in removed:
            data.remove(key)


def name(index: int) -> str:
    """Give the stored class name of a run's job."""
    return _names[index]


def register_class(
    name: str, concurrent: bool, persist_data: bool, loop: bool, takes_data: bool
) -> None:
    """Make Python the implementation of a stored class name, in the whole JVM."""
    if launch.is_forked_child():
        return  # A module that is imported there must not fail for a JVM that it doesn't use.
    launch.enter_thread()
    classes = java("org.pyquartz.bridge.JobClasses")
    # Before any run can bear it.
    _names[int(classes.index(name))] = name
    classes.register(name, not concurrent, persist_data, loop, takes_data)
