"""The pool of processes in which jobs run that need a processor of their own.

Each process has a pipe of its own, and no lock is shared: one can be killed at any moment, by an
interrupt or by the system, and harms only the run that it was at.
"""

from __future__ import annotations

import contextlib
import logging
import math
import multiprocessing
import multiprocessing.process
import os
import pickle
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from multiprocessing.connection import wait
from weakref import WeakSet

from .config import ProcessLimits
from .context import JobContext
from .errors import JobProcessError, SchedulerStateError
from .jobs import JobDefinition
from .process_child import BEGUN, DONE, END, INTERRUPT, PROGRESS, RECORD, RUN, Outcome, Task, main

log = logging.getLogger("pyquartz.worker")

# How long an interrupted job that has a context has to see it, and then to end by SIGTERM.
_GRACE_SECONDS = 1.0
_TERMINATION_SECONDS = 0.5
# How often to look whether a process lives: one that has forked may leave its pipe open.
_LOOK_SECONDS = 1.0
_SLOT_SECONDS = 0.1

_pools: WeakSet[ProcessPool] = WeakSet()


class RemoteTracebackError(Exception):
    """The traceback of a job's exception, from its process."""


class _DiedEarlyError(Exception):
    """A process died before it began its job."""


class ProcessPool:
    """Up to ``size`` processes, each started when it is first needed and kept for the next job.

    A job that would take more memory than the limits say gets a MemoryError.
    """

    def __init__(self, size: int, limits: ProcessLimits) -> None:
        self._slots = threading.BoundedSemaphore(size)
        self._max_tasks = limits.tasks or math.inf
        self._max_memory = limits.memory
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._closed = False
        _pools.add(self)

    def run(
        self, definition: JobDefinition, context: JobContext, arguments: Mapping[str, object]
    ) -> object:
        """Run a job in a process; give what it returns or raise what it raises.

        Raises JobProcessError when the process ends before the job, and for what can't cross.
        """
        body = _packed(definition, context, arguments)
        with self._slot(context):
            outcome = self._outcome(body, context, bool(definition.context_names))
        if outcome.trace is not None:
            if outcome.error is None:
                raise JobProcessError(f"the job failed in its process:\n{outcome.trace}")
            raise outcome.error from RemoteTracebackError(f"\n{outcome.trace}")
        if outcome.job_data is not None:
            context.job_data.clear()
            context.job_data.update(outcome.job_data)
        return outcome.result

    @contextlib.contextmanager
    def _slot(self, context: JobContext) -> Iterator[None]:
        acquired = False
        while not (acquired or context.interrupted.is_set()):
            acquired = self._slots.acquire(timeout=_SLOT_SECONDS)
        try:
            if context.interrupted.is_set():
                raise JobProcessError("the job was interrupted before a process was free for it")
            yield
        finally:
            if acquired:
                self._slots.release()

    def _outcome(self, body: bytes, context: JobContext, has_context: bool) -> Outcome:
        worker = self._take()
        while True:
            try:
                outcome = worker.run(body, context, has_context)
            except _DiedEarlyError as error:
                self._drop(worker)
                if worker.tasks == 0:
                    raise JobProcessError(
                        f"a new process ended {error} before it could begin the job; its stderr "
                        "says why (a main module that does its work when it is imported?)"
                    ) from None
                # Killed while it was idle.
                worker = self._start()
            except BaseException:
                self._drop(worker)
                raise
            else:
                self._give_back(worker, outcome)
                return outcome

    def _take(self) -> _Worker:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._start()

    def _start(self) -> _Worker:
        if not self._all:
            _stay_first_at_exit()
        worker = _Worker(self._max_memory)
        with self._lock:
            if not self._closed:
                self._all.add(worker)
                return worker
        worker.kill()
        worker.end()
        raise SchedulerStateError("the scheduler has stopped, and its processes with it")

    def _give_back(self, worker: _Worker, outcome: Outcome) -> None:
        worker.tasks += 1
        worn_out = worker.tasks >= self._max_tasks or isinstance(outcome.error, MemoryError)
        with self._lock:
            if not worn_out and not self._closed:
                self._idle.append(worker)
                return
        self._drop(worker)

    def _drop(self, worker: _Worker) -> None:
        with self._lock:
            self._all.discard(worker)
        worker.end()

    def close(self) -> None:
        """End all processes, also those whose jobs a stop leaves behind."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = self._all.difference(idle)
        for worker in busy:
            worker.kill()
        for worker in idle:
            worker.say_end()
        for worker in idle:
            self._drop(worker)

    def forget(self) -> None:
        """In a forked child: the processes are its parent's."""
        self._closed = True
        for worker in self._all:
            worker.forget()
        self._idle.clear()


