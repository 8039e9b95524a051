"""`db init`, `db check` and visits on database servers, where others work on the same store."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.commands import error_of, json_of, run_command
from tests.support.processes import PythonProcess
from tests.support.servers import PASSWORD, MariaDBServer, PostgresServer, Server
from tests.support.stores import all_rows, rows
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.acceptance, pytest.mark.jvm]

NODE = """
import os, signal, threading
from pyquartz import Scheduler, cron, defjob

@defjob("acme.jobs.Yearly")
def yearly(): ...

ended = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: ended.set())
with Scheduler(os.environ["STORE"], name="ACME", instance_id="node-1") as scheduler:
    scheduler.schedule_task(yearly, cron("0 0 0 1 1 ?"))
    print("ready", flush=True)
    ended.wait()
"""


def no_password(text: str) -> bool:
    return PASSWORD not in text and quote(PASSWORD, safe="") not in text


@pytest.fixture(params=["postgres", "mariadb"])
def place(request: pytest.FixtureRequest) -> tuple[Server, str]:
    """A server and the URL of an empty database on it."""
    kind = request.param
    server = request.getfixturevalue(f"{kind}_server")
    return server, request.getfixturevalue(f"{kind}_database")


def test_tables_are_made_and_checked_under_any_prefix(place: tuple[Server, str]) -> None:
    server, store = place
    told = error_of("db", "check", "--store", store)
    assert "QRTZ_TRIGGERS" in told
    assert "pyquartz db init" in told
    assert no_password(told)

    told = error_of("jobs", "--store", store)
    assert "db init" in told
    assert no_password(told)

    assert len(json_of("db", "init", "--store", store)["created"]) == 11
    before = all_rows(server, store)
    assert json_of("db", "init", "--store", store)["created"] == []
    assert all_rows(server, store) == before
    assert json_of("jobs", "--store", store) == []

    options = ("--store", store, "--prefix", "ACME_")
    assert error_of("db", "check", *options).count("ACME_") >= 11
    run_command("db", "init", *options).check()
    found = json_of("db", "check", *options)
    assert found["ok"] is True
    assert found["default_zone"]
    assert len(server.tables(store)) == 22


def test_tables_that_do_not_fit_are_told(place: tuple[Server, str]) -> None:
    server, store = place
    run_command("db", "init", "--store", store).check()
    table = next(t for t in server.tables(store) if t.upper() == "QRTZ_FIRED_TRIGGERS")
    server.execute(store, f"ALTER TABLE {server.quote(table)} DROP COLUMN SCHED_TIME")
    ended = run_command("db", "check", "--store", store, "--json")
    assert ended.returncode == 1
    assert "SCHED_TIME" in ended.stdout
    assert "SCHED_TIME" in error_of("db", "init", "--store", store)


def test_a_schema_in_the_prefix(postgres_server: PostgresServer, postgres_database: str) -> None:
    postgres_server.execute(postgres_database, "CREATE SCHEMA acme")
    options = ("--store", postgres_database, "--prefix", "acme.QRTZ_")
    assert len(json_of("db", "init", *options)["created"]) == 11
    assert json_of("db", "check", *options)["ok"] is True
    assert postgres_server.tables(postgres_database) == []


def test_a_visit_leaves_a_running_cluster_alone(
    postgres_server: PostgresServer, postgres_database: str, tmp_path: Path
) -> None:
    run_command("db", "init", "--store", postgres_database).check()
    (tmp_path / "node.py").write_text(NODE)
    # The properties of that very node: a visitor must not take itself for it.
    (tmp_path / "quartz.properties").write_text(
        properties(postgres_server, postgres_database, "node-1")
    )
    options = ("--store", str(tmp_path / "quartz.properties"))

    def checked_in() -> list[str]:
        found = rows(postgres_server, postgres_database, "QRTZ_SCHEDULER_STATE")
        return [str(row["INSTANCE_NAME"]) for row in found]

    with PythonProcess(tmp_path / "node.py", env={"STORE": postgres_database}) as node:
        node.wait_for_line("ready")
        wait_until(lambda: checked_in() == ["node-1"])
        info = json_of("info", *options)
        assert [entry["instance_id"] for entry in info["nodes"]] == ["node-1"]
        assert info["state"] == "standby"
        (job,) = json_of("jobs", *options)
        run_command("pause", job["key"].removeprefix("DEFAULT."), *options).check()
        (trigger,) = json_of("triggers", *options)
        assert trigger["state"] == "PAUSED"
        # Not signed off in the node's name, and no other has checked in.
        assert checked_in() == ["node-1"]
        assert node.running
        node.terminate()
        assert node.returncode() == 0, node.report()


def properties(server: Server, database: str, instance_id: str) -> str:
    """A quartz.properties file as a Java program has it."""
    q = "org.quartz."
    name = database.rpartition("/")[2]
    values = {
        f"{q}scheduler.instanceName": "ACME",
        f"{q}scheduler.instanceId": instance_id,
        f"{q}jobStore.class": f"{q}impl.jdbcjobstore.JobStoreTX",
        f"{q}jobStore.driverDelegateClass": f"{q}impl.jdbcjobstore.PostgreSQLDelegate",
        f"{q}jobStore.dataSource": "db",
        f"{q}jobStore.isClustered": "true",
        f"{q}dataSource.db.URL": f"jdbc:postgresql://127.0.0.1:{server.port}/{name}",
        f"{q}dataSource.db.user": "quartz",
        f"{q}dataSource.db.password": PASSWORD,
        f"{q}threadPool.threadCount": "5",
    }
    return "".join(f"{key} = {value}\n" for key, value in values.items())


def test_mariadb_is_a_store_too(mariadb_server: MariaDBServer, mariadb_database: str) -> None:
    # The driver's own name in SQLAlchemy's URL is no hindrance.
    store = mariadb_database.replace("mariadb://", "mysql+pymysql://")
    run_command("db", "init", "--store", store).check()
    assert len(mariadb_server.tables(mariadb_database)) == 11
