"""One database of any kind that a store may be in.

Everything goes through JDBC, so that a test is written once for H2, PostgreSQL and MariaDB. A
connection is closed after each use: an H2 file belongs to one process at a time.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pyquartz._jvm import jdbc
from pyquartz.store import schema
from pyquartz.store.url import StoreAddress, parse_store

from .java import run_stock
from .servers import Server
from .stores import DUMPS, H2_DUMP, load_dump

KINDS = ("h2", "postgresql", "mariadb")
_BLOBS = ("JOB_DATA", "BLOB_DATA", "CALENDAR")
_HEX = {
    "h2": "RAWTOHEX(CAST({} AS VARBINARY))",
    "postgresql": "encode({}, 'hex')",
    "mariadb": "HEX({})",
}
_SEPARATOR = "|~|"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Database:
    """An address, with SQL at hand."""

    url: str
    server: Server | None = None

    @property
    def address(self) -> StoreAddress:
        return parse_store(self.url)

    @property
    def kind(self) -> str:
        return self.address.dialect

    @property
    def dump(self) -> Path:
        """The Java program's store for a database of this kind."""
        return H2_DUMP if self.server is None else DUMPS[type(self.server)]

    def execute(self, *statements: str) -> None:
        with jdbc.connect(self.address) as database:
            database.execute(statements)

    def query(self, sql: str) -> list[str]:
        with jdbc.connect(self.address) as database:
            return database.query(sql)

    def make_tables(self) -> None:
        schema.init(self.address)

    def load_dump(self) -> None:
        """Make and fill the tables as the Java program left them."""
        if self.server is None:
            self.execute(f"RUNSCRIPT FROM '{H2_DUMP}'")
        else:
            load_dump(self.server, self.url)

    def blob(self, value: bytes) -> str:
        """A literal of these bytes."""
        if self.kind == "postgresql":
            return f"decode('{value.hex()}', 'hex')"
        return f"X'{value.hex()}'"

    def rows(self, table: str, where: str = "1 = 1") -> list[dict[str, str]]:
        """Rows by their columns, all as text, blobs in hex; "NULL" where there is nothing."""
        with jdbc.connect(self.address) as database:
            columns = list(database.columns(None, "QRTZ_")[table])
            text = f"CONCAT_WS('{_SEPARATOR}', {', '.join(map(self._as_text, columns))})"
            found = database.query(f"SELECT {text} FROM {table} WHERE {where}")
        return sorted(
            (dict(zip(columns, row.split(_SEPARATOR), strict=True)) for row in found), key=str
        )

    def _as_text(self, column: str) -> str:
        kind = "CHAR" if self.kind == "mariadb" else "VARCHAR"
        text = f"CAST({column} AS {kind})"
        if column in _BLOBS:
            text = f"LOWER({_HEX[self.kind].format(column)})"
        return f"COALESCE({text}, 'NULL')"

    def stock(self, quartz: str, program: str, scheduler: str, *more: str) -> str:
        """The output of a program of java/src/stock, on plain Quartz of this version."""
        address = self.address
        login = [address.jdbc_url or "", address.user or "", address.password or "", scheduler]
        return run_stock(quartz, program, *login, *more)


@contextmanager
def fresh_database(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Database]:
    """An empty database of a kind, dropped at the end."""
    if kind == "h2":
        yield Database(f"h2:///{folder / 'store'}")
        return
    name = "postgres_server" if kind == "postgresql" else "mariadb_server"
    server: Server = request.getfixturevalue(name)
    server.start()
    url = server.create_database(f"{folder.name}_{next(_numbers)}")
    try:
        yield Database(url, server)
    finally:
        server.start()
        server.drop_database(url)
