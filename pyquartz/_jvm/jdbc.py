"""A plain connection to a store's database, for its tables; no scheduler takes part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..errors import StoreError
from ..store.url import StoreAddress
from . import launch, logs
from .convert import decode, java, keep_secret, translated


class Database:
    """An open connection."""

    def __init__(self, handle: Any, label: str) -> None:
        self._handle = handle
        self._label = label

    def columns(self, schema: str | None, prefix: str) -> dict[str, dict[str, bool]]:
        """Give the tables whose names begin with a prefix: their columns, and which a row needs."""
        with translated(f"can't read the tables of {self._label}"):
            text = str(self._handle.columns(schema, prefix))
        tables: dict[str, dict[str, bool]] = {}
        for line in text.splitlines():
            table, column, needed = line.split("\t")
            tables.setdefault(table, {})[column] = needed == "true"
        return tables

    def execute(self, statements: Sequence[str]) -> None:
        """Run statements, as one transaction where the database lets definitions take part."""
        with translated(f"can't change {self._label}"):
            self._handle.execute(list(statements))

    def query(self, sql: str) -> list[str]:
        """Give the values of a query's first column."""
        with translated(f"can't read {self._label}"):
            return [str(value) for value in self._handle.query(sql)]

    def look(self) -> None:
        """Have all that is asked from now on see one state of the store, and write nothing."""
        with translated(f"can't read {self._label}"):
            self._handle.look()

    def rows(self, sql: str, *values: str) -> list[list[Any]]:
        """Give a query's rows; each ? in it stands for one of the values."""
        with translated(f"can't read {self._label}"):
            found: list[list[Any]] = decode(self._handle.rows(sql, list(values)))
        return found

    def tables(self, schema: str | None) -> list[str]:
        """Give a schema's tables, spelt as the database spells them."""
        with translated(f"can't read the tables of {self._label}"):
            return [str(name) for name in self._handle.tables(schema)]

    def indexes(self, schema: str | None, table: str) -> list[tuple[str, ...]]:
        """Give the columns of each of a table's indexes, its primary key's too, in upper case."""
        with translated(f"can't read the indexes of {self._label}"):
            return [tuple(str(text).split(",")) for text in self._handle.indexes(schema, table)]


@contextmanager
def connect(address: StoreAddress) -> Iterator[Database]:
    """Open a connection to a store, or raise a StoreError that says why not and what to do."""
    with open_handle(address) as handle:
        yield Database(handle, str(address))


@contextmanager
def open_handle(address: StoreAddress) -> Iterator[Any]:
    """Open Java's own ``Database``, for what is behind the door too."""
    if address.jdbc_url is None:
        raise StoreError("a store in memory has no tables")
    launch.ensure_jvm()
    logs.start()
    keep_secret(address.password)
    with translated(f"can't connect to {address}; is the database there, and the user let in?"):
        handle = java("org.pyquartz.store.Database").open(
            address.driver, address.jdbc_url, address.user, address.password
        )
    try:
        yield handle
    finally:
        handle.close()
