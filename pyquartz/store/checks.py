"""The questions that an examination asks of a store's rows; each gives what it finds wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

from ..info import Opaque
from ..keys import JobKey
from .case import Case
from .evidence import TriggerRow
from .finding import Finding
from .rules import ALL_PAUSED, AT_REST, SUBTYPES
from .surroundings import clocks, dead_nodes, surroundings, zones

# Nodes take what is due within seconds, and what they missed within minutes.
_LONG_AGO = 300_000


def stuck_triggers(case: Case) -> Iterator[Finding]:
    """Find triggers in a state that only a run ends, without that run."""
    for trigger in case.evidence.triggers.values():
        blocked = trigger.state in ("BLOCKED", "PAUSED_BLOCKED")
        if trigger.state not in AT_REST:
            continue
        rows = [
            fired
            for fired in case.evidence.fired
            if (fired.trigger == trigger.key and (blocked or fired.state == "ACQUIRED"))
            or (blocked and fired.job == trigger.job)
        ]
        if not rows:
            state = AT_REST[trigger.state]
            yield Finding(
                "trigger_stuck",
                trigger.key,
                "error",
                f"it is {trigger.state}, but no node has acquired it or runs its job",
                f"--repair makes it {state}; its misfire policy decides on what it missed",
                repairable=True,
            )
        elif all(case.is_dead(fired.node) for fired in rows):
            nodes = ", ".join(sorted({fired.node for fired in rows}))
            yield Finding(
                "trigger_stuck",
                trigger.key,
                "error",
                f"it is {trigger.state} by a node that lives no more: {nodes}",
                "start a node of this scheduler: Quartz's recovery frees it",
            )


def errors(case: Case) -> Iterator[Finding]:
    """Find triggers in the state ERROR, and the likely cause."""
    for trigger in case.evidence.triggers.values():
        if trigger.state != "ERROR":
            continue
        cause = _cause(case, trigger)
        gone = "nothing here keeps it from firing now; likely a node without its class, or without "
        gone += "pyquartz-bridge, or an error that has passed"
        yield Finding(
            "trigger_error",
            trigger.key,
            "error",
            f"it is in the state ERROR and does not fire: {cause or gone}",
            "mend the cause, then reset it (--repair, or reset_errored_triggers)"
            if cause
            else "--repair resets it; its misfire policy decides on what it missed",
            repairable=cause is None,
        )


def _cause(case: Case, trigger: TriggerRow) -> str | None:
    info, job = case.triggers.get(trigger.key), case.jobs.get(trigger.job)
    if job is None:
        return f"its job {trigger.job} does not exist"
    if job.implemented_by == "nobody":
        known = (
            "nobody here has" if case.jobs_known else "no jar here has, and no --jobs was named:"
        )
        return f"{known} the class {job.class_name} of its job {trigger.job}"
    if job.unreadable:
        return f"the data of its job {trigger.job} can't be read: {job.unreadable}"
    if info is None or info.unreadable:
        return f"its row can't be read: {info.unreadable if info else 'it is gone'}"
    if trigger.calendar and trigger.calendar not in case.evidence.calendars:
        return f"its calendar {trigger.calendar!r} does not exist"
    return None


def orphans(case: Case) -> Iterator[Finding]:
    """Find rows whose counterpart is missing."""
    evidence = case.evidence
    for trigger in evidence.triggers.values():
        table = SUBTYPES.get(trigger.type)
        if table and trigger.key not in evidence.subtypes[table]:
            yield Finding(
                "subtype_missing",
                trigger.key,
                "error",
                f"it is of the type {trigger.type}, but has no row in {table}: nobody can read it",
                "schedule it again, or delete it: when it fires is lost",
            )
        if trigger.job not in evidence.jobs:
            yield Finding(
                "job_missing",
                trigger.key,
                "error",
                f"its job {trigger.job} does not exist",
                "store the job again, or delete the trigger",
            )
    for table, keys in evidence.subtypes.items():
        for key in sorted(keys - evidence.triggers.keys()):
            yield Finding(
                "subtype_orphaned",
                key,
                "warning",
                f"{table} has a row of a trigger that does not exist",
                "--repair deletes the row",
                repairable=True,
            )


def unreadable(case: Case) -> Iterator[Finding]:
    """Find data, rows and calendars that can't be read, and calendars that are named in vain."""
    for job in case.jobs.values():
        if job.unreadable:
            yield Finding(
                "data_unreadable",
                job.key,
                "error",
                f"its data can't be read, so it does not run: {job.unreadable}",
                "allow its classes (allow_classes), or store the job's data anew",
            )
    for key, trigger in case.triggers.items():
        row = case.evidence.triggers.get(key)
        whole = row and key in case.evidence.subtypes.get(SUBTYPES.get(row.type, ""), {key})
        if trigger.unreadable and whole:
            yield Finding(
                "trigger_unreadable",
                key,
                "error",
                f"it can't be read, so it does not fire: {trigger.unreadable}",
                "mend its row, or schedule it again",
            )
    for name, calendar in case.calendars.items():
        if isinstance(calendar, Opaque):
            yield Finding(
                "calendar_unreadable",
                name,
                "error",
                f"the calendar can't be read ({calendar.class_name}): {calendar.reason}",
                "store it anew with add_calendar, or allow its class (allow_classes)",
            )
    for row in case.evidence.triggers.values():
        if row.calendar and row.calendar not in case.evidence.calendars:
            yield Finding(
                "calendar_missing",
                row.key,
                "error",
                f"it names the calendar {row.calendar!r}, which does not exist",
                "add that calendar, or schedule the trigger without it",
            )