class _Worker:
    """One process, as its node sees it. One thread at a time runs a job with it."""

    def __init__(self, max_memory: int | None) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        self._woken, self._waking = multiprocessing.Pipe(duplex=False)
        # Spawned, never forked: a fork would inherit a JVM that can't run.
        self._process = multiprocessing.get_context("spawn").Process(
            target=main, args=(theirs, max_memory), name="pyquartz-process", daemon=True
        )
        self._process.start()
        theirs.close()
        self.tasks = 0

    def run(self, body: bytes, context: JobContext, has_context: bool) -> Outcome:
        """Run one job and give its outcome; _DiedEarlyError when it did not even begin."""
        while self._woken.poll():
            self._woken.recv_bytes()
        begun = False
        with context.on_interrupt(lambda: self._waking.send_bytes(b"!")):
            try:
                self._pipe.send_bytes(RUN + body)
                for kind, value in self._messages(has_context):
                    if kind == DONE:
                        return _as_outcome(value)
                    begun = begun or kind == BEGUN
                    _pass_on(kind, value, context)
            except (EOFError, OSError):
                pass
        how = self._how_it_ended()
        if context.interrupted.is_set():
            raise JobProcessError(f"the job was interrupted, and its process ended {how}")
        if not begun:
            raise _DiedEarlyError(how)
        raise JobProcessError(f"the job's process, {self._process.pid}, ended {how}")

    def _messages(self, has_context: bool) -> Iterator[tuple[bytes, bytes]]:
        """Give what the process says until it is dead; meanwhile, end it as asked."""
        steps, next_step = self._ending(has_context), math.inf
        while True:
            if time.monotonic() >= next_step:
                next_step = time.monotonic() + next(steps)
            left = max(0.0, next_step - time.monotonic())
            ready = wait([self._pipe, self._woken], min(left, _LOOK_SECONDS))
            if self._woken in ready:
                self._woken.recv_bytes()
                next_step = 0.0
            elif self._pipe in ready:
                message = self._pipe.recv_bytes()
                yield message[:1], message[1:]
            elif not self._process.is_alive() and not self._pipe.poll():
                return

    def _ending(self, has_context: bool) -> Iterator[float]:
        """Interrupt a job, ever more firmly; gives the seconds until the next step."""
        if has_context:
            self._pipe.send_bytes(INTERRUPT)
            yield _GRACE_SECONDS
        self._process.terminate()
        yield _TERMINATION_SECONDS
        self._process.kill()
        while True:
            yield _LOOK_SECONDS

    def _how_it_ended(self) -> str:
        self._process.join(_LOOK_SECONDS)
        code = self._process.exitcode
        if code is None:
            return "its talk and lives on"
        return f"with exit code {code}" if code >= 0 else f"by {signal.Signals(-code).name}"

    def say_end(self) -> None:
        """Have it end by itself, when it has nothing to do."""
        with contextlib.suppress(OSError):  # it is dead already
            self._pipe.send_bytes(END)

    def kill(self) -> None:
        """End it at once; the thread that runs its job clears it away."""
        self._process.kill()

    def end(self) -> None:
        """Have it end, if need be by force, and give up what it held here."""
        self.say_end()
        self._process.join(_GRACE_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()
        self._hang_up()

    def forget(self) -> None:
        """In a forked child: leave the process alone, and its pipes to the parent."""
        # Or this process, when it exits, would end all children that multiprocessing knows.
        vars(multiprocessing.process)["_children"].discard(self._process)
        self._hang_up()

    def _hang_up(self) -> None:
        for connection in (self._pipe, self._woken, self._waking):
            connection.close()


def _packed(
    definition: JobDefinition, context: JobContext, arguments: Mapping[str, object]
) -> bytes:
    names = definition.context_names
    task = Task(
        definition.function,
        {name: value for name, value in arguments.items() if name not in names},
        names,
        dict(context.facts),
        context.log.name,
        _levels(),
        definition.persist_data,
    )
    try:
        return pickle.dumps(task)
    except Exception as error:
        raise JobProcessError(f"{definition.place} can't be sent to a process: {error}") from error


def _levels() -> dict[str, int]:
    """Give the levels that were set here, so that the process sends no more than is wanted."""
    root = logging.getLogger()
    named = {
        name: logger.level
        for name, logger in list(root.manager.loggerDict.items())
        if isinstance(logger, logging.Logger) and logger.level != logging.NOTSET
    }
    return {"": root.level, **named}


def _as_outcome(value: bytes) -> Outcome:
    try:
        outcome: Outcome = pickle.loads(value)
    except Exception as error:
        raise JobProcessError(f"what the job gave back can't be read here: {error}") from error
    return outcome


def _pass_on(kind: bytes, value: bytes, context: JobContext) -> None:
    if kind == PROGRESS:
        context.progress(*pickle.loads(value))
    elif kind == RECORD:
        try:
            record: logging.LogRecord = pickle.loads(value)
        except Exception:
            log.warning("A log record of job %s can't be read here", context.job_key, exc_info=True)
            return
        logger = logging.getLogger(record.name)
        if logger.isEnabledFor(record.levelno):
            logger.handle(record)


def _stay_first_at_exit() -> None:
    from ._jvm import launch

    launch.go_first_at_exit()


def _forget_all() -> None:
    for pool in _pools:
        pool.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
