"""Whether a store's tables are what this Quartz needs: version, prefix, case and indexes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import PyQuartzError
from . import schema
from .finding import Finding

if TYPE_CHECKING:
    from .._jvm.jdbc import Database
    from .url import StoreAddress


def table_findings(database: Database, address: StoreAddress, prefix: str) -> Iterator[Finding]:
    """Find what keeps the tables from being used at all."""
    place, _, plain = prefix.rpartition(".")
    report = schema.compare(database, address.dialect, prefix)
    names = database.tables(place or None)
    expected = schema.expected_columns(address.dialect)
    if len(report.missing) == len(expected):
        yield _no_tables(names, prefix)
        return
    for name in report.missing:
        yield Finding(
            "table_missing",
            name,
            "error",
            f"the table {name} is missing, and others of {prefix}* are there",
            "make it with 'pyquartz db init'; nothing that exists is changed by that",
        )
    for problem in report.problems:
        is_old = " lacks " in problem
        yield Finding(
            "schema_old" if is_old else "schema_unknown",
            problem.split()[0],
            "error",
            f"{problem}{_version(problem)}",
            "stop all nodes, copy the database, and run Quartz's migration scripts"
            if is_old
            else "see who made that column: with a default, or open to NULL, it is in nobody's way",
        )
    for name in expected:
        if plain + name not in report.missing and not _can_be_asked(database, prefix + name):
            spelt = next((n for n in names if n.upper() == (plain + name).upper()), name)
            yield Finding(
                "table_case",
                spelt,
                "error",
                f"the table is spelt {spelt}, and the database doesn't find {prefix}{name}",
                "name the prefix as the tables spell it, or rename the tables: Quartz's SQL "
                "writes their names in upper case, without quotes",
            )


def _no_tables(names: list[str], prefix: str) -> Finding:
    ends = ("JOB_DETAILS", "FIRED_TRIGGERS")
    heads = [{name[: -len(end)] for name in names if name.upper().endswith(end)} for end in ends]
    others = sorted(heads[0] & heads[1])
    if others:
        found = ", ".join(f"{other}*" for other in others)
        return Finding(
            "prefix_differs",
            prefix,
            "error",
            f"no table begins with {prefix}, but Quartz's tables are there as {found}",
            f"name the prefix: --prefix {others[0]}, or jobStore.tablePrefix in the properties",
        )
    return Finding(
        "table_missing",
        prefix,
        "error",
        f"none of Quartz's tables is there with the prefix {prefix}",
        "make them with 'pyquartz db init', or name the schema in the prefix: SCHEMA.QRTZ_",
    )


def _version(problem: str) -> str:
    if "SCHED_NAME" in problem:
        return " (Quartz 1.x: no scheduler's name in the tables)"
    if "SCHED_TIME" in problem:
        return " (Quartz 2.0 or 2.1: no scheduled time in FIRED_TRIGGERS)"
    return ""


def _can_be_asked(database: Database, table: str) -> bool:
    try:
        database.query(f"SELECT 1 FROM {table} WHERE 1 = 0")
    except PyQuartzError:
        return False
    return True


def missing_indexes(
    database: Database, address: StoreAddress, prefix: str
) -> dict[str, schema.Index]:
    """Give the indexes of Quartz's file that no index of the store leads with, by name."""
    place = prefix.rpartition(".")[0]
    names = {name.upper(): name for name in database.tables(place or None)}
    there: dict[str, list[tuple[str, ...]]] = {}
    missing = {}
    for index in schema.expected_indexes(address.dialect, prefix):
        table = names[index.table.upper()]
        if table not in there:
            there[table] = database.indexes(place or None, table)
        if not any(found[: len(index.columns)] == index.columns for found in there[table]):
            missing[index.name] = index
    return missing


def index_finding(index: schema.Index) -> Finding:
    """Say of an index that it is missing, and how to make it."""
    return Finding(
        "index_missing",
        index.name,
        "warning",
        f"{index.table} has no index on {', '.join(index.columns)}; Quartz's questions get slow",
        f"--repair --schema makes it; or: {index.statement}",
        repairable=True,
    )
