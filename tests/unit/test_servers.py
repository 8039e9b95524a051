"""The tests' own servers and stores: what every test on a database relies on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import psycopg
import pymysql  # type: ignore[import-untyped]
import pytest
from sqlalchemy import create_engine, make_url, text

from tests.support import servers, stores
from tests.support.processes import PythonProcess, alive, processes_in, run_python
from tests.support.servers import (
    MariaDBServer,
    PostgresServer,
    Server,
    ServerFailedError,
    ServerMissingError,
    running,
)
from tests.support.waiting import wait_until

KINDS = (PostgresServer, MariaDBServer)
DRIVERS = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}
SCHEDULERS = ("AcmeProps", "AcmeScheduler")

# What the JSON beside a dump calls the tables' content.
TABLES = {
    "jobs": "QRTZ_JOB_DETAILS",
    "triggers": "QRTZ_TRIGGERS",
    "calendars": "QRTZ_CALENDARS",
    "paused_groups": "QRTZ_PAUSED_TRIGGER_GRPS",
    "fired_triggers": "QRTZ_FIRED_TRIGGERS",
    "scheduler_state": "QRTZ_SCHEDULER_STATE",
}


@pytest.fixture(params=["postgres", "mariadb"])
def shared(request: pytest.FixtureRequest) -> tuple[Server, str]:
    """A server of the session, and the URL of an empty database on it."""
    server: Server = request.getfixturevalue(f"{request.param}_server")
    url: str = request.getfixturevalue(f"{request.param}_database")
    return server, url


@pytest.fixture(params=KINDS)
def private(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server that a test may harm."""
    with running(request.param) as server:
        yield server


def test_the_url_opens_the_database_in_sqlalchemy(shared: tuple[Server, str]) -> None:
    server, url = shared
    parsed = make_url(url)
    assert parsed.password == servers.PASSWORD
    engine = create_engine(parsed.set(drivername=DRIVERS[parsed.drivername]))
    try:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE made_by_sqlalchemy (a INTEGER)"))
    finally:
        engine.dispose()
    assert server.tables(url) == ["made_by_sqlalchemy"]


def test_a_dump_loads_with_what_its_json_says(shared: tuple[Server, str]) -> None:
    server, url = shared
    path = stores.load_dump(server, url)
    content = stores.expected(path)
    assert sorted(content) == sorted(SCHEDULERS)
    for scheduler, held in content.items():
        for kind, table in TABLES.items():
            found = [row for row in stores.rows(server, url, table) if in_(row, scheduler)]
            assert len(found) == len(held[kind]), (scheduler, table)
    jobs = {
        (row["SCHED_NAME"], row["JOB_GROUP"], row["JOB_NAME"]): row
        for row in stores.rows(server, url, "QRTZ_JOB_DETAILS")
    }
    for scheduler, held in content.items():
        for job in held["jobs"]:
            row = jobs[scheduler, job["group"], job["name"]]
            assert row["JOB_CLASS_NAME"] == job["class"]
            if job["data"] is None:
                assert row["JOB_DATA"] is None
            else:
                assert isinstance(row["JOB_DATA"], bytes)
                assert len(row["JOB_DATA"]) == job["data"]["bytes"]


def test_a_dump_is_never_loaded_over_a_store(shared: tuple[Server, str]) -> None:
    server, url = shared
    stores.load_dump(server, url)
    with pytest.raises(ValueError, match="is not empty"):
        stores.load_dump(server, url)


def test_the_dump_for_h2_is_there() -> None:
    assert "CREATE CACHED TABLE" in stores.H2_DUMP.read_text(encoding="utf-8")
    assert sorted(stores.expected(stores.H2_DUMP)) == sorted(SCHEDULERS)


def test_triggers_move_and_nothing_else_changes(shared: tuple[Server, str]) -> None:
    server, url = shared
    stores.load_dump(server, url)
    before = stores.all_rows(server, url)
    odd = ("trigger 1; -- ünï", "grp with space/ünï")
    moves = {odd: 1_000, ("slow-cron", "ops"): 2_000}
    for _ in "once", "and where they are already":
        stores.move_triggers(server, url, "AcmeScheduler", moves, start_ms=500, state="WAITING")
    after = stores.all_rows(server, url)

    for row in before["QRTZ_TRIGGERS"]:
        key = (row["TRIGGER_NAME"], row["TRIGGER_GROUP"])
        if in_(row, "AcmeScheduler") and key in moves:
            row.update(NEXT_FIRE_TIME=moves[key], START_TIME=500, TRIGGER_STATE="WAITING")
    assert after == before


def test_a_trigger_that_moves_starts_when_it_fires(shared: tuple[Server, str]) -> None:
    server, url = shared
    stores.load_dump(server, url)
    stores.move_triggers(server, url, "AcmeProps", {("counter", "props"): 7_000})
    (row,) = (
        row
        for row in stores.rows(server, url, "QRTZ_TRIGGERS")
        if in_(row, "AcmeProps") and row["TRIGGER_NAME"] == "counter"
    )
    assert (row["NEXT_FIRE_TIME"], row["START_TIME"]) == (7_000, 7_000)
    assert row["TRIGGER_STATE"] == "WAITING"


