"""Stored jobs whose class nobody here has, and what is done about triggers in ERROR."""

from __future__ import annotations

import itertools
import logging
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from pyquartz import Job, Scheduler, every, once
from pyquartz.cli.stores import visit
from tests.integration.conftest import Logged, Make, RunOf, Store, states
from tests.integration.suite_jobs import note
from tests.support.waiting import wait_until

_numbers = itertools.count(1)


@pytest.fixture
def gone() -> str:
    """A class that nobody has, and that was never asked for: its absence is reported once."""
    return f"com.acme.gone.Report{next(_numbers)}"


def test_nothing_runs_in_place_of_a_class_that_nobody_has(
    make: Make, run_of: RunOf, logged: Logged, gone: str
) -> None:
    scheduler = make(missing_jobs="noop")
    scheduler.schedule_task(Job(gone, key="gone"), every(milliseconds=30))
    scheduler.start()
    logged(f"no class {gone} for job DEFAULT.gone", logging.INFO)
    logged(gone, logging.ERROR)
    first = scheduler.trigger("gone").next_fire_time
    wait_until(lambda: scheduler.trigger("gone").next_fire_time != first)
    assert states(scheduler)["gone"] in ("NORMAL", "BLOCKED")
    assert scheduler.info().executed == 0, "it never counts as a run"
    job = scheduler.job("gone")
    assert (job.class_name, job.implemented_by) == (gone, "nobody")
    scheduler.schedule_task(note, once())
    run_of("note")
    wait_until(lambda: scheduler.info().executed == 1)


def test_what_peers_may_have_is_left_to_them(
    store: Store, make: Make, run_of: RunOf, gone: str
) -> None:
    if not store.is_jdbc:
        pytest.skip("no peers")
    # In a cluster it is the default.
    scheduler = make() if store.is_clustered else make(missing_jobs="leave")
    scheduler.schedule_task(Job(gone, key="gone"), every(milliseconds=30))
    due = scheduler.trigger("gone").next_fire_time
    scheduler.start()
    scheduler.schedule_task(note, every(milliseconds=30))
    run_of("note", 3)
    info = scheduler.trigger("gone")
    assert (info.state, info.previous_fire_time) == ("NORMAL", None)
    assert due is not None


def test_a_thousand_that_are_due_do_not_starve_the_nodes_own(
    store: Store, make: Make, run_of: RunOf, gone: str
) -> None:
    if not store.is_jdbc:
        pytest.skip("no peers")
    scheduler = make(missing_jobs="leave")
    ago = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(minutes=5)
    # Due for longer than any other, more urgent, and never taken for missed.
    due: dict[str, Any] = {"hours": 1, "start": ago, "misfire": "ignore", "priority": 9}
    scheduler.schedule_tasks((Job(gone, key=f"gone{n}"), every(**due)) for n in range(1000))
    scheduler.schedule_task(note, every(milliseconds=100))
    scheduler.start()
    run_of("note", 5)
    infos = [info for info in scheduler.triggers() if info.key.name.startswith("gone")]
    assert {(info.state, info.next_fire_time) for info in infos} == {("NORMAL", ago)}
    assert len(infos) == 1000


@pytest.mark.parametrize(
    "store", ["h2", "postgresql", "mariadb"], indirect=True
)  # a store in memory loads no class
def test_stocks_own_way_is_there_for_who_asks(make: Make, run_of: RunOf, gone: str) -> None:
    writer = make(missing_jobs="noop")
    writer.schedule_task(Job(gone, key="gone"), every(milliseconds=50))
    writer.stop()
    scheduler = make(missing_jobs="error")
    scheduler.schedule_task(note, every(milliseconds=50))
    scheduler.start()
    wait_until(lambda: states(scheduler)["gone"] == "ERROR")
    run_of("note")
    scheduler.stop()
    healer = make(missing_jobs="noop")
    assert [str(key) for key in healer.reset_errored_triggers()] == ["DEFAULT.gone"]
    assert states(healer)["gone"] == "NORMAL"
    assert healer.reset_errored_triggers() == []


def test_jobs_without_a_class_are_deleted_when_nobody_else_can_have_them(
    make: Make, store: Store, logged: Logged, gone: str
) -> None:
    scheduler = make()
    scheduler.schedule_task(Job(gone, key="gone", data={"a": 1}), every(hours=1))
    scheduler.schedule_task(note, every(hours=1))
    [found] = scheduler.delete_jobs_with_no_class(dry_run=True)
    assert found.class_name == gone
    assert len(scheduler.jobs()) == 2, "a dry run deletes nothing"
    if store.is_clustered:
        assert scheduler.delete_jobs_with_no_class() == []
        logged("a peer may have it")
        assert len(scheduler.jobs()) == 2
    deleted = scheduler.delete_jobs_with_no_class(force=True)
    assert [job.key.name for job in deleted] == ["gone"]
    assert [job.class_name.rpartition(".")[2] for job in scheduler.jobs()] == ["note"]
    logged(f"Deleted job DEFAULT.gone: nobody here has its class {gone}", logging.WARNING)
    assert scheduler.delete_jobs_with_no_class() == []


def test_what_is_left_to_peers_is_deleted_by_force_alone(make: Make, gone: str) -> None:
    scheduler = make(missing_jobs="leave")
    scheduler.schedule_task(Job(gone, key="gone"), every(hours=1))
    assert scheduler.delete_jobs_with_no_class() == []
    [found] = scheduler.delete_jobs_with_no_class(dry_run=True)
    assert scheduler.job("gone") == found
    assert scheduler.delete_jobs_with_no_class(force=True) == [found]
    assert scheduler.jobs() == scheduler.triggers() == []


def test_a_visit_leaves_the_log_as_it_was(h2_file: str) -> None:
    Scheduler(h2_file, name="visited").stop()
    told = logging.getLogger("pyquartz.java.org.pyquartz.bridge.JobClasses")
    with visit(h2_file, "visited"):
        assert not told.isEnabledFor(logging.ERROR), "a visitor runs no job"
    assert told.isEnabledFor(logging.ERROR)
