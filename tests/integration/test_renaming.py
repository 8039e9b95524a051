"""Other keys for jobs and triggers: all that the store has of them goes along, as it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from pyquartz import (
    Group,
    JobKey,
    JobNotFoundError,
    JobRunningError,
    ObjectAlreadyExistsError,
    Scheduler,
    TriggerKey,
    TriggerNotFoundError,
    calendar_every,
    cron,
    daily,
    every,
    once,
)
from pyquartz.info import TriggerInfo
from tests.integration import suite_jobs
from tests.integration.conftest import Make, RunOf, Store, end_run, states
from tests.integration.suite_jobs import Run, counts, gated_alone, note, recovers
from tests.support.databases import KINDS, Database, fresh_database
from tests.support.waiting import wait_until

LATER = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=30)


def as_it_stands(info: TriggerInfo) -> tuple[object, ...]:
    """All that a trigger is, but for its key and its job's."""
    return (
        info.kind, info.state, info.next_fire_time, info.previous_fire_time, info.start, info.end,
        info.priority, info.misfire, info.calendar, info.description, info.data,
        info.times_triggered, info.final_fire_time,
    )  # fmt: skip


def of_each_kind(scheduler: Scheduler) -> None:
    """A job with a trigger of each kind; one of them is paused."""
    scheduler.schedule_task(
        note,
        cron("0 0 3 * * ?", tz="Europe/Berlin", priority=7, data={"a": 1}),
        every(timedelta(hours=1), repeat=10, start=LATER),
        calendar_every(1, "month", key=TriggerKey("monthly", "ops"), start=LATER),
        daily(every=timedelta(minutes=15), key="daily", description="by day"),
        data={"text": "Grüße", "when": LATER},
        key="old",
    )
    scheduler.pause(TriggerKey("monthly", "ops"))


def test_a_job_keeps_all_it_has_under_another_key(scheduler: Scheduler) -> None:
    of_each_kind(scheduler)
    before, job = scheduler.triggers("old"), scheduler.job("old")
    assert scheduler.rename_job("old", JobKey("new", "billing")) == JobKey("new", "billing")
    after = scheduler.job(JobKey("new", "billing"))
    names = {"old": TriggerKey("new", "billing"), "old#2": TriggerKey("new#2", "billing")}
    assert after.trigger_keys == tuple(sorted(names.get(i.key.name, i.key) for i in before))
    for info in before:
        moved = scheduler.trigger(names.get(info.key.name, info.key))
        assert moved.job_key == JobKey("new", "billing")
        assert as_it_stands(moved) == as_it_stands(info)
    assert (after.data, after.class_name, after.durable) == (job.data, job.class_name, job.durable)
    assert [info.key for info in scheduler.jobs()] == [JobKey("new", "billing")]
    with pytest.raises(JobNotFoundError):
        scheduler.job("old")


def test_what_a_program_says_of_the_new_key_is_there_already(scheduler: Scheduler) -> None:
    nightly = cron("0 0 3 * * ?")
    scheduler.schedule_task(note, nightly, every(hours=1, start=LATER), key="old")
    scheduler.rename_job("old", "new")
    before = scheduler.triggers()
    scheduler.schedule_task(note, nightly, every(hours=1, start=LATER), key="new")
    assert scheduler.triggers() == before


def test_triggers_may_keep_their_keys(scheduler: Scheduler) -> None:
    scheduler.schedule_task(note, every(hours=1), once(LATER), key="old")
    scheduler.rename_job("old", "new", keep_trigger_keys=True)
    assert scheduler.job("new").trigger_keys == (TriggerKey("old"), TriggerKey("old#once"))
    scheduler.rename_job("new", "newer")  # of which none has the name
    assert scheduler.job("newer").trigger_keys == (TriggerKey("old"), TriggerKey("old#once"))


