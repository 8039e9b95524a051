"""The life of one scheduler in this process: its workers, its start, and its stop for good.

A stop must end. It gives running jobs their time, interrupts them, and leaves behind what ends
neither way; it may come from a signal's handler, from a job, and from several threads at once.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from contextvars import ContextVar
from datetime import timedelta
from typing import TYPE_CHECKING

from .config import span
from .errors import SchedulerStateError
from .executors import Executors
from .info import SchedulerState
from .listeners import Listeners
from .worker import Worker

if TYPE_CHECKING:
    from ._jvm.quartz import Engine

log = logging.getLogger("pyquartz.scheduler")

# How long running jobs have when the process ends and nobody has stopped the scheduler.
AT_EXIT = timedelta(seconds=10)
# How long an interrupted job has to come to its end before a stop goes on without it.
_LAST_CALL = timedelta(seconds=2)
_POLL_MILLIS = 50

# For whom the caller works: what a job hands on to an event loop
# or to another thread takes this along, so that its stop() is known for a job's.
_here: ContextVar[Worker | None] = ContextVar("pyquartz_worker", default=None)


class Lifecycle:
    """Starts and stops one scheduler, and owns the threads that do its work."""

    def __init__(
        self,
        name: str,
        engine: Engine,
        worker: Worker,
        executors: Executors,
        threads: int,
        listeners: Listeners,
    ) -> None:
        from ._jvm import launch

        self._name = name
        self._engine = engine
        self._worker = worker
        self._executors = executors
        self._size = threads
        self._listeners = listeners
        self._lock = threading.RLock()
        self._threads: list[threading.Thread] = []
        self._carrier: threading.Thread | None = None
        self._starting: threading.Timer | None = None
        self._stopped = False
        self._stopper: threading.Thread | None = None
        self._stopping = False
        self._deadline = math.inf
        self._ended = threading.Event()
        launch.at_exit(self._stop_at_exit)

    @property
    def state(self) -> SchedulerState:
        """Where in its life it is."""
        return "stopped" if self._stopped else self._engine.state()

    def require(self) -> None:
        """Raise a SchedulerStateError once it has stopped."""
        if self._stopped:
            raise SchedulerStateError(
                f"the scheduler {self._name!r} has stopped, for good; make a new Scheduler"
            )

    def start(self, delay: timedelta | float | None) -> None:
        """Begin to fire, at once or after a delay."""
        wait = span("delay", delay)
        with self._lock:
            self.require()
            self._start_workers()
            if wait is None:
                self._engine.start()
            else:
                self._start_later(wait)
        log.info("Scheduler %s started as %s", self._name, self._engine.instance_id)

    def _start_later(self, delay: timedelta) -> None:
        # Quartz's own startDelayed() leaves a thread behind that keeps the process from ending.
        def start() -> None:
            with self._lock:
                if not self._stopped and self._starting is timer:
                    self._engine.start()

        timer = threading.Timer(delay.total_seconds(), start)
        timer.daemon = True
        self._starting = timer
        timer.start()

    def standby(self) -> None:
        """Fire no more until it is started again."""
        with self._lock:
            self._starting = None
            self._engine.standby()

    def leave(self, error: BaseException | None) -> None:
        """Stop at the end of a ``with``; who ends the process does not wait as long as it takes."""
        ending = isinstance(error, (KeyboardInterrupt, SystemExit))
        self.stop(AT_EXIT if ending else None)

    def stop(self, timeout: timedelta | float | None) -> None:
        """Stop for good; ``Scheduler.stop`` says how."""
        limit = span("timeout", timeout)
        inside = _here.get() is self._worker or self._executors.runs_here()
        me = threading.current_thread()
        with self._lock:
            self._stopped = True
            self._starting = None
            if limit is not None:
                self._deadline = min(self._deadline, time.monotonic() + limit.total_seconds())
            # A signal may have cut this thread off between its claim and the stop itself.
            first = self._stopper is None or (self._stopper is me and not self._stopping)
            if first and inside:
                self._stopper = threading.Thread(
                    target=self._stop, name=f"{self._name}_Stop", daemon=True
                )
                self._stopper.start()
            elif first:
                self._stopper = me
        if inside or (self._stopper is me and not first):
            # A job can't wait for its own end, nor a signal's handler for the stop it came into.
            return
        if first:
            self._stop()
        else:
            self._ended.wait()

    def _stop(self) -> None:
        try:
            self._stopping = True
            self._let_jobs_end()
        finally:
            self._end()
        log.info("Scheduler %s stopped", self._name)

    def _let_jobs_end(self) -> None:
        ended = False
        try:
            self._engine.standby()
            self._engine.close_pool()
            ended = self._wait_for_jobs()
        finally:  # A signal's handler may have raised: then there is no time left.
            if not ended and self._engine.running():
                self._interrupt_jobs()

    def _interrupt_jobs(self) -> None:
        log.warning(
            "Interrupting %s: still running at the end of the time that stop() gives", self._left()
        )
        self._worker.interrupt_all()
        self._engine.interrupt_java_jobs()
        self._deadline = time.monotonic() + _LAST_CALL.total_seconds()
        if not self._wait_for_jobs():
            log.error("Stopped, but these jobs did not end and are left behind: %s", self._left())
            self._engine.abandon_jobs()

    def _wait_for_jobs(self) -> bool:
        # In short waits, so that a signal's handler gets its turn between them.
        while not self._engine.await_idle(_POLL_MILLIS):
            if time.monotonic() >= self._deadline:
                return False
            self._worker.give_up_lost()
        return True

    def _end(self) -> None:
        from ._jvm import launch

        try:
            self._engine.shutdown()
            idle = self._engine.running() == 0
            self._listeners.finish()
            self._worker.close()
            self._executors.close()
            # A worker that comes out of the JVM while the interpreter ends would crash it.
            for thread in (*self._threads, self._carrier) if idle else ():
                if thread is not None:
                    thread.join(_LAST_CALL.total_seconds())
        finally:
            launch.not_at_exit(self._stop_at_exit)
            self._ended.set()

    def _left(self) -> str:
        return ", ".join(self._worker.names()) or f"{self._engine.running()} jobs of Java"

    def _stop_at_exit(self) -> None:
        if not self._stopped:
            log.info("Scheduler %s was not stopped; stopping it at exit", self._name)
        self.stop(timeout=AT_EXIT)

    def _start_workers(self) -> None:
        while len(self._threads) < self._size:
            name = f"{self._name}_Worker-{len(self._threads) + 1}"
            thread = threading.Thread(target=self._work, args=(name,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()
        if self._carrier is None:
            name = f"{self._name}_Coroutines"
            self._carrier = threading.Thread(target=self._carry, name=name, daemon=True)
            self._carrier.start()

    def _carry(self) -> None:
        _here.set(self._worker)  # and so for each coroutine, which inherits it
        self._worker.carry()

    def _work(self, name: str) -> None:
        _here.set(self._worker)
        self._worker.serve(name)
