"""A store that a Java program filled runs with its jobs in Python, and stays that program's store.

The dumps hold what Quartz 2.3.2 wrote. A Python process takes them over; then plain Java programs,
which know nothing of pyquartz, read the same rows with the company's own classes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.databases import KINDS, Database, fresh_database
from tests.support.processes import PythonProcess
from tests.support.stores import expected

pytestmark = [pytest.mark.acceptance, pytest.mark.slow, pytest.mark.xdist_group("java_stores")]

ACME, PROPS = "AcmeScheduler", "AcmeProps"
# Long enough for the process to start: all is due at one instant, so that priorities decide.
LEAD_MILLIS = 8_000
Key = tuple[str, str]
INVOICE = {
    "amount": 1,
    "run": "nightly",
    "big": 9007199254740993,
    "bytes": b"\x00\x01\xff",
    "char": "x",
    "currency": "EUR",
    "dry_run": False,
    "float": 1.5,
    "limit": Decimal("12345.67890"),
    "nested": {"depth": 2, "list": [1, 2, "three"]},
    "nothing": None,
    "rate": 0.19,
    "tags": ["a", "b", "ü"],
    "text": 'Grüße, 世界 "quoted" \\ back',
    "when": datetime.fromtimestamp(1900000000, timezone.utc).replace(microsecond=123000),
}
DUE = {
    ("billing", "invoice-berlin"),
    ("billing", "invoice-new-york"),
    ("billing", "invoice-workdays"),
    ("billing", "reminder-simple"),
    ("grp with space/ünï", "trigger 1; -- ünï"),
    ("ops", "nightly-daily"),
}
BAD = ("ops", "jitter-blob")


@dataclass(frozen=True)
class Takeover:
    """A store before and after a Python process ran it, and what that process said."""

    database: Database
    due: int
    before: dict[str, list[dict[str, str]]]
    after: dict[str, list[dict[str, str]]]
    said: list[dict[str, Any]]
    log: str

    @property
    def holds(self) -> dict[str, Any]:
        return expected(self.database.dump)

    def one(self, kind: str) -> dict[str, Any]:
        (found,) = [line for line in self.said if line["kind"] == kind]
        return found

    def runs(self, trigger: Key) -> list[dict[str, Any]]:
        return [x for x in self.said if x["kind"] == "run" and tuple(x["trigger"]) == trigger]

    def runs_of(self, job: Key) -> list[dict[str, Any]]:
        return [x for x in self.said if x["kind"] == "run" and tuple(x["job"]) == job]

    def trigger_row(self, key: Key, when: str = "after") -> dict[str, str]:
        return _row(getattr(self, when)["QRTZ_TRIGGERS"], "TRIGGER", key)

    def job_row(self, key: Key, scheduler: str = ACME, when: str = "after") -> dict[str, str]:
        rows = getattr(self, when)["QRTZ_JOB_DETAILS"]
        return _row([row for row in rows if row["SCHED_NAME"] == scheduler], "JOB", key)


def _row(rows: list[dict[str, str]], what: str, key: Key) -> dict[str, str]:
    (row,) = [row for row in rows if (row[f"{what}_GROUP"], row[f"{what}_NAME"]) == key]
    return row


@pytest.fixture(scope="module", params=KINDS)
def takeover(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Takeover]:
    """The dump, all of it made due at one instant, after a Python process ran it."""
    folder = tmp_path_factory.mktemp("takeover")
    with fresh_database(request.param, request, folder) as database:
        yield take_over(database, folder)


def take_over(database: Database, folder: Path) -> Takeover:
    database.load_dump()
    due = int(datetime.now(timezone.utc).timestamp() * 1000) + LEAD_MILLIS
    # What starts in 2031 goes on, after this one early fire, as Java computed it for 2031.
    database.execute(
        f"UPDATE QRTZ_TRIGGERS SET NEXT_FIRE_TIME = {due}",
        f"UPDATE QRTZ_TRIGGERS SET START_TIME = {due} WHERE TRIGGER_NAME = 'counter'",
    )
    before = all_rows(database)
    properties = folder / "quartz.properties"
    properties.write_text(java_properties(database), encoding="latin-1")
    node = Path(__file__).with_name("acme_node.py")
    with PythonProcess(node, database.url, str(properties), env={"TZ": "UTC"}) as process:
        done = process.finish(150).check()
    said = [json.loads(line) for line in done.stdout.splitlines()]
    return Takeover(database, due, before, all_rows(database), said, done.stderr)


def all_rows(database: Database) -> dict[str, list[dict[str, str]]]:
    tables = ("TRIGGERS", "JOB_DETAILS", "CRON_TRIGGERS", "SIMPLE_TRIGGERS", "SIMPROP_TRIGGERS")
    more = ("BLOB_TRIGGERS", "CALENDARS", "PAUSED_TRIGGER_GRPS", "FIRED_TRIGGERS")
    names = [f"QRTZ_{name}" for name in (*tables, *more, "SCHEDULER_STATE")]
    return {name: database.rows(name) for name in names}


def java_properties(database: Database) -> str:
    """What the Java deployment of the second scheduler was configured with."""
    store, source = "org.quartz.jobStore", "org.quartz.dataSource.acme"
    delegate = "PostgreSQLDelegate" if database.kind == "postgresql" else "StdJDBCDelegate"
    lines = {
        "org.quartz.scheduler.instanceName": PROPS,
        "org.quartz.scheduler.instanceId": "AUTO",
        "org.quartz.threadPool.class": "org.quartz.simpl.SimpleThreadPool",
        "org.quartz.threadPool.threadCount": "2",
        f"{store}.class": "org.quartz.impl.jdbcjobstore.JobStoreTX",
        f"{store}.driverDelegateClass": f"org.quartz.impl.jdbcjobstore.{delegate}",
        f"{store}.useProperties": "true",
        f"{store}.isClustered": str(database.kind != "h2").lower(),
        f"{store}.dataSource": "acme",
        f"{source}.URL": database.address.jdbc_url,
        f"{source}.user": database.address.user,
        f"{source}.password": database.address.password,
    }
    return "".join(f"{key} = {value}\n" for key, value in lines.items())


def test_each_due_trigger_runs_on_time_and_goes_on_as_java_computed(takeover: Takeover) -> None:
    started = takeover.one("started")["at"]
    holds = {(t["group"], t["name"]): t for t in takeover.holds[ACME]["triggers"]}
    for key in DUE:
        (run,) = takeover.runs(key)
        assert run["scheduled"] == takeover.due
        assert takeover.due <= run["fired"] < max(takeover.due, started) + 10_000
        assert takeover.trigger_row(key)["NEXT_FIRE_TIME"] == str(first_in_2031(holds[key]))
        assert takeover.trigger_row(key)["TRIGGER_STATE"] == "WAITING"


def first_in_2031(trigger: dict[str, Any]) -> int:
    return millis(trigger["stock_next5"][0])


def millis(text: str) -> int:
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def test_the_next_fires_in_each_zone_are_those_of_java(takeover: Takeover) -> None:
    triggers = [*takeover.holds[ACME]["triggers"], *takeover.holds[PROPS]["triggers"]]
    previews = {tuple(x["trigger"]): x["fires"] for x in takeover.said if x["kind"] == "preview"}
    # The counter was moved; neither calendars nor blobs have a value in Python.
    known = [t for t in triggers if not t["calendar"] and t["type"] != "BLOB"]
    comparable = [t for t in known if t["name"] != "counter"]
    assert len(comparable) > 8
    for trigger in comparable:
        fires = previews[trigger["group"], trigger["name"]]
        assert fires == [millis(text) for text in trigger["stock_next5"]], trigger["name"]


def test_the_highest_priority_fires_first(takeover: Takeover) -> None:
    at_once = [x for x in takeover.said if x["kind"] == "run" and tuple(x["trigger"]) in DUE]
    assert at_once[0]["trigger"] == ["billing", "invoice-berlin"]


def test_java_values_arrive_as_python_values_and_trigger_data_win(takeover: Takeover) -> None:
    (berlin,) = takeover.runs(("billing", "invoice-berlin"))
    assert berlin["data"] == {name: repr(value) for name, value in INVOICE.items()}
    (new_york,) = takeover.runs(("billing", "invoice-new-york"))
    assert new_york["data"]["amount"] == "1250"
    assert "run" not in new_york["data"]
    (nothing,) = takeover.runs_of(("legacy", "null-data"))
    assert nothing["data"] == {}
    (imported,) = takeover.runs(("props", "import-cron"))
    wanted = {
        "empty": "",
        "path": "/data/in",
        "retries": "3",
        "text": "Grüße, 世界",
        "mode": "full",
    }
    assert imported["data"] == {name: repr(value) for name, value in wanted.items()}


def test_data_are_counted_up_one_run_at_a_time(takeover: Takeover) -> None:
    seen = [run["data"]["runs"] for run in takeover.runs_of(("billing", "reminder"))]
    assert seen == ["0", "1"]
    row = takeover.job_row(("billing", "reminder"))
    assert row["IS_NONCONCURRENT"] == row["IS_UPDATE_DATA"] != "NULL"
    assert row["IS_NONCONCURRENT"].lower() in ("true", "t", "1")
    seen = [run["data"]["runs"] for run in takeover.runs(("props", "counter"))]
    assert seen == [repr(str(n)) for n in range(len(seen))]
    assert len(seen) >= 3
    stored = bytes.fromhex(takeover.job_row(("props", "counter"), PROPS)["JOB_DATA"])
    assert f"runs={len(seen)}" in stored.decode("latin-1").splitlines()


def test_what_is_paused_stays_so(takeover: Takeover) -> None:
    paused = [("billing", "ledger-once"), ("ops", "month-end-calint")]
    frozen = [("frozen", "frozen-1"), ("frozen", "frozen-2")]
    for key in paused + frozen:
        assert takeover.runs(key) == []
        assert takeover.trigger_row(key) == takeover.trigger_row(key, "before")
        assert takeover.trigger_row(key)["TRIGGER_STATE"] == "PAUSED"
    assert takeover.one("acme before the reset")["paused_groups"] == ["frozen"]


def test_an_errored_trigger_stays_until_it_is_reset(takeover: Takeover) -> None:
    slow = ("ops", "slow-cron")
    reset = takeover.said.index(takeover.one("reset"))
    assert takeover.said[reset]["keys"] == [list(slow)]
    (run,) = takeover.runs(slow)
    assert takeover.said.index(run) > reset
    assert run["data"] == {"sleep_ms": "25000"}
    assert takeover.trigger_row(slow)["TRIGGER_STATE"] == "WAITING"
    states = {
        trigger["key"]: trigger["state"]
        for trigger in takeover.one("acme before the reset")["triggers"]
    }
    assert states["ops.slow-cron"] == "ERROR"
    assert [key for key, state in states.items() if state == "ERROR"] == ["ops.slow-cron"]


def test_a_foreign_object_is_opaque_and_its_bytes_stay(takeover: Takeover) -> None:
    (run,) = takeover.runs_of(("billing", "ledger"))
    assert run["data"]["note"] == repr("own class inside")
    assert re.match(r"Opaque\(class_name='com.acme.model.InvoiceBatch'", run["data"]["batch"])
    key = ("billing", "ledger")
    assert takeover.job_row(key) == takeover.job_row(key, when="before")


def test_a_blob_trigger_is_reported_once_and_left_alone(takeover: Takeover) -> None:
    assert takeover.runs(BAD) == []
    assert takeover.trigger_row(BAD) == takeover.trigger_row(BAD, "before")
    assert takeover.after["QRTZ_BLOB_TRIGGERS"] == takeover.before["QRTZ_BLOB_TRIGGERS"]
    lines = takeover.log.splitlines()
    reports = [line for line in lines if "jitter-blob" in line and line.startswith("ERROR")]
    assert len(reports) == 1
    assert "com.acme.model.JitterTrigger" in reports[0]
    assert reports[0].split()[1].startswith("pyquartz.java.")
    shown = takeover.one("acme before the reset")["triggers"]
    (blob,) = [trigger for trigger in shown if trigger["key"] == "ops.jitter-blob"]
    assert blob["kind"] == "blob"
    assert "com.acme.model.JitterTrigger" in blob["unreadable"]


def test_a_class_that_nobody_has_becomes_a_job_that_does_nothing(takeover: Takeover) -> None:
    key = ("legacy", "retired-cron")
    assert takeover.runs(key) == []
    row = takeover.trigger_row(key)
    assert row["TRIGGER_STATE"] == "WAITING"
    assert row["PREV_FIRE_TIME"] == str(takeover.due)
    job = takeover.job_row(("legacy", "retired"))
    assert job == takeover.job_row(("legacy", "retired"), when="before")
    shown = takeover.one("acme before the reset")["jobs"]
    (retired,) = [job for job in shown if job["key"] == "legacy.retired"]
    assert retired["implemented_by"] == "nobody"
    assert retired["class_name"] == "com.acme.gone.RetiredJob"


def test_rows_are_intact(takeover: Takeover) -> None:
    """Only what a fire changes has changed; what Python added is there beside it."""
    fires = {"NEXT_FIRE_TIME", "PREV_FIRE_TIME", "TRIGGER_STATE"}
    for before in takeover.before["QRTZ_TRIGGERS"]:
        after = takeover.trigger_row((before["TRIGGER_GROUP"], before["TRIGGER_NAME"]))
        assert _without(after, fires) == _without(before, fires)
    for before in takeover.before["QRTZ_JOB_DETAILS"]:
        key, scheduler = (before["JOB_GROUP"], before["JOB_NAME"]), before["SCHED_NAME"]
        counts = {"JOB_DATA"} if key[1] in ("reminder", "counter") else set()
        after = takeover.job_row(key, scheduler)
        assert _without(after, counts) == _without(before, counts)
    for table in ("CRON_TRIGGERS", "SIMPROP_TRIGGERS", "CALENDARS", "PAUSED_TRIGGER_GRPS"):
        # A daily trigger counts its fires there.
        before_rows, after_rows = (
            [_without(row, {"INT_PROP_2"}) for row in rows[f"QRTZ_{table}"]]
            for rows in (takeover.before, takeover.after)
        )
        assert after_rows == before_rows, table
    assert takeover.after["QRTZ_FIRED_TRIGGERS"] == []
    assert takeover.after["QRTZ_SCHEDULER_STATE"] == []


def _without(row: dict[str, str], columns: set[str]) -> dict[str, str]:
    return {column: value for column, value in row.items() if column not in columns}


@pytest.mark.parametrize("quartz", ["2.5.2", "2.3.2"])
def test_plain_java_reads_every_row(takeover: Takeover, quartz: str) -> None:
    acme = json.loads(takeover.database.stock(quartz, "PrintStore", ACME, "false"))
    props = json.loads(takeover.database.stock(quartz, "PrintStore", PROPS, "true"))
    assert acme["version"] == props["version"] == quartz
    for name, printed in ((ACME, acme), (PROPS, props)):
        _compare_jobs(takeover.holds[name]["jobs"], printed["jobs"])
        _compare_triggers(takeover.holds[name]["triggers"], printed["triggers"], quartz)
    assert acme["calendars"] == ["acme.holidays", "acme.office"]
    assert acme["paused_groups"] == ["frozen"]
    (everything,) = [job for job in acme["jobs"] if job["name"] == "all"]
    assert everything["class"] == "com.acme.jobs.EveryTypeJob"
    assert everything["entries"] == EVERY_TYPE
    (as_text,) = [job for job in props["jobs"] if job["name"] == "all"]
    assert {entry["class"] for entry in as_text["entries"].values()} == {"java.lang.String"}
    assert as_text["entries"]["decimal"]["value"] == "12345.67890"


def _compare_jobs(holds: list[dict[str, Any]], printed: list[dict[str, Any]]) -> None:
    by_key = {(job["group"], job["name"]): job for job in printed}
    for job in holds:
        found = by_key[job["group"], job["name"]]
        if job["class"] == "com.acme.gone.RetiredJob":
            # Plain Quartz says so of any class that it lacks.
            assert "com.acme.gone.RetiredJob" in found["error"]
            continue
        for name in ("class", "description", "durable", "requests_recovery"):
            assert found[name] == job[name]
        entries = dict((job["data"] or {}).get("entries", {}))
        if "runs" in entries:
            # Counted up, and still of the class that Java gave it.
            assert found["entries"]["runs"]["class"] == entries.pop("runs")["class"]
            assert int(found["entries"].pop("runs")["value"]) >= 2
        assert found["entries"] == entries


def _compare_triggers(
    holds: list[dict[str, Any]], printed: list[dict[str, Any]], quartz: str
) -> None:
    by_key = {(trigger["group"], trigger["name"]): trigger for trigger in printed}
    for trigger in holds:
        found = by_key[trigger["group"], trigger["name"]]
        if trigger["type"] == "BLOB" and quartz == "2.5.2":
            # It reads no blob trigger at all; 2.3.2 does.
            assert "error" in found
            continue
        if trigger["type"] == "BLOB":
            assert found["class"] == "com.acme.model.JitterTrigger"
        for name in found.keys() & trigger.keys() - {"state", "next_fire_time", "start_time"}:
            assert found[name] == trigger[name], (trigger["name"], name)
        assert found["entries"] == trigger["data"].get("entries", {})


EVERY_TYPE: dict[str, Any] = {
    "str": {"class": "java.lang.String", "value": 'Grüße, 世界 "q" \\'},
    "bool": {"class": "java.lang.Boolean", "value": True},
    "int": {"class": "java.lang.Integer", "value": 7},
    "long": {"class": "java.lang.Long", "value": 2**40},
    "huge": {"class": "java.math.BigInteger", "string": str(2**70)},
    "float": {"class": "java.lang.Double", "string": "0.25"},
    "none": {"class": None, "value": None},
    "instant": {"class": "java.time.OffsetDateTime", "string": "2031-03-08T12:00:00.123456Z"},
    "zoned": {
        "class": "java.time.ZonedDateTime",
        "string": "2031-03-08T12:00+01:00[Europe/Berlin]",
    },
    "date": {"class": "java.time.LocalDate", "string": "2031-03-08"},
    "time": {"class": "java.time.LocalTime", "string": "12:30"},
    "duration": {"class": "java.time.Duration", "string": "PT1H30M"},
    "decimal": {"class": "java.math.BigDecimal", "string": "12345.67890"},
    "uuid": {"class": "java.util.UUID", "string": "12345678-1234-5678-1234-567812345678"},
    "bytes": {"class": "[B", "value": "AAH/"},
    "list": {
        "class": "java.util.ArrayList",
        "value": [
            {"class": "java.lang.Integer", "value": 1},
            {"class": "java.lang.String", "value": "two"},
            {"class": None, "value": None},
        ],
    },
    "dict": {
        "class": "java.util.LinkedHashMap",
        "value": {
            "a": {"class": "java.lang.Integer", "value": 1},
            "b": {
                "class": "java.util.ArrayList",
                "value": [{"class": "java.lang.Boolean", "value": True}],
            },
        },
    },
}
