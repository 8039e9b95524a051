"""The stores that a Java program filled, and a look at their rows.

A dump is SQL that makes and fills the tables of two Quartz 2.3.2 schedulers; the JSON beside it
says what they hold. Tables are named here as Quartz names them (`QRTZ_TRIGGERS`), whatever case
the database keeps them in; so are columns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .processes import PROJECT_ROOT
from .servers import MariaDBServer, PostgresServer, Server

_STORES = PROJECT_ROOT / "tests" / "data" / "stores"

POSTGRES_DUMP = _STORES / "pg-quartz232-java.sql"
MARIADB_DUMP = _STORES / "mariadb-quartz232-java.sql"
# Nothing but Java reads H2: load it there, with `RUNSCRIPT FROM '<path>'`.
H2_DUMP = _STORES / "h2-quartz232-java.sql"

DUMPS: Mapping[type[Server], Path] = {PostgresServer: POSTGRES_DUMP, MariaDBServer: MARIADB_DUMP}


def load_dump(server: Server, database: str, path: Path | None = None) -> Path:
    """Load a dump (that of the server's kind unless another is given) into an empty database."""
    path = path or DUMPS[type(server)]
    tables = server.tables(database)
    if tables:
        # The dump of MariaDB would drop them.
        raise ValueError(f"{database} is not empty: {', '.join(tables)}")
    server.execute(database, path.read_text(encoding="utf-8"))
    return path


def expected(path: Path) -> dict[str, Any]:
    """What the dump holds, by scheduler: jobs, triggers, calendars, paused_groups and more."""
    content: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return content


def rows(server: Server, database: str, table: str) -> list[dict[str, Any]]:
    """Every row of a table, in an order that depends on the rows alone; blobs are bytes."""
    name = _table(server, database, table)
    sql = f"SELECT * FROM {server.quote(name)}"
    with server.cursor(database) as cursor:
        cursor.execute(sql)
        columns = [column[0].upper() for column in cursor.description]
        found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return sorted(found, key=lambda row: repr(list(row.values())))


def all_rows(server: Server, database: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, by the table's name in upper case: for before and after."""
    return {table.upper(): rows(server, database, table) for table in server.tables(database)}


def move_triggers(
    server: Server,
    database: str,
    scheduler: str,
    next_fires: Mapping[tuple[str, str], int],
    *,
    start_ms: int | None = None,
    state: str | None = None,
) -> None:
    """Set when triggers fire next, so that a test can make them due.

    Keys are (name, group), times are milliseconds since 1970. A trigger also starts then, unless
    `start_ms` says when, for one that counts its fires from the start fits no other time.
    Do it while no scheduler runs on the store: a running one keeps its own idea of the next fire.
    """
    table = server.quote(_table(server, database, "QRTZ_TRIGGERS"))
    for (name, group), next_fire in next_fires.items():
        changes: dict[str, object] = {
            "NEXT_FIRE_TIME": next_fire,
            "START_TIME": next_fire if start_ms is None else start_ms,
        }
        if state is not None:
            changes["TRIGGER_STATE"] = state
        assignments = ", ".join(f"{column} = %s" for column in changes)
        hit = server.execute(
            database,
            f"UPDATE {table} SET {assignments}"
            " WHERE SCHED_NAME = %s AND TRIGGER_NAME = %s AND TRIGGER_GROUP = %s",
            [*changes.values(), scheduler, name, group],
        )
        if hit != 1:
            raise LookupError(f"{scheduler} has no trigger {name!r} in the group {group!r}")


def _table(server: Server, database: str, name: str) -> str:
    for table in server.tables(database):
        if table.upper() == name.upper():
            return table
    raise LookupError(f"{database} has no table {name}")
