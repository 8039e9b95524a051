"""Our scheduler going through the scenarios of a run shell: `scenario_node.py SETTINGS`.

SETTINGS is JSON: "store", "python" (whether the jobs are Python's or Java's), "jar" and
"properties". A plugin of Java's stores the jobs and writes what Quartz tells its listeners.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pyquartz import JobContext, JobExecutionError, Scheduler, defjob
from tests.support.waiting import wait_until

GROUP = "scenario"


def scenario(ctx: JobContext, does: str, times: int, runs: int) -> str:
    """Do what Java's ScenarioJob does."""
    if does.startswith("throw"):
        if ctx.refire_count < times:
            raise JobExecutionError(
                "as asked",
                refire_immediately="refire" in does,
                unschedule_trigger="unschedule" in does,
                unschedule_all_triggers="everything" in does,
            )
    elif does == "break":
        raise RuntimeError("boom")
    elif does == "count":
        ctx.job_data["runs"] = runs + 1
    elif does == "delete":
        ctx.scheduler.delete_task(ctx.job_key)
    elif does == "unschedule":
        ctx.scheduler.delete_trigger(ctx.trigger_key)
    return "done"


def exclusive_scenario(ctx: JobContext, does: str, times: int, runs: int) -> str:
    """The same; a name of its own, since a callable has one definition."""
    return scenario(ctx, does, times, runs)


def are_over(scheduler: Scheduler) -> bool:
    """Whether nothing is left to come but the next hour's firings of jobs whose listener fails."""
    return all(
        info.state == "COMPLETE" or info.key.name.startswith("listener")
        for info in scheduler.triggers()
    )


def main(settings: dict[str, Any]) -> None:
    """Go through all of them."""
    if settings["python"]:
        defjob("org.pyquartz.stock.ScenarioJob")(scenario)
        exclusive = defjob(
            "org.pyquartz.stock.ExclusiveScenarioJob", concurrent=False, persist_data=True
        )
        exclusive(exclusive_scenario)
    scheduler = Scheduler(
        settings["store"],
        name=GROUP,
        threads=1,
        class_path=[settings["jar"]],
        properties=settings["properties"],
    )
    scheduler.start()
    wait_until(lambda: are_over(scheduler), 60, message=lambda: f"{scheduler.triggers()}")
    scheduler.stop()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
