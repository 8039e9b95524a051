"""Where a job's body runs: on the worker's own thread, in a process, or on an event loop.

A worker waits for the first two; ``coroutines.py`` carries what the event loop runs.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Coroutine, Mapping
from concurrent.futures import Executor, Future, wait
from contextvars import ContextVar
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from .config import ProcessLimits
from .context import JobContext
from .errors import SchedulerStateError
from .jobs import JobDefinition

if TYPE_CHECKING:
    import asyncio

    from .processes import ProcessPool

T = TypeVar("T")
_CLEAN_UP_SECONDS = 2.0
_LOOK_SECONDS = 0.5
LOOP_ENDED = (
    "the application's event loop has ended, and no coroutine can run on it any more; stop the "
    "scheduler before the loop"
)

# The running loop of the application that makes a scheduler: its coroutine jobs run there.
application_loop: ContextVar[asyncio.AbstractEventLoop | None] = ContextVar(
    "pyquartz_application_loop", default=None
)

Body = Callable[[JobDefinition, JobContext, Mapping[str, object]], object]


class Executors:
    """The places of one scheduler, each made when it is first needed."""

    def __init__(
        self,
        processes: int | None,
        limits: ProcessLimits | None = None,
    ) -> None:
        self._process_count = processes or os.cpu_count() or 1
        self._limits = limits or ProcessLimits()
        self._processes: ProcessPool | None = None
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = application_loop.get()
        self._loop_thread: threading.Thread | None = None
        self._bodies: dict[str, Body] = {
            "thread": self._in_thread,
            "process": self._in_process,
        }

    def run(
        self, definition: JobDefinition, context: JobContext, arguments: Mapping[str, object]
    ) -> object:
        """Run a body where its definition says; give what it returns or raise what it raises."""
        where = definition.runs_in
        if isinstance(where, str):
            return self._bodies[where](definition, context, arguments)
        return _in_executor(where, definition, context, arguments)

    def close(self) -> None:
        """End processes and event loop; what it still runs is cancelled and can clean up."""
        with self._lock:
            loop, self._loop = self._loop, None
            processes = self._processes
        if processes is not None:
            processes.close()
        if loop is not None and self._loop_thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            self._loop_thread.join(_CLEAN_UP_SECONDS)

    def runs_here(self) -> bool:
        """Say whether the calling thread is that of the event loop."""
        if self._loop is None:
            return False
        import asyncio

        return asyncio._get_running_loop() is self._loop

    @staticmethod
    def _in_thread(
        definition: JobDefinition, context: JobContext, arguments: Mapping[str, object]
    ) -> object:
        return definition.function(**arguments)

    # -- event loop ---------------------------------------------------------------------------

    @property
    def on_application_loop(self) -> bool:
        """Whether coroutines run on a loop that the application may end when it likes."""
        return self._loop is not None and self._loop_thread is None

    def loop_has_ended(self) -> bool:
        """Say whether the application has ended its loop: what ran there never comes back."""
        loop = self._loop
        return loop is not None and self._loop_thread is None and loop.is_closed()

    def result(self, future: Future[T]) -> T:
        """Wait for a coroutine on the event loop; SchedulerStateError when the loop has ended."""
        if self.waited_in_vain([future]):
            raise SchedulerStateError(LOOP_ENDED)
        return future.result()

    def waited_in_vain(
        self, futures: Collection[Future[Any]], seconds: float | None = None
    ) -> bool:
        """Wait for coroutines on the event loop; True when some did not end, in time or at all."""
        end = float("inf") if seconds is None else monotonic() + seconds
        # In short waits, for the application may end its loop at any time.
        while wait(futures, max(0.0, min(end - monotonic(), _LOOK_SECONDS))).not_done:
            if self.loop_has_ended() or monotonic() >= end:
                return not all(future.done() for future in futures)
        return False

    def start(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine on the event loop, from another thread."""
        import asyncio

        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self.loop())
        except RuntimeError as error:
            coroutine.close()
            raise SchedulerStateError(LOOP_ENDED) from error

    def loop(self) -> asyncio.AbstractEventLoop:
        """Give the event loop: the application's, or one that runs on a thread of its own."""
        with self._lock:
            if self._loop is None:
                self._loop = _new_loop()
                self._loop_thread = threading.Thread(
                    target=_run_loop, args=(self._loop,), name="pyquartz-loop", daemon=True
                )
                self._loop_thread.start()
            return self._loop

    # -- process ------------------------------------------------------------------------------

    def _in_process(
        self, definition: JobDefinition, context: JobContext, arguments: Mapping[str, object]
    ) -> object:
        from .processes import ProcessPool

        with self._lock:
            if self._processes is None:
                self._processes = ProcessPool(self._process_count, self._limits)
        return self._processes.run(definition, context, arguments)


def _in_executor(
    executor: Executor,
    definition: JobDefinition,
    context: JobContext,
    arguments: Mapping[str, object],
) -> object:
    # One callable and nothing else: some executors take keywords for their own.
    future = executor.submit(partial(definition.function, **arguments))
    with context.on_interrupt(future.cancel):
        return future.result()


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop  # type: ignore[import-not-found,unused-ignore]  # not everybody's
    except ImportError:
        import asyncio

        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def _run_loop(loop: asyncio.AbstractEventLoop) -> None:
    import asyncio

    asyncio.set_event_loop(loop)
    loop.run_forever()
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
