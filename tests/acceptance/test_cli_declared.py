"""``pyquartz apply`` and ``pyquartz export``, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.support.commands import error_of, json_of, run_command
from tests.support.databases import Database

pytestmark = [pytest.mark.acceptance, pytest.mark.jvm]

FILE = """
pyquartz: 1
owns: [reports]
jobs:
  - class: acme.jobs.Report
    name: report
    group: reports
    data: {days: 7}
    triggers: [{cron: "0 0 3 * * ?", tz: UTC}]
"""


@pytest.fixture
def store(tmp_path: Path) -> str:
    """An embedded store with empty tables."""
    address = f"h2://{tmp_path}/store"
    run_command("db", "init", "--store", address).check()
    return address


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.yaml"
    path.write_text(FILE)
    return path


def test_a_plan_is_shown_then_done_then_there_is_nothing_left(store: str, file: Path) -> None:
    shown = run_command("apply", file, "--dry-run", "--store", store).check()
    assert shown.stdout.splitlines()[:2] == ["+ job reports.report", "      acme.jobs.Report"]
    assert "Not applied: 2 add, 0 change, 0 delete." in shown.stderr
    assert json_of("jobs", "--store", store) == []

    done = run_command("apply", file, "--yes", "--store", store).check()
    assert "Applied: 2 add, 0 change, 0 delete." in done.stderr
    [job] = json_of("jobs", "--store", store)
    assert (job["key"], job["data"]) == ("reports.report", {"days": 7})

    again = json_of("apply", str(file), "--yes", "--store", store)
    assert again["applied"] is False
    assert {change["action"] for change in again["changes"]} == {"keep"}

    file.write_text("pyquartz: 1\nowns: [reports]\n")
    kept = run_command("apply", file, "--yes", "--store", store).check()
    assert "! job reports.report\n      not in the file; --prune deletes it" in kept.stdout
    pruned = json_of("apply", str(file), "--prune", "--yes", "--store", store)
    assert [change["action"] for change in pruned["changes"]] == ["delete"]
    assert json_of("jobs", "--store", store) == []


def test_an_export_is_applied_to_another_store(store: str, file: Path, tmp_path: Path) -> None:
    run_command("apply", file, "--yes", "--store", store).check()
    out = tmp_path / "out.yaml"
    run_command("migrate", "export", "--store", store, "--output", out).check()
    other = f"h2://{tmp_path}/other"
    run_command("db", "init", "--store", other).check()
    run_command("migrate", "import", out, "--yes", "--store", other).check()
    first, second = (run_command("export", "--store", s).check().stdout for s in (store, other))
    assert first == second == out.read_text()
    assert "class: acme.jobs.Report" in first
    none = run_command("export", "--group", "none", "--store", store).check().stdout
    assert none == "pyquartz: 1\njobs: []\n"


def test_faults_are_told_with_their_lines_before_anything_else(file: Path) -> None:
    file.write_text(FILE.replace("cron", "crom"))
    said = error_of("apply", str(file), "--yes", "--store", "h2:///nowhere/at/all")
    assert f"{file}:9, jobs[0].triggers[0]: it must have one of cron" in said
    assert "did you mean 'cron'?" in said


def test_without_somebody_to_ask_nothing_is_written(store: str, file: Path) -> None:
    said = error_of("apply", str(file), "--store", store)
    assert "give --yes to apply, or --dry-run to look" in said
    assert json_of("jobs", "--store", store) == []


def test_data_are_checked_by_the_jobs_of_an_imported_module(
    store: str, file: Path, tmp_path: Path
) -> None:
    module = "from pyquartz import defjob\n\n@defjob('acme.jobs.Report')\ndef report(weeks): ...\n"
    (tmp_path / "acme_reports.py").write_text(module)
    arguments = ("apply", file, "--yes", "--import", "acme_reports", "--store", store)
    ended = run_command(*arguments, cwd=tmp_path)
    assert ended.returncode == 1
    assert "needs 'weeks'" in ended.stderr


def test_the_schema_is_a_schema_and_takes_the_file() -> None:
    printed = json.loads(run_command("apply", "--schema").check().stdout)
    jsonschema.Draft202012Validator.check_schema(printed)
    assert printed["properties"]["pyquartz"]["const"] == 1


def test_what_can_not_be_exported_is_named(store: str, file: Path) -> None:
    run_command("apply", file, "--yes", "--store", store).check()
    Database(store).execute("UPDATE QRTZ_JOB_DETAILS SET JOB_DATA = X'ACED00'")
    ended = run_command("export", "--store", store)
    assert ended.returncode == 1
    assert "Left out: job reports.report and its triggers" in ended.stderr
    assert ended.stdout == "pyquartz: 1\njobs: []\n"
