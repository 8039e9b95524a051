"""What has to be written: the wanted jobs and triggers held against the stored ones.

A row that is as wanted already is not touched, so that a start-up changes nothing that older nodes
still need, and nothing that fires meanwhile is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from .errors import InvalidTriggerError
from .info import JobInfo, TriggerInfo
from .jobdata import same_data
from .jobs import Job, JobDefinition
from .keys import JobKey, TriggerKey, as_key
from .triggers import Trigger

# Left out, these mean "as it comes": the time of storing, the machine's zone.
_OPTIONAL = ("start", "tz", "key")


@dataclass(frozen=True)
class JobSpec:
    """A job as it shall be stored."""

    key: JobKey
    class_name: str
    data: Mapping[str, object]
    description: str | None
    durable: bool
    requests_recovery: bool

    def named(self, class_name: str) -> JobSpec:
        """Give the same job under another stored class name."""
        return replace(self, class_name=class_name)


def spec_of(job: Job, durable: bool | None = None) -> JobSpec:
    """Say how a job shall be stored: what it leaves open is taken from its definition."""
    definition = job.definition
    return JobSpec(
        key=as_key(JobKey, job.key or job.class_name),
        class_name=job.class_name,
        data=job.data,
        description=_first(job.description, definition and definition.description),
        durable=bool(_first(durable, job.durable, definition and definition.durable)),
        requests_recovery=bool(
            _first(job.requests_recovery, definition and definition.requests_recovery)
        ),
    )


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def default_keys(job: JobKey, triggers: Iterable[Trigger]) -> dict[TriggerKey, Trigger]:
    """Give each trigger its key: its own, else the job's name, ``name#2`` or ``name#once``."""
    keyed: dict[TriggerKey, Trigger] = {}
    regular = 0
    for trigger in triggers:
        if not isinstance(trigger, Trigger):
            raise InvalidTriggerError(f"{trigger!r} is no trigger: use cron(), every(), once()")
        key = trigger.key
        if key is None and trigger.is_once:
            key = TriggerKey(f"{job.name}#once", job.group)
        elif key is None:
            regular += 1
            key = TriggerKey(job.name if regular == 1 else f"{job.name}#{regular}", job.group)
        if key in keyed:
            raise InvalidTriggerError(f"two triggers of one job have the key {key}; give key=")
        keyed[key] = trigger
    return keyed


def is_as_wanted(stored: TriggerInfo, wanted: Trigger) -> bool:
    """Say whether a stored trigger is as wanted; what the wanted one leaves open may be any."""
    if stored.trigger is None or type(stored.trigger) is not type(wanted):
        return False
    for item in fields(wanted):
        value = getattr(wanted, item.name)
        if value is None and item.name in _OPTIONAL:
            continue
        if item.name not in ("key", "data") and getattr(stored.trigger, item.name) != value:
            return False
    if not same_data(stored.trigger.data, wanted.data):
        return False
    return stored.state != "COMPLETE"


def job_differs(stored: JobInfo, wanted: JobSpec, definition: JobDefinition | None) -> bool:
    """Say whether a stored job has to be written. Data that a job keeps for itself are its own."""
    if stored.unreadable:
        return False
    keeps_data = definition is not None and definition.persist_data
    return (
        stored.class_name != wanted.class_name
        or stored.description != wanted.description
        or stored.durable != wanted.durable
        or stored.requests_recovery != wanted.requests_recovery
        or (not keeps_data and not same_data(stored.data, wanted.data))
    )
