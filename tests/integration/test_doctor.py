"""Each fault is really made in a store, found, mended where that is safe, and found no more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pyquartz import (
    JobContext,
    JobKey,
    Scheduler,
    TriggerKey,
    WeeklyCalendar,
    cron,
    daily,
    defjob,
    every,
)
from pyquartz._jvm.jdbc import connect
from pyquartz.errors import StoreError
from pyquartz.store.doctor import Finding, examine, examine_tables, repair
from tests.support.databases import KINDS, Database, fresh_database
from tests.support.waiting import wait_until

pytestmark = pytest.mark.jvm

RAN: list[str] = []
KEY = TriggerKey("tick")
NEVER = "0 0 0 1 1 ?"


@defjob("doctor.Tick", concurrent=False)
def tick(ctx: JobContext) -> None:
    RAN.append(str(ctx.trigger_key))


@pytest.fixture(params=[pytest.param(kind, marks=pytest.mark.store) for kind in KINDS])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(request.param, request, tmp_path) as made:
        made.make_tables()
        yield made


@pytest.fixture
def make(database: Database) -> Iterator[Callable[..., Scheduler]]:
    made: list[Scheduler] = []

    def make(**settings: Any) -> Scheduler:
        made.append(Scheduler(**{"store": database.url, "name": "ill", "threads": 2, **settings}))
        return made[-1]

    RAN.clear()
    yield make
    for scheduler in made:
        scheduler.stop(timeout=5)


@pytest.fixture
def scheduler(make: Callable[..., Scheduler]) -> Scheduler:
    """A scheduler in standby with one healthy trigger."""
    scheduler = make()
    scheduler.schedule_task(tick, every(timedelta(milliseconds=200), key=KEY))
    return scheduler


def kinds(found: list[Finding]) -> list[str]:
    return [finding.kind for finding in found]


def only(scheduler: Scheduler, kind: str) -> Finding:
    """The one finding there is, which is of this kind."""
    found = examine(scheduler)
    assert kinds(found) == [kind], found
    assert found[0].what
    assert found[0].what_to_do
    return found[0]


def mend(scheduler: Scheduler, finding: Finding) -> str:
    (done,) = repair(scheduler, [finding])
    assert done.done
    assert examine(scheduler) == []
    return done.what


def fires(scheduler: Scheduler) -> None:
    scheduler.start()
    wait_until(lambda: RAN, message="the trigger does not fire")


def without_keys(database: Database, sql: str) -> None:
    """Run a statement that foreign keys would forbid: not every store has them."""
    off, on = {
        "h2": ("SET REFERENTIAL_INTEGRITY FALSE", "SET REFERENTIAL_INTEGRITY TRUE"),
        "postgresql": ("SET session_replication_role = replica", "SELECT 1"),
        "mariadb": ("SET FOREIGN_KEY_CHECKS = 0", "SELECT 1"),
    }[database.kind]
    database.execute(off, sql, on)


def now() -> int:
    return int(time.time() * 1000)


def fired_row(database: Database, node: str, state: str = "EXECUTING") -> None:
    job = "NULL, NULL" if state == "ACQUIRED" else "'{}', '{}'".format(*_job(database))
    database.execute(
        "INSERT INTO QRTZ_FIRED_TRIGGERS (SCHED_NAME, ENTRY_ID, TRIGGER_NAME, TRIGGER_GROUP,"
        " INSTANCE_NAME, FIRED_TIME, SCHED_TIME, PRIORITY, STATE, JOB_NAME, JOB_GROUP)"
        f" VALUES ('ill', '{node}1', 'tick', 'DEFAULT', '{node}', 1, 1, 5, '{state}', {job})"
    )


def _job(database: Database) -> tuple[str, str]:
    (name,) = database.query("SELECT JOB_NAME FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME = 'tick'")
    (group,) = database.query("SELECT JOB_GROUP FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME = 'tick'")
    return name, group


def node_row(database: Database, name: str, checkin: int, interval: int = 1000) -> None:
    database.execute(
        f"INSERT INTO QRTZ_SCHEDULER_STATE VALUES ('ill', '{name}', {checkin}, {interval})"
    )


def set_state(database: Database, state: str) -> None:
    database.execute(f"UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = '{state}'")


def state(database: Database) -> str:
    (found,) = database.query("SELECT TRIGGER_STATE FROM QRTZ_TRIGGERS")
    return found


def test_a_healthy_store_has_no_finding_and_looking_writes_nothing(
    scheduler: Scheduler, database: Database
) -> None:
    scheduler.schedule_task(tick, daily(every=timedelta(hours=1)), key="daily")
    tables = ("QRTZ_TRIGGERS", "QRTZ_FIRED_TRIGGERS", "QRTZ_LOCKS", "QRTZ_SCHEDULER_STATE")
    before = [database.rows(table) for table in tables]
    assert examine(scheduler) == []
    assert [database.rows(table) for table in tables] == before
    fires(scheduler)
    for _ in range(20):
        assert examine(scheduler) == []


def test_all_rows_are_read_as_they_were_at_one_moment(
    scheduler: Scheduler, database: Database
) -> None:
    with connect(database.address) as looking:
        looking.look()
        looking.rows("SELECT COUNT(*) FROM QRTZ_FIRED_TRIGGERS")
        set_state(database, "ACQUIRED")
        assert looking.rows("SELECT TRIGGER_STATE FROM QRTZ_TRIGGERS") == [["WAITING"]]


@pytest.mark.parametrize(
    ("stuck", "free"),
    [("ACQUIRED", "WAITING"), ("BLOCKED", "WAITING"), ("PAUSED_BLOCKED", "PAUSED")],
)
def test_a_stuck_trigger_is_freed(
    scheduler: Scheduler, database: Database, stuck: str, free: str
) -> None:
    set_state(database, stuck)
    finding = only(scheduler, "trigger_stuck")
    assert (finding.subject, finding.repairable) == (KEY, True)
    assert state(database) == stuck
    assert mend(scheduler, finding) == f"{stuck} -> {free}"
    assert state(database) == free
    if free == "PAUSED":
        scheduler.resume(KEY)
    fires(scheduler)


def test_what_is_no_longer_wrong_is_left_alone(scheduler: Scheduler, database: Database) -> None:
    set_state(database, "ACQUIRED")
    finding = only(scheduler, "trigger_stuck")
    fired_row(database, "other", "ACQUIRED")
    (left,) = repair(scheduler, [finding])
    assert not left.done
    assert state(database) == "ACQUIRED"


def test_the_work_of_a_dead_node_is_left_to_quartz(
    make: Callable[..., Scheduler], database: Database
) -> None:
    scheduler = make(clustered=database.kind != "h2")
    scheduler.schedule_task(tick, every(timedelta(milliseconds=200), key=KEY))
    set_state(database, "ACQUIRED")
    fired_row(database, "dead", "ACQUIRED")
    if database.kind == "h2":
        # An embedded store has one process, and what is not its own is nobody's.
        assert kinds(examine(scheduler)) == ["trigger_stuck", "fired_orphaned"]
        return
    assert kinds(examine(scheduler)) == ["fired_unknown"]
    node_row(database, "dead", now() - 60_000)
    found = examine(scheduler)
    assert kinds(found) == ["trigger_stuck", "node_overdue"]
    assert not any(finding.repairable for finding in found)
    assert repair(scheduler, found) == []
    fires(scheduler)
    wait_until(lambda: examine(scheduler) == [])


def test_the_work_of_a_live_node_is_no_fault(scheduler: Scheduler, database: Database) -> None:
    set_state(database, "BLOCKED")
    fired_row(database, "live")
    node_row(database, "live", now())
    assert examine(scheduler) == []


def test_fired_rows_of_a_node_that_is_nowhere_are_found(
    scheduler: Scheduler, database: Database
) -> None:
    fired_row(database, "gone")
    node_row(database, "live", now())
    finding = only(scheduler, "fired_orphaned")
    assert (finding.subject, finding.repairable) == ("gone", False)


def test_a_trigger_in_error_is_reset_once_its_cause_is_gone(
    scheduler: Scheduler, database: Database
) -> None:
    database.execute("UPDATE QRTZ_JOB_DETAILS SET JOB_CLASS_NAME = 'com.acme.Gone'")
    set_state(database, "ERROR")
    found = examine(scheduler)
    assert kinds(found) == ["trigger_error", "job_not_here"]
    assert "com.acme.Gone" in found[0].what
    assert repair(scheduler, found) == []
    assert state(database) == "ERROR"

    database.execute("UPDATE QRTZ_JOB_DETAILS SET JOB_CLASS_NAME = 'doctor.Tick'")
    mend(scheduler, only(scheduler, "trigger_error"))
    fires(scheduler)


def test_a_scheduler_that_takes_missing_classes_for_errors_finds_them(
    make: Callable[..., Scheduler], database: Database
) -> None:
    scheduler = make(missing_jobs="error")
    scheduler.schedule_task(tick, every(timedelta(milliseconds=200), key=KEY))
    assert examine(scheduler) == []
    database.execute("UPDATE QRTZ_JOB_DETAILS SET JOB_CLASS_NAME = 'com.acme.Gone'")
    scheduler.start()
    wait_until(lambda: state(database) == "ERROR")
    assert kinds(examine(scheduler)) == ["trigger_error", "job_not_here"]
    assert examine(scheduler)[0].subject == KEY


def test_data_that_cannot_be_read_are_named_as_the_cause(
    scheduler: Scheduler, database: Database
) -> None:
    blob = database.blob(b"\xac\xed\x00\x05sr\x00garbage")
    database.execute(f"UPDATE QRTZ_JOB_DETAILS SET JOB_DATA = {blob}")
    set_state(database, "ERROR")
    found = examine(scheduler)
    assert kinds(found) == ["trigger_error", "data_unreadable"]
    assert "can't be read" in found[0].what
    assert not found[0].repairable


def test_a_row_without_its_counterpart_is_found(scheduler: Scheduler, database: Database) -> None:
    scheduler.schedule_task(tick, cron(NEVER, key="gone"), key="other")
    without_keys(database, "DELETE FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME = 'gone'")
    finding = only(scheduler, "subtype_orphaned")
    assert finding.subject == TriggerKey("gone")
    assert mend(scheduler, finding) == "row of CRON_TRIGGERS deleted"
    fires(scheduler)


def test_a_trigger_without_the_rest_of_its_row_is_found(
    scheduler: Scheduler, database: Database
) -> None:
    database.execute("DELETE FROM QRTZ_SIMPLE_TRIGGERS")
    finding = only(scheduler, "subtype_missing")
    assert (finding.subject, finding.repairable) == (KEY, False)
    scheduler.delete_trigger(KEY)
    assert examine(scheduler) == []


def test_a_trigger_without_its_job_is_found(scheduler: Scheduler, database: Database) -> None:
    without_keys(database, "DELETE FROM QRTZ_JOB_DETAILS")
    assert only(scheduler, "job_missing").subject == KEY


def test_a_trigger_that_cannot_be_read_is_found(scheduler: Scheduler, database: Database) -> None:
    database.execute(f"UPDATE QRTZ_TRIGGERS SET JOB_DATA = {database.blob(b'what is this?')}")
    assert only(scheduler, "trigger_unreadable").subject == KEY


def test_calendars_that_are_missing_or_unreadable_are_found(
    scheduler: Scheduler, database: Database, make: Callable[..., Scheduler]
) -> None:
    database.execute("UPDATE QRTZ_TRIGGERS SET CALENDAR_NAME = 'holidays'")
    assert "calendar_missing" in kinds(examine(scheduler))
    scheduler.add_calendar("holidays", WeeklyCalendar("SUN"))
    assert examine(scheduler) == []
    database.execute(f"UPDATE QRTZ_CALENDARS SET CALENDAR = {database.blob(b'no calendar')}")
    # One that is not clustered keeps the calendars that it has read.
    assert "calendar_unreadable" in kinds(examine(make()))


def test_clocks_that_differ_are_found(
    scheduler: Scheduler, database: Database, make: Callable[..., Scheduler]
) -> None:
    node_row(database, "ahead", now() + 60_000)
    assert only(scheduler, "clock_skew").subject == "ahead"
    if database.kind == "mariadb":
        # MariaDB lets a session have a clock of its own.
        database.execute("DELETE FROM QRTZ_SCHEDULER_STATE")
        address = database.address
        place = str(address.jdbc_url).partition("?")[0]
        login = f"user={address.user}&password={address.password}"
        clock = f"sessionVariables=timestamp={now() // 1000 - 90}"
        skewed = make(store=f"{place}?{clock}&{login}")
        found = examine(skewed)
        assert kinds(found) == ["clock_skew"]
        assert found[0].subject == "database"
        assert "behind" in found[0].what


def test_what_is_long_due_while_nodes_live_is_found(
    scheduler: Scheduler, database: Database
) -> None:
    database.execute(f"UPDATE QRTZ_TRIGGERS SET NEXT_FIRE_TIME = {now() - 3_600_000}")
    assert examine(scheduler) == []
    node_row(database, "live", now())
    assert only(scheduler, "trigger_overdue").subject == KEY
    database.execute("UPDATE QRTZ_JOB_DETAILS SET JOB_CLASS_NAME = 'com.acme.Nowhere'")
    finding = only(scheduler, "job_nowhere")
    assert finding.subject == JobKey(*_job(database))


def test_paused_groups_are_found(scheduler: Scheduler) -> None:
    scheduler.pause_all()
    found = examine(scheduler)
    assert {finding.kind for finding in found} == {"group_paused"}
    assert any("everything is paused" in finding.what for finding in found)
    scheduler.resume_all()
    assert examine(scheduler) == []


def test_a_paused_group_without_members_is_only_said(
    scheduler: Scheduler, database: Database
) -> None:
    database.execute("INSERT INTO QRTZ_PAUSED_TRIGGER_GRPS VALUES ('ill', 'empty')")
    assert only(scheduler, "group_paused").severity == "info"
    database.execute("UPDATE QRTZ_PAUSED_TRIGGER_GRPS SET TRIGGER_GROUP = 'DEFAULT'")
    assert only(scheduler, "group_paused").severity == "warning"


def test_a_next_time_of_another_zone_is_found(scheduler: Scheduler, database: Database) -> None:
    hours = daily(every=timedelta(hours=1), from_="08:00", to="09:00", key="daily")
    scheduler.schedule_task(tick, hours, key="daily")
    fire = scheduler.trigger(TriggerKey("daily")).next_fire_time
    assert fire is not None
    assert examine(scheduler) == []
    other = int((fire + timedelta(hours=5)).timestamp() * 1000)
    database.execute(
        f"UPDATE QRTZ_TRIGGERS SET NEXT_FIRE_TIME = {other} WHERE TRIGGER_NAME = 'daily'"
    )
    assert only(scheduler, "zone_differs").subject == TriggerKey("daily")


def test_a_pool_that_is_too_small_and_a_plain_node_are_found(
    make: Callable[..., Scheduler], database: Database
) -> None:
    scheduler = make(threads=4, properties={"org.quartz.dataSource.pyquartz.maxConnections": "5"})
    assert only(scheduler, "pool_small").severity == "warning"
    node_row(database, f"host{now()}", now())
    assert kinds(examine(scheduler)) == ["pool_small", "peer_unknown"]


def test_a_store_in_memory_cannot_be_examined() -> None:
    scheduler = Scheduler()
    with pytest.raises(StoreError, match="memory"):
        examine(scheduler)
    scheduler.stop()


def test_a_missing_index_is_made_only_when_asked_for(
    scheduler: Scheduler, database: Database
) -> None:
    if database.kind == "h2":
        pytest.skip("Quartz's file for H2 has no indexes")
    on = " ON QRTZ_FIRED_TRIGGERS" if database.kind == "mariadb" else ""
    database.execute(f"DROP INDEX IDX_QRTZ_FT_JG{on}")
    finding = only(scheduler, "index_missing")
    assert str(finding.subject).upper() == "IDX_QRTZ_FT_JG"
    assert repair(scheduler, [finding]) == []
    (done,) = repair(scheduler, [finding], make_indexes=True)
    assert done.done
    assert examine(scheduler) == []


def test_tables_that_do_not_fit_are_found(scheduler: Scheduler, database: Database) -> None:
    settings = scheduler._settings

    def found() -> list[str]:
        return kinds(examine_tables(settings))

    rename = "ALTER TABLE QRTZ_{} RENAME TO {}"
    database.execute("ALTER TABLE QRTZ_FIRED_TRIGGERS DROP COLUMN SCHED_TIME")
    (old,) = examine_tables(settings)
    assert old.kind == "schema_old"
    assert "2.0 or 2.1" in old.what
    database.execute("ALTER TABLE QRTZ_FIRED_TRIGGERS ADD COLUMN SCHED_TIME BIGINT")
    assert found() == []
    database.execute("ALTER TABLE QRTZ_CALENDARS ADD COLUMN NEWER INTEGER NOT NULL")
    (other,) = examine_tables(settings)
    assert other.kind == "schema_unknown"
    assert "needs a value for NEWER" in other.what
    assert "migration" not in other.what_to_do
    database.execute("ALTER TABLE QRTZ_CALENDARS DROP COLUMN NEWER")
    assert found() == []

    odd = {"h2": '"qrtz_LOCKS"', "postgresql": '"QRTZ_LOCKS"', "mariadb": "qrtz_locks"}
    database.execute(rename.format("LOCKS", odd[database.kind]))
    assert found() == ["table_case"]
    database.execute(f"ALTER TABLE {odd[database.kind]} RENAME TO QRTZ_GONE")
    assert found() == ["table_missing"]
    for table in ("JOB_DETAILS", "TRIGGERS", "CRON_TRIGGERS", "SIMPLE_TRIGGERS", "CALENDARS",
                  "SIMPROP_TRIGGERS", "BLOB_TRIGGERS", "FIRED_TRIGGERS", "SCHEDULER_STATE",
                  "PAUSED_TRIGGER_GRPS"):  # fmt: skip
        database.execute(rename.format(table, f"JOBS_{table}"))
    (elsewhere,) = examine_tables(settings)
    assert elsewhere.kind == "prefix_differs"
    assert "--prefix" in elsewhere.what_to_do


def test_a_live_cluster_has_no_finding(database: Database) -> None:
    if database.kind == "h2":
        pytest.skip("an embedded store belongs to one node")
    nodes = [Scheduler(database.url, name="ill", instance_id=f"n{i}", threads=3) for i in (1, 2)]
    try:
        for i in range(12):
            nodes[0].schedule_task(tick, every(timedelta(milliseconds=100)), key=f"job{i}")
        for node in nodes:
            node.start()
        wait_until(lambda: len(nodes[0].info().nodes) == 2)
        begun = len(RAN)
        for _ in range(25):
            assert examine(nodes[1]) == []
        wait_until(lambda: len(RAN) > begun)
    finally:
        for node in nodes:
            node.stop(timeout=5)
