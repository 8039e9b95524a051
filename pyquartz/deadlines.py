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


class Deadlines:
    """The deadlines of the runs of one scheduler; the thread is made with the first of them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._heap: list[tuple[float, int, JobContext]] = []
        self._numbers = itertools.count()
        self._watching = False
        self._closed = False

    @contextmanager
    def limit(self, timeout: timedelta, context: JobContext) -> Iterator[None]:
        """Interrupt the run inside when its time is over, and make its end a JobTimeoutError."""
        entry = (time.monotonic() + timeout.total_seconds(), next(self._numbers), context)
        self._add(entry)
        try:
            yield
        except BaseException as error:
            if context.interrupt_reason == "timeout":
                raise _timed_out(timeout) from error
            raise
        finally:
            self._remove(entry)
        if context.interrupt_reason == "timeout":
            raise _timed_out(timeout)

    def close(self) -> None:
        """Let the thread end."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _add(self, entry: tuple[float, int, JobContext]) -> None:
        with self._changed:
            heapq.heappush(self._heap, entry)
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._watch, name="pyquartz-timeouts", daemon=True).start()
            elif self._heap[0] is entry:
                self._changed.notify()

    def _remove(self, entry: tuple[float, int, JobContext]) -> None:
        with self._changed:
            if entry in self._heap:
                self._heap.remove(entry)
                heapq.heapify(self._heap)

    def _watch(self) -> None:
        while (context := self._next()) is not None:
            context.interrupt("timeout")

    def _next(self) -> JobContext | None:
        with self._changed:
            while not self._closed:
                left = self._heap[0][0] - time.monotonic() if self._heap else _LONGEST_WAIT
                if left <= 0:
                    return heapq.heappop(self._heap)[2]
                self._changed.wait(min(left, _LONGEST_WAIT))
            return None


def _timed_out(timeout: timedelta) -> JobTimeoutError:
    return JobTimeoutError(f"it ran longer than its timeout of {timeout}")
