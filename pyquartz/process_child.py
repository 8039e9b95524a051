"""What runs in a process of the pool: one job after the other, told and heard through one pipe.

The process is spawned, so that it holds no JVM, and ends with its node, so that no job goes on for
a node that is gone. Progress and log records go back as they come.
"""

from __future__ import annotations

import logging
import logging.handlers
import multiprocessing
import os
import pickle
import queue
import signal
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from .context import JobContext
from .errors import JobProcessError

# What a message is, by its first byte. From the node:
RUN, INTERRUPT, END = b"R", b"I", b"E"
# To the node:
BEGUN, PROGRESS, RECORD, DONE = b"B", b"P", b"L", b"D"


@dataclass(frozen=True)
class Task:
    """One run, as it crosses to the process."""

    function: Callable[..., object]
    arguments: Mapping[str, object]
    context_names: frozenset[str]
    facts: Mapping[str, Any]
    logger: str
    levels: Mapping[str, int]
    persist_data: bool


@dataclass(frozen=True)
class Outcome:
    """What became of a run: what it gave, or its error with the traceback from there."""

    result: object = None
    job_data: Mapping[str, object] | None = None
    error: BaseException | None = None
    trace: str | None = None


class _Context(JobContext):
    """The context in the process: what is only told is there, what is said goes back."""

    def __init__(self, task: Task, tell: Callable[[bytes, object], None]) -> None:
        super().__init__(lambda: task.facts, logger=task.logger)
        self._tell = tell

    def progress(self, fraction: float, message: str = "") -> None:
        """Say how far the job has come."""
        super().progress(fraction, message)
        self._tell(PROGRESS, (fraction, message))


class _RecordHandler(logging.handlers.QueueHandler):
    """Sends log records to the node, whose logging decides what becomes of them."""

    def __init__(self, tell: Callable[[bytes, object], None]) -> None:
        super().__init__(queue.SimpleQueue())
        self._tell = tell

    def enqueue(self, record: logging.LogRecord) -> None:
        """Send one."""
        self._tell(RECORD, record)


class _Child:
    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._sending = threading.Lock()
        self._tasks: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._context: _Context | None = None

    def listen(self) -> None:
        """Take what the node says; when it is gone, so is this process."""
        while True:
            try:
                message = self._pipe.recv_bytes()
            except (EOFError, OSError):
                os._exit(1)
            kind, body = message[:1], message[1:]
            if kind == RUN:
                self._tasks.put(body)
            elif kind == END:
                self._tasks.put(None)
            elif (context := self._context) is not None:
                context.interrupt()

    def tell(self, kind: bytes, value: object = None) -> None:
        """Say something to the node, from any thread."""
        message = kind + pickle.dumps(value)
        with self._sending:
            self._pipe.send_bytes(message)

    def work(self) -> None:
        """Run what comes, until the end is said."""
        while (body := self._tasks.get()) is not None:
            self._tell_outcome(self._run(body))

    def _run(self, body: bytes) -> Outcome:
        try:
            task: Task = pickle.loads(body)
        except Exception as error:
            told = JobProcessError(
                f"the job can't be had in its process: {error}. Its function must be found by "
                "importing its module there; a main module needs a file for that"
            )
            told.__cause__ = error
            return _failed(told)
        _set_levels(task.levels)
        context = self._context = _Context(task, self.tell)
        self.tell(BEGUN)
        arguments = {**task.arguments, **dict.fromkeys(task.context_names, context)}
        try:
            result = task.function(**arguments)
        except BaseException as error:  # a sys.exit() too is this run's matter, not the process's
            return _failed(error)
        finally:
            self._context = None
        data = dict(context.job_data) if task.persist_data else None
        return Outcome(result if context.result is None else context.result, data)

    def _tell_outcome(self, outcome: Outcome) -> None:
        try:
            pickle.loads(pickle.dumps(outcome))
        except Exception as error:
            if outcome.trace is None:
                what = f"its result, a {type(outcome.result).__name__}, can't be sent back: {error}"
                outcome = Outcome(trace=what)
            else:
                outcome = Outcome(trace=outcome.trace)
        self.tell(DONE, outcome)


def _failed(error: BaseException) -> Outcome:
    return Outcome(error=error, trace="".join(traceback.format_exception(error)))


def _set_levels(levels: Mapping[str, int]) -> None:
    for name, level in levels.items():
        logging.getLogger(name or None).setLevel(level)


def main(pipe: Connection, max_memory: int | None) -> None:
    """Spend the life of a process of the pool."""
    # Ctrl-C goes to all processes of a terminal: the node decides what becomes of its jobs.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # A daemon to its node, but free to start processes of its own.
    multiprocessing.current_process().daemon = False
    if max_memory is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (max_memory, max_memory))
    child = _Child(pipe)
    # What importing the main module has set up would write everything a second time.
    logging.getLogger().handlers[:] = [_RecordHandler(child.tell)]
    threading.Thread(target=child.listen, name="pyquartz-listen", daemon=True).start()
    child.work()
