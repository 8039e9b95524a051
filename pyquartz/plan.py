"""What is wanted: a job as its row shall be, and the keys of its triggers.

What of it has to be written at all is found out under the store's lock, in ``org.pyquartz.write``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from .errors import InvalidTriggerError
from .jobs import Job
from .keys import JobKey, TriggerKey, as_key
from .triggers import Trigger

# Triggers become the job's schedule ("set"), or stand each by its key alone ("each"); "new" means
# that neither the job nor a trigger of its keys may be there.
How = Literal["set", "each", "new"]


@dataclass(frozen=True)
class JobSpec:
    """A job as it shall be stored; a row of one of its other names keeps that name.

    ``durable`` None keeps what is stored, and makes a new job not durable.
    """

    key: JobKey
    class_name: str
    same_names: tuple[str, ...]
    data: Mapping[str, object]
    description: str | None
    durable: bool | None
    requests_recovery: bool


# A job to be stored, None for one that is there, with triggers. Without a key, the job is that of
# the trigger that is stored already.
Wish = tuple[JobKey | None, JobSpec | None, Mapping[TriggerKey, Trigger], How]


def spec_of(job: Job, durable: bool | None = None) -> JobSpec:
    """Say how a job shall be stored: what it leaves open is taken from its definition."""
    definition = job.definition
    description, durable, recovery = (
        job.description,
        job.durable if durable is None else durable,
        job.requests_recovery,
    )
    names: tuple[str, ...] = ()
    if definition is not None:
        names = (definition.name, *definition.aliases)
        description = definition.description if description is None else description
        durable = definition.durable if durable is None else durable
        recovery = definition.requests_recovery if recovery is None else recovery
    return JobSpec(
        key=as_key(JobKey, job.key or job.class_name),
        class_name=job.class_name,
        same_names=names,
        data=job.data,
        description=description,
        durable=durable,
        requests_recovery=bool(recovery),
    )


def suffix_of(trigger: Trigger) -> str:
    """Give what the default key of a job's only trigger has behind the job's name."""
    return "#once" if trigger.is_once else ""


def default_keys(job: JobKey, triggers: Iterable[Trigger]) -> dict[TriggerKey, Trigger]:
    """Give each trigger its key: its own, else the job's name, ``name#2`` or ``name#once``."""
    keyed: dict[TriggerKey, Trigger] = {}
    regular = 0
    for trigger in triggers:
        if not isinstance(trigger, Trigger):
            raise InvalidTriggerError(f"{trigger!r} is no trigger: use cron(), every(), once()")
        key = trigger.key
        if key is None and trigger.is_once:
            key = TriggerKey(job.name + suffix_of(trigger), job.group)
        elif key is None:
            regular += 1
            key = TriggerKey(job.name if regular == 1 else f"{job.name}#{regular}", job.group)
        if key in keyed:
            raise InvalidTriggerError(f"two triggers of one job have the key {key}; give key=")
        keyed[key] = trigger
    return keyed
