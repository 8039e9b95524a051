"""Examines a store while it is at work, and mends what is safe to mend.

An examination writes nothing. A repair goes under Quartz's own lock, asks once more for the very
fault, and touches no row of a live node, no class name and no data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..config import for_visit
from ..keys import TriggerKey
from . import fitness
from .case import Case
from .checks import CHECKS
from .evidence import Evidence, read_evidence
from .finding import Finding, Repair
from .rules import AT_REST, SUBTYPE_TABLES

if TYPE_CHECKING:
    from ..config import Settings
    from ..scheduler import Scheduler

__all__ = ["Finding", "Repair", "examine", "examine_tables", "repair"]

_ORDER = ("error", "warning", "info")
_OF = "WHERE SCHED_NAME = ? AND TRIGGER_NAME = ? AND TRIGGER_GROUP = ?"


def examine_tables(settings: Settings) -> list[Finding]:
    """Find what is wrong with a store's tables; with an "error" no scheduler can use them.

    Raises StoreError when the database can't be reached or the store is in memory.
    """
    from .._jvm.jdbc import connect

    address, prefix = settings.store, settings.table_prefix
    if address.dialect == "other":
        return []  # there are no definitions to compare with
    with connect(address) as database:
        found = list(fitness.table_findings(database, address, prefix))
        if not found:
            missing = fitness.missing_indexes(database, address, prefix)
            found = [fitness.index_finding(index) for index in missing.values()]
    return found


def examine(
    scheduler: Scheduler, settings: Settings | None = None, jobs_known: bool = True
) -> list[Finding]:
    """Find what is wrong in a scheduler's store, the worst first; write nothing.

    ``settings`` are those of the deployment, when the scheduler is only a visitor;
    ``jobs_known=False``: the process that looks has not the code that the nodes have.
    """
    settings = settings or scheduler._settings
    found = examine_tables(settings)
    if not any(finding.severity == "error" for finding in found):
        case = _case(scheduler, settings, jobs_known)
        found += [finding for check in CHECKS for finding in check(case)]
    return sorted(found, key=lambda finding: _ORDER.index(finding.severity))


def _case(scheduler: Scheduler, settings: Settings, jobs_known: bool) -> Case:
    info = scheduler.info()
    evidence = _evidence(settings, info.name)
    with _reader(scheduler) as reader:
        jobs, triggers, calendars = reader.jobs(), reader.triggers(), reader.calendars()
    return Case(
        evidence=evidence,
        jobs={job.key: job for job in jobs},
        triggers={trigger.key: trigger for trigger in triggers},
        calendars=calendars,
        zone=info.zone,
        own=info.instance_id if info.state == "started" else None,
        exclusive=not settings.store.is_shared,
        jobs_known=jobs_known,
        connections=settings.connections,
    )


@contextmanager
def _reader(scheduler: Scheduler) -> Iterator[Scheduler]:
    """Give what reads every job: with missing_jobs="error" a scheduler stops at a missing class."""
    if scheduler._settings.policy != "error":
        yield scheduler
        return
    visitor = type(scheduler)._from_settings(for_visit(scheduler._settings))
    try:
        yield visitor
    finally:
        visitor.stop(timeout=0)


def _evidence(settings: Settings, name: str) -> Evidence:
    from .._jvm.jdbc import connect

    with connect(settings.store) as database:
        return read_evidence(database, settings.store, settings.table_prefix, name)


def repair(
    scheduler: Scheduler, findings: Iterable[Finding], make_indexes: bool = False
) -> list[Repair]:
    """Mend those findings that are repairable, and say what was done.

    Indexes are made with ``make_indexes`` only, after the rows: a table is locked meanwhile.
    """
    wanted = [finding for finding in findings if finding.repairable]
    return [
        *_mend_rows(scheduler, [f for f in wanted if f.kind in _ROWS]),
        *(_reset(scheduler, f) for f in wanted if f.kind == "trigger_error"),
        *(
            _make_indexes(
                scheduler, [f for f in wanted if f.kind == "index_missing" and make_indexes]
            )
        ),
    ]


_ROWS = ("trigger_stuck", "subtype_orphaned")


def _mend_rows(scheduler: Scheduler, findings: list[Finding]) -> list[Repair]:
    prefix, name = scheduler._settings.table_prefix, scheduler._settings.scheduler_name
    work: list[tuple[Finding, str, str, list[str]]] = []
    for finding in findings:
        assert isinstance(finding.subject, TriggerKey)
        values = [name, finding.subject.name, finding.subject.group]
        statements = _FREE if finding.kind == "trigger_stuck" else _DELETE
        for done, sql in statements.items():
            work.append((finding, done, sql.format(p=prefix, of=_OF), values))
    hit = scheduler._engine.mending.run([(sql, values) for _, _, sql, values in work])
    done_to: dict[Finding, list[str]] = {finding: [] for finding in findings}
    for (finding, done, _, _), count in zip(work, hit, strict=True):
        if count:
            done_to[finding].append(done)
    return [
        Repair(finding, bool(done), ", ".join(done) or "no longer wrong: left as it is")
        for finding, done in done_to.items()
    ]


def _free(state: str, becomes: str, run: str) -> str:
    return (
        f"UPDATE {{p}}TRIGGERS SET TRIGGER_STATE = '{becomes}' {{of}} AND TRIGGER_STATE = '{state}'"
        " AND NOT EXISTS (SELECT 1 FROM {p}FIRED_TRIGGERS F"
        f" WHERE F.SCHED_NAME = {{p}}TRIGGERS.SCHED_NAME AND ({run}))"
    )


_OWN = "F.TRIGGER_NAME = {p}TRIGGERS.TRIGGER_NAME AND F.TRIGGER_GROUP = {p}TRIGGERS.TRIGGER_GROUP"
_JOBS = f"{_OWN} OR F.JOB_NAME = {{p}}TRIGGERS.JOB_NAME AND F.JOB_GROUP = {{p}}TRIGGERS.JOB_GROUP"
# What is said of a row that was hit, and the statement that hits it only while it is still wrong.
_FREE: Mapping[str, str] = {
    f"{state} -> {becomes}": _free(
        state, becomes, f"{_OWN} AND F.STATE = 'ACQUIRED'" if state == "ACQUIRED" else _JOBS
    )
    for state, becomes in AT_REST.items()
}
_DELETE: Mapping[str, str] = {
    f"row of {table} deleted": f"DELETE FROM {{p}}{table} {{of}} AND NOT EXISTS"
    " (SELECT 1 FROM {p}TRIGGERS T"
    f" WHERE T.SCHED_NAME = {{p}}{table}.SCHED_NAME"
    f" AND T.TRIGGER_NAME = {{p}}{table}.TRIGGER_NAME"
    f" AND T.TRIGGER_GROUP = {{p}}{table}.TRIGGER_GROUP)"
    for table in SUBTYPE_TABLES
}


def _reset(scheduler: Scheduler, finding: Finding) -> Repair:
    assert isinstance(finding.subject, TriggerKey)
    # Quartz looks again under its lock whether it is still in ERROR.
    scheduler._engine.reset_error(finding.subject)
    return Repair(finding, True, "reset from ERROR; its misfire policy decides on what it missed")


def _make_indexes(scheduler: Scheduler, findings: list[Finding]) -> list[Repair]:
    from .._jvm.jdbc import connect

    if not findings:
        return []
    settings = scheduler._settings
    repairs = []
    with connect(settings.store) as database:
        missing = fitness.missing_indexes(database, settings.store, settings.table_prefix)
        for finding in findings:
            index = missing.get(str(finding.subject))
            if index:
                database.execute([index.statement])
            done = f"made: {index.statement}" if index else "no longer missing: left as it is"
            repairs.append(Repair(finding, bool(index), done))
    return repairs
