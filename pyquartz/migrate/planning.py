"""What a store holds, and what this process would do with it: the report before a migration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..errors import StoreError
from ..info import Node, _Info
from ..keys import JobKey, TriggerKey
from ..store.rules import SUBTYPE_TABLES
from .implementers import By, Implementers
from .reading import Data, ReadMap, StoredTrigger, read_data, read_trigger
from .sql import Place
from .tables import Row, Tables, key_of, opened


@dataclass(frozen=True)
class PlannedJob(_Info):
    """A stored job with its triggers, and who implements it (``where``: the place, or the jar)."""

    key: JobKey
    class_name: str
    implemented_by: By
    where: str | None
    description: str | None
    durable: bool
    concurrent: bool
    persist_data: bool
    requests_recovery: bool
    data: Data
    triggers: tuple[StoredTrigger, ...]


@dataclass(frozen=True)
class MigrationPlan(_Info):
    """What a scheduler's store holds. ``counts`` are jobs by implementer and triggers by state."""

    store: str
    scheduler: str
    counts: Mapping[str, Mapping[str, int]]
    jobs: tuple[PlannedJob, ...]
    nodes: tuple[Node, ...]
    errors: tuple[TriggerKey, ...]
    paused_groups: tuple[str, ...]
    calendars: tuple[str, ...]
    unreadable: tuple[str, ...]

    @property
    def of_nobody(self) -> tuple[PlannedJob, ...]:
        """The jobs whose class nobody has."""
        return tuple(job for job in self.jobs if job.implemented_by == "nobody")


def plan(
    place: Place,
    scheduler: str,
    implementers: Implementers | None = None,
    read_map: ReadMap | None = None,
) -> MigrationPlan:
    """Read a scheduler's rows and say who implements its jobs; nothing is written.

    ``read_map`` reads serialised data; without it they are only named.
    """
    implementers = implementers or Implementers()
    with opened(place) as tables:
        if scheduler not in tables.schedulers():
            raise StoreError(f"{tables.label} has nothing of a scheduler named {scheduler!r}")
        details = tables.read("JOB_DETAILS", scheduler)
        triggers = _triggers(tables, scheduler, read_map)
        nodes = tuple(tables.nodes(scheduler))
        paused = [row["TRIGGER_GROUP"] for row in tables.read("PAUSED_TRIGGER_GRPS", scheduler)]
        calendars = [row["CALENDAR_NAME"] for row in tables.read("CALENDARS", scheduler)]
    implementers.prepare({str(row["JOB_CLASS_NAME"]) for row in details})
    jobs = tuple(_job(row, triggers, implementers, nodes, read_map) for row in details)
    return MigrationPlan(
        store=str(place.address),
        scheduler=scheduler,
        counts={
            "jobs": dict(Counter(job.implemented_by for job in jobs)),
            "triggers": dict(Counter(trigger.state for trigger in triggers)),
        },
        jobs=jobs,
        nodes=nodes,
        errors=tuple(trigger.key for trigger in triggers if trigger.state == "ERROR"),
        paused_groups=tuple(map(str, paused)),
        calendars=tuple(map(str, calendars)),
        unreadable=tuple(_unreadable(jobs)),
    )


def _triggers(tables: Tables, scheduler: str, read_map: ReadMap | None) -> list[StoredTrigger]:
    schedules: dict[tuple[str, ...], Row] = {}
    for table in SUBTYPE_TABLES:
        schedules |= {key_of(table, row): row for row in tables.read(table, scheduler)}
    return [
        read_trigger(row, schedules.get(key_of("TRIGGERS", row)), _data(row, read_map))
        for row in tables.read("TRIGGERS", scheduler)
    ]


def _data(row: Row, read_map: ReadMap | None) -> Data:
    blob = row["JOB_DATA"]
    return read_data(blob if isinstance(blob, bytes) else None, read_map)


def _job(
    row: Row,
    triggers: Sequence[StoredTrigger],
    implementers: Implementers,
    nodes: Sequence[Node],
    read_map: ReadMap | None,
) -> PlannedJob:
    key = JobKey(str(row["JOB_NAME"]), str(row["JOB_GROUP"]))
    name = str(row["JOB_CLASS_NAME"])
    found = implementers.of(name)
    own = [trigger for trigger in triggers if trigger.job_key == key]
    if found.by == "nobody":
        own = [replace(trigger, policies=_policies(trigger, nodes)) for trigger in own]
    return PlannedJob(
        key=key,
        class_name=name,
        implemented_by=found.by,
        where=found.where,
        description=None if row["DESCRIPTION"] is None else str(row["DESCRIPTION"]),
        durable=bool(row["IS_DURABLE"]),
        concurrent=not row["IS_NONCONCURRENT"],
        persist_data=bool(row["IS_UPDATE_DATA"]),
        requests_recovery=bool(row["REQUESTS_RECOVERY"]),
        data=_data(row, read_map),
        triggers=tuple(own),
    )


def _policies(trigger: StoredTrigger, nodes: Sequence[Node]) -> dict[str, str]:
    """Say what each ``missing_jobs`` policy does with a trigger whose job nobody here has."""
    if trigger.kind == "blob":
        return dict.fromkeys(("leave", "noop", "error"), "left alone: its class can't be read")
    if trigger.state.startswith("PAUSED"):
        return dict.fromkeys(("leave", "noop", "error"), "stays paused")
    if trigger.state == "ERROR":
        return dict.fromkeys(("leave", "noop", "error"), "stays in ERROR until it is reset")
    if trigger.next_fire_time is None or trigger.state in ("COMPLETE", "DELETED"):
        return dict.fromkeys(("leave", "noop", "error"), "never fires again")
    when = trigger.next_fire_time.isoformat(" ")
    alive = [node.instance_id for node in nodes if node.alive]
    peers = f"fires on {', '.join(alive)}, if the class is there" if alive else "no node is up"
    return {
        "leave": f"left to nodes that have the class: {peers}",
        "noop": f"fires at {when} and runs nothing; its schedule goes on",
        "error": f"goes to ERROR at {when}",
    }


def _unreadable(jobs: Sequence[PlannedJob]) -> list[str]:
    reasons = []
    for job in jobs:
        if job.data.unreadable:
            reasons.append(f"the data of the job {job.key}: {job.data.unreadable}")
        for trigger in job.triggers:
            if trigger.unreadable:
                reasons.append(f"the trigger {trigger.key}: {trigger.unreadable}")
            if trigger.data.unreadable:
                reasons.append(f"the data of the trigger {trigger.key}: {trigger.data.unreadable}")
    return reasons
