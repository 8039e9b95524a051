"""The statement that finds what is due next reads few rows, however many triggers wait."""

from __future__ import annotations

import re

import jpype

from pyquartz import Job, Scheduler, every
from pyquartz._jvm.jdbc import connect
from pyquartz.store import schema
from pyquartz.store.url import parse_store
from tests.integration.suite_jobs import note

WAITING = 20_000
NAME = "planned"


def fill(url: str) -> None:
    """Store triggers of which none is due: the first thousandth of them within an hour."""
    address = parse_store(url)
    schema.init(address)
    scheduler = Scheduler(url, name=NAME, clustered=False, threads=1)
    try:
        scheduler.schedule_tasks(
            (Job(note, key=f"j{n}"), every(hours=1)) for n in range(WAITING // 100)
        )
    finally:
        scheduler.stop()
    columns = (
        "SCHED_NAME, TRIGGER_GROUP, JOB_NAME, JOB_GROUP, PREV_FIRE_TIME, PRIORITY, TRIGGER_STATE, "
        "TRIGGER_TYPE, START_TIME, END_TIME, MISFIRE_INSTR"
    )
    rows = " UNION ALL ".join(f"SELECT {n} AS N" for n in range(1, 100))
    with connect(address) as database:
        database.execute(
            [
                "UPDATE QRTZ_TRIGGERS SET NEXT_FIRE_TIME = NEXT_FIRE_TIME + 3600000",
                f"INSERT INTO QRTZ_TRIGGERS ({columns}, TRIGGER_NAME, NEXT_FIRE_TIME) "
                f"SELECT {columns}, CONCAT(TRIGGER_NAME, '-', N), NEXT_FIRE_TIME + 60000 * N "
                f"FROM QRTZ_TRIGGERS, ({rows}) M",
            ]
        )
        assert database.query("SELECT COUNT(*) FROM QRTZ_TRIGGERS") == [str(WAITING)]


def statement(product: str) -> str:
    """The statement with its parameters, as the delegate sends it to a database."""
    sql = str(jpype.JClass("org.pyquartz.store.Candidates").sql(product, 1, 0))
    sql = sql.replace("''", "'").replace("{0}", "QRTZ_").replace("{1}", f"'{NAME}'")
    now = int(jpype.JClass("java.lang.System").currentTimeMillis())
    for time in (now + 30_000, now - 60_000):
        sql = sql.replace("?", str(time), 1)
    return sql


def test_postgresql_uses_the_index(postgres_database: str) -> None:
    fill(postgres_database)
    with connect(parse_store(postgres_database)) as database:
        database.execute(["ANALYZE QRTZ_TRIGGERS"])
        plan = "\n".join(database.query("EXPLAIN " + statement("PostgreSQL")))
    assert "Index Scan using idx_qrtz_t_" in plan, plan
    assert "Seq Scan" not in plan, plan
    assert "Limit" in plan, plan


def test_mariadb_uses_the_index(mariadb_database: str) -> None:
    fill(mariadb_database)
    with connect(parse_store(mariadb_database)) as database:
        database.query("ANALYZE TABLE QRTZ_TRIGGERS")
        [plan] = database.query("EXPLAIN FORMAT=JSON " + statement("MariaDB"))
    assert '"access_type": "range"' in plan, plan
    assert '"key": "IDX_QRTZ_T_' in plan, plan
    # What is due is sorted by priority; what waits is not read. The index may still have the old
    # entries of the rows that were changed.
    read = re.search(r'"rows": (\d+)', plan)
    assert read is not None
    assert int(read[1]) <= WAITING // 100, plan