def waiting(case: Case) -> Iterator[Finding]:
    """Find triggers that are long due while nodes live, and jobs that this node lacks."""
    latest = case.evidence.now - _LONG_AGO
    told: set[JobKey] = set()
    for trigger in case.evidence.triggers.values():
        if not (case.live and trigger.state == "WAITING" and 0 < trigger.next_fire < latest):
            continue
        if case.jobs_known and case.class_is_missing(trigger.job):
            told.add(trigger.job)
            yield Finding(
                "job_nowhere",
                trigger.job,
                "error",
                f"its trigger {trigger.key} is due since {_moment(trigger.next_fire)} while nodes "
                f"live: no live node has its class {case.jobs[trigger.job].class_name}",
                "deploy the job's code to a node, or delete the job",
            )
        else:
            yield Finding(
                "trigger_overdue",
                trigger.key,
                "error",
                f"it waits since {_moment(trigger.next_fire)}, and live nodes don't fire it",
                "see the nodes' logs: a class that no live node has, threads that are all busy, a "
                "row that can't be read, or a clock that is behind",
            )
    for key, job in case.jobs.items():
        if case.jobs_known and job.implemented_by == "nobody" and key not in told:
            yield Finding(
                "job_not_here",
                key,
                "info",
                f"this node has no class {job.class_name}; whether another has it, the store "
                "doesn't say before one of its triggers is long due",
                "nothing, if a peer has it; else register it or delete the job",
            )


def paused_groups(case: Case) -> Iterator[Finding]:
    """Find groups that are paused: what is stored in them later is paused as well."""
    members = {key.group for key in case.evidence.triggers}
    for group in sorted(case.evidence.paused_groups):
        if group == ALL_PAUSED:
            yield Finding(
                "group_paused",
                group,
                "warning",
                "everything is paused (pause_all): groups that are new begin paused too",
                "resume_all, unless that is meant",
            )
            continue
        empty = group not in members
        yield Finding(
            "group_paused",
            group,
            "info" if empty else "warning",
            "the group is paused: a trigger that is new in it begins paused"
            + ("; it has none now" if empty else ""),
            f"'pyquartz resume' or resume(Group.triggers({group!r})), unless that is meant",
        )


CHECKS = (
    stuck_triggers, errors, orphans, unreadable, waiting, dead_nodes, clocks, zones, paused_groups,
    surroundings,
)  # fmt: skip


def _moment(millis: int) -> str:
    return f"{datetime.fromtimestamp(millis / 1000, timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
