"""Schedulers copied, moved and renamed between databases, held against the rows by SQL of ours.

The stores are those that Java programs filled. They are read here as text by JDBC, which has no
part in how pyquartz reads PostgreSQL and MariaDB.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from pyquartz import JobKey, StoreError
from pyquartz.migrate import MigrationConflictError, Move, Place, Report, apply
from tests.support.databases import KINDS, Database, fresh_database
from tests.support.processes import run_python

ACME, PROPS = "AcmeScheduler", "AcmeProps"
COPIED = ("JOB_DETAILS", "TRIGGERS", "SIMPLE_TRIGGERS", "CRON_TRIGGERS", "SIMPROP_TRIGGERS")
COPIED += ("BLOB_TRIGGERS", "CALENDARS", "PAUSED_TRIGGER_GRPS", "FIRED_TRIGGERS")
BOOLEANS = ("IS_DURABLE", "IS_NONCONCURRENT", "IS_UPDATE_DATA", "REQUESTS_RECOVERY")
Rows = dict[str, list[dict[str, str]]]
Make = Callable[..., Database]

pytestmark = pytest.mark.store


@pytest.fixture
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Make databases of any kind, filled by Java or with empty tables."""
    with ExitStack() as stack:

        def make(kind: str, filled: bool = False) -> Database:
            folder = tmp_path / str(len(list(tmp_path.iterdir())))
            folder.mkdir()
            database = stack.enter_context(fresh_database(kind, request, folder))
            if filled:
                database.load_dump()
            else:
                database.make_tables()
            return database

        yield make


def rows_of(database: Database, scheduler: str) -> Rows:
    """All rows of a scheduler, spelt alike whatever the database; the name itself is left out."""
    found = {}
    for table in COPIED:
        rows = database.rows(f"QRTZ_{table}", f"SCHED_NAME = '{scheduler}'")
        spelt = [
            {name: _spelt(name, value) for name, value in row.items() if name != "SCHED_NAME"}
            for row in rows
        ]
        found[table] = sorted(spelt, key=lambda row: sorted(row.items()))
    return found


def _spelt(column: str, value: str) -> str:
    if column in BOOLEANS or column.startswith("BOOL_PROP"):
        return {"1": "true", "t": "true", "0": "false", "f": "false"}.get(value, value).lower()
    return value.rstrip("0").rstrip(".") if column.startswith("DEC_PROP") else value


def order(source: Database, target: Database, name: str = ACME, **settings: object) -> Move:
    return Move(
        Place(source.url), Place(target.url), name, str(settings.pop("new_name", name)), **settings
    )  # type: ignore[arg-type]


def total(report: Report) -> int:
    return sum(report.added.values())


@pytest.mark.parametrize("target_kind", KINDS)
@pytest.mark.parametrize("source_kind", KINDS)
def test_each_dump_goes_to_each_database(source_kind: str, target_kind: str, make: Make) -> None:
    source, target = make(source_kind, filled=True), make(target_kind)
    for name in (ACME, PROPS):
        before = rows_of(source, name)
        report = apply(order(source, target, name))
        assert rows_of(target, name) == before == rows_of(source, name)
        assert report.verified == total(report) == sum(map(len, before.values()))
        assert report.next_fires == len(before["TRIGGERS"]) > 0
        again = apply(order(source, target, name))
        assert again.changes_nothing
        assert again.same == report.added
        assert rows_of(target, name) == before


