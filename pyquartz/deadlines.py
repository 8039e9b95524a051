"""Timeouts of jobs: one thread that interrupts the runs whose time is over."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from .context import JobContext
from .errors import JobTimeoutError

_LONGEST_WAIT = 3600.0
# So many deadlines of runs that have ended may be kept, beside as many as run.
_KEPT = 64


class Deadlines:
    """The deadlines of the runs of one scheduler; the thread is made with the first of them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        # A run that ends leaves its deadline there: to take it out would mean to search for it.
        self._heap: list[tuple[float, int]] = []
        self._running: dict[int, JobContext] = {}
        self._numbers = itertools.count()
        self._watching = False
        self._closed = False

    @contextmanager
    def limit(self, timeout: timedelta, context: JobContext) -> Iterator[None]:
        """Interrupt the run inside when its time is over, and make its end a JobTimeoutError."""
        number = next(self._numbers)
        self._add(time.monotonic() + timeout.total_seconds(), number, context)
        try:
            yield
        except BaseException as error:
            if context.interrupt_reason == "timeout":
                raise _timed_out(timeout) from error
            raise
        finally:
            self._remove(number)
        if context.interrupt_reason == "timeout":
            raise _timed_out(timeout)

    def close(self) -> None:
        """Let the thread end."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _add(self, end: float, number: int, context: JobContext) -> None:
        with self._changed:
            self._running[number] = context
            heapq.heappush(self._heap, (end, number))
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._watch, name="pyquartz-timeouts", daemon=True).start()
            elif self._heap[0][1] == number:
                self._changed.notify()

    def _remove(self, number: int) -> None:
        with self._changed:
            self._running.pop(number, None)
            if len(self._heap) > 2 * len(self._running) + _KEPT:
                self._heap = [entry for entry in self._heap if entry[1] in self._running]
                heapq.heapify(self._heap)

    def _watch(self) -> None:
        while (context := self._next()) is not None:
            context.interrupt("timeout")

    def _next(self) -> JobContext | None:
        with self._changed:
            while not self._closed:
                left = self._heap[0][0] - time.monotonic() if self._heap else _LONGEST_WAIT
                if left > 0:
                    self._changed.wait(min(left, _LONGEST_WAIT))
                    continue
                context = self._running.pop(heapq.heappop(self._heap)[1], None)
                if context is not None:
                    return context
            return None


def _timed_out(timeout: timedelta) -> JobTimeoutError:
    return JobTimeoutError(f"it ran longer than its timeout of {timeout}")
