"""A Python node that takes over two schedulers of a Java program: `acme_node.py URL PROPERTIES`.

It has a callable for each class name in the store but `com.acme.gone.RetiredJob`, does what an
operator would do, and prints what it sees, each a line of JSON.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections import Counter
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pyquartz
from pyquartz import JobContext, JobKey, Scheduler, TriggerKey, defjob, once
from tests.support.waiting import wait_until

FAR = datetime(2035, 1, 1, tzinfo=timezone.utc)
EVERYTHING: dict[str, object] = {
    "str": 'Grüße, 世界 "q" \\',
    "bool": True,
    "int": 7,
    "long": 2**40,
    "huge": 2**70,
    "float": 0.25,
    "none": None,
    "instant": datetime(2031, 3, 8, 12, 0, 0, 123456, tzinfo=timezone.utc),
    "zoned": datetime(2031, 3, 8, 12, tzinfo=ZoneInfo("Europe/Berlin")),
    "date": date(2031, 3, 8),
    "time": time(12, 30),
    "duration": timedelta(minutes=90),
    "decimal": Decimal("12345.67890"),
    "uuid": UUID("12345678-1234-5678-1234-567812345678"),
    "bytes": b"\x00\x01\xff",
    "list": [1, "two", None],
    "dict": {"a": 1, "b": [True]},
}

_lock = threading.Lock()
_runs: Counter[str] = Counter()


def tell(kind: str, **values: Any) -> None:
    """Print a line for the test."""
    with _lock:
        print(json.dumps({"kind": kind, **values}), flush=True)


def millis(moment: datetime | None) -> int | None:
    """An instant as Java counts it."""
    return None if moment is None else round(moment.timestamp() * 1000)


def ran(ctx: JobContext) -> None:
    """Tell of a run, with all that the job was given."""
    tell(
        "run",
        job=[ctx.job_key.group, ctx.job_key.name],
        trigger=[ctx.trigger_key.group, ctx.trigger_key.name],
        scheduled=millis(ctx.scheduled_fire_time),
        fired=millis(ctx.fire_time),
        data={name: repr(value) for name, value in ctx.data.items()},
    )
    with _lock:
        _runs[ctx.trigger_key.name] += 1
        _runs[f"job {ctx.job_key.name}"] += 1


def count(ctx: JobContext) -> None:
    """Count up in the stored data."""
    ctx.job_data["runs"] = int(ctx.job_data["runs"]) + 1
    ran(ctx)


def register() -> None:
    """Have a callable for each of the company's classes."""
    defjob("com.acme.jobs.ReminderJob", concurrent=False, persist_data=True)(count)
    for name in ("Invoice", "Ledger", "OneShot", "MonthEnd", "Nightly", "Slow", "EveryType"):

        def job(ctx: JobContext) -> None:
            ran(ctx)

        job.__qualname__ = f"{name.lower()}_job"
        defjob(f"com.acme.jobs.{name}Job")(job)


def wait_for(*names: str, times: int = 1) -> None:
    """Wait until each has run so many times."""
    wait_until(lambda: all(_runs[name] >= times for name in names), 60, message=lambda: f"{_runs}")


def look(label: str, scheduler: Scheduler) -> None:
    """Tell all that inspection gives."""
    tell(
        label,
        jobs=[job.as_json() for job in scheduler.jobs()],
        triggers=[trigger.as_json() for trigger in scheduler.triggers()],
        paused_groups=list(scheduler.info().paused_groups),
    )


def preview(scheduler: Scheduler) -> None:
    """Tell the next five fires of each trigger whose calendar has no say in them."""
    for info in scheduler.triggers():
        if info.trigger is not None and info.calendar is None and info.start is not None:
            fires = info.trigger.next_fires(5, after=info.start - timedelta(milliseconds=1))
            tell("preview", trigger=[info.key.group, info.key.name], fires=[*map(millis, fires)])


def main(url: str, properties: str) -> None:
    """Take the store over, and leave it in order."""
    register()
    acme = Scheduler(url, name="AcmeScheduler", threads=1, missing_jobs="noop")
    props = Scheduler.from_properties(properties)
    preview(acme)
    preview(props)
    for scheduler in (acme, props):
        everything = pyquartz.Job("com.acme.jobs.EveryTypeJob", JobKey("all", "python"), EVERYTHING)
        scheduler.schedule_task(
            everything, once(FAR, key=TriggerKey("far", "python"), data={"of": "the trigger"})
        )
    tell("started", at=millis(datetime.now(timezone.utc)))
    acme.start()
    props.start()
    wait_for("invoice-berlin", "invoice-new-york", "invoice-workdays", "reminder-simple")
    wait_for("trigger 1; -- ünï", "nightly-daily", "import-cron")
    wait_for("counter", times=3)
    retired = TriggerKey("retired-cron", "legacy")
    wait_until(lambda: acme.trigger(retired).previous_fire_time)
    for key in (
        JobKey("ledger", "billing"),
        JobKey("null-data", "legacy"),
        JobKey("reminder", "billing"),
        JobKey("month-end", "ops"),
        JobKey("all", "python"),
    ):
        acme.trigger_now(key)
    wait_for("job ledger", "job null-data", "job month-end", "job all")
    wait_for("job reminder", times=2)
    props.trigger_now(JobKey("all", "python"))
    wait_for("job all", times=2)
    look("acme before the reset", acme)
    tell("reset", keys=[[key.group, key.name] for key in acme.reset_errored_triggers()])
    wait_for("slow-cron")
    acme.stop()
    props.stop()
    tell("stopped")


if __name__ == "__main__":
    logging.basicConfig(level="INFO", format="%(levelname)s %(name)s %(message)s")
    main(*sys.argv[1:])
