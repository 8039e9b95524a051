"""The jobs of ``pyquartz bench``: they do nothing, so that the way there is what is measured."""

from __future__ import annotations

import itertools
import threading
from datetime import timedelta

from ..context import JobContext
from ..errors import PyQuartzError
from ..jobs import defjob

_LONGEST = timedelta(minutes=10)


class BenchError(PyQuartzError):
    """The measurement could not be made."""


class Countdown:
    """Counts runs, from any thread, and says when all have come.

    The benchmarks have one as well, which is theirs: they import nothing of what they measure, and
    are not there where pyquartz is installed.
    """

    def __init__(self, runs: int) -> None:
        self._runs = runs
        self._numbers = itertools.count(1)
        self._done = threading.Event()

    def hit(self) -> None:
        """Count one run."""
        if next(self._numbers) == self._runs:
            self._done.set()

    def wait(self) -> None:
        """Wait for the last of them."""
        if not self._done.wait(_LONGEST.total_seconds()):
            ran = next(self._numbers) - 1
            raise BenchError(
                f"{ran} of {self._runs} jobs ran within {_LONGEST}: ask for fewer with --jobs"
            )


countdown = Countdown(0)


@defjob("pyquartz.bench.function")
def function() -> None:
    """Count."""
    countdown.hit()


@defjob("pyquartz.bench.function_with_data")
def function_with_data(ctx: JobContext, number: int, text: str) -> None:
    """Count, and look at what most jobs look at."""
    _ = ctx.scheduled_fire_time
    countdown.hit()


@defjob("pyquartz.bench.coroutine")
async def coroutine() -> None:
    """Count, on the event loop."""
    countdown.hit()
