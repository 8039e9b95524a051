"""The commands that look: ``info``, ``jobs``, ``triggers`` and ``next``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Annotated

import typer

from ..calendars import Calendar
from ..info import JobInfo, Node, TriggerInfo, to_json
from ..keys import JobKey, TriggerKey
from ..migrate import PlannedJob
from ..scheduler import Scheduler
from ..triggers import Trigger, cron
from ..zones import zone_of
from . import options
from .report import moment, print_facts, print_json, print_table, say
from .stores import say_other_names, visit

Wide = Annotated[bool, typer.Option("--wide", "-w", help="Show every column there is.")]


def info(
    store: options.Store = None,
    name: options.Name = None,
    as_json: options.AsJson = False,
    verbose: options.Verbose = False,
) -> None:
    """Show a scheduler's store: its nodes, its jobs and what runs now."""
    with visit(store, name) as scheduler:
        summary = scheduler.info()
        running = scheduler.executing()
        job_count = len(scheduler.jobs())
        calendars = scheduler.calendars()
        states = Counter(trigger.state for trigger in scheduler.triggers())
        if not job_count:
            say_other_names(scheduler._settings)
    if as_json:
        counts = {"jobs": job_count, "triggers": dict(states)}
        rest = {"calendars": calendars, "executing": running}
        print_json({**summary.as_json(), **counts, **rest})
        return
    print_facts(
        {
            "Scheduler": summary.name,
            "Store": summary.store,
            "Quartz": summary.quartz_version,
            "Clustered": summary.clustered,
            "Default zone": summary.zone,
            "Jobs": job_count,
            "Triggers": ", ".join(f"{n} {state}" for state, n in sorted(states.items())) or 0,
            "Calendars": tuple(calendars),
            "Paused groups": "all, and those to come"
            if summary.all_paused
            else summary.paused_groups,
        }
    )
    print_table(
        ("Node", "Last check-in", "Ago", "Every", "Alive"),
        [
            (node.instance_id, node.last_checkin, _ago(node), node.interval, node.alive)
            for node in summary.nodes
        ],
    )
    print_table(
        ("Runs now", "Trigger", "On node", "Since", "Scheduled for", "Recovering", "Fire"),
        [
            (
                run.job_key,
                run.trigger_key,
                run.instance_id,
                run.fire_time,
                run.scheduled_fire_time,
                run.recovering,
                run.fire_instance_id,
            )
            for run in running
        ],
    )


def jobs(
    wide: Wide = False,
    store: options.Store = None,
    name: options.Name = None,
    as_json: options.AsJson = False,
    verbose: options.Verbose = False,
) -> None:
    """List the stored jobs."""
    with visit(store, name) as scheduler:
        found = scheduler.jobs()
        if not found:
            say_other_names(scheduler._settings)
    if as_json:
        print_json(found)
        return
    columns = {**_JOB_COLUMNS, **(_MORE_JOB_COLUMNS if wide else {})}
    print_table(tuple(columns), [[show(job) for show in columns.values()] for job in found])


_JOB_COLUMNS: dict[str, Callable[[JobInfo], object]] = {
    "Job": lambda job: job.key.name,
    "Group": lambda job: job.key.group,
    "Class": lambda job: job.class_name,
    "Triggers": lambda job: len(job.trigger_keys),
    "Flags": lambda job: flags(job),
    "Data": lambda job: f"unreadable: {job.unreadable}" if job.unreadable else job.data,
    "Description": lambda job: job.description,
}
_MORE_JOB_COLUMNS: dict[str, Callable[[JobInfo], object]] = {
    "Implemented by": lambda job: job.implemented_by,
    "Durable": lambda job: job.durable,
    "Concurrent": lambda job: job.concurrent,
    "Keeps data": lambda job: job.persist_data,
    "Recovers": lambda job: job.requests_recovery,
    "Trigger keys": lambda job: job.trigger_keys,
}


def triggers(
    job: Annotated[str | None, typer.Argument(help="Only those of this job.")] = None,
    group: options.Group = "DEFAULT",
    wide: Wide = False,
    store: options.Store = None,
    name: options.Name = None,
    as_json: options.AsJson = False,
    verbose: options.Verbose = False,
) -> None:
    """List the stored triggers, or those of one job, with their states and next times."""
    with visit(store, name) as scheduler:
        found = _triggers(scheduler, job, group, is_trigger=False)
        if not found:
            say_other_names(scheduler._settings)
    if as_json:
        print_json(found)
        return
    columns = {**_TRIGGER_COLUMNS, **(_MORE_TRIGGER_COLUMNS if wide else {})}
    print_table(tuple(columns), [[show(info) for show in columns.values()] for info in found])


