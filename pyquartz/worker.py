"""One run of a Python job, from the stored name to the outcome that Quartz is told.

A worker is a thread that pulls: one call hands back the last run and waits for the next. A failure
is logged here, once, with the tracebacks of both sides.
"""

from __future__ import annotations

import logging
import weakref
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .context import Facts, InterruptReason, JobContext
from .coroutines import Coroutines
from .deadlines import Deadlines
from .errors import JobDataError, JobExecutionError, PyQuartzError, SchedulerStateError
from .executors import Executors
from .following import Following
from .jobdata import check_data
from .jobs import JobDefinition, JobRegistry
from .keys import JobKey
from .listeners import Listeners

if TYPE_CHECKING:
    import asyncio

    from ._jvm.quartz import Engine
    from ._jvm.runs import Runs
    from .scheduler import Scheduler

_NO_LIMIT = nullcontext()
log = logging.getLogger("pyquartz.worker")


class Run(JobContext):
    """The context of a run here, made of what there is: most jobs ask it nothing."""

    # A coroutine's own.
    _task: asyncio.Task[None] | None = None

    def __init__(
        self,
        runs: Runs,
        ticket: int,
        class_name: str,
        scheduler: Scheduler,
        facts: Facts | None,
    ) -> None:
        self._runs = runs
        self.ticket = ticket
        self.class_name = class_name
        self._scheduler = scheduler
        self._facts = facts

    def cancel_with(self, task: asyncio.Task[None]) -> None:
        """Have the task of a coroutine cancelled when the run is interrupted, or has been."""
        self._task = task
        # Whoever interrupts says so before it looks for a task.
        if self.interrupt_reason is not None:
            self._cancel(task)

    def interrupt(self, reason: InterruptReason = "interrupt") -> None:
        """Ask the job to end, and cancel its coroutine."""
        super().interrupt(reason)
        if self._task is not None:
            self._cancel(self._task)

    @staticmethod
    def _cancel(task: asyncio.Task[None]) -> None:
        try:
            task.get_loop().call_soon_threadsafe(task.cancel)
        except RuntimeError:
            log.debug("The event loop has ended before its coroutine could be cancelled")

    def keep_facts(self) -> None:
        """Ask for all facts, for who keeps the context: once it is over they can't be asked for."""
        self._facts = self._fetch()

    def _fetch(self) -> Facts:
        return self._runs.facts(self.ticket)

    @property
    def _logger(self) -> str:
        return f"pyquartz.job.{self.class_name}"


