"""`pyquartz bench` as a user runs it: what it prints, and that it leaves a store as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import command, error_of, json_of, run_command
from tests.support.processes import run_python
from tests.support.servers import PostgresServer
from tests.support.stores import rows
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.acceptance, pytest.mark.jvm]

KINDS = ["function", "function with context and data", "coroutine"]
FILL = """
import os
from pyquartz import Scheduler, defjob, once

@defjob("acme.jobs.Waiting")
def waiting(): ...

scheduler = Scheduler(os.environ["STORE"])
scheduler.schedule_task(waiting, once())
scheduler.stop()
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[str]:
    """A store in which a job is due that nobody has run."""
    address = f"h2://{tmp_path}/store"
    run_python(FILL, STORE=address).check()
    yield address
    assert [trigger["state"] for trigger in json_of("triggers", "--store", address)] == ["NORMAL"]
    listed = run_command("jobs", "--store", address, "--name", "nobody").check()
    assert "bench" not in listed.stderr


def test_it_measures_a_scheduler_in_memory() -> None:
    found = json_of("bench", "--jobs", "30", "--threads", "2")
    assert found["store"] == "RAM"
    assert (found["jobs"], found["threads"]) == (30, 2)
    assert [measured["kind"] for measured in found["measured"]] == KINDS
    for measured in found["measured"]:
        assert all(value > 0 for name, value in measured.items() if name != "kind"), measured


def test_a_table_for_people() -> None:
    ended = run_command("bench", "--jobs", "3").check()
    assert all(kind in ended.stdout for kind in KINDS)
    assert "rounds of 3 jobs" in ended.stderr
    assert "rounds" not in ended.stdout


def test_it_leaves_a_store_as_it_was(store: str) -> None:
    found = json_of("bench", "--jobs", "3", "--store", store)
    assert found["job_store"].endswith("BridgeJobStore")


def test_broken_off_it_takes_its_jobs_away(
    postgres_server: PostgresServer, postgres_database: str
) -> None:
    def stored() -> list[dict[str, object]]:
        return rows(postgres_server, postgres_database, "qrtz_job_details")

    run_command("db", "init", "--store", postgres_database).check()
    with command("bench", "--jobs", "100000", "--store", postgres_database) as measuring:
        wait_until(stored, message=lambda: f"no job was stored: {measuring.report()}")
        measuring.terminate()
        assert measuring.returncode() != 0
    assert stored() == []


def test_no_jobs_are_no_measurement() -> None:
    assert "--jobs" in error_of("bench", "--jobs", "0", code=2)
