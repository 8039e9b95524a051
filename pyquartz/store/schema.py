"""The tables of a store: read out of the Quartz jar, checked, and made where they are missing.

Quartz's own files begin with DROP TABLE. Every DROP is left out; nothing that exists is touched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import StoreError

if TYPE_CHECKING:
    from .._jvm.jdbc import Database
    from .url import StoreAddress

DEFAULT_PREFIX = "QRTZ_"
_FILES = {
    "h2": "tables_h2.sql",
    "postgresql": "tables_postgres.sql",
    "mariadb": "tables_mysql_innodb.sql",
}
_PLACE = "org/quartz/impl/jdbcjobstore/"
_TABLE = re.compile(r"CREATE\s+TABLE\s+(?:IF NOT EXISTS\s+)?(\w+)\s*\((.*)\)", re.I | re.S)
_INDEX = re.compile(r"CREATE INDEX (\w+) ON ([\w.]+)\s*\(([^)]*)\)", re.I)
_NOT_COLUMNS = ("PRIMARY", "FOREIGN", "CONSTRAINT", "UNIQUE", "INDEX", "KEY")


@dataclass(frozen=True)
class SchemaReport:
    """What was found in a store and what was made; ``problems`` is empty when it can be used."""

    tables: tuple[str, ...]
    missing: tuple[str, ...]
    problems: tuple[str, ...]
    created: tuple[str, ...] = ()


def statements(dialect: str, prefix: str = DEFAULT_PREFIX) -> list[str]:
    """Give Quartz's own statements that make the tables and indexes, without any DROP."""
    text = re.sub(r"(?m)^\s*(--|#).*$", "", _ddl(dialect))
    found = []
    for part in text.split(";"):
        statement = " ".join(part.split())
        if re.match(r"CREATE|ALTER TABLE", statement, re.I):
            found.append(_renamed(statement, prefix))
    return found


def _ddl(dialect: str) -> str:
    from .._jvm.launch import JARS

    if dialect not in _FILES:
        raise StoreError(
            f"pyquartz has no table definitions for {dialect}; make the tables with the file "
            "for it that Quartz's jar carries (org/quartz/impl/jdbcjobstore/tables_*.sql)"
        )
    import zipfile

    jars = sorted(JARS.glob("quartz-*.jar"))
    if not jars:
        raise StoreError(f"Quartz's jar is missing from {JARS}: run 'gradle jars' in the checkout")
    with zipfile.ZipFile(jars[-1]) as jar:
        return jar.read(_PLACE + _FILES[dialect]).decode()


def _renamed(statement: str, prefix: str) -> str:
    """Put the user's prefix in; a schema in it belongs to tables, never to an index or a key."""
    plain = prefix.rpartition(".")[2]

    def rename(match: re.Match[str]) -> str:
        name = match[0]
        if name.upper().startswith(DEFAULT_PREFIX):
            return prefix + name[len(DEFAULT_PREFIX) :]
        return name.replace(DEFAULT_PREFIX, plain)

    return re.sub(rf"\b\w*{DEFAULT_PREFIX}\w+", rename, statement)


def expected_columns(dialect: str) -> dict[str, set[str]]:
    """Give the columns of Quartz's tables, by table name without its prefix."""
    tables: dict[str, set[str]] = {}
    for statement in statements(dialect):
        match = _TABLE.match(statement)
        if match:
            parts = re.split(r",\s*(?![^()]*\))", match[2])
            words = [part.split()[0].strip('`"').upper() for part in parts if part.strip()]
            names = {word for word in words if word.split("(")[0] not in _NOT_COLUMNS}
            tables[match[1].upper().removeprefix(DEFAULT_PREFIX)] = names
    return tables


@dataclass(frozen=True)
class Index:
    """An index that Quartz's definitions have, with the statement that makes it."""

    name: str
    table: str
    columns: tuple[str, ...]
    statement: str


def expected_indexes(dialect: str, prefix: str = DEFAULT_PREFIX) -> list[Index]:
    """Give the indexes that Quartz's own file makes beside its tables, for a prefix."""
    found = []
    for statement in statements(dialect, prefix):
        match = _INDEX.match(statement)
        if match:
            columns = tuple(column.strip().upper() for column in match[3].split(","))
            table = match[2].rpartition(".")[2]
            found.append(Index(match[1], table, columns, statement))
    return found


