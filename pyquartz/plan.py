"""What is wanted: a job as its row shall be, and the keys of its triggers.

What of it has to be written at all is found out under the store's lock, in ``org.pyquartz.write``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .errors import InvalidTriggerError
from .jobs import Job
from .keys import JobKey, TriggerKey, as_key
from .triggers import Trigger

# Triggers become the job's schedule ("set"), or stand each by its key alone ("each"); "new" means
# that neither the job nor a trigger of its keys may be there.
How = Literal["set", "each", "new"]


@dataclass(frozen=True)
class JobSpec:
    """A job as it shall be stored; a row of one of its other names keeps that name."""

    key: JobKey
    class_name: str
    same_names: tuple[str, ...]
    data: Mapping[str, object]
    description: str | None
    durable: bool
    requests_recovery: bool


def spec_of(job: Job, durable: bool | None = None) -> JobSpec:
    """Say how a job shall be stored: what it leaves open is taken from its definition."""
    definition = job.definition
    return JobSpec(
        key=as_key(JobKey, job.key or job.class_name),
        class_name=job.class_name,
        same_names=(definition.name, *definition.aliases) if definition else (),
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
