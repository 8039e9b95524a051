"""Whoever else writes the tables can take part in a deadlock: what that costs is done again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from pyquartz import Job, JobKey, Scheduler, cron, defjob
from pyquartz.store import schema
from pyquartz.store.url import parse_store
from tests.support.servers import PostgresServer, Server
from tests.support.waiting import wait_until

# What makes the other's transaction the one that is dearer to take back, where that counts.
_OTHERS = 50
_YEARLY = cron("0 0 0 1 1 ?", tz="UTC")
_WAITING = {
    "postgres": "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
    "mariadb": "SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
}
MINE = JobKey("mine")
Change = Callable[[Scheduler], object]


@defjob("acme.deadlocks.Job")
def job() -> None: ...


@pytest.fixture(params=["postgres", "mariadb"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(kind: str, request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(f"{kind}_server")
    return found


@pytest.fixture
def database(kind: str, server: Server, request: pytest.FixtureRequest) -> str:
    url = str(request.getfixturevalue(f"{kind}_database"))
    if isinstance(server, PostgresServer):
        # There whoever looks first gives way: the store does, and by then there is a deadlock.
        name = server.query(url, "SELECT current_database()")[0][0]
        server.execute(url, f"ALTER DATABASE {server.quote(name)} SET deadlock_timeout = '3s'")
    return url


def is_described(scheduler: Scheduler) -> bool:
    return [found.description for found in scheduler.jobs() if found.key == MINE] == ["new"]


def is_renamed(scheduler: Scheduler) -> bool:
    return {MINE, JobKey("yours")} & {found.key for found in scheduler.jobs()} == {JobKey("yours")}


def is_in_tokyo(scheduler: Scheduler) -> bool:
    found = [trigger.trigger for trigger in scheduler.triggers() if trigger.job_key == MINE]
    return [getattr(trigger, "tz", None) for trigger in found] == ["Asia/Tokyo"]


@pytest.mark.parametrize(
    ("change", "shows"),
    [
        (lambda s: s.schedule_task(Job(job, MINE, description="new"), _YEARLY), is_described),
        (lambda s: s.rename_job(MINE, "yours"), is_renamed),
        (lambda s: s.update_timezone(MINE, "Asia/Tokyo"), is_in_tokyo),
    ],
    ids=["schedule_task", "rename_job", "update_timezone"],
)
def test_a_change_that_a_deadlock_takes_back_is_made_again(
    kind: str, server: Server, database: str, change: Change, shows: Callable[[Scheduler], bool]
) -> None:
    schema.init(parse_store(database))
    with Scheduler(database) as scheduler, ThreadPoolExecutor(1) as pool:
        scheduler.schedule_tasks(
            (Job(job, name), _YEARLY) for name in ("mine", *map(str, range(_OTHERS)))
        )
        tables = {table.upper(): table for table in server.tables(database)}
        with server.cursor(database) as other:
            if kind == "postgres":
                other.execute("SET deadlock_timeout = '60s'")
            other.execute("BEGIN")
            other.execute(f"UPDATE {tables['QRTZ_JOB_DETAILS']} SET IS_DURABLE = IS_DURABLE")
            other.execute(f"UPDATE {tables['QRTZ_TRIGGERS']} SET PRIORITY = PRIORITY + 1")
            changed = pool.submit(change, scheduler)
            # Not more often: MariaDB answers from a cache that only rests renew.
            wait_until(lambda: server.query(database, _WAITING[kind]), interval=0.25)
            # This waits for the store, which waits for this.
            other.execute(f"UPDATE {tables['QRTZ_LOCKS']} SET LOCK_NAME = LOCK_NAME")
            assert not changed.done()
            other.execute("ROLLBACK")
        changed.result(30)
        assert shows(scheduler)
