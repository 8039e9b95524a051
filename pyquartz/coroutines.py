"""Coroutine jobs: carried to one event loop in batches, and back.

A waiting coroutine holds no thread. One thread carries them: Quartz's halves before and after a run
are done there, so that the loop waits neither for listeners nor for the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import SchedulerStateError
from .executors import LOOP_ENDED

if TYPE_CHECKING:
    import asyncio

    from ._jvm.runs import Begun, Runs
    from .executors import Executors
    from .worker import Run, Worker

_LOOK_MILLIS = 500
_AT_ONCE = 100


class Coroutines:
    """Runs the coroutine jobs of one scheduler."""

    def __init__(self, worker: Worker, runs: Runs, executors: Executors) -> None:
        self._worker = worker
        self._runs = runs
        self._executors = executors
        # Those on the loop, by ticket; whoever takes one out says that it has ended.
        self._open: dict[int, Run] = {}
        # Touched on the loop only.
        self._ended: list[int] = []

    def carry(self) -> None:
        """Carry, on the calling thread, until the scheduler has stopped."""
        following = self._runs.ferry()
        while (batch := following(self._patience())) is not None:
            completed, begun = batch
            if self._executors.loop_has_ended():
                self.give_up()
            for ticket in completed:
                self._worker.completed(ticket)
            if begun:
                self._hand_over(begun)

    def _patience(self) -> int:
        # The application may end its loop, and nobody says so.
        return _LOOK_MILLIS if self._executors.on_application_loop else 0

    def _hand_over(self, begun: list[Begun]) -> None:
        from ._jvm import runs

        loop = self._executors.loop()
        waiting = []
        for ticket, index, facts in begun:
            run = self._worker.open(ticket, runs.name(index), facts)
            self._open[run.ticket] = run
            waiting.append(run)
        try:
            loop.call_soon_threadsafe(self._begin, loop, waiting)
        except RuntimeError:
            self.give_up()

    def give_up(self) -> None:
        """End all runs whose loop the application has closed: they never come back."""
        for ticket in list(self._open):
            run = self._open.pop(ticket, None)
            if run is not None:
                error = SchedulerStateError(LOOP_ENDED)
                self._worker.fail(None, run.class_name, run, ticket, error)
                del run
                self._worker.leave(ticket)
                self._runs.ended([ticket])

    def _begin(self, loop: asyncio.AbstractEventLoop, waiting: list[Run]) -> None:
        # In turns with what has begun: many that do little would only fill the memory, and keep
        # the collector of garbage busy.
        begun = []
        for run in waiting[:_AT_ONCE]:
            # A name that is given spares the loop to make one, and tells more.
            task = loop.create_task(self._run(run), name=run.class_name)
            run.cancel_with(task)
            begun.append((run.ticket, task))
        # Once for all of them, for a callback of its own costs a run as much as its task.
        loop.call_soon(self._look_at_first_steps, begun)
        if len(waiting) > _AT_ONCE:
            loop.call_soon(self._begin, loop, waiting[_AT_ONCE:])

    async def _run(self, run: Run) -> None:
        worker = self._worker
        ticket = run.ticket
        definition = None
        arguments: dict[str, Any] | None = None
        try:
            definition = worker.definition(run.class_name)
            arguments = worker.arguments(definition, run)
            # Most have none, and need no context manager that does nothing.
            if definition.timeout is None:
                result = await definition.function(**arguments)
            else:
                with worker.limit(definition, run):
                    result = await definition.function(**arguments)
            worker.finish(definition, run, ticket, result)
        except GeneratorExit:
            # It is thrown away with its loop, maybe when no JVM is left.
            ticket = 0
            raise
        except BaseException as error:  # all of it: what ends a job must not end the loop
            # One that was given up has been told of already.
            if ticket in self._open:
                worker.fail(definition, run.class_name, run, ticket, error)
        finally:
            # Whoever else holds the context is who keeps it.
            del run, arguments
            self._note(ticket)

    def _look_at_first_steps(self, begun: list[tuple[int, asyncio.Task[None]]]) -> None:
        """Note those that were cancelled before their first step: they can't do it themselves."""
        for ticket, task in begun:
            if task.done() and ticket in self._open:
                self._runs.fail(ticket, "E\nCancelledError: its event loop has ended")
                self._note(ticket)

    def _note(self, ticket: int) -> None:
        if self._open.pop(ticket, None) is None:
            return
        self._worker.leave(ticket)
        self._ended.append(ticket)
        if self._executors.on_application_loop:
            self._tell()  # which may end before its next turn
        elif len(self._ended) == 1:
            # With all others that end in this turn of the loop.
            self._executors.loop().call_soon(self._tell)

    def _tell(self) -> None:
        ended, self._ended = self._ended, []
        self._runs.ended(ended)
