"""What one measuring process is told: ``name=value`` arguments, the same for Java and Python.

It imports nothing that is measured: what it costs would count in the time to start.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from time import perf_counter

# How long a body that waits does so: as if it asked another service.
WAITING_SECONDS = 0.1
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
        self.spacing = int(values["spacing"])
        self.spawned = float(values["spawned"])
        self.clustered = values["clustered"] == "true"
        self.url = values.get("url")


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