def check(address: StoreAddress, prefix: str = DEFAULT_PREFIX) -> SchemaReport:
    """Compare a store's tables with those that this Quartz needs."""
    from .._jvm.jdbc import connect

    with connect(address) as database:
        return compare(database, address.dialect, prefix)


def compare(database: Database, dialect: str, prefix: str) -> SchemaReport:
    """Compare the tables that a connection sees with those that this Quartz needs."""
    schema, _, plain = prefix.rpartition(".")
    found = database.columns(schema or None, plain)
    expected = expected_columns(dialect)
    missing = [name for name in expected if (plain + name).upper() not in found]
    problems = []
    for name, columns in expected.items():
        there = found.get((plain + name).upper())
        if there is None:
            continue
        lacking = sorted(columns - there.keys())
        unknown = sorted(c for c, needed in there.items() if needed and c not in columns)
        if lacking:
            problems.append(
                f"{plain}{name} lacks {', '.join(lacking)}: the tables are of an older Quartz; "
                "upgrade them with Quartz's migration scripts"
            )
        if unknown:
            problems.append(
                f"{plain}{name} needs a value for {', '.join(unknown)}, which Quartz 2.5 does not "
                "know: the tables are of a newer version; use a pyquartz made for it"
            )
    return SchemaReport(tuple(found), tuple(plain + name for name in missing), tuple(problems))


def scheduler_names(address: StoreAddress, prefix: str = DEFAULT_PREFIX) -> list[str]:
    """Give the names of the schedulers that have jobs in a store."""
    from .._jvm.jdbc import connect

    with connect(address) as database:
        return sorted(database.query(f"SELECT DISTINCT SCHED_NAME FROM {prefix}JOB_DETAILS"))


def daily_triggers(address: StoreAddress, prefix: str = DEFAULT_PREFIX) -> int:
    """Count the triggers that fire by times of day in no zone of their own."""
    from .._jvm.jdbc import connect

    with connect(address) as database:
        found = database.query(
            f"SELECT COUNT(*) FROM {prefix}TRIGGERS WHERE TRIGGER_TYPE = 'DAILY_I'"
        )
    return int(found[0])


def init(address: StoreAddress, prefix: str = DEFAULT_PREFIX) -> SchemaReport:
    """Make the tables and indexes that are missing; nothing that exists is changed or dropped."""
    from .._jvm.jdbc import connect

    with connect(address) as database:
        report = compare(database, address.dialect, prefix)
        if report.problems:
            raise StoreError(f"{address} has tables that don't fit: {'; '.join(report.problems)}")
        if report.missing:
            database.execute(_missing(address.dialect, prefix, report.missing))
        after = compare(database, address.dialect, prefix)
    return SchemaReport(after.tables, after.missing, after.problems, created=report.missing)


def _missing(dialect: str, prefix: str, names: tuple[str, ...]) -> list[str]:
    """Choose what makes the missing tables, with their own keys and indexes and no others."""
    wanted = {name.upper() for name in names}
    chosen = []
    for statement in statements(dialect, prefix):
        table = re.search(r"(?:CREATE\s+TABLE|ALTER\s+TABLE|\bON)\s+([\w.]+)", statement, re.I)
        if table and table[1].rpartition(".")[2].upper() in wanted:
            chosen.append(statement)
    return chosen


def require(address: StoreAddress, prefix: str = DEFAULT_PREFIX) -> None:
    """Raise a StoreError unless the store can be used; make the tables of a new file."""
    if address.jdbc_url is None:
        return
    if address.is_new_file:
        init(address, prefix)
        return
    if address.dialect not in _FILES:
        return
    report = check(address, prefix)
    if report.missing:
        raise StoreError(
            f"{address} has no tables {', '.join(report.missing)}. Make them with "
            "'pyquartz db init --store ...'"
            + ("" if prefix == DEFAULT_PREFIX else f" --prefix {prefix}")
            + ", or name the prefix of those that are there"
        )
    if report.problems:
        raise StoreError(f"the tables of {address} don't fit: {'; '.join(report.problems)}")
