"""Where a job's body runs: on the worker's own thread, on an event loop, or in a process.

A worker waits for the body wherever it runs, and gives the outcome back to Quartz.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor, Future
from functools import partial
from typing import TYPE_CHECKING, Any

from .config import ProcessLimits
from .context import JobContext
from .jobs import JobDefinition

if TYPE_CHECKING:
    import asyncio

    from .processes import ProcessPool

_CLEAN_UP_SECONDS = 2.0

Body = Callable[[JobDefinition, JobContext, Mapping[str, object]], object]


class Executors:
    """The places of one scheduler, each made when it is first needed."""

    def __init__(
        self,
        coroutines: int,
        processes: int | None,
        limits: ProcessLimits | None = None,
    ) -> None:
        self._coroutines = threading.BoundedSemaphore(coroutines)
        self._process_count = processes or os.cpu_count() or 1
        self._limits = limits or ProcessLimits()
        self._processes: ProcessPool | None = None
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._loop_thread: threading.Thread | None = None
        self._bodies: dict[str, Body] = {
            "thread": self._in_thread,
            "loop": self._in_loop,
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
        return threading.current_thread() is self._loop_thread

    @staticmethod
    def _in_thread(
        definition: JobDefinition, context: JobContext, arguments: Mapping[str, object]
    ) -> object:
        return definition.function(**arguments)

    # -- event loop ---------------------------------------------------------------------------

    def _in_loop(
        self, definition: JobDefinition, context: JobContext, arguments: Mapping[str, object]
    ) -> object:
        import asyncio

        with self._coroutines:
            loop = self.loop()
            begun: Future[asyncio.Task[object]] = Future()
            coroutine = _telling_its_task(begun, definition.function(**arguments))
            future = asyncio.run_coroutine_threadsafe(coroutine, loop)
            # Not future.cancel(), which would not wait for what the coroutine does about it.
            cancel = begun.result().cancel
            with context.on_interrupt(lambda: loop.call_soon_threadsafe(cancel)):
                return future.result()

    def loop(self) -> asyncio.AbstractEventLoop:
        """Give the event loop, which runs on a thread of its own."""
        import asyncio

        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
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


async def _telling_its_task(
    begun: Future[asyncio.Task[object]], coroutine: Coroutine[Any, Any, object]
) -> object:
    import asyncio

    task = asyncio.current_task()
    assert task is not None
    begun.set_result(task)
    return await coroutine


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
