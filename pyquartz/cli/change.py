"""The commands that change a store: ``trigger-now``, ``pause``, ``resume``, ``delete``, ``rename``.

They write, and leave the firing to the nodes that run.
"""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ..errors import JobNotFoundError, TriggerNotFoundError
from ..keys import JobKey, TriggerKey
from . import options
from .report import say
from .stores import visit

_NAME = typer.Argument(metavar="NAME", help="The name of a job, or with --trigger of a trigger.")
KeyName = Annotated[str, _NAME]
MaybeKeyName = Annotated[str | None, _NAME]


def trigger_now(
    key: Annotated[str, typer.Argument(metavar="NAME", help="The name of a job.")],
    group: options.Group = "DEFAULT",
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            "-d",
            metavar="NAME=TEXT|NAME:=JSON",
            help="Job data for this run: a text, or after := a JSON value. Repeatable.",
        ),
    ] = None,
    store: options.Store = None,
    name: options.Name = None,
    verbose: options.Verbose = False,
) -> None:
    """Fire a job once, as soon as a node of its scheduler runs."""
    values = dict(_pair(text) for text in data or [])
    with visit(store, name) as scheduler:
        scheduler.trigger_now(JobKey(key, group), values)
    say(f"Job {JobKey(key, group)} fires as soon as a node of its scheduler runs.")


def pause(
    key: MaybeKeyName = None,
    group: options.Group = "DEFAULT",
    is_trigger: options.IsTrigger = False,
    everything: Annotated[bool, typer.Option("--all", help="Pause every trigger.")] = False,
    store: options.Store = None,
    name: options.Name = None,
    verbose: options.Verbose = False,
) -> None:
    """Pause a job (all its triggers), one trigger, or everything."""
    target = _target(key, group, is_trigger, everything)
    with visit(store, name) as scheduler:
        scheduler.pause_all() if target is None else scheduler.pause(target)
    say(f"Paused {_named(target)}.")


def resume(
    key: MaybeKeyName = None,
    group: options.Group = "DEFAULT",
    is_trigger: options.IsTrigger = False,
    everything: Annotated[bool, typer.Option("--all", help="Resume every trigger.")] = False,
    store: options.Store = None,
    name: options.Name = None,
    verbose: options.Verbose = False,
) -> None:
    """Resume what was paused; the misfire policies decide on what was missed."""
    target = _target(key, group, is_trigger, everything)
    with visit(store, name) as scheduler:
        scheduler.resume_all() if target is None else scheduler.resume(target)
    say(f"Resumed {_named(target)}.")


def delete(
    key: KeyName,
    group: options.Group = "DEFAULT",
    is_trigger: options.IsTrigger = False,
    store: options.Store = None,
    name: options.Name = None,
    verbose: options.Verbose = False,
) -> None:
    """Delete a job with its triggers, or one trigger.

    The last trigger of a job that is not durable takes the job with it.
    """
    with visit(store, name) as scheduler:
        if is_trigger:
            trigger = scheduler.trigger(TriggerKey(key, group))
            if not scheduler.delete_trigger(trigger.key):
                raise TriggerNotFoundError(f"the store has no trigger {trigger.key} any more")
            say(f"Deleted trigger {trigger.key} of job {trigger.job_key}.")
            return
        job = scheduler.job(JobKey(key, group))
        if not scheduler.delete_task(job.key):
            raise JobNotFoundError(f"the store has no job {job.key} any more")
        say(f"Deleted job {job.key} and its triggers ({len(job.trigger_keys)}).")


def rename(
    key: KeyName,
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")],
    group: options.Group = "DEFAULT",
    to_group: Annotated[
        str | None, typer.Option(metavar="GROUP", help="Its new group; else it keeps its own.")
    ] = None,
    is_trigger: options.IsTrigger = False,
    keep_trigger_keys: Annotated[
        bool,
        typer.Option("--keep-trigger-keys", help="Also leave triggers that bear the job's name."),
    ] = False,
    wait: Annotated[
        float, typer.Option(metavar="SECONDS", help="Wait so long for it not to run.")
    ] = 0.0,
    store: options.Store = None,
    name: options.Name = None,
    verbose: options.Verbose = False,
) -> None:
    """Give a job another key, with its triggers and their history; or give it to one trigger.

    All of it in one transaction, and not while the job runs anywhere.
    """
    with visit(store, name) as scheduler:
        if is_trigger:
            trigger = TriggerKey(key, group)
            renamed = scheduler.rename_trigger(
                trigger, TriggerKey(new, to_group or group), wait=wait
            )
            say(f"Trigger {trigger} is {renamed} now.")
            return
        job = scheduler.rename_job(
            JobKey(key, group),
            JobKey(new, to_group or group),
            keep_trigger_keys=keep_trigger_keys,
            wait=wait,
        )
        triggers = ", ".join(map(str, scheduler.job(job).trigger_keys)) or "none"
        say(f"Job {JobKey(key, group)} is {job} now. Its triggers: {triggers}.")


def _target(
    key: str | None, group: str, is_trigger: bool, everything: bool
) -> JobKey | TriggerKey | None:
    if (key is None) != everything:
        raise typer.BadParameter("give a NAME, or --all", param_hint="NAME")
    if key is None:
        return None
    return TriggerKey(key, group) if is_trigger else JobKey(key, group)


def _named(target: JobKey | TriggerKey | None) -> str:
    if target is None:
        return "every trigger"
    return f"{'trigger' if isinstance(target, TriggerKey) else 'job'} {target}"


def _pair(text: str) -> tuple[str, object]:
    name, sign, value = text.partition("=")
    if not sign or not name.removesuffix(":"):
        raise typer.BadParameter(f"{text!r} is not NAME=TEXT or NAME:=JSON", param_hint="--data")
    if not name.endswith(":"):
        return name, value
    try:
        return name.removesuffix(":"), json.loads(value)
    except json.JSONDecodeError as error:
        raise typer.BadParameter(
            f"{value!r} is not JSON: {error}; for a text leave the colon out", param_hint="--data"
        ) from error
