"""One node of the fault suite: its jobs log what they do, and die or freeze when they are told.

`python node.py CODE`; a file `<what>-<node>` in the log's folder tells this node to do that once:
`exit` and `freeze` in a job, `abort` in a listener.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import resource
import select
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from pyquartz import Job, JobContext, JobEvent, Scheduler, Trigger, defjob
from tests.faults.lines import Line, Log
from tests.faults.plan import MISFIRE_THRESHOLD, PLAN

STORE, NODE = os.environ["PYQUARTZ_STORE"], os.environ["NODE"]
LOG = Path(os.environ["LOG"])
START = datetime.fromtimestamp(int(os.environ["START"]), timezone.utc)
# By how much this node's clock is made to be wrong, in milliseconds.
SKEW = int(os.environ.get("SKEW", "0"))
CODE_START = datetime.fromtimestamp(int(os.environ["CODE_START"]), timezone.utc)
FREEZE_SECONDS = int(os.environ["FREEZE_SECONDS"])
CODE = sys.argv[1]
Q = "org.quartz."
PROPERTIES = {
    f"{Q}jobStore.clusterCheckinInterval": "1000",
    f"{Q}jobStore.misfireThreshold": str(MISFIRE_THRESHOLD),
    f"{Q}jobStore.dbRetryInterval": "1000",
    f"{Q}scheduler.idleWaitTime": "1000",
    f"{Q}scheduler.dbFailureRetryInterval": "1000",
    f"{Q}dataSource.pyquartz.connectionTimeout": "2000",
    f"{Q}dataSource.pyquartz.connectionInitSql": os.environ["IDLE"],
}
log = Log(LOG)


def told(what: str) -> bool:
    try:
        (LOG.parent / f"{what}-{NODE}").unlink()
    except FileNotFoundError:
        return False
    return True


def note(ctx: JobContext, event: str) -> None:
    key = ctx.recovering_trigger_key if ctx.recovering else ctx.trigger_key
    log.write(
        Line(
            event=event,
            job=ctx.job_key.name,
            trigger=key.name,
            scheduled=round(ctx.scheduled_fire_time.timestamp() * 1000),
            at=time.time_ns() // 1_000_000 - SKEW,
            node=NODE,
            instance=ctx.fire_instance_id,
            recovering=ctx.recovering,
            idempotency_key=ctx.idempotency_key,
        )
    )


def worked(ctx: JobContext, seconds: float = 0.1) -> None:
    note(ctx, "begin")
    if told("exit"):
        os._exit(9)
    if told("freeze"):
        # A PyDLL keeps the interpreter's lock while C runs: no thread of Python's goes on.
        ctypes.PyDLL(None).sleep(FREEZE_SECONDS)
    # Not time.sleep(), which libfaketime breaks.
    threading.Event().wait(seconds)
    note(ctx, "end")


@defjob("faults.Plain")
def plain(ctx: JobContext) -> None:
    worked(ctx)


@defjob("faults.Coroutine")
async def coroutine(ctx: JobContext) -> None:
    note(ctx, "begin")
    await asyncio.sleep(0.1)
    note(ctx, "end")


# These take a good part of their interval, so that many a fault comes in the middle of a run.
@defjob("faults.Recovered", requests_recovery=True)
def recovered(ctx: JobContext) -> None:
    worked(ctx, 0.6)


@defjob("faults.Exclusive", concurrent=False)
def exclusive(ctx: JobContext) -> None:
    worked(ctx, 0.4)


@defjob("faults.Lonely", concurrent=False, requests_recovery=True)
def lonely(ctx: JobContext) -> None:
    worked(ctx, 0.6)


JOBS: dict[str, object] = {
    "plain": plain,
    "coroutine": coroutine,
    "recovered": recovered,
    "exclusive": exclusive,
    "lonely": lonely,
}

if CODE == "old":

    @defjob("faults.Old")
    def old(ctx: JobContext) -> None:
        worked(ctx)

    @defjob("faults.Named")
    def named(ctx: JobContext) -> None:
        worked(ctx)

    JOBS |= {"old": old, "named": named}

if CODE == "new":

    @defjob("faults.Renamed", aliases=["faults.Named"])
    def renamed(ctx: JobContext) -> None:
        worked(ctx)

    @defjob("faults.New")
    def new(ctx: JobContext) -> None:
        worked(ctx)

    # The row keeps the old name for as long as a node may have the old code.
    JOBS |= {"named": "faults.Named", "new": new}


def triggers(job: str) -> list[Trigger]:
    return [
        replace(planned.trigger(START if planned.code == "base" else CODE_START), key=planned.name)
        for planned in PLAN
        if planned.job == job
    ]


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level="INFO")
    with Scheduler(
        STORE, name="faults", instance_id=NODE, threads=6, properties=PROPERTIES
    ) as scheduler:

        @scheduler.on_job("to_be_executed")
        def die(event: JobEvent) -> None:
            if told("abort"):
                os.abort()

        for key, job in JOBS.items():
            # A row of the job's differs for each node, so that all of them write.
            declared = Job(job, key=key, description=f"declared by {NODE}")
            scheduler.schedule_task(declared, *triggers(key))
        print("ready", flush=True)
        # In slices: CPython can miss a signal that comes just as it begins to wait. Without a lock:
        # one that comes while an Event gets its own back is told as an error of that lock. And no
        # time.sleep(), which a clock that is off makes fail.
        while True:
            select.select([], [], [], 1)


if __name__ == "__main__":
    main()
