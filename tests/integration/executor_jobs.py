"""Jobs whose bodies run in executors of the user's."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

from pyquartz import JobContext, defjob

SEEN: list[dict[str, Any]] = []
THREADS = ThreadPoolExecutor(1, thread_name_prefix="users")


class LazyProcesses(Executor):
    """A pool of processes, made when it is first used: this module is imported in each of them."""

    pool: ProcessPoolExecutor | None = None

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self.pool is None:
            self.pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
        return self.pool.submit(fn, *args, **kwargs)


PROCESSES = LazyProcesses()


class OwnExecutor:
    """Nothing but a submit, with a keyword for itself, as Dask's client has."""

    def submit(self, function: Any, *args: Any, key: str | None = None, **kwargs: Any) -> Any:
        assert key is None
        future: Future[Any] = Future()
        future.set_result(function(*args, **kwargs))
        return future


@defjob(runs_in=THREADS)
def in_users_thread(ctx: JobContext, number: int) -> int:
    """Run in a thread of the user's, with the context itself."""
    ctx.progress(0.5)
    SEEN.append({"thread": threading.current_thread().name, "name": ctx.scheduler.name})
    return number + 1


@defjob(runs_in=THREADS)
def blocks(ctx: JobContext) -> None:
    """Hold the user's only thread until it is interrupted."""
    SEEN.append({"blocks": True})
    ctx.interrupted.wait(60)


@defjob(runs_in=THREADS)
def never_begins() -> None:
    """Wait in the executor's queue."""
    SEEN.append({"begun": True})


@defjob(runs_in=PROCESSES)
def in_users_process(ctx: JobContext, number: int) -> str:
    """Run in a process of the user's, with a copy of the context."""
    ctx.log.info("nobody hears this")
    return f"{os.getpid()} {number} {ctx.job_key.name} {ctx.scheduled_fire_time is not None}"


@defjob(runs_in=PROCESSES)
def fails_there() -> None:
    """Fail in a process of the user's."""
    raise LookupError("boom over there")


@defjob(runs_in=OwnExecutor())  # type: ignore[call-overload]  # no Executor, but it has submit
def in_own_executor(key: str) -> str:
    """Have a parameter that the executor has as well."""
    return key
