"""Rows of tables over JDBC, as plain values: what ``migrate.sql`` asks of Java."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from ..migrate.sql import Column, Kind, Table, Value, plain
from ..store.url import StoreAddress
from .convert import java, translated
from .jdbc import open_handle

# As java.sql.Types numbers them.
_BOOLEANS = (-7, 16)
_BYTES = (-4, -3, -2, 2004)
_TEXTS = (-16, -15, -9, -1, 1, 12, 2005, 2011)


@contextmanager
def open_sql(address: StoreAddress) -> Iterator[JdbcSql]:
    """Open a store's database for statements with parameters; a StoreError says why it can't be."""
    with open_handle(address) as handle:
        connection = handle.connection()
        with translated(f"can't use {address}"):
            connection.setAutoCommit(False)
        sql = JdbcSql(connection, str(address))
        try:
            yield sql
        finally:
            sql.rollback()


class JdbcSql:
    """SQL over a JDBC connection; ``migrate.sql.Sql``."""

    def __init__(self, connection: Any, label: str) -> None:
        self._connection = connection
        self.label = label

    def tables(self, schema: str | None, prefix: str) -> dict[str, Table]:
        """Give the tables whose names begin with a prefix, in any case; keys are upper case."""
        with translated(f"can't read the tables of {self.label}"):
            meta = self._connection.getMetaData()
            quote = str(meta.getIdentifierQuoteString()).strip()
            has_schemas = str(meta.getDatabaseProductName()).lower() not in ("mysql", "mariadb")
            catalog = self._connection.getCatalog() if has_schemas or not schema else schema
            where = self._schema(meta, schema) if has_schemas else None
            found: dict[str, dict[str, Column]] = {}
            names: dict[str, str] = {}
            rows = meta.getColumns(catalog, where, "%", "%")
            while rows.next():
                table = str(rows.getString("TABLE_NAME"))
                if not table.upper().startswith(prefix.upper()):
                    continue
                column = str(rows.getString("COLUMN_NAME"))
                needed = rows.getInt("NULLABLE") == 0 and rows.getString("COLUMN_DEF") is None
                place = where if has_schemas else catalog
                names[table.upper()] = f"{quote}{place}{quote}.{quote}{table}{quote}"
                found.setdefault(table.upper(), {})[column.upper()] = Column(
                    f"{quote}{column}{quote}", _kind(int(rows.getInt("DATA_TYPE"))), needed
                )
        return {name: Table(names[name], columns) for name, columns in found.items()}

    def _schema(self, meta: Any, schema: str | None) -> str:
        if schema is None:
            return str(self._connection.getSchema())
        rows = meta.getSchemas()
        spelt = []
        while rows.next():
            spelt.append(str(rows.getString("TABLE_SCHEM")))
        return next((name for name in spelt if name.upper() == schema.upper()), schema)

    def query(self, sql: str, values: Sequence[Value], kinds: Sequence[Kind]) -> list[list[Value]]:
        """Give the rows of a query, its columns read as the kinds say; parameters are texts."""
        with translated(f"can't read {self.label}"):
            statement = self._connection.prepareStatement(sql)
            try:
                for place, value in enumerate(values, 1):
                    statement.setString(place, str(value))
                rows = statement.executeQuery()
                found = []
                while rows.next():
                    found.append([_read(rows, n, kind) for n, kind in enumerate(kinds, 1)])
                return found
            finally:
                statement.close()

    def run(self, sql: str, rows: Sequence[Sequence[Value]], kinds: Sequence[Kind]) -> int:
        """Run a statement for each row of parameters; give how many rows were hit."""
        if not rows:
            return 0
        with translated(f"can't change {self.label}"):
            statement = self._connection.prepareStatement(sql)
            try:
                hit = 0
                for row in rows:
                    for place, (value, kind) in enumerate(zip(row, kinds, strict=True), 1):
                        _set(statement, place, value, kind)
                    hit += int(statement.executeUpdate())
                return hit
            finally:
                statement.close()

    def commit(self) -> None:
        """Make what was done lasting."""
        with translated(f"can't change {self.label}"):
            self._connection.commit()

    def rollback(self) -> None:
        """Undo what was done since the last commit."""
        with translated(f"can't change {self.label}"):
            self._connection.rollback()


def _kind(jdbc_type: int) -> Kind:
    if jdbc_type in _BOOLEANS:
        return "boolean"
    if jdbc_type in _BYTES:
        return "bytes"
    return "text" if jdbc_type in _TEXTS else "number"


def _read(rows: Any, place: int, kind: Kind) -> Value:
    if kind == "bytes":
        content = rows.getBytes(place)
        return None if content is None else bytes(content)
    if kind == "boolean":
        value = bool(rows.getBoolean(place))
        return None if rows.wasNull() else value
    text = rows.getString(place)
    return None if text is None else plain(str(text), kind)


def _set(statement: Any, place: int, value: Value, kind: Kind) -> None:
    if value is None:
        statement.setNull(place, _NULLS[kind])
    elif kind == "bytes":
        assert isinstance(value, bytes)
        statement.setBytes(place, value)
    elif kind == "boolean":
        statement.setBoolean(place, bool(value))
    elif kind == "text":
        statement.setString(place, str(value))
    elif isinstance(value, Decimal):
        statement.setBigDecimal(place, java("java.math.BigDecimal")(str(value)))
    else:
        statement.setLong(place, value)


# A null of the wrong type is refused by PostgreSQL.
_NULLS: dict[Kind, int] = {"bytes": -2, "boolean": 16, "text": 12, "number": 2}