class Worker:
    """Runs the jobs of one scheduler and knows those that run now."""

    def __init__(
        self,
        scheduler: Scheduler,
        engine: Engine,
        jobs: JobRegistry,
        executors: Executors,
        listeners: Listeners,
    ) -> None:
        self._scheduler = scheduler
        self._runs = engine.runs
        self._as_strings = engine.as_strings
        self._jobs = jobs
        self._executors = executors
        self._listeners = listeners
        self._deadlines = Deadlines()
        self._following = Following(engine)
        # By ticket. Each run writes its own entry, and nothing else does: no lock is needed.
        self._running: dict[int, Run] = {}
        self._coroutines = Coroutines(self, engine.runs, executors)

    def serve(self, name: str) -> None:
        """Spend the calling thread's life as a worker; returns when the scheduler has stopped."""
        from ._jvm.runs import name as class_name

        box = self._runs.worker(name)
        ticket = 0
        while True:
            box.take()
            if ticket:
                self.completed(ticket)
            ticket, index, size = box.numbers()
            if ticket < 0:
                return
            self._run(ticket, class_name(index), box.facts(ticket, size) if size else None)

    def carry(self) -> None:
        """Spend the calling thread's life carrying coroutines to their event loop and back."""
        self._coroutines.carry()

    def give_up_lost(self) -> None:
        """End the runs of coroutines whose event loop the application has closed."""
        if self._executors.loop_has_ended():
            self._coroutines.give_up()

    def _run(self, ticket: int, class_name: str, facts: Facts | None) -> None:
        context = self.open(ticket, class_name, facts)
        definition = None
        arguments: dict[str, Any] | None = None
        try:
            definition = self.definition(class_name)
            if definition.is_plain_call:
                result = definition.function()
            else:
                arguments = self.arguments(definition, context)
                if definition.is_direct_call:
                    result = definition.function(**arguments)
                else:
                    with self.limit(definition, context):
                        result = self._executors.run(definition, context, arguments)
            self.finish(definition, context, ticket, result)
        except BaseException as error:  # all of it: a worker outlives what a job raises
            self.fail(definition, class_name, context, ticket, error)
        finally:
            # Whoever else holds the context is who keeps it.
            del context, arguments
            self.leave(ticket)

    # -- for coroutines, too ------------------------------------------------------------------

    def open(self, ticket: int, class_name: str, facts: Facts | None) -> Run:
        """Note a run, of which the facts may be known already."""
        run = self._running[ticket] = Run(self._runs, ticket, class_name, self._scheduler, facts)
        return run

    def definition(self, class_name: str) -> JobDefinition:
        """Give what stands behind a stored name."""
        definition = self._jobs.get(class_name)
        if definition is None:
            raise JobDataError(
                f"no job is registered under the stored name {class_name!r} any more"
            )
        return definition

    @staticmethod
    def arguments(definition: JobDefinition, context: JobContext) -> dict[str, Any]:
        """Bind the run's data and its context to the callable's parameters."""
        arguments: dict[str, Any] = definition.bind(context.data) if definition.needs_data else {}
        for name in definition.context_names:
            arguments[name] = context
        return arguments

    def limit(self, definition: JobDefinition, context: JobContext) -> AbstractContextManager[None]:
        """Hold the run inside to the job's timeout."""
        if definition.timeout is None:
            return _NO_LIMIT
        return self._deadlines.limit(definition.timeout, context)

    def finish(
        self, definition: JobDefinition, context: JobContext, ticket: int, result: object
    ) -> None:
        """Say what a run that went well leaves behind: result, data, what follows it."""
        if result is not None and context.result is None:
            context.result = result
        if context.result is not None:
            self._give_result(context, ticket)
        if definition.persist_data:
            self._store_data(context, ticket)
        if definition.then or context.followed_by:
            self._following.go_on(definition, context, ticket)
        if self._listeners.hears_outcomes:
            self._listeners.keep(ticket, context, None)

    def fail(
        self,
        definition: JobDefinition | None,
        class_name: str,
        context: JobContext,
        ticket: int,
        error: BaseException,
    ) -> None:
        """Log a failed run, and say what Quartz shall do about it."""
        wait = self._try_again(definition, context, ticket, error)
        self._runs.fail(ticket, self._failure(class_name, context, error, wait))
        if self._listeners.hears_outcomes:
            self._listeners.keep(ticket, context, error)

    def leave(self, ticket: int) -> None:
        """Note that a run's body has ended, before Quartz is told."""
        kept = weakref.ref(self._running.pop(ticket))
        run = kept()
        if run is not None:
            try:
                run.keep_facts()
            except PyQuartzError as error:  # the run has ended all the same
                log.warning("A kept context of %s lacks its facts: %s", run.class_name, error)

    def completed(self, ticket: int) -> None:
        """Forget a run of which Quartz has told all listeners."""
        if self._listeners.hears_outcomes:
            self._listeners.forget(ticket)

    # -- what a run leaves behind -------------------------------------------------------------

    def _try_again(
        self,
        definition: JobDefinition | None,
        context: JobContext,
        ticket: int,
        error: BaseException,
    ) -> timedelta | None:
        if definition is None or definition.retry is None:
            return None
        try:
            return self._following.try_again(definition.retry, context, ticket, error)
        except Exception:  # whatever it is, the run has failed and has to be completed
            log.exception("Job %s can't be tried again", context.job_key)
            return None

    def _give_result(self, context: JobContext, ticket: int) -> None:
        try:
            value = check_data({"result": context.result}, "the result of a job")["result"]
        except JobDataError:
            # Listeners in Python see it as it is; Java ones can't.
            return
        self._runs.set_result(ticket, value)

    def _store_data(self, context: JobContext, ticket: int) -> None:
        after = context.touched_job_data
        if after is None:
            return
        before = context.facts["job_data"]
        missing = object()
        changed = {key: value for key, value in after.items() if before.get(key, missing) != value}
        removed = before.keys() - after.keys()
        if changed or removed:
            data = check_data(changed, f"the data of job {context.job_key}")
            self._runs.write_job_data(ticket, data, set(removed), self._as_strings)

    def _failure(
        self,
        class_name: str,
        context: JobContext,
        error: BaseException,
        wait: timedelta | None,
    ) -> str:
        from ._jvm.convert import java_trace

        trace = java_trace(error)
        message = _message(error)
        cut_off = _is_cut_off(error, context)
        log.log(
            logging.WARNING if cut_off else logging.ERROR,
            "Job %s (%s), fired by %s, %s%s%s",
            context.job_key,
            class_name,
            context.trigger_key,
            f"was interrupted ({context.interrupt_reason})"
            if cut_off
            else f"failed: {message or type(error).__name__}",
            f"; attempt {context.attempt + 1} comes in {wait}" if wait is not None else "",
            f"\nThe Java side:\n{trace}" if trace else "",
            exc_info=None if cut_off else error,
            extra={"action": "job_failed", "job": str(context.job_key)},
        )
        directives = "E"
        if isinstance(error, JobExecutionError):
            directives = "R" if error.refire_immediately else ""
            directives += "U" if error.unschedule_trigger else ""
            directives += "A" if error.unschedule_all_triggers else ""
        return f"{directives}\n{type(error).__name__}: {message}"

    def interrupt_all(self) -> None:
        """Ask all that runs here to end, for the scheduler stops."""
        for context in list(self._running.values()):
            context.interrupt("stop")

    def interrupt(self, job: JobKey | None, fire_instance_id: str | None) -> int:
        """Ask the runs of a job, or the run of a firing, to end; say how many there were."""
        if fire_instance_id is not None:
            one = self.context_of(fire_instance_id)
            meant = [] if one is None else [one]
        else:
            running = list(self._running.values())
            meant = [context for context in running if _is_of(context, job)]
        for context in meant:
            context.interrupt()
        return len(meant)

    def close(self) -> None:
        """Let go of what helps the workers."""
        self._deadlines.close()

    def context_of(self, fire_instance_id: str) -> JobContext | None:
        """Give the context of a firing that runs here, None when none does."""
        ticket = self._runs.ticket_of(fire_instance_id)
        return None if ticket is None else self._running.get(ticket)

    def progress(self, fire_instance_id: str) -> float | None:
        """Give what a running job last reported."""
        context = self.context_of(fire_instance_id)
        return context.reported_progress if context else None

    def names(self) -> list[str]:
        """Give the jobs that run here, for a report of what was left."""
        names = []
        for context in list(self._running.values()):
            try:
                names.append(str(context.job_key))
            except SchedulerStateError:
                continue  # It has just ended.
        return names


def _is_of(context: JobContext, job: JobKey | None) -> bool:
    try:
        return context.job_key == job
    except SchedulerStateError:
        return False  # It has just ended.


def _is_cut_off(error: BaseException, context: JobContext) -> bool:
    """Say whether a coroutine ended because somebody, or a stop, has asked it to."""
    if context.interrupt_reason not in ("interrupt", "stop"):
        return False
    from asyncio import CancelledError

    return isinstance(error, CancelledError)


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "its message can't be made"
