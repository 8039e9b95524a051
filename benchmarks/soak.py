"""A soak: a scheduler runs many thousand jobs, and nothing may be left of any of them.

`python -m benchmarks.soak`, or `make soak`. After a warm-up, and again at the end, it counts what a
leak would add to: threads, open files, Python's objects, Java's classes and what lives in its heap.
It fails when one of them has grown. Resident memory is shown and not judged: the system's
allocators give back when they like.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import jpype

from benchmarks.options import LIMIT_SECONDS, Countdown, resident_megabytes
from pyquartz import Job, JobContext, Scheduler, defjob, once
from tests.support.waiting import wait_until

BATCH = 2500
# Java's heap is counted in bytes, of which a few are always on their way.
_HEAP_TOLERANCE = 1_500_000
# Caches fill up to their limits; a leak of one object in ten firings is far beyond this.
_OBJECTS_TOLERANCE = 500
_CLASSES_TOLERANCE = 20

countdown = Countdown(0)


@dataclass(frozen=True)
class Counts:
    """What is there at one moment, after both collectors have run."""

    threads: int
    files: int
    python_objects: int
    java_classes: int
    java_heap: int
    resident_mb: float


@defjob("soak.Thread")
def thread(ctx: JobContext, number: int) -> None:
    """Run on a worker, with its context and a value."""
    assert ctx.scheduled_fire_time is not None
    countdown.hit()


@defjob("soak.Coroutine")
async def coroutine(number: int) -> None:
    """Run on the event loop."""
    countdown.hit()


@defjob("soak.Persistent", persist_data=True, concurrent=False)
def persistent(ctx: JobContext) -> None:
    """Write the job's data."""
    ctx.job_data["number"] = 1
    countdown.hit()


def batch(scheduler: Scheduler, size: int) -> None:
    """Schedule as many one-shot jobs as that, and wait until all have run and are gone."""
    global countdown
    countdown = Countdown(size)
    bodies: Sequence[Callable[..., object]] = (thread, coroutine, persistent)

    def job(number: int) -> Job:
        body = bodies[number % len(bodies)]
        data = {} if body is persistent else {"number": number}
        return Job(body, key=f"job-{number}", data=data)

    scheduler.schedule_tasks((job(number), once()) for number in range(size))
    countdown.wait()
    # The last body has run; the last rows go a moment later.
    wait_until(lambda: not scheduler.jobs() and not scheduler.executing(), LIMIT_SECONDS)


def count() -> Counts:
    """Count what is there once both collectors have run."""
    runtime = jpype.JClass("java.lang.Runtime").getRuntime()
    classes = jpype.JClass("java.lang.management.ManagementFactory").getClassLoadingMXBean()
    gc.collect()
    for _ in range(3):
        runtime.gc()
    return Counts(
        threads=_entries("/proc/self/task") or threading.active_count(),
        files=_entries("/proc/self/fd"),
        python_objects=len(gc.get_objects()),
        java_classes=int(classes.getLoadedClassCount()),
        java_heap=int(runtime.totalMemory() - runtime.freeMemory()),
        resident_mb=round(resident_megabytes(), 1),
    )


def _entries(folder: str) -> int:
    return len(os.listdir(folder)) if os.path.isdir(folder) else 0


def grown(before: Counts, after: Counts) -> list[str]:
    """Name what has grown beyond what chance explains."""
    tolerated = {
        "threads": 0,
        "files": 0,
        "python_objects": _OBJECTS_TOLERANCE,
        "java_classes": _CLASSES_TOLERANCE,
        "java_heap": _HEAP_TOLERANCE,
    }
    old, new = asdict(before), asdict(after)
    return [
        f"{name}: {old[name]:,} before, {new[name]:,} after"
        for name, more in tolerated.items()
        if new[name] > old[name] + more
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--firings", type=int, default=100_000)
    parser.add_argument("--store", help="default RAM")
    options = parser.parse_args(arguments)
    size = min(BATCH, max(1, options.firings // 4))
    with Scheduler(options.store, name="soak") as scheduler:
        for _ in range(2):  # until the pools are full and the caches warm
            batch(scheduler, size)
        before = count()
        for _ in range(max(1, options.firings // size - 2)):
            batch(scheduler, size)
        after = count()
    found = grown(before, after)
    print(json.dumps({"before": asdict(before), "after": asdict(after), "grown": found}))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
