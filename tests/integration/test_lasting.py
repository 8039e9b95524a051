"""Data of which some can't be read here: what is scheduled anew leaves them as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pyquartz import Job, JobDataError, JobKey, Opaque, Scheduler, TriggerKey, cron, every
from tests.support.databases import KINDS, Database, fresh_database

pytestmark = pytest.mark.store

LEDGER, NIGHTLY = JobKey("ledger", "billing"), TriggerKey("nightly-daily", "ops")


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """What a Java program stored: a ledger's data hold an object of the company's own."""
    with fresh_database(request.param, request, tmp_path) as made:
        made.load_dump()
        data = "(SELECT JOB_DATA FROM QRTZ_JOB_DETAILS WHERE JOB_NAME = 'ledger')"
        made.execute(
            f"UPDATE QRTZ_TRIGGERS SET JOB_DATA = {data} WHERE TRIGGER_NAME = '{NIGHTLY.name}'"
        )
        yield made


@pytest.fixture
def scheduler(database: Database) -> Iterator[Scheduler]:
    """Java's scheduler, in standby."""
    scheduler = Scheduler(database.url, name="AcmeScheduler", clustered=False)
    yield scheduler
    scheduler.stop()


def data_of(database: Database) -> list[str]:
    """The bytes of the job's data, and of the trigger's."""
    (job,) = database.rows("QRTZ_JOB_DETAILS", "JOB_NAME = 'ledger'")
    (trigger,) = database.rows("QRTZ_TRIGGERS", f"TRIGGER_NAME = '{NIGHTLY.name}'")
    return [job["JOB_DATA"], trigger["JOB_DATA"]]


def test_a_job_keeps_the_values_that_cannot_be_read(
    scheduler: Scheduler, database: Database
) -> None:
    before = data_of(database)
    stored = scheduler.job(LEDGER)
    rest = {k: v for k, v in stored.data.items() if not isinstance(v, Opaque)}
    assert rest
    assert len(rest) < len(stored.data)
    again = Job(stored.class_name, LEDGER, rest, "in words", durable=True)
    scheduler.schedule_task(again, every(hours=1, key="first"))
    scheduler.schedule_task(Job(stored.class_name, LEDGER), every(hours=1, key="second"))
    scheduler.schedule_task(LEDGER, every(hours=1, key="third"))
    assert data_of(database) == before
    assert scheduler.job(LEDGER).data == stored.data
    with pytest.raises(JobDataError, match=r"job billing.ledger hold what can't be read here in"):
        scheduler.schedule_task(Job(stored.class_name, LEDGER, {"other": 1}), every(hours=1))
    assert data_of(database) == before


def test_so_does_a_trigger(scheduler: Scheduler, database: Database) -> None:
    before = data_of(database)
    data = scheduler.trigger(NIGHTLY).data
    rest = {k: v for k, v in data.items() if not isinstance(v, Opaque)}
    scheduler.reschedule_trigger(cron("0 0 4 * * ?", key=NIGHTLY))
    scheduler.reschedule_trigger(every(hours=3, key=NIGHTLY, data=rest))
    rows = database.rows("QRTZ_TRIGGERS")
    scheduler.reschedule_trigger(every(hours=3, key=NIGHTLY))
    assert database.rows("QRTZ_TRIGGERS") == rows, "what is as wanted is not written"
    assert data_of(database) == before
    assert scheduler.trigger(NIGHTLY).data == data
    with pytest.raises(JobDataError, match=r"trigger ops.nightly-daily hold what can't be read"):
        scheduler.reschedule_trigger(every(hours=3, key=NIGHTLY, data={"other": 1}))
