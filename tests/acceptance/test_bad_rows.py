"""No row that can't be read stops or harms anything: it is reported and kept, and the rest fires.

Plain Quartz fires nothing at all while one such row is due. Each fault here is made by SQL in a row
that was good, so that nothing else is different about it.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from pyquartz import JobContext, JobDataError, JobKey, Scheduler, TriggerKey, cron, defjob, every
from pyquartz._jvm import logs
from tests.support.databases import KINDS, Database, fresh_database
from tests.support.java import run_stock, stock_jar
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.acceptance, pytest.mark.slow]

CLASS = "org.pyquartz.stock.PrintingJob"
GARBAGE = b"\xac\xed\x00\x05sr\x00garbage"
NO_STREAM = b"what is this?"
# An object without fields of a class that is nowhere, and an empty list: neither is a map of data.
FOREIGN = b"\xac\xed\x00\x05sr\x00\x1bcom.acme.model.InvoiceBatch\0\0\0\0\0\0\0\x01\x02\0\0xp"
LIST = (
    b"\xac\xed\x00\x05sr\x00\x13java.util.ArrayListx\x81\xd2\x1d\x99\xc7a\x9d\x03\x00\x01"
    b"I\x00\x04sizexp\0\0\0\0w\x04\0\0\0\0x"
)
NO_PROPERTIES = rb"key=\u12zz"

Row = dict[str, str]
Break = Callable[[Database, str], list[str]]


def trigger_data(value: bytes) -> Break:
    def sql(database: Database, name: str) -> list[str]:
        blob = database.blob(value)
        return [f"UPDATE QRTZ_TRIGGERS SET JOB_DATA = {blob} WHERE TRIGGER_NAME = '{name}'"]

    return sql


def job_data(value: bytes) -> Break:
    def sql(database: Database, name: str) -> list[str]:
        blob = database.blob(value)
        return [f"UPDATE QRTZ_JOB_DETAILS SET JOB_DATA = {blob} WHERE JOB_NAME = '{name}'"]

    return sql


def lost_row(table: str) -> Break:
    return lambda database, name: [f"DELETE FROM {table} WHERE TRIGGER_NAME = '{name}'"]


def wrong_cron(database: Database, name: str) -> list[str]:
    wrong = "UPDATE QRTZ_CRON_TRIGGERS SET CRON_EXPRESSION = 'every tuesday'"
    return [f"{wrong} WHERE TRIGGER_NAME = '{name}'"]


def unknown_type(database: Database, name: str) -> list[str]:
    return [f"UPDATE QRTZ_TRIGGERS SET TRIGGER_TYPE = 'LUNAR' WHERE TRIGGER_NAME = '{name}'"]


def blob_trigger(value: bytes | None) -> Break:
    def sql(database: Database, name: str) -> list[str]:
        where = f"WHERE TRIGGER_NAME = '{name}'"
        statements = [
            f"UPDATE QRTZ_TRIGGERS SET TRIGGER_TYPE = 'BLOB' {where}",
            f"DELETE FROM QRTZ_SIMPLE_TRIGGERS {where}",
        ]
        if value is not None:
            key = f"'bad', '{name}', 'DEFAULT'"
            row = f"INSERT INTO QRTZ_BLOB_TRIGGERS VALUES ({key}, {database.blob(value)})"
            statements.append(row)
        return statements

    return sql


def wrong_column(assignment: str, table: str = "QRTZ_TRIGGERS") -> Break:
    update = f"UPDATE {table} SET {assignment} WHERE TRIGGER_NAME = "
    return lambda database, name: [f"{update}'{name}'"]


def calendar(value: bytes | None) -> Break:
    def sql(database: Database, name: str) -> list[str]:
        named = wrong_column(f"CALENDAR_NAME = '{name}'")(database, name)
        if value is None:
            return named
        row = f"'bad', '{name}', {database.blob(value)}"
        return [f"INSERT INTO QRTZ_CALENDARS VALUES ({row})", *named]

    return sql


FAULTS: dict[str, Break] = {
    "trigger-data": trigger_data(GARBAGE),
    "trigger-data-no-stream": trigger_data(NO_STREAM),
    "trigger-data-foreign": trigger_data(FOREIGN),
    "trigger-data-no-map": trigger_data(LIST),
    "job-data": job_data(GARBAGE),
    "job-data-foreign": job_data(FOREIGN),
    "cron-lost": lost_row("QRTZ_CRON_TRIGGERS"),
    "cron-wrong": wrong_cron,
    "simple-lost": lost_row("QRTZ_SIMPLE_TRIGGERS"),
    "type-unknown": unknown_type,
    "blob-foreign": blob_trigger(FOREIGN),
    "blob-garbage": blob_trigger(GARBAGE),
    "blob-lost": blob_trigger(None),
    "calendar-lost": calendar(None),
    "calendar-garbage": calendar(GARBAGE),
    "calendar-no-calendar": calendar(LIST),
    "end-before-start": wrong_column("END_TIME = 1"),
    "interval-negative": wrong_column("REPEAT_INTERVAL = -5", "QRTZ_SIMPLE_TRIGGERS"),
}
PROPERTY_FAULTS: dict[str, Break] = {
    "trigger-properties": trigger_data(NO_PROPERTIES),
    "trigger-stream": trigger_data(GARBAGE),
    "job-properties": job_data(NO_PROPERTIES),
}

_runs: Counter[str] = Counter()
_lock = threading.Lock()


def _print(ctx: JobContext) -> None:
    with _lock:
        _runs[ctx.trigger_key.name] += 1
        if ctx.recovering:
            _runs[f"recovered {ctx.job_key.name}"] += 1


@pytest.fixture(scope="module", autouse=True)
def job() -> None:
    defjob(CLASS)(_print)


class Reports(logging.Handler):
    """What Java said at ERROR."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def naming(self, name: str) -> list[str]:
        logs.flush()
        texts = [record.getMessage() for record in self.records]
        return [text for text in texts if f"DEFAULT.{name} " in text]


