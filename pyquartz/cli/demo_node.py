"""One process of ``pyquartz demo``: a scheduler on the demo's store, for some seconds.

The first one schedules; the second one only starts, and finds the schedule in the store. What
happens goes to stdout, one JSON object a line.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from datetime import datetime, timedelta, timezone

from .. import config
from ..errors import PyQuartzError
from ..info import TriggerInfo, to_json
from ..scheduler import Scheduler
from ..triggers import cron, every, once
from . import demo_jobs
from .demo_jobs import tell
from .report import sentence

NAME = "pyquartz-demo"
_LOOK_SECONDS = 0.5
_MOST_MISSED = 100
_THRESHOLD_MILLIS = "1000"


class _TellingHandler(logging.Handler):
    """Makes warnings and errors of the log a part of the story."""

    def emit(self, record: logging.LogRecord) -> None:
        tell("log", level=record.levelname, text=record.getMessage().splitlines()[0])


def main() -> int:
    """Run a node: arguments are first|second, the seconds it lives, the seconds of the break."""
    act, seconds, pause = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    logging.getLogger("pyquartz").addHandler(_TellingHandler(logging.WARNING))
    logging.getLogger("pyquartz").propagate = False
    try:
        _live(act, seconds, pause, ended)
    except PyQuartzError as error:
        tell("error", text=sentence(error))
        return 1
    return 0


def _live(act: str, seconds: float, pause: float, ended: threading.Event) -> None:
    scheduler = Scheduler(
        os.environ["PYQUARTZ_STORE"],
        name=NAME,
        threads=5,
        properties={config.MISFIRE_THRESHOLD: _THRESHOLD_MILLIS},
    )
    try:
        if act == "first":
            _schedule(scheduler)
        summary = scheduler.info()
        tell("made", pid=os.getpid(), store=summary.store, quartz=summary.quartz_version)
        if act == "second":
            _tell_missed(scheduler)
        scheduler.start()
        end = time.monotonic() + seconds
        if act == "first":
            _schedule_reminder(scheduler, timedelta(seconds=seconds + pause / 2))
        while time.monotonic() < end and not ended.wait(_LOOK_SECONDS):
            _tell_state(scheduler)
    finally:
        scheduler.stop(timeout=5)
    tell("stopped", at=datetime.now(timezone.utc).isoformat())


def _schedule(scheduler: Scheduler) -> None:
    add = scheduler.schedule_task
    add(demo_jobs.heartbeat, every(seconds=1), key="heartbeat")
    add(demo_jobs.greet, cron("0/3 * * * * ?"), key="greet", data={"name": "world"})
    add(demo_jobs.fetch, every(seconds=2), key="fetch", data={"seconds": 0.5})
    add(demo_jobs.primes, every(seconds=3), key="primes", data={"limit": 20_000})
    add(demo_jobs.flaky, cron("0/2 * * * * ?"), key="flaky")
    add(demo_jobs.count, every(seconds=2), key="count")
    add(
        demo_jobs.report,
        cron("0/2 * * * * ?", key="report-skip", misfire="do_nothing"),
        cron("0/2 * * * * ?", key="report-once", misfire="fire_once_now"),
        cron("0/2 * * * * ?", key="report-each", misfire="ignore"),
        key="report",
    )


def _schedule_reminder(scheduler: Scheduler, wait: timedelta) -> None:
    """Schedule what falls due while no process is there."""
    trigger = once(datetime.now(timezone.utc) + wait, key="reminder", misfire="fire_now")
    scheduler.schedule_task(demo_jobs.report, trigger, key="reminder")


def _tell_missed(scheduler: Scheduler) -> None:
    """Tell, before anything is started, what the store says should have fired meanwhile."""
    now = datetime.now(timezone.utc)
    for info in scheduler.triggers():
        times = _planned(info)
        missed = [moment for moment in times if moment <= now]
        if missed:
            tell(
                "missed",
                trigger=info.key.name,
                policy=info.misfire,
                kind=info.kind,
                count=len(missed),
                planned=[moment.isoformat() for moment in times if moment > now][:20],
            )


def _planned(info: TriggerInfo) -> list[datetime]:
    first = info.next_fire_time
    if first is None or info.trigger is None:
        return []
    return [first, *info.trigger.next_fires(_MOST_MISSED, after=first)]


def _tell_state(scheduler: Scheduler) -> None:
    triggers = [info for info in scheduler.triggers() if info.next_fire_time]
    triggers.sort(key=lambda info: info.next_fire_time or datetime.max)
    tell(
        "state",
        scheduler=scheduler.state,
        jobs=len(scheduler.jobs()),
        states=sorted({info.state for info in triggers}),
        triggers=len(triggers),
        executed=scheduler.info().executed,
        running=[str(run.job_key.name) for run in scheduler.executing()],
        next=[
            {
                "trigger": info.key.name,
                "time": to_json(info.next_fire_time),
                "when": info.trigger.describe() if info.trigger else "",
            }
            for info in triggers[:9]
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
