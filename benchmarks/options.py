"""What one measuring process is told: ``name=value`` arguments, the same for Java and Python.

It imports nothing that is measured: what it costs would count in the time to start.
"""

from __future__ import annotations

import itertools
import resource
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

# How long a body that waits does so: as if it asked another service.
WAITING_SECONDS = 1.0
# How long a scheduler that has started has to come to rest, before its memory is read.
REST_SECONDS = 2.0
# A run that is not done by then is broken.
LIMIT_SECONDS = 300
# All jobs are due when the scheduler starts; none of them shall count as missed.
MISFIRE_THRESHOLD_MILLIS = 600_000


class Options:
    """The arguments of a measuring process."""

    def __init__(self, arguments: list[str]) -> None:
        values = dict(argument.split("=", 1) for argument in arguments)
        self.measure = values["measure"]
        self.body = values["body"]
        self.jobs = int(values["jobs"])
        self.workers = int(values["workers"])
        self.rounds = int(values["rounds"])
        self.spacing = int(values["spacing"])
        self.spawned = float(values["spawned"])
        self.clustered = values["clustered"] == "true"
        self.url = values.get("url")

    def data(self, number: int) -> dict[str, object]:
        """Give what a job of this number gets."""
        return {"number": number, "text": "some text"} if self.body == "data" else {}


class Countdown:
    """Counts the bodies that ran, from any thread, and says when all have."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._numbers = itertools.count(1)
        self._done = threading.Event()

    def hit(self) -> bool:
        """Count one; whether it was the last."""
        last = next(self._numbers) == self._jobs
        if last:
            self._done.set()
        return last

    def wait(self) -> None:
        if not self._done.wait(LIMIT_SECONDS):
            ran = next(self._numbers) - 1
            raise TimeoutError(f"{ran} of {self._jobs} jobs ran in {LIMIT_SECONDS} s")


def rate(jobs: int, work: Callable[[], object]) -> float:
    """Do the work and say how many jobs that were in a second."""
    start = perf_counter()
    work()
    return jobs / (perf_counter() - start)


class Phase:
    """What a phase takes: the clock's time, and that of all cores together."""

    def __init__(self) -> None:
        self._wall, self._cpu = perf_counter(), process_time()

    def of(self, jobs: int) -> dict[str, float]:
        """Give jobs a second, and microseconds of CPU for each; in Python the JVM's as well."""
        seconds, cpu = perf_counter() - self._wall, process_time() - self._cpu
        return {"run": jobs / seconds, "run_cpu": cpu * 1e6 / jobs}


def resident_megabytes() -> float:
    """Give what this process holds of the machine's memory, libraries and JVM included."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
