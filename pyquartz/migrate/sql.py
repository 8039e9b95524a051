"""SQL on a store's database, with no scheduler and, where a Python driver is there, with no JVM.

Two back ends share one narrow face: SQLAlchemy for its URLs, and JDBC behind the door for H2 files,
for JDBC URLs and for databases whose Python driver is not installed. Statements have ``?`` for
parameters; a connection is one transaction until it is committed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, Protocol

from ..errors import StoreError
from ..store.url import StoreAddress, parse_store

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Engine

Kind = Literal["text", "number", "boolean", "bytes"]
Value = str | int | Decimal | bool | bytes | None
# In the order in which they are tried, when the URL's own is not installed.
_DRIVERS = {
    "postgresql": ("psycopg", "psycopg2", "pg8000"),
    "mariadb": ("pymysql", "mysqldb", "mariadbconnector"),
}


@dataclass(frozen=True)
class Column:
    """A column as the database spells it (``name`` is quoted) and what it holds."""

    name: str
    kind: Kind
    needed: bool


@dataclass(frozen=True)
class Table:
    """A table as the database spells it, ready for a statement; columns by upper-case name."""

    name: str
    columns: Mapping[str, Column]


class Sql(Protocol):
    """An open connection, and on it one transaction at a time."""

    label: str

    def tables(self, schema: str | None, prefix: str) -> dict[str, Table]:
        """Give the tables whose names begin with a prefix, in any case; keys are upper case."""

    def query(self, sql: str, values: Sequence[Value], kinds: Sequence[Kind]) -> list[list[Value]]:
        """Give the rows of a query, its columns read as the kinds say."""

    def run(self, sql: str, rows: Sequence[Sequence[Value]], kinds: Sequence[Kind]) -> int:
        """Run a statement for each row of parameters; give how many rows were hit."""

    def commit(self) -> None:
        """Make what was done lasting."""

    def rollback(self) -> None:
        """Undo what was done since the last commit."""


@dataclass(frozen=True)
class Place:
    """A store's address as the user gave it, and what its tables' names begin with."""

    store: object
    prefix: str = "QRTZ_"

    @property
    def address(self) -> StoreAddress:
        """The address as JDBC needs it."""
        return self.store if isinstance(self.store, StoreAddress) else parse_store(self.store)

    @contextmanager
    def open(self) -> Iterator[Sql]:
        """Connect; what was not committed is undone at the end. StoreError when it can't be."""
        address = self.address
        if address.jdbc_url is None:
            raise StoreError("a store in memory has no tables")
        engine = _engine(self.store, address)
        if engine is None:
            from .._jvm.rows import open_sql

            with open_sql(address) as sql:
                yield sql
            return
        connection = _connected(engine, address)
        try:
            yield _SqlAlchemy(connection, str(address))
        finally:
            connection.close()
            if engine is not self.store:
                engine.dispose()


def _engine(store: object, address: StoreAddress) -> Engine | None:
    """Give SQLAlchemy's way to a store; None where only JDBC leads."""
    if isinstance(store, StoreAddress):
        return None
    if isinstance(store, str) and store.startswith(("jdbc:", "h2:")):
        return None
    from sqlalchemy import create_engine
    from sqlalchemy.engine import Engine, make_url

    if isinstance(store, Engine):
        return store
    url: URL = make_url(store)  # type: ignore[arg-type]  # parse_store has let it pass
    named = url.get_driver_name() if "+" in url.drivername else None
    for driver in filter(None, (named, *_DRIVERS[address.dialect])):
        tried = url.set(drivername=f"{url.get_backend_name()}+{driver}")
        try:
            return create_engine(tried)
        except ImportError:
            continue
    return None


def _connected(engine: Engine, address: StoreAddress) -> Connection:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return engine.connect()
    except SQLAlchemyError as error:
        raise StoreError(
            f"can't connect to {address}; is the database there, and the user let in? "
            f"{_reason(error)}"
        ) from None


def _reason(error: Exception) -> str:
    """Say what the driver said, without the statement and its values."""
    return " ".join(str(getattr(error, "orig", None) or error).split())


class _SqlAlchemy:
    """SQL over a connection of SQLAlchemy's."""

    def __init__(self, connection: Connection, label: str) -> None:
        self._connection = connection
        self.label = label

    def tables(self, schema: str | None, prefix: str) -> dict[str, Table]:
        from sqlalchemy import inspect

        looking = inspect(self._connection)
        quote = self._connection.dialect.identifier_preparer.quote_identifier
        spelt = self._spelling(schema)
        found = {}
        for name in looking.get_table_names(schema=spelt):
            if name.upper().startswith(prefix.upper()):
                columns = {
                    column["name"].upper(): Column(
                        quote(column["name"]),
                        _kind(column["type"]),
                        not column["nullable"] and column.get("default") is None,
                    )
                    for column in looking.get_columns(name, schema=spelt)
                }
                place = f"{quote(spelt)}.{quote(name)}" if spelt else quote(name)
                found[name.upper()] = Table(place, columns)
        return found

    def _spelling(self, schema: str | None) -> str | None:
        from sqlalchemy import inspect

        if schema is None:
            return None
        names = inspect(self._connection).get_schema_names()
        return next((name for name in names if name.upper() == schema.upper()), schema)

    def query(self, sql: str, values: Sequence[Value], kinds: Sequence[Kind]) -> list[list[Value]]:
        with self._translated():
            rows = self._connection.execute(_text(sql), _named(values)).all()
        return [[plain(v, kind) for v, kind in zip(row, kinds, strict=True)] for row in rows]

    def run(self, sql: str, rows: Sequence[Sequence[Value]], kinds: Sequence[Kind]) -> int:
        if not rows:
            return 0
        with self._translated():
            return sum(self._connection.execute(_text(sql), _named(row)).rowcount for row in rows)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except SQLAlchemyError as error:
            raise StoreError(f"{self.label}: {_reason(error)}") from None

    def commit(self) -> None:
        with self._translated():
            self._connection.commit()

    def rollback(self) -> None:
        self._connection.rollback()


def _text(sql: str) -> Any:
    from sqlalchemy import text

    parts = sql.split("?")
    return text("".join(f"{part}:p{n}" for n, part in enumerate(parts[:-1])) + parts[-1])


def _named(values: Sequence[Value]) -> dict[str, Value]:
    return {f"p{n}": value for n, value in enumerate(values)}


def _kind(column_type: Any) -> Kind:
    from sqlalchemy import types

    if isinstance(column_type, types.Boolean):
        return "boolean"
    if isinstance(column_type, (types.LargeBinary, types._Binary)):
        return "bytes"
    return "text" if isinstance(column_type, types.String) else "number"


def plain(value: Any, kind: Kind) -> Value:
    """Make what a driver gives one of a few Python types, the same for each driver."""
    if value is None:
        return None
    if kind == "bytes":
        return bytes(value)
    if kind == "boolean":
        return bool(value)
    if kind == "text":
        return str(value)
    number = Decimal(value)
    return int(number) if number == number.to_integral_value() else number


def same_place(one: Place, other: Place) -> bool:
    """Say whether two places are one database, so that one transaction can serve both."""
    return replace(one, prefix="") == replace(other, prefix="") or (
        one.address.jdbc_url == other.address.jdbc_url
    )
