"""The tables' definitions as text: Quartz's own, renamed, and never with a DROP."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from pyquartz._jvm.launch import JARS
from pyquartz.errors import StoreError
from pyquartz.store import schema

DIALECTS = ("h2", "postgresql", "mariadb")
TABLES = {
    "BLOB_TRIGGERS", "CALENDARS", "CRON_TRIGGERS", "FIRED_TRIGGERS", "JOB_DETAILS", "LOCKS",
    "PAUSED_TRIGGER_GRPS", "SCHEDULER_STATE", "SIMPLE_TRIGGERS", "SIMPROP_TRIGGERS", "TRIGGERS",
}  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("prefix", ["QRTZ_", "ACME_", "app.QRTZ_", "app.jobs_"])
def test_nothing_is_ever_dropped(dialect: str, prefix: str) -> None:
    statements = schema.statements(dialect, prefix)
    assert statements
    for statement in statements:
        assert re.match(r"CREATE (TABLE|INDEX)|ALTER TABLE \S+ ADD ", statement, re.I), statement
        assert not re.search(
            r"\b(DROP|DELETE|TRUNCATE)\b(?! CASCADE)",
            statement.replace("ON DELETE CASCADE", ""),
            re.I,
        ), statement


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_file_of_quartz_does_hold_drops_or_nothing_would_be_shown(dialect: str) -> None:
    [jar] = JARS.glob("quartz-*.jar")
    with zipfile.ZipFile(jar) as archive:
        text = archive.read(schema._PLACE + schema._FILES[dialect]).decode()
    assert ("DROP TABLE" in text.upper()) is (dialect != "h2")
    assert len(re.findall(r"CREATE TABLE", text, re.I)) == len(TABLES)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_table_is_made_once(dialect: str) -> None:
    made = [
        match[1].upper()
        for statement in schema.statements(dialect, "X_")
        if (match := re.match(r"CREATE TABLE (?:IF NOT EXISTS )?(\S+?)\s*\(", statement, re.I))
    ]
    assert sorted(made) == sorted(f"X_{name}" for name in TABLES)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_prefix_takes_the_place_of_quartz_own_everywhere(dialect: str) -> None:
    assert not [s for s in schema.statements(dialect, "ACME_") if "QRTZ" in s.upper()]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_schema_belongs_to_tables_and_never_to_an_index_or_a_constraint(dialect: str) -> None:
    for statement in schema.statements(dialect, "app.jobs_"):
        assert "QRTZ" not in statement.upper()
        index = re.match(r"CREATE INDEX (\S+)\s+ON (\S+?)\s*\(", statement, re.I)
        if index:
            assert "." not in index[1], statement
            assert index[2].startswith("app.jobs_"), statement
        for constraint in re.findall(r"CONSTRAINT (\S+)", statement, re.I):
            assert "." not in constraint, statement
        for table in re.findall(
            r"(?:TABLE|REFERENCES) (?:IF NOT EXISTS )?(\S+?)\s*[( ]", statement
        ):
            assert table.startswith("app.jobs_"), statement


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_columns_that_quartz_needs_are_known(dialect: str) -> None:
    columns = schema.expected_columns(dialect)
    assert columns.keys() == TABLES
    assert columns["LOCKS"] == {"SCHED_NAME", "LOCK_NAME"}
    assert columns["JOB_DETAILS"] == {
        "SCHED_NAME", "JOB_NAME", "JOB_GROUP", "DESCRIPTION", "JOB_CLASS_NAME", "IS_DURABLE",
        "IS_NONCONCURRENT", "IS_UPDATE_DATA", "REQUESTS_RECOVERY", "JOB_DATA",
    }  # fmt: skip
    assert {"NEXT_FIRE_TIME", "MISFIRE_INSTR", "PRIORITY"} <= columns["TRIGGERS"]


def test_all_dialects_have_the_same_columns() -> None:
    first, *others = (schema.expected_columns(dialect) for dialect in DIALECTS)
    assert all(other == first for other in others)


def test_only_what_is_missing_is_made_with_its_own_indexes() -> None:
    chosen = schema._missing("postgresql", "app.jobs_", ("jobs_FIRED_TRIGGERS",))
    assert chosen[0].startswith("CREATE TABLE app.jobs_FIRED_TRIGGERS")
    assert len(chosen) > 1
    assert all("app.jobs_FIRED_TRIGGERS" in statement for statement in chosen)


def test_another_database_gets_the_way_out() -> None:
    with pytest.raises(StoreError, match=r"no table definitions for other.*tables_\*\.sql"):
        schema.statements("other")


def test_a_checkout_without_jars_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("pyquartz._jvm.launch.JARS", tmp_path)
    with pytest.raises(StoreError, match="run 'gradle jars'"):
        schema.statements("h2")
