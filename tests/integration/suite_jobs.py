"""The jobs that the integration suite runs, and what they saw.

In a module, so that a store can name them. Only `SEEN`, `GATE` and `UNTIL` tell tests and jobs of
each other; the fixture `seen` empties them for each test.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from pyquartz import (
    JobContext,
    JobExecutionError,
    JobKey,
    Retry,
    TriggerKey,
    defjob,
    rerun_on_error,
)

WAIT = 30.0
# The groups of triggers that follow a run: those that try it again, those of the jobs after it.
RETRY_GROUP, THEN_GROUP = "pyquartz.retry", "pyquartz.then"


@dataclass(frozen=True)
class Run:
    """What one run of a job saw."""

    name: str
    job: JobKey
    trigger: TriggerKey
    data: Mapping[str, Any]
    scheduled: datetime
    fired: datetime
    next: datetime | None
    refires: int
    thread: str


SEEN: list[Run] = []
GATE = threading.Event()
OPEN_RUNS: list[int] = []
_lock = threading.Lock()


def saw(name: str, ctx: JobContext, /, **data: Any) -> None:
    """Note a run."""
    SEEN.append(
        Run(
            name, ctx.job_key, ctx.trigger_key, data, ctx.scheduled_fire_time, ctx.fire_time,
            ctx.next_fire_time, ctx.refire_count, threading.current_thread().name,
        )
    )  # fmt: skip


@defjob
def note(ctx: JobContext, **data: Any) -> str:
    """Note what it was given."""
    saw("note", ctx, **data)
    return "noted"


@defjob
def needs(ctx: JobContext, count: int, name: str = "nobody") -> None:
    """Need a number."""
    saw("needs", ctx, count=count, name=name)


@defjob
def typed(
    ctx: JobContext,
    text: str,
    flag: bool,
    number: int,
    real: float,
    nothing: int | None,
    moment: datetime,
    day: date,
    hour: time,
    span: timedelta,
    decimal: Decimal,
    uuid: UUID,
    raw: bytes,
    items: list[int],
    table: dict[str, str],
) -> None:
    """Need one of each."""
    saw(
        "typed", ctx, text=text, flag=flag, number=number, real=real, nothing=nothing,
        moment=moment, day=day, hour=hour, span=span, decimal=decimal, uuid=uuid, raw=raw,
        items=items, table=table,
    )  # fmt: skip


@defjob
def gated(ctx: JobContext, fraction: float = 0.5) -> None:
    """Run until the gate opens, or until it is interrupted."""
    ctx.progress(fraction)
    saw("gated", ctx)
    for _ in range(int(WAIT * 100)):
        if GATE.wait(0.01) or ctx.interrupted.is_set():
            break
    saw("interrupted" if ctx.interrupted.is_set() else "ended", ctx)


@defjob(concurrent=False)
def gated_alone(ctx: JobContext) -> None:
    """Run until the gate opens, and never twice at once."""
    saw("gated_alone", ctx)
    GATE.wait(WAIT)


@defjob(concurrent=False)
def exclusive(ctx: JobContext) -> None:
    """Note how many of it run at once."""
    with _lock:
        OPEN_RUNS.append(1)
        together = sum(OPEN_RUNS)
    saw("exclusive", ctx, together=together)
    GATE.wait(0.05)
    with _lock:
        OPEN_RUNS.append(-1)


@defjob(persist_data=True, concurrent=False)
def counts(ctx: JobContext, count: int = 0, gone: str = "") -> None:
    """Count its own runs."""
    ctx.job_data["count"] = count + 1
    ctx.job_data["when"] = ctx.scheduled_fire_time
    ctx.job_data.pop("gone", None)
    saw("counts", ctx, count=count, gone=gone)


@defjob(requests_recovery=True, durable=True, description="recovers")
def recovers(ctx: JobContext) -> None:
    """Have its flags in the row."""
    saw("recovers", ctx)


@defjob
def stops(ctx: JobContext) -> None:
    """Stop its own scheduler."""
    ctx.scheduler.stop()
    saw("stopped", ctx)


@defjob
def fails(ctx: JobContext) -> None:
    """Fail, always."""
    saw("fails", ctx)
    raise ValueError("boom for the log")


@defjob
def directs(ctx: JobContext, times: int = 1, **directives: bool) -> None:
    """Fail so many times with what Quartz shall do, then go well."""
    saw("directs", ctx)
    if ctx.refire_count < times:
        raise JobExecutionError("as asked", **directives)


@defjob
@rerun_on_error
def rerun_decorated(ctx: JobContext) -> None:
    """Fail the first two times."""
    saw("rerun", ctx)
    if ctx.refire_count < 2:
        raise OSError("not yet")


@defjob
def rerun_inside(ctx: JobContext) -> None:
    """Fail the first two times, in a part of it."""
    saw("rerun", ctx)
    with rerun_on_error():
        if ctx.refire_count < 2:
            raise OSError("not yet")


@defjob
async def coroutine(ctx: JobContext, number: int = 0) -> int:
    """Run on the event loop."""
    await asyncio.sleep(0)
    saw("coroutine", ctx, number=number)
    return number * 2


@defjob
async def coroutine_that_fails(ctx: JobContext) -> None:
    """Fail on the event loop."""
    saw("coroutine", ctx)
    await asyncio.sleep(0)
    raise ValueError("boom in the loop")


@defjob
async def coroutine_that_waits(ctx: JobContext) -> None:
    """Run until it is cancelled."""
    saw("waits", ctx)
    try:
        await asyncio.sleep(WAIT)
    except asyncio.CancelledError:
        saw("cancelled", ctx)
        raise


@defjob(runs_in="process")
def in_process(ctx: JobContext, path: str, number: int) -> None:
    """Leave a note in a file, from a process of its own."""
    with open(path, "w") as file:
        file.write(f"{os.getpid()} {number} {ctx.job_key} {ctx.trigger_key}")


@defjob(runs_in="process")
def process_that_fails() -> None:
    """Fail in a process of its own."""
    raise LookupError("boom in a process")


@defjob(runs_in="process")
def process_that_dies() -> None:
    """End without a word."""
    os._exit(7)


@defjob("acme.current.Cleanup", aliases=["acme.old.Cleanup"])
def renamed(ctx: JobContext) -> None:
    """Have had another name once."""
    saw("renamed", ctx)


SOON = Retry(attempts=3, wait=timedelta(milliseconds=20), jitter=0)


@defjob(retry=SOON)
def flaky(ctx: JobContext, failures: int = 2, **data: Any) -> str:
    """Fail the first few times."""
    first = ctx.retried_trigger_key
    saw("flaky", ctx, attempt=ctx.attempt, first=first, given=data, key=ctx.idempotency_key)
    if ctx.attempt <= failures:
        raise ValueError(f"attempt {ctx.attempt} fails")
    return "at last"


@defjob(retry=SOON, concurrent=False)
def flaky_alone(ctx: JobContext) -> None:
    """Fail the first two times, and never overlap."""
    saw("flaky", ctx, attempt=ctx.attempt, key=ctx.idempotency_key)
    if ctx.attempt < 3:
        raise ValueError("not yet")


@defjob(retry=Retry(attempts=3, wait=timedelta(milliseconds=20), on=(LookupError, OSError)))
def picky(ctx: JobContext, kind: str) -> None:
    """Fail with an error of some kind."""
    saw("picky", ctx, attempt=ctx.attempt)
    errors = {
        "lookup": KeyError("k"),
        "os": OSError("o"),
        "value": ValueError("v"),
        "directs": JobExecutionError("d", unschedule_trigger=True),
    }
    raise errors[kind]


@defjob(retry=Retry(attempts=2, wait=timedelta(hours=1)))
def late_retry(ctx: JobContext) -> None:
    """Fail, to be tried again much later; or wait until it is interrupted."""
    saw("late", ctx, attempt=ctx.attempt)
    if ctx.data.get("waits"):
        ctx.interrupted.wait(WAIT)
    raise ValueError("later")


@defjob(timeout=timedelta(milliseconds=50))
def slow(ctx: JobContext) -> None:
    """Run until its time is over."""
    ctx.interrupted.wait(WAIT)
    saw("slow", ctx, reason=ctx.interrupt_reason)


@defjob(timeout=timedelta(milliseconds=50))
async def slow_coroutine(ctx: JobContext) -> None:
    """Run on the event loop until its time is over."""
    try:
        await asyncio.sleep(WAIT)
    finally:
        saw("slow", ctx, reason=ctx.interrupt_reason)


@defjob(timeout=timedelta(milliseconds=50), runs_in="process")
def slow_process() -> None:
    """Run in a process until its time is over."""
    threading.Event().wait(WAIT)


@defjob(timeout=timedelta(seconds=WAIT), retry=SOON)
def quick(ctx: JobContext) -> None:
    """End long before its time is over."""
    saw("quick", ctx)


@defjob(then=[note, JobKey("stored")])
def first(ctx: JobContext, good: bool = True) -> None:
    """Be followed by two others, if it goes well."""
    saw("first", ctx)
    if not good:
        raise ValueError("nothing follows")


@defjob
def goes_on(ctx: JobContext, then: str = "") -> None:
    """Say itself what follows."""
    saw("goes_on", ctx)
    ctx.then(note, {"from": ctx.trigger_key.name})
    if then:
        ctx.then(then)


@defjob
def gives_a_set() -> set[int]:
    """Give what no store could hold."""
    return {1, 2}


@defjob(runs_in="process")
def process_that_waits(path: str) -> None:
    """Say that it runs, and wait in a process of its own."""
    with open(path, "w") as file:
        file.write("runs")
    threading.Event().wait(WAIT)
