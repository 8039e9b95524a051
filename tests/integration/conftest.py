"""Every store, one suite: a test that takes `store` or `make` runs once on each.

All tests share one JVM, one database on each server and one H2 file; each has a scheduler's name of
its own, which is what keeps schedulers in one store apart.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest

from pyquartz import Scheduler, TriggerKey
from pyquartz._jvm.builders import trigger_key
from pyquartz._jvm.convert import java
from pyquartz._jvm.jdbc import connect
from pyquartz.store import schema
from pyquartz.store.url import parse_store
from tests.integration import suite_jobs
from tests.integration.suite_jobs import Run
from tests.support.servers import Server
from tests.support.waiting import wait_until

KINDS = ("ram", "h2", "postgresql", "postgresql-cluster", "mariadb", "mariadb-cluster")
_numbers = itertools.count(1)

# What the fixtures `run_of` and `logged` give.
RunOf = Callable[..., Run]
Logged = Callable[..., list[logging.LogRecord]]


@dataclass(frozen=True)
class Store:
    """A store to run on, with a scheduler's name that nobody else uses."""

    kind: str
    url: str | None
    name: str
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def is_jdbc(self) -> bool:
        return self.url is not None

    @property
    def is_clustered(self) -> bool:
        return bool(self.settings.get("clustered"))

    def query(self, sql: str) -> list[str]:
        """The first column of a query; {name} is the scheduler's."""
        with connect(parse_store(self.url)) as database:
            return database.query(sql.format(name=self.name))

    def execute(self, sql: str) -> None:
        """Run a statement; {name} is the scheduler's."""
        with connect(parse_store(self.url)) as database:
            database.execute([sql.format(name=self.name)])


def states(scheduler: Scheduler) -> dict[str, str]:
    """The states of all triggers by name."""
    return {info.key.name: info.state for info in scheduler.triggers()}


RUN = (
    "INSERT INTO QRTZ_FIRED_TRIGGERS (SCHED_NAME, ENTRY_ID, TRIGGER_NAME, TRIGGER_GROUP,"
    " INSTANCE_NAME, FIRED_TIME, SCHED_TIME, PRIORITY, STATE) VALUES"
    " ('{scheduler}', '{run}', '{trigger}', 'DEFAULT', 'nobody', 1, 1, 5, 'EXECUTING')"
)


def end_run(scheduler: Scheduler, trigger_name: str, instruction: str) -> None:
    """End a run of a trigger with an instruction of Quartz's that no public call gives."""
    quartz, store = scheduler._engine._quartz, scheduler._engine._store
    run = f"run{next(_numbers)}"
    address = scheduler._settings.store
    if address.jdbc_url is not None:
        # The end of a run is written once: while the run has a row.
        with connect(address) as database:
            row = RUN.format(scheduler=scheduler.name, run=run, trigger=trigger_name)
            database.execute([row])
    trigger = quartz.getTrigger(trigger_key(TriggerKey(trigger_name)))
    trigger.setFireInstanceId(run)
    detail = java("org.quartz.JobBuilder").newJob(java("org.pyquartz.bridge.NoOpJob").class_)
    how = java("org.quartz.Trigger$CompletedExecutionInstruction")
    nobody = detail.withIdentity("nobody").build()
    store.triggeredJobComplete(trigger, nobody, getattr(how, instruction))


class Make(Protocol):
    """Makes a scheduler on the test's store, in standby; it is stopped after the test."""

    def __call__(self, **settings: Any) -> Scheduler: ...


@pytest.fixture(scope="session")
def _urls(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], str | None]:
    """The URL of the session's database of each kind, with tables; made when first asked for."""
    made: dict[str, str | None] = {"ram": None}

    def url(kind: str) -> str | None:
        if kind not in made:
            if kind == "h2":
                made[kind] = f"h2://{tmp_path_factory.mktemp('h2')}/suite"
            else:
                fixture = {"postgresql": "postgres_server", "mariadb": "mariadb_server"}[kind]
                server: Server = request.getfixturevalue(fixture)
                made[kind] = server.create_database("suite")
            schema.init(parse_store(made[kind]))
        return made[kind]

    return url


@pytest.fixture(
    params=[pytest.param(kind, marks=pytest.mark.store, id=kind) for kind in KINDS],
)
def store(request: pytest.FixtureRequest, _urls: Callable[[str], str | None]) -> Store:
    """Each store in turn."""
    kind, _, cluster = request.param.partition("-")
    settings = {} if kind in ("ram", "h2") else {"clustered": bool(cluster)}
    return Store(request.param, _urls(kind), f"suite{next(_numbers)}", settings)


@pytest.fixture
def make(store: Store, seen: list[Run]) -> Iterator[Make]:
    """Make schedulers on the test's store."""
    made: list[Scheduler] = []

    def make(**settings: Any) -> Scheduler:
        scheduler = Scheduler(
            **{"store": store.url, "name": store.name, "threads": 4, **store.settings, **settings}
        )
        made.append(scheduler)
        return scheduler

    yield make
    suite_jobs.GATE.set()
    for scheduler in made:
        scheduler.stop(timeout=5)


@pytest.fixture
def scheduler(make: Make) -> Scheduler:
    """A scheduler on the test's store, in standby."""
    return make()


@pytest.fixture
def seen() -> list[Run]:
    """What the suite's jobs see in this test."""
    suite_jobs.SEEN.clear()
    suite_jobs.OPEN_RUNS.clear()
    suite_jobs.GATE.clear()
    return suite_jobs.SEEN


@pytest.fixture
def run_of(seen: list[Run]) -> RunOf:
    """Wait for the nth run of a name."""

    def run_of(name: str, nth: int = 1) -> Run:
        def found() -> list[Run] | None:
            hits = [run for run in list(seen) if run.name == name]
            return hits if len(hits) >= nth else None

        return wait_until(found, 15, message=lambda: f"run {nth} of {name!r} in {seen}")[nth - 1]

    return run_of


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Logged:
    """Wait until a message with a text was logged, and give all such records."""
    caplog.set_level(logging.INFO, logger="pyquartz")

    def logged(text: str, level: int = logging.INFO) -> list[logging.LogRecord]:
        return wait_until(
            lambda: [
                record
                for record in list(caplog.records)
                if text in record.getMessage() and record.levelno >= level
            ],
            message=lambda: f"{text!r} was not logged:\n{caplog.text}",
        )

    return logged


@pytest.fixture
def h2_file(tmp_path: Path) -> str:
    """The URL of an embedded file of the test's own, not made yet."""
    return f"h2://{tmp_path}/own"
