"""A plan put into the store: exactly the changes that were shown."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ..errors import DeclarationError, ObjectAlreadyExistsError
from ..keys import JobKey, TriggerKey
from ..plan import How, JobSpec, Wish
from .planning import Change, NewJob, Plan, WantedTrigger

if TYPE_CHECKING:
    from ..scheduler import Scheduler

log = logging.getLogger("pyquartz.declare")


def apply(scheduler: Scheduler, plan: Plan) -> None:
    """Do what a plan says: calendars, then all jobs and triggers together, then deletions.

    Jobs and triggers are added and changed in one transaction, all of them or none; each calendar
    and each deletion is one of its own. Raises DeclarationError when somebody has stored one of
    them since the plan was made.
    """
    wishes = [wish for change in plan.to_do if (wish := _wish(change)) is not None]
    for change in plan.to_do:
        if change.kind == "calendar":
            scheduler.add_calendar(change.name, change.wanted, replace=change.action == "change")
    try:
        if wishes:
            scheduler._writing.put(wishes)
    except ObjectAlreadyExistsError as error:
        raise DeclarationError(
            "a job or trigger has been stored by somebody else since the plan was made, and none "
            "of its jobs was written; make a new plan"
        ) from error
    for change in plan.to_do:
        if change.action == "delete":
            _delete(scheduler, change.wanted)
    log.debug("Applied: %s", plan)


def _wish(change: Change) -> Wish | None:
    wanted = change.wanted
    if isinstance(wanted, NewJob):
        return wanted.spec.key, wanted.spec, wanted.triggers, "new"
    if isinstance(wanted, JobSpec):
        return wanted.key, wanted, {}, "each"
    if isinstance(wanted, WantedTrigger):
        how: How = "each" if change.action == "change" else "new"
        return wanted.job, None, {wanted.key: wanted.trigger}, how
    # A calendar, a deletion, or a trigger that comes with its new job.
    return None


def _delete(scheduler: Scheduler, key: JobKey | TriggerKey) -> None:
    if isinstance(key, JobKey):
        scheduler.delete_task(key)
    else:
        scheduler.delete_trigger(key)