def test_a_trigger_keeps_all_it_has_under_another_key(scheduler: Scheduler) -> None:
    of_each_kind(scheduler)
    for info in scheduler.triggers():
        new = TriggerKey(f"{info.key.name} renamed", "other")
        assert scheduler.rename_trigger(info.key, new) == new
        assert as_it_stands(scheduler.trigger(new)) == as_it_stands(info)
        assert scheduler.trigger(new).job_key == JobKey("old")
        with pytest.raises(TriggerNotFoundError):
            scheduler.trigger(info.key)
    assert len(scheduler.triggers()) == 4


def test_its_past_goes_along_and_it_fires_on(
    scheduler: Scheduler, run_of: RunOf, seen: list[Run]
) -> None:
    with scheduler:
        scheduler.schedule_task(counts, every(milliseconds=200), key="old")
        run_of("counts", 2)
        scheduler.rename_job("old", "new", wait=10)
        fired = len(seen)
        renamed = scheduler.trigger("new")
        assert renamed.previous_fire_time is not None
        assert renamed.times_triggered is not None
        assert renamed.times_triggered >= 2
        run_of("counts", fired + 2)
    assert [run.data["count"] for run in seen] == list(range(len(seen)))
    assert [run.job.name for run in seen[fired:]] == ["new"] * (len(seen) - fired)


def test_nothing_is_lost_or_doubled_while_it_fires(scheduler: Scheduler, seen: list[Run]) -> None:
    with scheduler:
        scheduler.schedule_task(counts, every(milliseconds=50, repeat=59), key="a0")
        for n in range(8):
            wait_until(lambda begun=4 * n: len(seen) > begun, 30)
            scheduler.rename_job(f"a{n}", f"a{n + 1}", wait=15)
        wait_until(lambda: not scheduler.triggers() and not scheduler.executing(), 30)
    assert [run.data["count"] for run in seen] == list(range(60))
    assert len({run.scheduled for run in seen}) == 60


def test_a_key_that_is_taken_or_missing_is_refused_and_nothing_changes(
    scheduler: Scheduler,
) -> None:
    scheduler.schedule_task(note, every(hours=1, key="x"), key="one")
    scheduler.schedule_task(note, every(hours=1), key="two")
    scheduler.schedule_task(note, every(hours=1, key="three"), key="four")
    before = scheduler.jobs(), scheduler.triggers()
    with pytest.raises(ObjectAlreadyExistsError, match=r"DEFAULT.one can't become DEFAULT.two"):
        scheduler.rename_job("one", "two")
    with pytest.raises(ObjectAlreadyExistsError, match=r"trigger DEFAULT.two .* DEFAULT.three"):
        scheduler.rename_job("two", "three")
    with pytest.raises(ObjectAlreadyExistsError, match=r"trigger DEFAULT.two .* DEFAULT.three"):
        scheduler.rename_trigger("two", "three")
    with pytest.raises(JobNotFoundError, match=r"no job DEFAULT.five"):
        scheduler.rename_job("five", "six")
    with pytest.raises(TriggerNotFoundError, match=r"no trigger DEFAULT.five"):
        scheduler.rename_trigger("five", "six")
    assert scheduler.rename_job("one", "one") == JobKey("one")
    assert (scheduler.jobs(), scheduler.triggers()) == before


def test_not_while_it_runs(scheduler: Scheduler, run_of: RunOf) -> None:
    with scheduler:
        scheduler.schedule_task(
            gated_alone, once(key="now"), every(hours=1, start=LATER, key="later"), key="old"
        )
        run_of("gated_alone")
        with pytest.raises(JobRunningError, match=r"job DEFAULT.old has 1 runs under way on"):
            scheduler.rename_job("old", "new", wait=0.3)
        with pytest.raises(JobRunningError, match=r"trigger DEFAULT.now has 1 runs under way on"):
            scheduler.rename_trigger("now", "then")
        assert scheduler.trigger("later").state == "BLOCKED"
        assert scheduler.rename_trigger("later", "much later") == TriggerKey("much later")
        assert scheduler.trigger("much later").state == "BLOCKED"
        threading.Timer(0.5, suite_jobs.GATE.set).start()
        scheduler.rename_job("old", "new", wait=timedelta(seconds=15))
        assert scheduler.trigger("much later").state == "NORMAL"
        assert scheduler.job("new").trigger_keys == (TriggerKey("much later"),)


