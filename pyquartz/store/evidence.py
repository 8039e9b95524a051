"""What the examination of a store goes by: its rows as they all were at one moment.

Read outside of any scheduler, in one transaction: on a store that is at work, rows that were read
one after the other would show faults that never were.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..keys import JobKey, TriggerKey
from .rules import SUBTYPE_TABLES, now_millis

if TYPE_CHECKING:
    from .._jvm.jdbc import Database
    from .url import StoreAddress

_CLOCKS = {
    "postgresql": "SELECT CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)",
    "mariadb": "SELECT CAST(UNIX_TIMESTAMP(CURRENT_TIMESTAMP(3)) * 1000 AS SIGNED)",
    "h2": "SELECT CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)",
}


@dataclass(frozen=True)
class TriggerRow:
    """A row of QRTZ_TRIGGERS; times are milliseconds since 1970."""

    key: TriggerKey
    job: JobKey
    state: str
    type: str
    next_fire: int
    calendar: str | None


@dataclass(frozen=True)
class FiredRow:
    """A row of QRTZ_FIRED_TRIGGERS; it has no job until the run begins."""

    trigger: TriggerKey
    node: str
    state: str
    job: JobKey | None


@dataclass(frozen=True)
class NodeRow:
    """A row of QRTZ_SCHEDULER_STATE; times are milliseconds."""

    name: str
    last_checkin: int
    interval: int


@dataclass(frozen=True)
class Evidence:
    """The rows of one scheduler, and the clocks: this machine's, and the database's if known."""

    now: int
    database_clock: int | None
    triggers: dict[TriggerKey, TriggerRow]
    jobs: frozenset[JobKey]
    fired: tuple[FiredRow, ...]
    nodes: tuple[NodeRow, ...]
    paused_groups: frozenset[str]
    calendars: frozenset[str]
    subtypes: dict[str, frozenset[TriggerKey]]


def read_evidence(database: Database, address: StoreAddress, prefix: str, name: str) -> Evidence:
    """Read a scheduler's rows through a connection that is of no further use."""

    def rows(columns: str, table: str) -> list[list[Any]]:
        return database.rows(f"SELECT {columns} FROM {prefix}{table} WHERE SCHED_NAME = ?", name)

    database.look()
    before = now_millis()
    clock = _CLOCKS.get(address.dialect)
    database_clock = database.rows(clock)[0][0] if clock else None
    now = (before + now_millis()) // 2
    triggers = [
        TriggerRow(
            TriggerKey(*row[:2]), JobKey(*row[2:4]), row[4], row[5], row[6] or 0, row[7] or None
        )
        for row in rows(
            "TRIGGER_NAME, TRIGGER_GROUP, JOB_NAME, JOB_GROUP, TRIGGER_STATE, TRIGGER_TYPE,"
            " NEXT_FIRE_TIME, CALENDAR_NAME",
            "TRIGGERS",
        )
    ]
    fired = [
        FiredRow(TriggerKey(*row[:2]), row[2], row[3], JobKey(*row[4:]) if row[4] else None)
        for row in rows(
            "TRIGGER_NAME, TRIGGER_GROUP, INSTANCE_NAME, STATE, JOB_NAME, JOB_GROUP",
            "FIRED_TRIGGERS",
        )
    ]
    nodes = rows("INSTANCE_NAME, LAST_CHECKIN_TIME, CHECKIN_INTERVAL", "SCHEDULER_STATE")
    return Evidence(
        now=now,
        database_clock=database_clock,
        triggers={trigger.key: trigger for trigger in triggers},
        jobs=frozenset(JobKey(*row) for row in rows("JOB_NAME, JOB_GROUP", "JOB_DETAILS")),
        fired=tuple(fired),
        nodes=tuple(NodeRow(*row) for row in nodes),
        paused_groups=frozenset(row[0] for row in rows("TRIGGER_GROUP", "PAUSED_TRIGGER_GRPS")),
        calendars=frozenset(row[0] for row in rows("CALENDAR_NAME", "CALENDARS")),
        subtypes={
            table: frozenset(TriggerKey(*row) for row in rows("TRIGGER_NAME, TRIGGER_GROUP", table))
            for table in SUBTYPE_TABLES
        },
    )