def test_moving_an_unknown_trigger_fails(shared: tuple[Server, str]) -> None:
    server, url = shared
    stores.load_dump(server, url)
    with pytest.raises(LookupError, match="no trigger 'counter' in the group 'ops'"):
        stores.move_triggers(server, url, "AcmeProps", {("counter", "ops"): 1})


def test_an_error_in_a_later_statement_is_raised(shared: tuple[Server, str]) -> None:
    server, url = shared
    with pytest.raises(Exception, match="nowhere"):
        server.execute(url, "CREATE TABLE made (a INTEGER); SELECT * FROM nowhere")


def test_a_database_in_use_is_dropped(shared: tuple[Server, str]) -> None:
    server, url = shared
    other = server.create_database("in_use")
    server.execute(other, "CREATE TABLE made (a INTEGER)")
    connection = server.connect(other)
    cursor = connection.cursor()
    cursor.execute("START TRANSACTION")
    cursor.execute("SELECT * FROM made")
    server.drop_database(other)
    with pytest.raises(Exception, match="in_use"):
        server.query(other, "SELECT 1")
    assert server.query(url, "SELECT 1") == [(1,)]
    with pytest.raises((psycopg.Error, pymysql.err.Error)):
        cursor.execute("SELECT 1")
    connection.close()


def test_stop_leaves_no_process_and_close_no_folder(private: Server) -> None:
    pids = private.processes()
    assert pids
    private.stop()
    assert not private.running
    assert [pid for pid in pids if alive(pid)] == []
    private.start()
    assert private.processes()
    private.close()
    assert private.processes() == []
    assert not private.folder.exists()


def test_what_was_committed_survives_a_crash(private: Server) -> None:
    url = private.create_database("crash")
    private.execute(url, "CREATE TABLE made (a INTEGER)")
    for number in range(50):
        private.execute(url, "INSERT INTO made VALUES (%s)", [number])
    private.kill()
    assert private.processes() == []
    private.start()
    assert private.query(url, "SELECT count(*) FROM made") == [(50,)]
    private.restart()
    assert private.query(url, "SELECT count(*) FROM made") == [(50,)]


def test_the_server_gives_up_the_rights_of_root(shared: tuple[Server, str]) -> None:
    def owners() -> set[int]:
        found = set()
        for pid in shared[0].processes():
            with contextlib.suppress(FileNotFoundError):
                found.add(Path("/proc", str(pid)).stat().st_uid)
        return found

    # Linux shows a process that is just ending as root's, so a second look may be needed.
    wait_until(lambda: owners() and 0 not in owners(), message="a server's process is root's")


def test_a_failed_start_shows_the_log(private: Server) -> None:
    private.stop()
    private.options.append("--no_such_setting=1")
    with pytest.raises(ServerFailedError, match="no_such_setting"):
        private.start()


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_server_skips_or_fails_in_ci(
    kind: type[Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kind, "places", (str(tmp_path / "*"),))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="install the package"), running(kind):
        pass
    monkeypatch.setenv("CI", "true")
    with pytest.raises(ServerMissingError, match="install the package"), running(kind):
        pass


def test_the_newest_version_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("9.6", "10", "15"):
        program = tmp_path / version / "postgres"
        program.parent.mkdir()
        program.touch(mode=0o755)
    monkeypatch.setattr(PostgresServer, "places", (str(tmp_path / "*"),))
    assert PostgresServer.find("postgres") == str(tmp_path / "15" / "postgres")


def test_a_program_that_forgets_to_stop_leaves_nothing(shared: tuple[Server, str]) -> None:
    kind = type(shared[0]).__name__
    program = run_python(f"""
        import os, sys
        from tests.support.servers import {kind}
        server = {kind}()
        server.start()
        if os.fork() == 0:
            sys.exit()
        os.wait()
        assert server.running, "the child has stopped it"
        print(server.folder)
        """)
    folder = Path(program.check().stdout.strip())
    assert program.stderr == ""
    assert folder.is_absolute()
    assert processes_in(folder) == []
    assert not folder.exists()


def test_a_killed_suite_leaves_nothing(shared: tuple[Server, str]) -> None:
    kind = type(shared[0])
    source = f"from tests.support.servers import {kind.__name__} as Kind\n" + dedent("""
        import signal
        server = Kind()
        server.start()
        print("folder", server.folder)
        signal.pause()
        """)
    with PythonProcess("-c", source) as suite:
        folder = Path(suite.wait_for_line("^folder (.*)")[1])
        assert processes_in(folder)
        suite.kill()
        wait_until(lambda: not processes_in(folder), message="the server outlived its suite")
    # The next suite tidies up.
    kind().close()
    assert not folder.exists()


def in_(row: dict[str, object], scheduler: str) -> bool:
    return row["SCHED_NAME"] == scheduler
