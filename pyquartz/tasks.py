"""The process-wide scheduler of a service, and the initialisers that set its tasks up.

Each module says with ``@task_init`` how its task is scheduled. At start-up every initialiser is
called exactly once; one that fails is logged and does not stop the rest.
"""

from __future__ import annotations

import inspect
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from .errors import ConfigurationError, SchedulerStateError, TaskError
from .scheduler import Scheduler

log = logging.getLogger("pyquartz.tasks")
Initialiser = Callable[[Scheduler], object]
I = TypeVar("I", bound=Callable[..., Any])  # noqa: E741 - an initialiser

STORE_VARIABLE = "PYQUARTZ_STORE"
DISABLE_VARIABLE = "PYQUARTZ_DISABLE_SCHEDULER"
_YES, _NO = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")


@dataclass(frozen=True)
class TaskReport:
    """What became of one initialiser: how long it took, and its error if it failed."""

    name: str
    duration: timedelta
    error: BaseException | None = None


@dataclass(frozen=True)
class _Task:
    name: str
    initialiser: Initialiser
    after: tuple[str, ...]

    @property
    def place(self) -> str:
        code = getattr(inspect.unwrap(self.initialiser), "__code__", None)
        return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(self.initialiser)


_lock = threading.RLock()
_tasks: dict[str, _Task] = {}
# Weak, and not by id(): another scheduler may get the number of one that is gone.
_called: WeakKeyDictionary[Scheduler, set[str]] = WeakKeyDictionary()
_scheduler: Scheduler | None = None


def task_init(name: str, *, after: Iterable[str] = ()) -> Callable[[I], I]:
    """Register a callable that sets a task up: it is called once, with the scheduler, at start-up.

    ``after`` names tasks whose initialisers are called before, and may fail. Raises TaskError for a
    name that is taken, naming both places; the same callable registered anew (a module imported
    again) takes its own place.
    """
    if not isinstance(name, str):
        raise TaskError('task_init needs the task\'s name: @task_init("SendStatistics")')

    def register(initialiser: I) -> I:
        if not callable(initialiser):
            raise TaskError(f"the initialiser of task {name!r} is {initialiser!r}: no callable")
        task = _Task(name, initialiser, tuple(after))
        with _lock:
            other = _tasks.get(name)
            if other is not None and _identity(other.initialiser) != _identity(initialiser):
                raise TaskError(
                    f"two tasks have the name {name!r}: one at {other.place}, one at {task.place}"
                )
            _tasks[name] = task
        return initialiser

    return register


def _identity(function: Callable[..., Any]) -> tuple[str, str]:
    return getattr(function, "__module__", ""), getattr(function, "__qualname__", repr(function))


def run_initialisers(scheduler: Scheduler, strict: bool = False) -> list[TaskReport]:
    """Call the initialisers that this scheduler has not had yet, in order of their dependencies.

    Each failure is logged. With ``strict`` a TaskError is raised at the end that names them all.
    """
    with _lock:
        done = _called.setdefault(scheduler, set())
        waiting = [task for task in _in_order() if task.name not in done]
        done.update(task.name for task in waiting)
    reports = [_call(task, scheduler) for task in waiting]
    failed = [report for report in reports if report.error]
    if strict and failed:
        causes = "; ".join(f"{report.name}: {report.error!r}" for report in failed)
        raise TaskError(f"{len(failed)} of {len(reports)} tasks failed: {causes}") from failed[
            0
        ].error
    return reports


def _call(task: _Task, scheduler: Scheduler) -> TaskReport:
    begin = time.monotonic()
    error: BaseException | None = None
    try:
        task.initialiser(scheduler)
    except Exception as failure:
        error = failure
        log.exception("Task %s could not be initialised (%s)", task.name, task.place)
    duration = timedelta(seconds=time.monotonic() - begin)
    if error is None:
        log.info("Task %s initialised in %d ms", task.name, duration.total_seconds() * 1000)
    return TaskReport(task.name, duration, error)


def _in_order() -> list[_Task]:
    ordered: dict[str, _Task] = {}

    def visit(task: _Task, path: tuple[str, ...]) -> None:
        if task.name in path:
            raise TaskError(f"tasks wait for each other: {' after '.join((*path, task.name))}")
        if task.name in ordered:
            return
        for name in task.after:
            if name not in _tasks:
                raise TaskError(f"task {task.name!r} comes after {name!r}, which nobody registered")
            visit(_tasks[name], (*path, task.name))
        ordered[task.name] = task

    for task in _tasks.values():
        visit(task, ())
    return list(ordered.values())


def is_disabled() -> bool:
    """Say whether PYQUARTZ_DISABLE_SCHEDULER keeps the scheduler of this process in standby.

    Raises ConfigurationError for what is neither yes nor no.
    """
    value = os.environ.get(DISABLE_VARIABLE, "")
    word = value.strip().lower()
    if word not in (*_YES, *_NO):
        raise ConfigurationError(f"{DISABLE_VARIABLE} is {value!r}: neither true nor false")
    return word in _YES


def init_scheduler(store: object = None, **settings: Any) -> Scheduler:
    """Make the process's scheduler and leave it in standby; the same one if it is there already.

    In order: the scheduler is made, jobs without a class are cleaned up (kept where a peer may have
    them), errored triggers are reset, initialisers run. ``store`` defaults to PYQUARTZ_STORE; the
    settings are those of ``Scheduler``. Raises SchedulerStateError when it is there already, and on
    another store.
    """
    global _scheduler
    with _lock:
        if _scheduler is not None:
            _check_store(_scheduler, store)
            return _scheduler
        made = _make(store, settings)
        try:
            made.delete_jobs_with_no_class()
            made.reset_errored_triggers()
            made.init_tasks()
        except BaseException:
            made.stop(wait=False)
            raise
        _scheduler = made
        return made


def _make(store: object, settings: dict[str, Any]) -> Scheduler:
    from .config import is_properties_file

    address = os.environ.get(STORE_VARIABLE) if store is None else store
    if is_properties_file(address):
        return Scheduler.from_properties(address, **settings)
    return Scheduler(address, **settings)


def _check_store(made: Scheduler, store: object) -> None:
    from .config import is_properties_file
    from .store.url import parse_store

    if store is None or is_properties_file(store):
        return
    address = parse_store(store)
    if address != made._settings.store:
        raise SchedulerStateError(
            f"the process has its scheduler on {made._settings.store} already, not on {address}: "
            "stop_scheduler() ends it; Scheduler(...) makes further ones"
        )


def start_scheduler(store: object = None, **settings: Any) -> Scheduler:
    """Initialise the process's scheduler if need be, and start it.

    With PYQUARTZ_DISABLE_SCHEDULER=true it stays in standby: the store can be written, nothing runs
    here.
    """
    disabled = is_disabled()
    scheduler = init_scheduler(store, **settings)
    if disabled:
        log.info("%s is set: the scheduler %s stays in standby", DISABLE_VARIABLE, scheduler.name)
    else:
        scheduler.start()
    return scheduler


def stop_scheduler(wait: bool = True, timeout: timedelta | float | None = None) -> None:
    """Take the process's scheduler away, atomically, and stop it. Twice is harmless."""
    global _scheduler
    with _lock:
        stopping, _scheduler = _scheduler, None
        if stopping is not None:
            _called.pop(stopping, None)
    if stopping is not None:
        stopping.stop(wait=wait, timeout=timeout)


def scheduler() -> Scheduler:
    """Give the process's scheduler. Raises SchedulerStateError when there is none."""
    if _scheduler is None:
        raise SchedulerStateError("no scheduler is there: call start_scheduler(store) first")
    return _scheduler
