"""One measurement of APScheduler 3, in a process of its own; prints a line of JSON.

Coroutines run in its AsyncIOScheduler, all else in its BackgroundScheduler with a pool of threads.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.base import BaseScheduler

from benchmarks.options import (
    LIMIT_SECONDS,
    REST_SECONDS,
    WAITING_SECONDS,
    Countdown,
    Options,
    Phase,
    rate,
    resident_megabytes,
)

countdown = Countdown(0)
delays: list[float] = []
all_ran: Callable[[], None] = lambda: None  # noqa: E731 - replaced where a loop waits


def plain() -> None:
    countdown.hit()


def with_data(number: int, text: str) -> None:
    countdown.hit()


async def coroutine() -> None:
    if countdown.hit():
        all_ran()


async def waiting() -> None:
    await asyncio.sleep(WAITING_SECONDS)
    if countdown.hit():
        all_ran()


def noting(due: int) -> None:
    delays.append(time.time() * 1000 - due)
    countdown.hit()


BODIES = {"plain": plain, "data": with_data, "coroutine": coroutine, "waiting": waiting}


def add_jobs(scheduler: BaseScheduler, options: Options, prefix: str) -> None:
    body = BODIES[options.body]
    for n in range(options.jobs):
        scheduler.add_job(body, id=f"{prefix}-{n}", kwargs=options.data(n), misfire_grace_time=None)


def one_round(scheduler: BaseScheduler, options: Options, number: int) -> dict[str, float]:
    """Add jobs one at a time while paused, then run them; give both rates."""
    global countdown
    scheduler.pause()
    countdown = Countdown(options.jobs)
    schedule = rate(options.jobs, lambda: add_jobs(scheduler, options, f"job-{number}"))
    phase = Phase()
    scheduler.resume()
    countdown.wait()
    return {"schedule": schedule, **phase.of(options.jobs)}


async def coroutine_rounds(options: Options) -> list[dict[str, float]]:
    """Do the same in an event loop, which must stay free to run the jobs."""
    global countdown, all_ran
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    scheduler = AsyncIOScheduler()
    scheduler.start(paused=True)
    rounds = []
    for number in range(options.rounds):
        scheduler.pause()
        countdown, done = Countdown(options.jobs), asyncio.Event()
        all_ran = done.set
        schedule = rate(options.jobs, partial(add_jobs, scheduler, options, f"job-{number}"))
        phase = Phase()
        scheduler.resume()
        await asyncio.wait_for(done.wait(), LIMIT_SECONDS)
        rounds.append({"schedule": schedule, **phase.of(options.jobs)})
    scheduler.shutdown()
    return rounds


def latency(scheduler: BaseScheduler, options: Options) -> list[float]:
    """Run jobs at instants set apart; give each one's delay in milliseconds."""
    global countdown
    countdown = Countdown(options.jobs)
    first = int(time.time() * 1000) + 500
    for n in range(options.jobs):
        due = first + n * options.spacing
        scheduler.add_job(
            noting,
            "date",
            run_date=datetime.fromtimestamp(due / 1000, timezone.utc),
            kwargs={"due": due},
            misfire_grace_time=None,
        )
    countdown.wait()
    return delays


def make_scheduler(options: Options) -> BaseScheduler:
    from apscheduler.schedulers.background import BackgroundScheduler

    if options.url is None:
        store = MemoryJobStore()
    else:
        from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore

        store = SQLAlchemyJobStore(options.url)
    return BackgroundScheduler(
        jobstores={"default": store},
        executors={"default": ThreadPoolExecutor(options.workers)},
        timezone=timezone.utc,
    )


def measure(options: Options) -> dict[str, Any]:
    if options.measure == "throughput" and options.body in ("coroutine", "waiting"):
        return {"rounds": asyncio.run(coroutine_rounds(options))}
    scheduler = make_scheduler(options)
    scheduler.start(paused=options.measure == "throughput")
    found: dict[str, Any] = {}
    if options.measure == "start":
        found["start"] = time.time() * 1000 - options.spawned
    elif options.measure == "memory":
        time.sleep(REST_SECONDS)
        found["memory"] = resident_megabytes()
    elif options.measure == "latency":
        found["delays"] = latency(scheduler, options)
    else:
        found["rounds"] = [one_round(scheduler, options, n) for n in range(options.rounds)]
    scheduler.shutdown()
    return found


if __name__ == "__main__":
    print(json.dumps(measure(Options(sys.argv[1:]))))
