"""Quartz's tables as rows of plain values: the same row reads alike from every database.

Booleans are a type of their own in PostgreSQL and H2 and "1" and "0" in MariaDB; blobs stay the
bytes that they are. Nothing is deserialised here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from ..errors import StoreError
from ..info import Node
from ..store.rules import node_now
from .sql import Column, Kind, Place, Sql, Table, Value

Row = dict[str, Value]
_TRIGGER = ("SCHED_NAME", "TRIGGER_NAME", "TRIGGER_GROUP")
#: Tables by what comes first: rows refer to tables before theirs. Each with its primary key.
KEYS: dict[str, tuple[str, ...]] = {
    "CALENDARS": ("SCHED_NAME", "CALENDAR_NAME"),
    "JOB_DETAILS": ("SCHED_NAME", "JOB_NAME", "JOB_GROUP"),
    "TRIGGERS": _TRIGGER,
    "SIMPLE_TRIGGERS": _TRIGGER,
    "CRON_TRIGGERS": _TRIGGER,
    "SIMPROP_TRIGGERS": _TRIGGER,
    "BLOB_TRIGGERS": _TRIGGER,
    "PAUSED_TRIGGER_GRPS": ("SCHED_NAME", "TRIGGER_GROUP"),
    "FIRED_TRIGGERS": ("SCHED_NAME", "ENTRY_ID"),
}
_STATE, _LOCKS = "SCHEDULER_STATE", "LOCKS"
_LOCK = "TRIGGER_ACCESS"
_BOOLEANS = frozenset(
    [
        "IS_DURABLE",
        "IS_NONCONCURRENT",
        "IS_UPDATE_DATA",
        "REQUESTS_RECOVERY",
        "BOOL_PROP_1",
        "BOOL_PROP_2",
    ]
)
_TRUE = ("1", "t", "true", "y", "yes")


class Tables:
    """The tables of one store, in one transaction."""

    def __init__(self, sql: Sql, prefix: str) -> None:
        self._sql = sql
        self.label = sql.label
        schema, _, plain_prefix = prefix.rpartition(".")
        found = sql.tables(schema or None, plain_prefix)
        self._tables: dict[str, Table] = {}
        missing = []
        for name in (*KEYS, _STATE, _LOCKS):
            table = found.get((plain_prefix + name).upper())
            if table is None:
                missing.append(plain_prefix + name)
            else:
                self._tables[name] = table
        if missing:
            raise StoreError(
                f"{self.label} has no tables {', '.join(missing)}: make them with 'pyquartz db "
                "init --store ...', or name the prefix of those that are there"
            )

    def schedulers(self) -> list[str]:
        """Give the names of the schedulers that have anything in the store."""
        names: set[str] = set()
        for table in ("JOB_DETAILS", "TRIGGERS", "CALENDARS", _STATE):
            place, column = self._tables[table].name, self._column(table, "SCHED_NAME").name
            rows = self._sql.query(f"SELECT DISTINCT {column} FROM {place}", (), ("text",))
            names.update(str(name) for (name,) in rows)
        return sorted(names)

    def columns(self, table: str) -> list[str]:
        """Give the names of a table's columns, in upper case."""
        return list(self._tables[table].columns)

    def needed(self, table: str) -> set[str]:
        """Give the columns that each row needs a value for."""
        return {name for name, column in self._tables[table].columns.items() if column.needed}

    def read(self, table: str, scheduler: str) -> list[Row]:
        """Give a scheduler's rows, in the order of their keys."""
        columns = self._tables[table].columns
        names = ", ".join(column.name for column in columns.values())
        found = self._sql.query(
            f"SELECT {names} FROM {self._tables[table].name} "
            f"WHERE {self._column(table, 'SCHED_NAME').name} = ?",
            (scheduler,),
            [column.kind for column in columns.values()],
        )
        rows = [
            {name: _read(name, value) for name, value in zip(columns, values, strict=True)}
            for values in found
        ]
        # A database that compares without case would give those of other schedulers too.
        own = [row for row in rows if row["SCHED_NAME"] == scheduler]
        return sorted(own, key=lambda row: key_of(table, row)) if table in KEYS else own

    def nodes(self, scheduler: str) -> list[Node]:
        """Give the nodes that have checked in."""
        return [
            node_now(
                str(row["INSTANCE_NAME"]),
                int(row["LAST_CHECKIN_TIME"] or 0),
                int(row["CHECKIN_INTERVAL"] or 0),
            )
            for row in self.read(_STATE, scheduler)
        ]

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Add rows; columns that this database lacks must be empty in them."""
        columns = self._tables[table].columns
        for row in rows:
            lost = [
                name for name, value in row.items() if name not in columns and value is not None
            ]
            if lost:
                raise StoreError(
                    f"{self.label}: {table} has no column {', '.join(lost)}, which a row to be "
                    "copied has a value for: the tables are of an older Quartz"
                )
        names = [name for name in columns if rows and name in rows[0]]
        marks = ", ".join("?" * len(names))
        spelt = ", ".join(columns[name].name for name in names)
        kinds = [columns[name].kind for name in names]
        self._sql.run(
            f"INSERT INTO {self._tables[table].name} ({spelt}) VALUES ({marks})",
            [
                [_written(row[name], kind) for name, kind in zip(names, kinds, strict=True)]
                for row in rows
            ],
            kinds,
        )

    def update(self, table: str, rows: Sequence[Row]) -> None:
        """Make rows, found by their keys, what these say."""
        columns = self._tables[table].columns
        names = [name for name in columns if rows and name in rows[0] and name not in KEYS[table]]
        if not names:
            return
        where, key_kinds = self._by_key(table)
        kinds = [columns[name].kind for name in names]
        self._sql.run(
            f"UPDATE {self._tables[table].name} "
            f"SET {', '.join(f'{columns[name].name} = ?' for name in names)} WHERE {where}",
            [
                [_written(row[name], kind) for name, kind in zip(names, kinds, strict=True)]
                + [row[name] for name in KEYS[table]]
                for row in rows
            ],
            [*kinds, *key_kinds],
        )

    def delete(self, table: str, rows: Sequence[Row]) -> int:
        """Take rows away, found by their keys; give how many there were."""
        where, kinds = self._by_key(table)
        return self._sql.run(
            f"DELETE FROM {self._tables[table].name} WHERE {where}",
            [[row[name] for name in KEYS[table]] for row in rows],
            kinds,
        )

    def _by_key(self, table: str) -> tuple[str, list[Kind]]:
        columns = [self._column(table, name) for name in KEYS[table]]
        where = " AND ".join(f"{column.name} = ?" for column in columns)
        return where, [column.kind for column in columns]

    def lock(self, scheduler: str) -> None:
        """Take the lock under which Quartz changes triggers, until the transaction ends."""
        table = self._tables[_LOCKS]
        name, lock = (self._column(_LOCKS, column).name for column in ("SCHED_NAME", "LOCK_NAME"))
        select = f"SELECT {lock} FROM {table.name} WHERE {name} = ? AND {lock} = ? FOR UPDATE"
        if self._sql.query(select, (scheduler, _LOCK), ("text",)):
            return
        self._sql.run(
            f"INSERT INTO {table.name} ({name}, {lock}) VALUES (?, ?)",
            [(scheduler, _LOCK)],
            ("text", "text"),
        )
        self._sql.query(select, (scheduler, _LOCK), ("text",))

    def forget_scheduler(self, scheduler: str) -> None:
        """Take away a scheduler's locks and the check-ins of its nodes."""
        for table in (_STATE, _LOCKS):
            column = self._column(table, "SCHED_NAME").name
            self._sql.run(
                f"DELETE FROM {self._tables[table].name} WHERE {column} = ?",
                [(scheduler,)],
                ("text",),
            )

    def commit(self) -> None:
        """Make what was done lasting."""
        self._sql.commit()

    def rollback(self) -> None:
        """Undo what was done since the last commit."""
        self._sql.rollback()

    def _column(self, table: str, name: str) -> Column:
        try:
            return self._tables[table].columns[name]
        except KeyError:
            raise StoreError(f"{self.label}: {table} has no column {name}") from None


@contextmanager
def opened(place: Place) -> Iterator[Tables]:
    """Open a store's tables; what is not committed is undone at the end."""
    with place.open() as sql:
        yield Tables(sql, place.prefix)


def scheduler_names(place: Place) -> list[str]:
    """Give the names of the schedulers that have anything in a store."""
    with opened(place) as tables:
        return tables.schedulers()


def key_of(table: str, row: Row) -> tuple[str, ...]:
    """Give a row's primary key."""
    return tuple(str(row[name]) for name in KEYS[table])


def by_key(table: str, rows: Iterable[Row]) -> dict[tuple[str, ...], Row]:
    """Give rows by their primary keys."""
    return {key_of(table, row): row for row in rows}


def _read(column: str, value: Value) -> Value:
    if column in _BOOLEANS and value is not None:
        return str(value).strip().lower() in _TRUE
    return value


def _written(value: Value, kind: Kind) -> Value:
    if not isinstance(value, bool) or kind == "boolean":
        return value
    return str(int(value)) if kind == "text" else int(value)
