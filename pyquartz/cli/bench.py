"""The command ``bench``: how many jobs a second this machine and a store schedule and run.

What compares pyquartz with other schedulers, and with itself, is ``benchmarks/`` in the sources.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any
from uuid import uuid4

import typer

from ..config import for_visit
from ..jobs import Job
from ..scheduler import Scheduler
from ..triggers import Trigger, once
from . import bench_jobs, options
from .report import print_facts, print_json, print_table, say
from .stores import read_settings

_IN_MEMORY, _IN_DATABASE = 20_000, 500
# As many as Java's compiler needs until it has done what matters.
_WARM_UP_IN_MEMORY, _WARM_UP_IN_DATABASE = 3, 1
_LOOK_SECONDS = 0.01
_DATA = {"number": 1, "text": "some text"}
_KINDS: tuple[tuple[str, Callable[..., object], Mapping[str, object]], ...] = (
    ("function", bench_jobs.function, {}),
    ("function with context and data", bench_jobs.function_with_data, _DATA),
    ("coroutine", bench_jobs.coroutine, {}),
)


@dataclass(frozen=True)
class Measured:
    """What one kind of job came to, in the last of several rounds."""

    kind: str
    scheduled_one_at_a_time: float
    scheduled_in_one_call: float
    run: float
    cpu_microseconds: float


def bench(
    store: options.Store = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            help=f"How many in each round; {_IN_MEMORY:,} in memory, {_IN_DATABASE} in a database.",
            show_default=False,
        ),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="How many jobs run at once.")] = 10,
    as_json: options.AsJson = False,
    verbose: options.Verbose = False,
) -> None:
    """Measure how many jobs a second are scheduled and run here, in memory or in a store.

    In a store it is a scheduler of its own, and takes away what it has stored when it ends.

    Let the machine do nothing else meanwhile.
    """
    rounds = 1 + (_WARM_UP_IN_DATABASE if store else _WARM_UP_IN_MEMORY)
    count = jobs or (_IN_DATABASE if store else _IN_MEMORY)
    with _scheduler(store, threads) as scheduler:
        info = scheduler.info()
        found = [_measure(scheduler, kind, job, data, count, rounds) for kind, job, data in _KINDS]
    facts: dict[str, Any] = {
        "store": info.store,
        "job_store": info.job_store,
        "quartz": info.quartz_version,
        "threads": threads,
        "jobs": count,
        "rounds": rounds,
    }
    if as_json:
        print_json({**facts, "measured": found})
        return
    print_facts({name.replace("_", " ").capitalize(): value for name, value in facts.items()})
    print_table(
        ("Jobs a second", "Scheduled one by one", "In one call", "Run", "CPU for a run, µs"),
        [_row(measured) for measured in found],
    )


def _row(measured: Measured) -> tuple[str, ...]:
    return (
        measured.kind,
        f"{measured.scheduled_one_at_a_time:,.0f}",
        f"{measured.scheduled_in_one_call:,.0f}",
        f"{measured.run:,.0f}",
        f"{measured.cpu_microseconds:,.1f}",
    )


@contextmanager
def _scheduler(store: str | None, threads: int) -> Iterator[Scheduler]:
    # Its rows are nobody else's, whoever measures beside it.
    name = f"pyquartz-bench-{uuid4()}"
    if store:
        settings = replace(
            for_visit(read_settings(store), name), threads=threads, missing_jobs=None
        )
        scheduler = Scheduler._from_settings(settings)
    else:
        scheduler = Scheduler(name=name, threads=threads)
    try:
        yield scheduler
    finally:
        try:
            scheduler.standby()
            # A job that runs once goes by itself, unless the measurement was broken off.
            if scheduler.jobs():
                scheduler.clear(name)
        finally:
            scheduler.stop()


def _measure(
    scheduler: Scheduler,
    kind: str,
    job: Callable[..., object],
    data: Mapping[str, object],
    count: int,
    rounds: int,
) -> Measured:
    say(f"{kind}: {rounds} rounds of {count:,} jobs, scheduled one by one and in one call")
    singly = together = run = cpu = 0.0
    for number in range(rounds):
        tasks = list(_tasks(job, data, f"{number}-one-by-one", count))
        singly = count / _seconds(partial(_one_by_one, scheduler, tasks))
        _run(scheduler, count)
        tasks = list(_tasks(job, data, f"{number}-in-one-call", count))
        together = count / _seconds(partial(scheduler.schedule_tasks, tasks))
        run, cpu = _run(scheduler, count)
    return Measured(kind, singly, together, run, cpu)


def _tasks(
    job: Callable[..., object], data: Mapping[str, object], name: str, count: int
) -> Iterator[tuple[Job, Trigger]]:
    for n in range(count):
        yield Job(job, key=f"{name}-{n}", data=data), once()


def _one_by_one(scheduler: Scheduler, tasks: Iterable[tuple[Job, Trigger]]) -> None:
    for job, trigger in tasks:
        scheduler.schedule_task(job, trigger)


def _run(scheduler: Scheduler, count: int) -> tuple[float, float]:
    """Run all that is due; jobs a second, and microseconds of CPU for each."""
    bench_jobs.countdown = bench_jobs.Countdown(count)
    before = time.process_time()
    scheduler.start()
    seconds = _seconds(bench_jobs.countdown.wait)
    cpu = time.process_time() - before
    while scheduler.executing():
        time.sleep(_LOOK_SECONDS)
    scheduler.standby()
    return count / seconds, cpu * 1e6 / count


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
