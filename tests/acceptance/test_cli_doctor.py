"""`pyquartz doctor` as a user runs it: its exit codes, its JSON, and that only --repair writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pyquartz import Scheduler, defjob, every
from tests.support.commands import error_of, run_command
from tests.support.databases import KINDS, Database, fresh_database
from tests.support.servers import PASSWORD

pytestmark = [pytest.mark.acceptance, pytest.mark.jvm]

MODULE = """
from pyquartz import defjob

@defjob("ward.Round")
def round(): ...
"""
TABLES = ("QRTZ_TRIGGERS", "QRTZ_JOB_DETAILS", "QRTZ_LOCKS", "QRTZ_FIRED_TRIGGERS")


@defjob("ward.Round")
def ward_round() -> None:
    """Only its name is stored; the command imports its own."""


@pytest.fixture(params=[pytest.param(kind, marks=pytest.mark.store) for kind in KINDS])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A healthy store with one trigger, and the module of its job beside it."""
    (tmp_path / "ward.py").write_text(MODULE)
    with fresh_database(request.param, request, tmp_path) as made:
        made.make_tables()
        scheduler = Scheduler(made.url)
        scheduler.schedule_task(ward_round, every(timedelta(hours=1), key="round"))
        scheduler.stop()
        yield made


def doctor(database: Database, folder: Path, *more: str, code: int) -> Any:
    arguments = ("doctor", "--store", database.url, "--jobs", "ward", "--json", *more)
    ended = run_command(*arguments, cwd=folder)
    assert ended.returncode == code, ended
    assert "Traceback" not in ended.stderr
    return json.loads(ended.stdout)


def test_a_fault_is_told_mended_and_told_no_more(database: Database, tmp_path: Path) -> None:
    assert doctor(database, tmp_path, code=0) == {"findings": [], "repairs": []}

    database.execute("UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = 'ACQUIRED'")
    before = {table: database.rows(table) for table in TABLES}
    (finding,) = doctor(database, tmp_path, code=1)["findings"]
    assert finding["kind"] == "trigger_stuck"
    assert finding["subject"] == "DEFAULT.round"
    assert finding["repairable"] is True
    assert {table: database.rows(table) for table in TABLES} == before

    told = doctor(database, tmp_path, "--repair", code=0)
    assert told["findings"] == []
    assert [repair["what"] for repair in told["repairs"]] == ["ACQUIRED -> WAITING"]
    assert database.query("SELECT TRIGGER_STATE FROM QRTZ_TRIGGERS") == ["WAITING"]


def test_without_the_code_of_the_jobs_no_class_is_missed(
    database: Database, tmp_path: Path
) -> None:
    ended = run_command("doctor", "--store", database.url)
    assert ended.returncode == 0, ended
    assert "Nothing is wrong" in ended.stderr
    database.execute("UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = 'ERROR'")
    ended = run_command("doctor", "--store", database.url, "--repair")
    assert ended.returncode == 1
    assert "--jobs" in ended.stdout
    assert database.query("SELECT TRIGGER_STATE FROM QRTZ_TRIGGERS") == ["ERROR"]
    (done,) = doctor(database, tmp_path, "--repair", code=0)["repairs"]
    assert done["done"] is True
    assert database.query("SELECT TRIGGER_STATE FROM QRTZ_TRIGGERS") == ["WAITING"]


def test_what_cannot_be_looked_at_has_a_code_of_its_own(tmp_path: Path) -> None:
    gone = "postgresql://somebody:secret123@127.0.0.1:9/nowhere"
    for store in (f"h2://{tmp_path}/nothing", gone):
        told = error_of("doctor", "--store", store, code=2)
        assert "Error" in told
        assert PASSWORD not in told
        assert "secret123" not in told
    assert not list(tmp_path.glob("nothing*"))


def test_tables_that_are_elsewhere_are_named(database: Database) -> None:
    ended = run_command("doctor", "--store", database.url, "--prefix", "JOBS_", "--json")
    assert ended.returncode == 1, ended
    (finding,) = json.loads(ended.stdout)["findings"]
    assert finding["kind"] == "prefix_differs"
