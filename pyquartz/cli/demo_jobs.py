"""The jobs of ``pyquartz demo``, one of each kind.

They stand in a module of their own, because a store keeps their names: the demo's second process
finds them again by importing it.
"""

from __future__ import annotations

import asyncio
import json
import os

from ..context import JobContext
from ..jobs import defjob


def tell(event: str, **facts: object) -> None:
    """Write one line of the demo's story to stdout, which the demo's own process reads.

    In one piece, for threads and processes write to it at the same time.
    """
    os.write(1, (json.dumps({"event": event, **facts}, default=str) + "\n").encode())


def _ran(ctx: JobContext, text: str) -> None:
    tell(
        "ran",
        trigger=ctx.trigger_key.name,
        text=text,
        scheduled=ctx.scheduled_fire_time.isoformat(),
        at=ctx.fire_time.isoformat(),
    )


@defjob
def heartbeat(ctx: JobContext) -> None:
    """Run every second: the plainest of jobs."""
    _ran(ctx, "alive")


@defjob
def greet(ctx: JobContext, name: str, greeting: str = "Hello") -> None:
    """Get its parameters from the job's data by name."""
    _ran(ctx, f"{greeting}, {name}!")


@defjob
async def fetch(ctx: JobContext, seconds: float) -> None:
    """Run on the event loop, where thousands can wait at once."""
    await asyncio.sleep(seconds)
    _ran(ctx, f"waited {seconds:g} s on the event loop, and held no thread")


@defjob(runs_in="process")
def primes(ctx: JobContext, limit: int) -> int:
    """Compute in a process of its own, beside the interpreter's lock."""
    found = sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, limit))
    _ran(ctx, f"{found} primes below {limit}, found in process {os.getpid()}")
    return found


@defjob
def flaky(ctx: JobContext) -> None:
    """Fail now and then; its schedule goes on."""
    if ctx.scheduled_fire_time.second % 6 == 0:
        _ran(ctx, "is about to fail")
        raise ConnectionError("the far end hung up")
    _ran(ctx, "got through")


@defjob(concurrent=False, persist_data=True)
def count(ctx: JobContext, runs: int = 0) -> None:
    """Keep a number in the store from run to run; never two runs at once."""
    ctx.job_data["runs"] = runs + 1
    _ran(ctx, f"run number {runs + 1}, as the store remembers")


@defjob
def report(ctx: JobContext) -> None:
    """Run by several triggers, each with another misfire policy."""
    late = (ctx.fire_time - ctx.scheduled_fire_time).total_seconds()
    _ran(ctx, f"{late:.1f} s late" if late >= 1 else "on time")