def test_each_state_goes_along(scheduler: Scheduler) -> None:
    names = ("waits", "paused", "error", "complete")
    scheduler.schedule_task(note, *(every(hours=1, start=LATER, key=k) for k in names), key="old")
    scheduler.pause(TriggerKey("paused"))
    end_run(scheduler, "error", "SET_TRIGGER_ERROR")
    end_run(scheduler, "complete", "SET_TRIGGER_COMPLETE")
    before = states(scheduler)
    assert before == {
        "waits": "NORMAL", "paused": "PAUSED", "error": "ERROR", "complete": "COMPLETE",
    }  # fmt: skip
    scheduler.rename_job("old", "new")
    assert states(scheduler) == before
    for name in names:
        scheduler.rename_trigger(name, f"{name} too")
    assert states(scheduler) == {f"{name} too": state for name, state in before.items()}


def test_a_paused_group_does_not_pause_what_is_renamed_into_it(make: Make) -> None:
    scheduler = make()
    scheduler.schedule_task(note, every(hours=1, start=LATER), key=JobKey("old", "free"))
    scheduler.schedule_task(note, every(hours=1, start=LATER), key=JobKey("x", "held"))
    scheduler.pause(scheduler.trigger(TriggerKey("x", "held")).key)
    scheduler.pause(Group("held"))
    scheduler.rename_job(JobKey("old", "free"), JobKey("new", "held"))
    assert scheduler.trigger(TriggerKey("new", "held")).state == "NORMAL"


def test_listeners_hear_what_went_and_what_came(scheduler: Scheduler) -> None:
    heard: list[tuple[str, str]] = []

    @scheduler.on_scheduler("job_added", "job_deleted", "job_scheduled", "job_unscheduled")
    def changed(event: Any) -> None:
        key = event.trigger_key or event.job_key
        heard.append((event.name, key.name))

    scheduler.schedule_task(note, every(hours=1), key="old")
    wait_until(lambda: len(heard) == 2)
    heard.clear()
    scheduler.rename_job("old", "new")
    assert wait_until(lambda: heard if len(heard) == 4 else None) == [
        ("job_unscheduled", "old"),
        ("job_scheduled", "new"),
        ("job_deleted", "old"),
        ("job_added", "new"),
    ]


RUN = (
    "INSERT INTO QRTZ_FIRED_TRIGGERS (SCHED_NAME, ENTRY_ID, TRIGGER_NAME, TRIGGER_GROUP,"
    " INSTANCE_NAME, FIRED_TIME, SCHED_TIME, PRIORITY, STATE, JOB_NAME, JOB_GROUP,"
    " IS_NONCONCURRENT, REQUESTS_RECOVERY) VALUES ('{name}', 'run', 'old', 'DEFAULT', 'peer', 1, 1,"
    " 5, 'EXECUTING', 'old', 'DEFAULT', '0', '1')"
)
CHECK_IN = "INSERT INTO QRTZ_SCHEDULER_STATE VALUES ('{name}', 'peer', %d, 1000)"


def test_what_a_dead_node_ran_is_recovered_under_the_new_key(
    scheduler: Scheduler, store: Store, run_of: RunOf
) -> None:
    if not store.is_clustered:
        pytest.skip("has no peers")
    scheduler.schedule_task(recovers, every(hours=1, start=LATER), key="old")
    store.execute(RUN)
    store.execute(CHECK_IN % (time.time() * 1000 + 60_000))
    with pytest.raises(JobRunningError, match="peer"):
        scheduler.rename_job("old", "new")
    store.execute("UPDATE QRTZ_SCHEDULER_STATE SET LAST_CHECKIN_TIME = 1")
    scheduler.rename_job("old", "new")
    with scheduler:
        run = run_of("recovers")
    assert run.job == JobKey("new")
    assert run.trigger.group == "RECOVERING_JOBS"


