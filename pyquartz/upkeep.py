"""What is put in order in a store: jobs without a class, triggers in the state ERROR; or all."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from .errors import ConfigurationError
from .info import Cleared, JobInfo
from .keys import TriggerKey

if TYPE_CHECKING:
    from ._jvm.quartz import Engine

log = logging.getLogger("pyquartz.scheduler")


def delete_jobs_with_no_class(
    engine: Engine, keep: bool, dry_run: bool, force: bool
) -> list[JobInfo]:
    """Delete jobs whose class nobody here has, unless a peer may have it; give what was deleted."""
    gone = [job for job in engine.jobs() if job.implemented_by == "nobody"]
    if not gone or dry_run:
        return gone
    if not force and (keep or _has_peers(engine)):
        log.info(
            "Kept %d jobs that this node has no class for: a peer may have it, and only force=True "
            "deletes them all the same",
            len(gone),
        )
        return []
    for job in gone:
        engine.delete_job(job.key)
        log.warning(
            "Deleted job %s: nobody here has its class %s (it had %d triggers, data %s)",
            job.key,
            job.class_name,
            len(job.trigger_keys),
            sorted(job.data),
        )
    return gone


def _has_peers(engine: Engine) -> bool:
    return any(node.instance_id != engine.instance_id for node in engine.info("").nodes)


def reset_errored_triggers(engine: Engine) -> list[TriggerKey]:
    """Take triggers out of the state ERROR; their misfire policies decide on what they missed."""
    keys = [info.key for info in engine.triggers() if info.state == "ERROR"]
    for key in keys:
        engine.reset_error(key)
        log.info("Trigger %s was in the state ERROR and waits again", key)
    return keys


def clear(engine: Engine, own_name: str, name: str) -> Cleared:
    """Delete all that a scheduler has in its store, when it is named rightly."""
    if name != own_name:
        raise ConfigurationError(
            f"clear({name!r}) deletes nothing: it would delete all jobs, triggers and calendars of "
            f"this scheduler, whose name is {own_name!r}"
        )
    cleared = engine.clear()
    log.warning("Cleared scheduler %r: %s", own_name, cleared)
    return cleared
