"""A service: jobs, the tasks that schedule them, and a clean end.

Run it in this folder with ``pyquartz run service --store h2:///tmp/service``, stop it with Ctrl-C,
and look at what it left with ``pyquartz next --store h2:///tmp/service``. With
PYQUARTZ_DISABLE_SCHEDULER=true it sets everything up and fires nothing.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from pyquartz import JobContext, Scheduler, cron, defjob, every, task_init


@defjob("acme.jobs.CleanSessions", description="Removes sessions that nobody uses any more")
def clean_sessions(ctx: JobContext, days: int = 30) -> None:
    ctx.log.info("removing sessions older than %d days", days)


@defjob("acme.jobs.FetchRates", requests_recovery=True)
async def fetch_rates(ctx: JobContext, source: str) -> None:
    await asyncio.sleep(0.1)
    ctx.log.info("fetched the rates from %s", source)


@defjob("acme.jobs.CountVisits", concurrent=False, persist_data=True)
def count_visits(ctx: JobContext, runs: int = 0) -> None:
    ctx.job_data["runs"] = runs + 1
    ctx.log.info("run number %d, on this or any other node", runs + 1)


@task_init("CleanSessions")
def schedule_cleaning(scheduler: Scheduler) -> None:
    nightly = cron("0 0 3 * * ?", tz="Europe/Berlin", misfire="fire_once_now")
    scheduler.schedule_task(clean_sessions, nightly, data={"days": 7})


@task_init("FetchRates")
def schedule_fetching(scheduler: Scheduler) -> None:
    hourly = cron("0 5 * ? * MON-FRI", tz="Europe/Berlin", misfire="do_nothing")
    scheduler.schedule_task(fetch_rates, hourly, data={"source": "ecb"})


@task_init("CountVisits", after=["CleanSessions"])
def schedule_counting(scheduler: Scheduler) -> None:
    scheduler.schedule_task(count_visits, every(timedelta(seconds=1)))
