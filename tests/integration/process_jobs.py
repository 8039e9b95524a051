"""Jobs for processes of the pool: they tell of themselves through files, results and logs."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
from pathlib import Path

from pyquartz import JobContext, JobExecutionError, defjob
from tests.support.waiting import wait_until

# Nobody's, once the test that runs them is over.
LIMIT = 60.0


@defjob(runs_in="process")
def who(ctx: JobContext, path: str) -> None:
    """Leave its process's number."""
    with Path(path).open("a") as file:
        print(os.getpid(), ctx.fire_instance_id, file=file)


@defjob(runs_in="process")
def dies(how: str, path: str = "") -> None:
    """End its process, the first time or always."""
    if path and Path(path).exists():
        Path(path).write_text("again")
        return
    if path:
        Path(path).touch()
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    os._exit(int(how))


@defjob(runs_in="process")
def exits() -> None:
    """Leave by sys.exit, which is the run's end and not the process's."""
    sys.exit("enough")


@defjob(runs_in="process")
def deaf(path: str) -> None:
    """Run on, whatever happens."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Path(path).write_text(str(os.getpid()))
    threading.Event().wait()


@defjob(runs_in="process")
def talks_and_runs_on(path: str) -> None:
    """Send without a pause."""
    Path(path).write_text(str(os.getpid()))
    while True:
        logging.getLogger("acme.noise").warning("once more")


@defjob(runs_in="process")
def sees_the_interrupt(ctx: JobContext, path: str) -> None:
    """End by itself when it is asked to."""
    Path(path).write_text("begun")
    if ctx.interrupted.wait(LIMIT):
        Path(path).write_text("ended by itself")


@defjob(runs_in="process")
def leaves_a_child(path: str) -> None:
    """Fork a child that keeps all that it has inherited open, and die."""
    child = os.fork()
    if child == 0:
        try:
            wait_until(Path(path).exists, LIMIT)
        finally:  # what it has inherited must not run on in it, whatever comes
            os._exit(0)
    os.kill(os.getpid(), signal.SIGKILL)


@defjob(runs_in="process")
def reports(ctx: JobContext, go: str) -> str:
    """Say how far it is and what it does, then wait for a file."""
    ctx.log.info("half of %s", ctx.job_key.name)
    logging.getLogger("acme.library").debug("nobody asked for this")
    logging.getLogger("acme.library").warning("from a library")
    ctx.progress(0.5, "half")
    wait_until(Path(go).exists, LIMIT)
    return "done"


@defjob(runs_in="process", persist_data=True, concurrent=False)
def keeps(ctx: JobContext, count: int = 0) -> None:
    """Count its runs in its own data."""
    ctx.job_data["count"] = count + 1


@defjob(runs_in="process")
def hungry(megabytes: int) -> int:
    """Take memory."""
    return len(bytearray(megabytes * 1024 * 1024))


@defjob(runs_in="process")
def has_processes(path: str) -> None:
    """Use multiprocessing itself."""
    process = multiprocessing.get_context("spawn").Process(target=_touch, args=(path,))
    process.start()
    process.join()


def _touch(path: str) -> None:
    Path(path).touch()


@defjob(runs_in="process")
def gives_the_unsendable() -> object:
    """Give what can't cross."""
    return threading.Lock()


@defjob(runs_in="process")
def directs() -> None:
    """Give Quartz a directive, from its process."""
    raise JobExecutionError("no more", unschedule_trigger=True)


@defjob(runs_in="process")
def waits(path: str, go: str) -> None:
    """Begin, and wait for a file."""
    Path(path).write_text(str(os.getpid()))
    wait_until(Path(go).exists, LIMIT)
