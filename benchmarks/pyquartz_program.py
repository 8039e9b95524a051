"""One measurement of pyquartz, in a process of its own; prints a line of JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from benchmarks.options import (
    MISFIRE_THRESHOLD_MILLIS,
    REST_SECONDS,
    WAITING_SECONDS,
    Countdown,
    Options,
    Phase,
    rate,
    resident_megabytes,
)
from pyquartz import Job, JobContext, JobEvent, Scheduler, defjob, once

countdown = Countdown(0)
delays: list[float] = []


@defjob
def plain() -> None:
    countdown.hit()


@defjob
def with_data(ctx: JobContext, number: int, text: str) -> None:
    _ = ctx.scheduled_fire_time
    countdown.hit()


@defjob
async def coroutine() -> None:
    countdown.hit()


@defjob
async def waiting() -> None:
    await asyncio.sleep(WAITING_SECONDS)
    countdown.hit()


@defjob
def noting(due: int) -> None:
    delays.append(time.time() * 1000 - due)
    countdown.hit()


@defjob(runs_in="process")
def computing() -> int:
    return sum(n * n for n in range(1_000_000))


BODIES: dict[str, Callable[..., object]] = {
    "plain": plain,
    "data": with_data,
    "coroutine": coroutine,
    "waiting": waiting,
}


def make_job(options: Options, name: str, number: int) -> Job:
    return Job(BODIES[options.body], key=name, data=options.data(number))


def one_round(scheduler: Scheduler, options: Options, number: int) -> dict[str, float]:
    """Schedule jobs one at a time in standby, then run them; give both rates."""
    global countdown
    scheduler.standby()
    countdown = Countdown(options.jobs)

    def schedule() -> None:
        for n in range(options.jobs):
            scheduler.schedule_task(make_job(options, f"job-{number}-{n}", n), once())

    found = {"schedule": rate(options.jobs, schedule)}
    phase = Phase()
    scheduler.start()
    countdown.wait()
    return found | phase.of(options.jobs)


def bulk(scheduler: Scheduler, options: Options) -> float:
    """Schedule jobs, which never run, in one call."""
    scheduler.standby()
    return rate(
        options.jobs,
        lambda: scheduler.schedule_tasks(
            (make_job(options, f"bulk-{n}", n), once()) for n in range(options.jobs)
        ),
    )


def latency(scheduler: Scheduler, options: Options) -> list[float]:
    """Run jobs at instants set apart; give each one's delay in milliseconds."""
    global countdown
    countdown = Countdown(options.jobs)
    scheduler.start()
    first = int(time.time() * 1000) + 500
    epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
    for n in range(options.jobs):
        due = first + n * options.spacing
        job = Job(noting, key=f"job-{n}", data={"due": due})
        scheduler.schedule_task(job, once(epoch + timedelta(milliseconds=due)))
    countdown.wait()
    return delays


def in_processes(options: Options, processes: int) -> float:
    """Run jobs that compute, in so many processes; give the rate once these are there."""
    with Scheduler(name="bench", threads=options.workers, processes=processes) as scheduler:

        @scheduler.on_job("was_executed")
        def count(event: JobEvent) -> None:
            if event.error is not None:
                raise event.error
            countdown.hit()

        def round_of(number: int) -> None:
            global countdown
            countdown = Countdown(options.jobs)
            for n in range(options.jobs):
                scheduler.schedule_task(Job(computing, key=f"job-{number}-{n}"), once())
            countdown.wait()

        round_of(0)
        return rate(options.jobs, lambda: round_of(1))


def measure(options: Options) -> dict[str, Any]:
    if options.measure == "processes":
        return {"processes": [in_processes(options, 1), in_processes(options, 2)]}
    scheduler = Scheduler(
        options.url,
        name="bench",
        clustered=options.clustered,
        threads=options.workers,
        # A job that waits takes one of these; the default is enough for all others.
        coroutines=max(1000, options.jobs) if options.body == "waiting" else 1000,
        properties={"org.quartz.jobStore.misfireThreshold": str(MISFIRE_THRESHOLD_MILLIS)},
    )
    found: dict[str, Any] = {}
    if options.measure == "start":
        scheduler.start()
        found["start"] = time.time() * 1000 - options.spawned
    elif options.measure == "memory":
        scheduler.start()
        time.sleep(REST_SECONDS)
        found["memory"] = resident_megabytes()
    elif options.measure == "latency":
        found["delays"] = latency(scheduler, options)
    elif options.measure == "throughput":
        found["rounds"] = [one_round(scheduler, options, n) for n in range(options.rounds)]
        found["bulk"] = bulk(scheduler, options)
    # "prepare" only makes the store's file.
    found["quartz"] = scheduler.info().quartz_version
    scheduler.stop()
    return found


if __name__ == "__main__":
    # As where pyquartz alone is installed: JPype imports numpy wherever it is, and here it came
    # with what draws the results.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    print(json.dumps(measure(Options(sys.argv[1:]))))