def test_a_run_of_nobody_known_is_in_the_way(scheduler: Scheduler, store: Store) -> None:
    if not store.is_jdbc:
        pytest.skip("only a row can be left behind")
    scheduler.schedule_task(recovers, every(hours=1, start=LATER), key="old")
    store.execute(RUN)
    with pytest.raises(JobRunningError, match="until a node starts and recovers it"):
        scheduler.rename_job("old", "new")


def test_who_has_acquired_a_trigger_lets_go_of_it(make: Make, store: Store) -> None:
    if not store.is_jdbc:
        pytest.skip("has no other node")
    scheduler = make()
    scheduler.schedule_task(note, every(hours=1, start=LATER), key="old")
    store.execute(RUN.replace("'EXECUTING', 'old', 'DEFAULT'", "'ACQUIRED', NULL, NULL"))
    store.execute("UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = 'ACQUIRED' WHERE SCHED_NAME = '{name}'")
    scheduler.rename_job("old", "new")
    where = "WHERE SCHED_NAME = '{name}'"
    assert store.query(f"SELECT TRIGGER_STATE FROM QRTZ_TRIGGERS {where}") == ["WAITING"]
    assert store.query(f"SELECT ENTRY_ID FROM QRTZ_FIRED_TRIGGERS {where}") == []


@pytest.fixture(params=KINDS)
def java_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """What a Java program stored, on each database."""
    with fresh_database(request.param, request, tmp_path) as database:
        database.load_dump()
        yield database


TABLES = ("JOB_DETAILS", "TRIGGERS", "SIMPLE_TRIGGERS", "CRON_TRIGGERS", "SIMPROP_TRIGGERS")
TABLES += ("BLOB_TRIGGERS", "FIRED_TRIGGERS", "CALENDARS", "PAUSED_TRIGGER_GRPS")


def rows_of(database: Database) -> dict[str, list[dict[str, str]]]:
    """All rows of all tables that a rename could reach."""
    return {table: database.rows(f"QRTZ_{table}") for table in TABLES}


def renamed(
    rows: dict[str, list[dict[str, str]]], kind: str, keys: dict[tuple[str, str], tuple[str, str]]
) -> dict[str, list[dict[str, str]]]:
    """The rows as they shall be under other keys."""
    columns = f"{kind}_NAME", f"{kind}_GROUP"
    wanted = {}
    for table, found in rows.items():
        wanted[table] = []
        for row in found:
            key = row.get(columns[0], ""), row.get(columns[1], "")
            new = dict(zip(columns, keys[key], strict=True)) if key in keys else {}
            wanted[table].append({**row, **new})
        wanted[table].sort(key=str)
    return wanted


@pytest.mark.store
def test_no_other_byte_of_a_java_store_changes(java_store: Database) -> None:
    scheduler = Scheduler(java_store.url, name="AcmeScheduler", clustered=False)
    try:
        rows = rows_of(java_store)
        # Java's jobs have classes, data and a trigger of a class that nobody here has.
        for job in scheduler.jobs():
            new = JobKey(f"{job.key} neu", "ünï")
            scheduler.rename_job(job.key, new, keep_trigger_keys=True)
            mine = {(job.key.name, job.key.group): (new.name, new.group)}
            rows = renamed(rows, "JOB", mine)
        assert rows_of(java_store) == rows
        for trigger in scheduler.triggers():
            other = TriggerKey(f"{trigger.key.name} neu", trigger.key.group)
            scheduler.rename_trigger(trigger.key, other)
            mine = {(trigger.key.name, trigger.key.group): (other.name, other.group)}
            rows = renamed(rows, "TRIGGER", mine)
        assert rows_of(java_store) == rows
    finally:
        scheduler.stop()
