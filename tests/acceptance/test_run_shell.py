"""What happens around a job is what stock Quartz does: the same events, in the same order.

A plain Java program goes through the scenarios with stock's threads and run shell, and our
scheduler goes through them with jobs of Python and with jobs of Java. One recorder of Java's
writes what Quartz tells job, trigger and scheduler listeners in each.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from tests.support.databases import Database
from tests.support.java import run_stock, stock_jar
from tests.support.processes import PythonProcess

pytestmark = [pytest.mark.acceptance, pytest.mark.slow, pytest.mark.xdist_group("run_shell")]
Events = dict[str, list[str]]
# Short, so that the handler of misfires looks again soon.
MISFIRE_THRESHOLD = "1000"
QUARTZ = "org.quartz."
STOCK_STORES = {
    "ram": {"class": "org.quartz.simpl.RAMJobStore"},
    "h2": {
        "class": "org.quartz.impl.jdbcjobstore.JobStoreTX",
        "driverDelegateClass": "org.quartz.impl.jdbcjobstore.StdJDBCDelegate",
        "dataSource": "stock",
    },
}


@pytest.fixture(scope="module", params=list(STOCK_STORES))
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of store."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def stock(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Events:
    """What stock Quartz tells its listeners."""
    folder = tmp_path_factory.mktemp("stock")
    properties = {f"jobStore.{name}": value for name, value in STOCK_STORES[kind].items()}
    properties |= {"scheduler.instanceName": "scenario", "threadPool.threadCount": "1"}
    if kind == "h2":
        database = Database(f"h2:///{folder}/stock")
        database.make_tables()
        properties |= {
            "dataSource.stock.provider": "hikaricp",
            "dataSource.stock.driver": "org.h2.Driver",
            "dataSource.stock.URL": database.address.jdbc_url or "",
            "dataSource.stock.user": database.address.user or "",
            "dataSource.stock.password": database.address.password or "",
        }
    settings = {QUARTZ + name: value for name, value in properties.items()} | recorder(folder)
    run_stock("2.5.2", "RunScenarios", *(f"{name}={value}" for name, value in settings.items()))
    return read_events(folder)


def recorder(folder: Path) -> dict[str, str]:
    """The properties that have the scenarios played, and written down in a folder."""
    return {
        f"{QUARTZ}jobStore.misfireThreshold": MISFIRE_THRESHOLD,
        f"{QUARTZ}plugin.scenarios.class": "org.pyquartz.stock.Scenarios",
        f"{QUARTZ}plugin.scenarios.file": f"{folder}/events",
    }


def read_events(folder: Path) -> Events:
    """The events of each job, in their order; those of the scheduler under an empty name."""
    events: Events = defaultdict(list)
    for line in (folder / "events").read_text().splitlines():
        job, _, event = line.partition("|")
        # What was missed and is due now may be late again on a busy machine.
        if not (event.startswith("triggerMisfired") and events[job][-1] == event):
            events[job].append(event)
    return dict(events)


def play(kind: str, python: bool, folder: Path) -> Events:
    """Go through the scenarios with our scheduler."""
    store = None if kind == "ram" else f"h2:///{folder}/ours"
    settings = {
        "store": store,
        "python": python,
        "jar": str(stock_jar()),
        "properties": recorder(folder),
    }
    node = Path(__file__).with_name("scenario_node.py")
    with PythonProcess(node, json.dumps(settings)) as process:
        process.finish(90).check()
    return read_events(folder)


def test_jobs_of_java_meet_the_same_events(kind: str, stock: Events, tmp_path: Path) -> None:
    assert play(kind, False, tmp_path) == stock


def test_jobs_of_python_meet_the_same_events(kind: str, stock: Events, tmp_path: Path) -> None:
    assert play(kind, True, tmp_path) == stock


def test_the_scenarios_show_what_they_are_for(stock: Events) -> None:
    """Scenarios in which nothing happens would make any two shells equal."""
    shown = {
        "succeeds": "triggerComplete: DELETE_TRIGGER, refire 0, last",
        "refires": "triggerFired refires/0, refire 2, last",
        "unschedules": "triggerComplete: SET_TRIGGER_COMPLETE, refire 0",
        "unschedules-all": "triggerComplete: SET_ALL_JOB_TRIGGERS_COMPLETE, refire 0",
        "vetoed": "jobExecutionVetoed, refire 0, last",
        "breaks": "jobWasExecuted: failed, result null, runs 0, refire 0",
        "counts-exclusive": "jobWasExecuted: well, result done, runs 3, refire 0, last",
        "deletes-itself": "jobDeleted",
        "unschedules-itself": "jobUnscheduled unschedules-itself/0",
        "listener-fails-before": "schedulerError",
        "listener-fails-after": "schedulerError",
        "missed-now": "triggerMisfired missed-now/0",
        "missed-for-good": "triggerFinalized missed-for-good/0",
        "": "schedulerShutdown",
    }
    assert {job: event for job, event in shown.items() if event not in stock[job]} == {}
    fired = [event for event in stock["missed-all"] if event.startswith("triggerFired")]
    assert len(fired) == 2
