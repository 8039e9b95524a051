"""What has to be written: the wanted jobs and triggers held against the stored ones.

A row that is as wanted already is not touched, so that a start-up changes nothing that older nodes
still need, and nothing that fires meanwhile is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING

from .errors import InvalidTriggerError
from .info import JobInfo, TriggerInfo
from .jobs import JobDefinition
from .keys import JobKey, TriggerKey
from .triggers import Trigger

if TYPE_CHECKING:
    from ._jvm.quartz import JobSpec

# Left out, these mean "as it comes": the time of storing, the machine's zone.
_OPTIONAL = ("start", "tz", "key")


def default_keys(job: JobKey, triggers: Iterable[Trigger]) -> dict[TriggerKey, Trigger]:
    """Give each trigger its key: its own, else the job's name, ``name#2`` or ``name#once``."""
    keyed: dict[TriggerKey, Trigger] = {}
    regular = 0
    for trigger in triggers:
        if not isinstance(trigger, Trigger):
            raise InvalidTriggerError(f"{trigger!r} is no trigger: use cron(), every(), once()")
        key = trigger.key
        if key is None and getattr(trigger, "is_once", False):
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
        if item.name != "key" and getattr(stored.trigger, item.name) != value:
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
        or (not keeps_data and dict(stored.data) != dict(wanted.data))
    )