@pytest.fixture
def pair(make: Make) -> tuple[Database, Database]:
    """Java's store in H2, and an empty one."""
    return make("h2", filled=True), make("h2")


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(
    pair: tuple[Database, Database],
) -> None:
    source, target = pair
    planned = apply(order(source, target, move=True), dry_run=True)
    assert not any(rows_of(target, ACME).values())
    assert planned.dry_run
    done = apply(order(source, target, move=True))
    assert (planned.added, planned.deleted) == (done.added, done.deleted)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_that_differ_are_named_and_kept_unless_they_may_be_overwritten(
    kind: str, make: Make
) -> None:
    source, target = make(kind, filled=True), make("h2")
    before = rows_of(source, ACME)
    apply(order(source, target))
    target.execute(
        "UPDATE QRTZ_TRIGGERS SET PRIORITY = 99 WHERE TRIGGER_NAME = 'invoice-berlin'",
        "DELETE FROM QRTZ_CRON_TRIGGERS WHERE TRIGGER_NAME = 'slow-cron'",
        "INSERT INTO QRTZ_SIMPLE_TRIGGERS VALUES ('AcmeScheduler', 'slow-cron', 'ops', 1, 2, 3)",
        "DELETE FROM QRTZ_PAUSED_TRIGGER_GRPS",
    )
    changed = rows_of(target, ACME)
    with pytest.raises(MigrationConflictError) as caught:
        apply(order(source, target, move=True))
    assert "TRIGGERS billing.invoice-berlin (PRIORITY)" in str(caught.value)
    assert "SIMPLE_TRIGGERS ops.slow-cron (of another kind)" in str(caught.value)
    assert rows_of(target, ACME) == changed
    report = apply(order(source, target, move=True, overwrite=True))
    assert report.replaced == {"TRIGGERS": 1}
    assert report.added == {"CRON_TRIGGERS": 1, "PAUSED_TRIGGER_GRPS": 1}
    assert rows_of(target, ACME) == before
    assert not any(rows_of(source, ACME).values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_move_leaves_nothing_behind_of_this_scheduler_alone(kind: str, make: Make) -> None:
    source, target = make(kind, filled=True), make("h2")
    before, others = rows_of(source, ACME), rows_of(source, PROPS)
    report = apply(order(source, target, move=True))
    assert rows_of(target, ACME) == before
    assert not any(rows_of(source, ACME).values())
    assert report.deleted == report.added
    assert rows_of(source, PROPS) == others
    for table in ("LOCKS", "SCHEDULER_STATE"):
        assert source.rows(f"QRTZ_{table}", f"SCHED_NAME = '{ACME}'") == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_rename_changes_the_name_alone(kind: str, make: Make) -> None:
    store = make(kind, filled=True)
    before = rows_of(store, ACME)
    report = apply(order(store, store, new_name="Acme's new", move=True))
    assert rows_of(store, "Acme''s new") == before
    assert not any(rows_of(store, ACME).values())
    assert report.verified == sum(map(len, before.values()))
    with pytest.raises(StoreError, match="nothing of a scheduler named 'AcmeScheduler'"):
        apply(order(store, store, new_name="Acme's new", move=True))


def test_chosen_jobs_go_with_their_triggers_and_calendars(pair: tuple[Database, Database]) -> None:
    source, target = pair
    before = rows_of(source, ACME)
    key = ("billing", "invoice")
    apply(order(source, target, move=True, jobs=(JobKey("invoice", "billing"),)))
    for database, is_there in ((target, True), (source, False)):
        rows = rows_of(database, ACME)
        for table in ("JOB_DETAILS", "TRIGGERS"):
            of_job = [r for r in before[table] if (r["JOB_GROUP"], r["JOB_NAME"]) == key]
            rest = [r for r in before[table] if r not in of_job]
            assert len(of_job) > 0
            assert rows[table] == (of_job if is_there else rest)
        names = {(r["TRIGGER_GROUP"], r["TRIGGER_NAME"]) for r in rows["TRIGGERS"]}
        crons = [
            r for r in before["CRON_TRIGGERS"] if (r["TRIGGER_GROUP"], r["TRIGGER_NAME"]) in names
        ]
        assert rows["CRON_TRIGGERS"] == crons
        assert {r["CALENDAR_NAME"] for r in rows["TRIGGERS"]} - {"NULL"} <= {
            r["CALENDAR_NAME"] for r in rows["CALENDARS"]
        }
    with pytest.raises(StoreError, match=r"no job billing\.invoice"):
        apply(order(source, target, jobs=(JobKey("invoice", "billing"),)))


def check_in(database: Database, age_seconds: int) -> None:
    seen = int(time.time() - age_seconds) * 1000
    database.execute(
        "DELETE FROM QRTZ_SCHEDULER_STATE",
        f"INSERT INTO QRTZ_SCHEDULER_STATE VALUES ('{ACME}', 'node-7', {seen}, 7500)",
    )


@pytest.mark.parametrize("of_target", [False, True])
def test_a_node_that_lives_is_in_the_way(of_target: bool, pair: tuple[Database, Database]) -> None:
    source, target = pair
    check_in(pair[of_target], age_seconds=1)
    with pytest.raises(StoreError, match="runs on node-7: stop it first"):
        apply(order(source, target))
    assert not any(rows_of(target, ACME).values())
    assert total(apply(order(source, target, force=True))) > 0


def test_what_a_dead_node_left_is_put_to_rest_and_its_runs_can_be_recovered(
    pair: tuple[Database, Database],
) -> None:
    source, target = pair
    check_in(source, age_seconds=3600)
    states = {"invoice-berlin": "ACQUIRED", "reminder-simple": "BLOCKED"}
    states["ledger-once"] = "PAUSED_BLOCKED"
    source.execute(
        *(
            f"UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = '{state}' WHERE TRIGGER_NAME = '{name}'"
            for name, state in states.items()
        ),
        f"INSERT INTO QRTZ_FIRED_TRIGGERS VALUES ('{ACME}', 'node-7-1', 'invoice-berlin', "
        "'billing', 'node-7', 1, 2, 5, 'EXECUTING', 'invoice', 'billing', FALSE, TRUE)",
    )
    report = apply(order(source, target))
    assert len(report.settled) == 3
    at_rest = {"invoice-berlin": "WAITING", "reminder-simple": "WAITING", "ledger-once": "PAUSED"}
    rows = rows_of(target, ACME)
    for name, state in at_rest.items():
        (row,) = [row for row in rows["TRIGGERS"] if row["TRIGGER_NAME"] == name]
        assert row["TRIGGER_STATE"] == state
    assert [row["INSTANCE_NAME"] for row in rows["FIRED_TRIGGERS"]] == ["node-7"]
    assert apply(order(source, target)).changes_nothing


def test_a_write_that_fails_in_the_middle_leaves_nothing_and_can_be_repeated(
    pair: tuple[Database, Database],
) -> None:
    source, target = pair
    before = rows_of(source, ACME)
    target.execute("ALTER TABLE QRTZ_CRON_TRIGGERS ALTER COLUMN CRON_EXPRESSION VARCHAR(12)")
    with pytest.raises(StoreError, match="CRON_EXPRESSION"):
        apply(order(source, target, move=True))
    assert not any(rows_of(target, ACME).values())
    assert rows_of(source, ACME) == before
    target.execute("ALTER TABLE QRTZ_CRON_TRIGGERS ALTER COLUMN CRON_EXPRESSION VARCHAR(120)")
    apply(order(source, target, move=True))
    assert rows_of(target, ACME) == before


MOVE_THAT_IS_KILLED = """
import os, signal
from pyquartz.migrate import Move, Place, apply, moving

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

commit, commits = moving.Tables.commit, []

def counted(self):
    commits.append(self)
    if len(commits) == {last_commits} + 1:
        die()
    commit(self)

moving.Tables.commit = counted
if {before_deleting}:
    moving._take_away = die
apply(Move(Place({source!r}), Place({target!r}), {name!r}, {name!r}, move=True))
"""


@pytest.mark.slow
@pytest.mark.parametrize(("kinds"), [("h2", "postgresql"), ("postgresql", "mariadb")])
@pytest.mark.parametrize("step", ["written", "arrived", "deleted"])
def test_a_move_that_is_killed_loses_nothing_and_goes_on_when_repeated(
    step: str, kinds: tuple[str, str], make: Make
) -> None:
    source, target = make(kinds[0], filled=True), make(kinds[1])
    before = rows_of(source, ACME)
    killed = run_python(
        MOVE_THAT_IS_KILLED.format(
            source=source.url,
            target=target.url,
            name=ACME,
            last_commits=0 if step == "written" else 1,
            before_deleting=step == "arrived",
        )
    )
    assert killed.returncode == -signal.SIGKILL, killed
    assert rows_of(source, ACME) == before
    arrived = rows_of(target, ACME)
    assert arrived == before if step != "written" else not any(arrived.values())
    report = apply(order(source, target, move=True))
    assert report.deleted == {table: len(rows) for table, rows in before.items() if rows}
    assert (total(report) > 0) == (step == "written")
    assert rows_of(target, ACME) == before
    assert not any(rows_of(source, ACME).values())


def test_tables_may_have_another_prefix(pair: tuple[Database, Database], tmp_path: Path) -> None:
    source, target = pair
    from pyquartz.store import schema

    schema.init(target.address, "ACME_")
    move = order(source, target)
    report = apply(replace(move, target=Place(target.url, "acme_")))
    assert target.query("SELECT COUNT(*) FROM ACME_TRIGGERS") == [str(report.added["TRIGGERS"])]
    assert not any(rows_of(target, ACME).values())


@pytest.mark.parametrize(("source_kind", "target_kind"), [KINDS[1:], KINDS[:0:-1]])
def test_without_a_python_driver_servers_are_reached_by_jdbc(
    source_kind: str, target_kind: str, make: Make
) -> None:
    source, target = make(source_kind, filled=True), make(target_kind)
    before = rows_of(source, ACME)
    move = Move(Place(source.address), Place(target.address), ACME, ACME, move=True)
    assert apply(move).next_fires == len(before["TRIGGERS"])
    assert rows_of(target, ACME) == before
    assert not any(rows_of(source, ACME).values())
