"""A plan put into the store: exactly the changes that were shown."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ..errors import DeclarationError, ObjectAlreadyExistsError
from ..keys import JobKey
from ..plan import How
from .planning import Change, NewJob, Plan, WantedTrigger

if TYPE_CHECKING:
    from ..scheduler import Scheduler

log = logging.getLogger("pyquartz.declare")


def apply(scheduler: Scheduler, plan: Plan) -> None:
    """Do what a plan says, in its order: calendars, jobs with their triggers, deletions.

    A new job and its triggers are stored together; each other change is a transaction of its own.
    Applied again, a file finishes what was cut off. Raises DeclarationError when the store was
    changed since the plan was made.
    """
    for change in plan.to_do:
        try:
            _do(scheduler, change)
        except ObjectAlreadyExistsError as error:
            raise DeclarationError(
                f"{change.kind} {change.name} has been stored by somebody else since the plan was "
                "made; make a new one"
            ) from error
        log.debug("Applied: %s %s %s", change.action, change.kind, change.name)


def _do(scheduler: Scheduler, change: Change) -> None:
    put = scheduler._writing.put
    wanted = change.wanted
    if change.action == "delete" and isinstance(wanted, JobKey):
        scheduler.delete_task(wanted)
    elif change.action == "delete":
        scheduler.delete_trigger(wanted)
    elif change.kind == "calendar":
        scheduler.add_calendar(change.name, wanted, replace=change.action == "change")
    elif isinstance(wanted, NewJob):
        put(wanted.spec.key, wanted.spec, wanted.triggers, "new")
    elif change.kind == "job":
        put(wanted.key, wanted, {})
    elif isinstance(wanted, WantedTrigger):
        how: How = "each" if change.action == "change" else "new"
        put(wanted.job, None, {wanted.key: wanted.trigger}, how)
    # A trigger without a wanted value was stored with its new job.
