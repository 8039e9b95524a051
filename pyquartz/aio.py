"""The scheduler for programs that live in asyncio: the calls of Scheduler, as coroutines.

It has no logic of its own to keep alike: each call is Scheduler's, run on a thread beside the
event loop, for a store may let a call wait as long as it likes. Its types, its signature and its
documentation are taken from there.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
import logging
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from datetime import timedelta
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, TypeVar

from .errors import SchedulerStateError
from .executors import application_loop
from .info import SchedulerState
from .lifecycle import AT_EXIT
from .listeners import Listeners
from .listening import Listening
from .scheduler import Scheduler

log = logging.getLogger("pyquartz.scheduler")
P = ParamSpec("P")
T = TypeVar("T")

_CALLS_AT_ONCE = 8
_IDLE_SECONDS = 10.0
_LAST_CALLS_SECONDS = 2.0


class _CallThreads:
    """A few threads for calls that may block.

    They are daemons, unlike those of a ThreadPoolExecutor: a call that waits for a job without end
    must not keep the process from ending.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._calls: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._threads: set[threading.Thread] = set()
        self._idle = 0

    def submit(self, call: Callable[[], T], at_once: bool = False) -> Future[T]:
        """Have something called, in the context of the caller; ``at_once``: before all others."""
        future: Future[T] = Future()
        item = (future, functools.partial(contextvars.copy_context().run, call))
        with self._changed:
            if at_once:
                self._calls.appendleft(item)
            else:
                self._calls.append(item)
            if len(self._calls) <= self._idle:
                self._changed.notify()
            elif at_once or len(self._threads) < _CALLS_AT_ONCE:
                thread = threading.Thread(target=self._work, name="pyquartz-call", daemon=True)
                self._threads.add(thread)
                thread.start()
        return future

    def let_end(self) -> None:
        """Wait a moment for calls under way: out of the JVM none may come into a dead Python."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._threads) == self._idle, _LAST_CALLS_SECONDS)

    def _work(self) -> None:
        while (item := self._next()) is not None:
            future, call = item
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(call())
                except BaseException as error:  # whoever waits for the call is told
                    future.set_exception(error)
            del item, future, call

    def _next(self) -> tuple[Future[Any], Callable[[], Any]] | None:
        with self._changed:
            if not self._calls:
                self._idle += 1
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._calls, _IDLE_SECONDS)
                self._idle -= 1
            if self._calls:
                return self._calls.popleft()
            self._threads.discard(threading.current_thread())
            return None


def _call(
    method: Callable[Concatenate[Scheduler, P], T],
) -> Callable[Concatenate[AsyncScheduler, P], Coroutine[Any, Any, T]]:
    """Make a coroutine of a method of Scheduler's, with its parameters and its documentation."""

    @functools.wraps(method)
    async def call(self: AsyncScheduler, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._run(method, *args, **kwargs)

    call.__qualname__ = f"AsyncScheduler.{method.__name__}"
    return call


def _made_like(
    constructor: Callable[Concatenate[Scheduler, P], None],
) -> Callable[[Callable[..., None]], Callable[Concatenate[AsyncScheduler, P], None]]:
    """Give a constructor the parameters of Scheduler's."""

    def decorate(function: Callable[..., None]) -> Callable[Concatenate[AsyncScheduler, P], None]:
        function.__signature__ = inspect.signature(constructor)  # type: ignore[attr-defined]
        return function

    return decorate


def _factory(make: Callable[P, Scheduler]) -> Callable[P, AsyncScheduler]:
    """Make another way to a Scheduler one to an AsyncScheduler."""

    @functools.wraps(make)
    def later(*args: P.args, **kwargs: P.kwargs) -> AsyncScheduler:
        return AsyncScheduler._later(functools.partial(make, *args, **kwargs))

    return later


class AsyncScheduler(Listening):
    """Scheduler for an application in asyncio: the same calls, as coroutines.

    It takes the parameters of Scheduler, and is there once its first call was awaited: usually by
    ``async with``, which starts it and stops it. What Scheduler's constructor raises, that first
    call raises.

    No call blocks the event loop: each runs on a thread beside it. Cancelling one leaves nothing
    half done: what has begun goes on to its end, what has not never begins. ``name``,
    ``instance_id`` and ``state`` are plain properties; listeners, too, are registered without an
    await, once the scheduler is there.

    Left by an exception or a cancellation, an ``async with`` gives running jobs ten seconds, then
    interrupts them.
    """

    @_made_like(Scheduler.__init__)
    def __init__(self, *args: Any, **settings: Any) -> None:
        inspect.signature(Scheduler).bind(*args, **settings)
        self._set_up(functools.partial(Scheduler, *args, **settings))

    @classmethod
    def of(cls, scheduler: Scheduler) -> AsyncScheduler:
        """Give the coroutine face of a scheduler that is there, such as ``ctx.scheduler``."""
        made = cls._later(lambda: scheduler)
        made._core = scheduler
        return made

    @classmethod
    def _later(cls, make: Callable[[], Scheduler]) -> AsyncScheduler:
        made = cls.__new__(cls)
        made._set_up(make)
        return made

    def _set_up(self, make: Callable[[], Scheduler]) -> None:
        self._make = make
        self._core: Scheduler | None = None
        self._stopped = False
        self._making = threading.Lock()
        self._threads = _CallThreads()

    def __repr__(self) -> str:
        return f"<AsyncScheduler, {self._core or self.state}>"

    # -- life ---------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name under which the store keeps this scheduler's rows; Quartz's instanceName."""
        return self._there().name

    @property
    def instance_id(self) -> str:
        """The name of this node; Quartz's instanceId."""
        return self._there().instance_id

    @property
    def state(self) -> SchedulerState:
        """One of "standby" (made, or paused as a whole), "started" and "stopped" (for good)."""
        if self._core is None:
            return "stopped" if self._stopped else "standby"
        return self._core.state

    async def stop(self, wait: bool = True, timeout: timedelta | float | None = None) -> None:
        """Stop for good, as ``Scheduler.stop`` does; from a job it returns at once.

        When the wait for it is cancelled, the stop itself goes on.
        """
        self._stopped = True
        if self._core is not None or self._making.locked():
            # Not behind calls that may be stuck: ending those is what a stop is for.
            await self._await(functools.partial(self._stop_core, wait, timeout), at_once=True)

    def _stop_core(self, wait: bool, timeout: timedelta | float | None) -> None:
        with self._making:
            core = self._core
        if core is not None:
            core.stop(wait, timeout)

    async def __aenter__(self) -> AsyncScheduler:
        try:
            await self.start()
        except BaseException:
            await self.stop(timeout=AT_EXIT)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self.stop(timeout=AT_EXIT if error else None)
        except asyncio.CancelledError:
            # The shortest time holds; the loop lives until jobs and store are in order.
            await self.stop(timeout=AT_EXIT)
            raise

    # -- calls --------------------------------------------------------------------------------

    from_properties = staticmethod(_factory(Scheduler.from_properties))
    start = _call(Scheduler.start)
    standby = _call(Scheduler.standby)
    schedule_task = _call(Scheduler.schedule_task)
    schedule_tasks = _call(Scheduler.schedule_tasks)
    reschedule_task = _call(Scheduler.reschedule_task)
    reschedule_trigger = _call(Scheduler.reschedule_trigger)
    update_timezone = _call(Scheduler.update_timezone)
    rename_job = _call(Scheduler.rename_job)
    rename_trigger = _call(Scheduler.rename_trigger)
    add_job = _call(Scheduler.add_job)
    delete_task = _call(Scheduler.delete_task)
    delete_trigger = _call(Scheduler.delete_trigger)
    delete_triggers_of = _call(Scheduler.delete_triggers_of)
    trigger_now = _call(Scheduler.trigger_now)
    interrupt = _call(Scheduler.interrupt)
    pause = _call(Scheduler.pause)
    resume = _call(Scheduler.resume)
    pause_all = _call(Scheduler.pause_all)
    resume_all = _call(Scheduler.resume_all)
    jobs = _call(Scheduler.jobs)
    job = _call(Scheduler.job)
    triggers = _call(Scheduler.triggers)
    trigger = _call(Scheduler.trigger)
    executing = _call(Scheduler.executing)
    info = _call(Scheduler.info)
    next_fires = _call(Scheduler.next_fires)
    fires_between = _call(Scheduler.fires_between)
    add_calendar = _call(Scheduler.add_calendar)
    delete_calendar = _call(Scheduler.delete_calendar)
    calendars = _call(Scheduler.calendars)
    calendar = _call(Scheduler.calendar)
    is_included = _call(Scheduler.is_included)
    delete_jobs_with_no_class = _call(Scheduler.delete_jobs_with_no_class)
    reset_errored_triggers = _call(Scheduler.reset_errored_triggers)
    clear = _call(Scheduler.clear)
    init_tasks = _call(Scheduler.init_tasks)

    # -- helpers ------------------------------------------------------------------------------

    @property
    def _listeners(self) -> Listeners:
        return self._there()._listeners

    def _there(self) -> Scheduler:
        if self._core is None:
            raise SchedulerStateError(
                "the scheduler is not made yet: enter it by 'async with', or await a call first"
            )
        return self._core

    async def _run(
        self,
        method: Callable[Concatenate[Scheduler, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        from ._jvm import launch

        core = self._core
        if core is None:
            making = contextvars.copy_context()
            making.run(application_loop.set, asyncio.get_running_loop())
            core = await self._await(functools.partial(making.run, self._made))
            # The JVM was started on a thread that may set no handler.
            launch.end_on_sigterm()

        def call() -> T:
            launch.enter_thread()
            return method(core, *args, **kwargs)

        launch.check_process()
        return await self._await(call)

    def _made(self) -> Scheduler:
        from ._jvm import launch

        with self._making:
            if self._stopped:
                raise SchedulerStateError("the scheduler has stopped, for good; make a new one")
            if self._core is None:
                launch.at_exit(self._threads.let_end)
                self._core = self._make()
            return self._core

    async def _await(self, call: Callable[[], T], at_once: bool = False) -> T:
        future = self._threads.submit(call, at_once)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            future.add_done_callback(_log_failure)
            raise


def _log_failure(future: Future[Any]) -> None:
    if not future.cancelled() and future.exception() is not None:
        log.error("A call that nobody awaits any more has failed", exc_info=future.exception())