@pytest.fixture
def reports() -> Iterator[Reports]:
    handler = Reports()
    logging.getLogger("pyquartz.java").addHandler(handler)
    yield handler
    logging.getLogger("pyquartz.java").removeHandler(handler)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    _runs.clear()
    with fresh_database(request.param, request, tmp_path) as database:
        database.make_tables()
        yield database


@pytest.fixture
def h2(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    _runs.clear()
    with fresh_database("h2", request, tmp_path) as database:
        database.make_tables()
        yield database


@contextmanager
def scheduling(
    database: Database, clustered: bool = False, use_properties: bool = False
) -> Iterator[Scheduler]:
    properties = {"org.quartz.scheduler.idleWaitTime": "1000"}
    if use_properties:
        properties["org.quartz.jobStore.useProperties"] = "true"
    scheduler = Scheduler(
        database.url, name="bad", threads=2, clustered=clustered, properties=properties
    )
    try:
        yield scheduler
    finally:
        scheduler.stop(timeout=10)


def fill(
    database: Database,
    scheduler: Scheduler,
    faults: dict[str, Break],
    healthy: bool = True,
) -> list[str]:
    """Store a task for each fault, twice: a little overdue, and long past the misfire threshold."""
    now = datetime.now(timezone.utc)
    names = []
    for fault, make in faults.items():
        for late in (timedelta(seconds=1), timedelta(hours=2)):
            name = f"{fault}{'-old' if late > timedelta(minutes=1) else ''}"
            store_task(scheduler, name, fault.startswith("cron"))
            database.execute(
                f"UPDATE QRTZ_TRIGGERS SET NEXT_FIRE_TIME = {millis(now - late)}"
                f" WHERE TRIGGER_NAME = '{name}'",
                *make(database, name),
            )
            names.append(name)
    if healthy:
        store_task(scheduler, "healthy", trigger=every(seconds=1, key="healthy", data={"x": "1"}))
    return names


def store_task(
    scheduler: Scheduler, name: str, by_cron: bool = False, trigger: object = None
) -> None:
    from pyquartz import Job

    if trigger is None and by_cron:
        trigger = cron("0 0 0 1 1 ?", key=TriggerKey(name), data={"x": "1"})
    elif trigger is None:
        trigger = every(hours=1, key=TriggerKey(name), data={"x": "1"})
    scheduler.schedule_task(Job(CLASS, JobKey(name), {"y": "2"}), trigger)  # type: ignore[arg-type]


def millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def fires_on(name: str = "healthy", times: int = 3) -> None:
    """Wait until it has fired so many times more."""
    goal = _runs[name] + times
    wait_until(lambda: _runs[name] >= goal, 60, message=lambda: f"{name}: {_runs}")


def stored(database: Database, names: list[str]) -> list[list[Row]]:
    """The rows of the triggers of these names, and of their jobs."""
    quoted = ", ".join(f"'{name}'" for name in names)
    tables = ("TRIGGERS", "CRON_TRIGGERS", "SIMPLE_TRIGGERS", "BLOB_TRIGGERS")
    found: list[list[Row]] = [
        database.rows(f"QRTZ_{table}", f"TRIGGER_NAME IN ({quoted})") for table in tables
    ]
    return [*found, database.rows("QRTZ_JOB_DETAILS", f"JOB_NAME IN ({quoted})")]


def why(scheduler: Scheduler, name: str) -> str | None:
    reason = scheduler.trigger(TriggerKey(name)).unreadable
    return reason or scheduler.job(JobKey(name)).unreadable


@pytest.mark.parametrize("clustered", [False, True], ids=["single", "clustered"])
def test_bad_rows_are_reported_and_kept_while_healthy_triggers_fire(
    database: Database, clustered: bool, reports: Reports
) -> None:
    if clustered and database.kind == "h2":
        pytest.skip("an H2 file belongs to one process")
    with scheduling(database, clustered) as scheduler:
        names = fill(database, scheduler, FAULTS)
        before = stored(database, names)
        scheduler.start()
        fires_on(times=4)
        # One is found at each look of the scheduler's: a slow machine fires in between.
        wait_until(lambda: all(map(reports.naming, names)), 60, message="not all are reported")
        assert stored(database, names) == before
        for name in names:
            assert _runs[name] == 0, name
            assert why(scheduler, name), name
            assert scheduler.trigger(TriggerKey(name)).state == "NORMAL"
            assert len(reports.naming(name)) == 1, name
        for name in names:
            scheduler.pause(TriggerKey(name))
            assert scheduler.trigger(TriggerKey(name)).state == "PAUSED"
        assert without_states(stored(database, names)) == without_states(before)
        for name in names:
            scheduler.resume(TriggerKey(name))
        fires_on()
        resumed = stored(database, names)
        assert kept(resumed) == kept(before)
    with scheduling(database, clustered) as scheduler:
        scheduler.start()
        fires_on()
        assert stored(database, names) == resumed


def kept(tables: list[list[Row]]) -> list[list[Row]]:
    """All but what resuming rightly moves: the long overdue whose schedule can be read."""

    def moves(row: Row) -> bool:
        name = row.get("TRIGGER_NAME", "")
        return name.endswith("-old") and name.startswith(("trigger-", "job-"))

    moved = {"NEXT_FIRE_TIME": "", "TIMES_TRIGGERED": ""}
    return [[row | moved if moves(row) else row for row in rows] for rows in tables]


def without_states(tables: list[list[Row]]) -> str:
    return str(tables).replace("'PAUSED'", "'WAITING'")


@pytest.mark.parametrize("fault", FAULTS)
def test_one_bad_row_that_is_the_earliest_of_all(h2: Database, fault: str) -> None:
    with scheduling(h2) as scheduler:
        fill(h2, scheduler, {fault: FAULTS[fault]})
        scheduler.start()
        fires_on(times=2)
        assert _runs[fault] == 0
        assert why(scheduler, fault)


def test_a_store_of_properties(database: Database) -> None:
    with scheduling(database, use_properties=True) as scheduler:
        names = fill(database, scheduler, PROPERTY_FAULTS)
        before = stored(database, names)
        scheduler.start()
        fires_on()
        for name in names:
            assert _runs[name] == 0, name
            assert why(scheduler, name), name
            scheduler.pause(TriggerKey(name))
            scheduler.resume(TriggerKey(name))
        fires_on()
        assert kept(stored(database, names)) == kept(before)


@pytest.mark.parametrize("clustered", [False, True], ids=["single", "clustered"])
def test_recovery_of_a_crashed_node_goes_past_bad_rows(database: Database, clustered: bool) -> None:
    if clustered and database.kind == "h2":
        pytest.skip("an H2 file belongs to one process")
    with scheduling(database, clustered) as scheduler:
        node = "crashed" if clustered else scheduler.instance_id
        names = fill(database, scheduler, FAULTS)
        store_task(scheduler, "sound")
        for number, name in enumerate([*names, "sound"]):
            database.execute(*crashed_while_running(database, node, name, number))
        if clustered:
            database.execute(
                f"INSERT INTO QRTZ_SCHEDULER_STATE VALUES ('bad', '{node}', 1000, 1000)"
            )
        before = stored(database, names)
        scheduler.start()
        fires_on()
        # A job whose trigger is bad runs again, one whose own data are bad does not.
        able = ["sound", *(name for name in names if not name.startswith("job-"))]
        wait_until(lambda: all(_runs[f"recovered {name}"] for name in able))
        after = stored(database, names)
        assert after == before
        assert all(_runs[f"recovered {name}"] == (name in able) for name in names)
        assert database.rows("QRTZ_FIRED_TRIGGERS", "ENTRY_ID LIKE 'entry%'") == []


def crashed_while_running(database: Database, node: str, name: str, number: int) -> list[str]:
    yes, no = ("true", "false") if database.kind != "mariadb" else ("1", "0")
    then = millis(datetime.now(timezone.utc)) - 5_000
    values = (
        f"'bad', 'entry{number}', '{name}', 'DEFAULT', '{node}', {then}, {then}, 5, 'EXECUTING',"
        f" '{name}', 'DEFAULT', {no}, {yes}"
    )
    return [
        f"UPDATE QRTZ_JOB_DETAILS SET REQUESTS_RECOVERY = {yes} WHERE JOB_NAME = '{name}'",
        f"INSERT INTO QRTZ_FIRED_TRIGGERS VALUES ({values})",
    ]


def test_a_mended_row_fires_again(h2: Database) -> None:
    with scheduling(h2) as scheduler:
        bad = ("cron-lost", "trigger-data-foreign", "job-data")
        fill(h2, scheduler, {name: FAULTS[name] for name in bad})
        good = h2.rows("QRTZ_TRIGGERS", "TRIGGER_NAME = 'healthy'")[0]["JOB_DATA"]
        scheduler.start()
        fires_on()
        # Written through the scheduler it is looked at again at once.
        scheduler.reschedule_trigger(every(seconds=1, key=TriggerKey("cron-lost")))
        fires_on("cron-lost", times=1)
        assert why(scheduler, "cron-lost") is None
        assert why(scheduler, "job-data")
    mended = f"SET JOB_DATA = X'{good}' WHERE"
    h2.execute(
        f"UPDATE QRTZ_JOB_DETAILS {mended} JOB_NAME = 'job-data'",
        f"UPDATE QRTZ_TRIGGERS {mended} TRIGGER_NAME = 'trigger-data-foreign'",
    )
    with scheduling(h2) as scheduler:
        scheduler.start()
        wait_until(lambda: _runs["job-data"] and _runs["trigger-data-foreign"])


def test_a_new_schedule_leaves_the_data_of_a_job_that_cannot_be_read(database: Database) -> None:
    with scheduling(database) as scheduler:
        fill(database, scheduler, {"job-data": FAULTS["job-data"]})
        jobs = stored(database, ["job-data"])[-1]
        scheduler.start()
        fires_on(times=1)
        scheduler.reschedule_trigger(every(seconds=1, key=TriggerKey("job-data")))
        scheduler.reschedule_task(JobKey("job-data"), every(minutes=1))
        fires_on()
        assert _runs["job-data"] == 0
        assert stored(database, ["job-data"])[-1] == jobs


@pytest.mark.parametrize("fault", [name for name in FAULTS if name.startswith("trigger-data")])
def test_a_new_schedule_leaves_the_data_of_a_trigger_that_cannot_be_read(
    database: Database, fault: str
) -> None:
    with scheduling(database) as scheduler:
        fill(database, scheduler, {fault: FAULTS[fault]})
        before = stored(database, [fault])
        data = before[0][0]["JOB_DATA"]
        again: list[list[list[Row]]] = []
        for _ in range(2):
            scheduler.schedule_task(JobKey(fault), cron("0 0 3 * * ?", key=TriggerKey(fault)))
            again.append(stored(database, [fault]))
            (row,) = again[-1][0]
            assert (row["TRIGGER_TYPE"], row["JOB_DATA"]) == ("CRON", data)
        assert again[0] == again[1] != before, "what is as wanted is not written"
        scheduler.reschedule_trigger(every(minutes=7, key=TriggerKey(fault)))
        scheduler.reschedule_task(JobKey(fault), every(minutes=9))
        kept = stored(database, [fault])
        assert kept[0][0]["JOB_DATA"] == data
        assert kept[2][0]["REPEAT_INTERVAL"] == "540000"
        with pytest.raises(JobDataError, match=f"the data of trigger DEFAULT.{fault} hold"):
            scheduler.reschedule_trigger(every(hours=1, key=TriggerKey(fault), data={"a": 1}))
        # Under another key there is nothing to keep.
        scheduler.schedule_task(JobKey(fault), every(hours=1, key="a"), every(hours=1, key="b"))
        assert stored(database, [fault]) == kept


def test_no_schedule_takes_the_place_of_an_object_that_cannot_be_read(database: Database) -> None:
    name = "blob-foreign"
    with scheduling(database) as scheduler:
        fill(database, scheduler, {name: FAULTS[name]})
        before = stored(database, [name])
        with pytest.raises(JobDataError, match=f"trigger DEFAULT.{name} can't be read here"):
            scheduler.reschedule_trigger(every(hours=1, key=TriggerKey(name)))
        scheduler.schedule_task(JobKey(name), every(hours=1, key="beside"))
        assert stored(database, [name]) == before
        assert len(scheduler.job(JobKey(name)).trigger_keys) == 2


def test_an_object_that_does_harm_is_not_made(h2: Database, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    harmful = bytes.fromhex(run_stock("2.5.2", "Touch", str(touched)).strip())
    with scheduling(h2) as scheduler:
        scheduler.stop()
    scheduler = Scheduler(h2.url, name="bad", class_path=[stock_jar()])
    try:
        names = ("harm-in-trigger", "harm-in-job", "harm-in-blob")
        breaks = (trigger_data(harmful), job_data(harmful), blob_trigger(harmful))
        fill(h2, scheduler, dict(zip(names, breaks, strict=True)))
        scheduler.start()
        fires_on(times=2)
        for name in names:
            assert "org.pyquartz.stock.Touch" in (why(scheduler, name) or "")
        assert not touched.exists()
        # It would have done harm: its class can be loaded here, and is.
        scheduler.stop()
        scheduler = Scheduler(h2.url, name="bad", allow_classes=["org.pyquartz.stock.Touch"])
        scheduler.triggers()
        assert touched.exists()
    finally:
        scheduler.stop()


def test_plain_quartz_fires_nothing_while_one_row_is_bad(h2: Database) -> None:
    """The control: the very same store, without its bad row and with it."""
    with scheduling(h2) as scheduler:
        store_task(scheduler, "healthy", trigger=every(seconds=1, key="healthy", data={"x": "1"}))
    assert "fired healthy" in h2.stock("2.5.2", "RunStore", "bad", "false", "2500")
    with scheduling(h2) as scheduler:
        fill(h2, scheduler, {"trigger-data": FAULTS["trigger-data"]}, healthy=False)
    output = h2.stock("2.5.2", "RunStore", "bad", "false", "2500")
    assert "ended" in output
    assert "fired" not in output
    with scheduling(h2) as scheduler:
        scheduler.start()
        fires_on(times=2)