_TRIGGER_COLUMNS: dict[str, Callable[[TriggerInfo], object]] = {
    "Trigger": lambda info: info.key.name,
    "Group": lambda info: info.key.group,
    "Job": lambda info: info.job_key,
    "State": lambda info: info.state,
    "When": lambda info: _when(info),
    "Next": lambda info: info.next_fire_time,
    "Previous": lambda info: info.previous_fire_time,
    "Misfire": lambda info: info.misfire,
}
_MORE_TRIGGER_COLUMNS: dict[str, Callable[[TriggerInfo], object]] = {
    "Kind": lambda info: info.kind,
    "Zone": lambda info: getattr(info.trigger, "tz", None),
    "Start": lambda info: info.start,
    "End": lambda info: info.end,
    "Last": lambda info: info.final_fire_time,
    "Fired": lambda info: info.times_triggered,
    "Priority": lambda info: info.priority,
    "Calendar": lambda info: info.calendar,
    "Data": lambda info: info.data,
    "Description": lambda info: info.description,
}


def next_fires(
    key: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A job; all triggers if left out.")
    ] = None,
    group: options.Group = "DEFAULT",
    is_trigger: options.IsTrigger = False,
    expression: Annotated[
        str | None,
        typer.Option("--cron", metavar="EXPR", help="A cron expression of Quartz's; no store."),
    ] = None,
    tz: Annotated[str | None, typer.Option(help="The zone of --cron, as in Europe/Berlin.")] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many.")] = 10,
    after: Annotated[
        datetime | None, typer.Option(help="For --cron: begin here rather than now.")
    ] = None,
    store: options.Store = None,
    name: options.Name = None,
    as_json: options.AsJson = False,
    verbose: options.Verbose = False,
) -> None:
    """Show when a job, a trigger, all of them, or a cron expression fires next."""
    if expression is not None:
        if key is not None:
            raise typer.BadParameter("give a name or --cron, not both", param_hint="--cron")
        _show_cron(cron(expression, tz=tz), count, options.aware(after), as_json)
        return
    if tz is not None or after is not None:
        raise typer.BadParameter("only with --cron", param_hint="--tz, --after")
    with visit(store, name) as scheduler:
        found = {info.key: info for info in _triggers(scheduler, key, group, is_trigger)}
        if not found:
            say_other_names(scheduler._settings)
        what = None if key is None else (TriggerKey if is_trigger else JobKey)(key, group)
        coming = scheduler.next_fires(what, count, include_paused=True)
        fires = [(fire.time, found[fire.trigger_key]) for fire in coming]
        _say_limits(found.values(), {info.key for _, info in fires})
    if as_json:
        print_json(
            [
                {"time": time, "trigger_key": i.key, "job_key": i.job_key, "description": _when(i)}
                for time, i in fires
            ]
        )
        return
    print_table(
        ("Time", "Trigger", "Job", "When"),
        [(_local(time, info), info.key, info.job_key, _when(info)) for time, info in fires],
    )


def _show_cron(trigger: Trigger, count: int, after: datetime | None, as_json: bool) -> None:
    fires = trigger.next_fires(count, after)
    warnings = [str(warning) for warning in trigger.warnings(after)]
    if as_json:
        settings = to_json(trigger.settings())
        told = {"description": trigger.describe(), "fires": fires, "warnings": warnings}
        print_json({**settings, **told})
        return
    print(trigger.describe())
    for fire in fires:
        print(moment(fire))
    for warning in warnings:
        say(warning)
    if len(fires) < count:
        say(f"It fires {len(fires)} times more, not {count}.")


def _triggers(
    scheduler: Scheduler, key: str | None, group: str, is_trigger: bool
) -> list[TriggerInfo]:
    if key is None:
        return scheduler.triggers()
    if is_trigger:
        return [scheduler.trigger(TriggerKey(key, group))]
    return scheduler.triggers(scheduler.job(JobKey(key, group)).key)


def _local(time: datetime, info: TriggerInfo) -> datetime:
    zone = getattr(info.trigger, "tz", None)
    return time.astimezone(zone_of(zone)) if zone else time


def _say_limits(found: Iterable[TriggerInfo], shown: set[TriggerKey]) -> None:
    """Say what keeps the times from being the whole truth, and what the clocks do to them."""
    for info in found:
        if info.state in ("PAUSED", "ERROR"):
            say(f"Trigger {info.key} is {info.state}: it does not fire until that is ended.")
        if info.unreadable:
            say(f"Trigger {info.key} can't be read: {info.unreadable}")
        if info.trigger and info.key in shown:
            calendar = info.calendar_value if isinstance(info.calendar_value, Calendar) else None
            for warning in info.trigger.warnings(calendar=calendar):
                say(f"Trigger {info.key}: {warning}")


def _when(info: TriggerInfo) -> str:
    if info.trigger is not None:
        return info.trigger.describe()
    return f"unreadable: {info.unreadable}" if info.unreadable else info.kind


def flags(job: JobInfo | PlannedJob) -> str:
    """Name the flags that are set."""
    flags = {
        "durable": job.durable,
        "exclusive": not job.concurrent,
        "keeps data": job.persist_data,
        "recovers": job.requests_recovery,
    }
    return ", ".join(name for name, is_set in flags.items() if is_set)


def _ago(node: Node) -> timedelta:
    """Say how old a node's check-in is, to the second."""
    return timedelta(seconds=node.age // timedelta(seconds=1))
