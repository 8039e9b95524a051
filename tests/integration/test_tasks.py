"""The process-wide scheduler and its initialisers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import pyquartz
from pyquartz import (
    ConfigurationError,
    Scheduler,
    SchedulerStateError,
    TaskError,
    every,
    init_scheduler,
    once,
    start_scheduler,
    stop_scheduler,
    task_init,
    tasks,
)
from tests.integration.conftest import Logged, RunOf
from tests.integration.suite_jobs import Run, note


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, seen: list[Run]) -> Iterator[None]:
    """No initialisers, no environment, and no process-wide scheduler, before and after."""
    monkeypatch.setattr(tasks, "_tasks", {})
    for name in ("PYQUARTZ_STORE", "PYQUARTZ_DISABLE_SCHEDULER"):
        monkeypatch.delenv(name, raising=False)
    yield
    stop_scheduler(timeout=5)


CALLS: list[str] = []


def initialiser(name: str, fault: Exception | None = None) -> Callable[[Scheduler], None]:
    """An initialiser that notes its call, and fails if it is to."""

    def call(scheduler: Scheduler) -> None:
        CALLS.append(name)
        if fault:
            raise fault

    call.__qualname__ = f"initialiser.{name}"
    return call


@pytest.fixture
def calls() -> list[str]:
    """The initialisers that were called, in order."""
    CALLS.clear()
    return CALLS


def test_starting_up_goes_in_order(monkeypatch: pytest.MonkeyPatch, calls: list[str]) -> None:
    for name in ("delete_jobs_with_no_class", "reset_errored_triggers"):

        def noting(scheduler: Any, name: str = name) -> None:
            assert scheduler.state == "standby"
            calls.append(name)

        monkeypatch.setattr(Scheduler, name, noting)
    task_init("a")(initialiser("a"))
    scheduler = init_scheduler()
    assert calls == ["delete_jobs_with_no_class", "reset_errored_triggers", "a"]
    assert scheduler.state == "standby"
    assert pyquartz.scheduler() is scheduler
    assert init_scheduler() is scheduler


def test_each_initialiser_is_called_exactly_once(calls: list[str]) -> None:
    task_init("a")(initialiser("a"))
    scheduler = start_scheduler()
    assert start_scheduler() is scheduler
    assert scheduler.init_tasks() == []
    task_init("late")(initialiser("late"))
    assert [report.name for report in scheduler.init_tasks()] == ["late"]
    assert calls == ["a", "late"]
    stop_scheduler()
    start_scheduler()
    assert calls == ["a", "late", "a", "late"], "a new scheduler is set up anew"


def test_order_and_dependencies(calls: list[str]) -> None:
    task_init("last", after=["first", "second"])(initialiser("last"))
    task_init("second", after=["first"])(initialiser("second"))
    task_init("first")(initialiser("first"))
    init_scheduler()
    assert calls == ["first", "second", "last"]


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (["b"], ["a"], "tasks wait for each other"),
        (["c"], [], "comes after 'c', which nobody registered"),
    ],
)
def test_dependencies_that_can_not_be(
    calls: list[str], first: list[str], second: list[str], words: str
) -> None:
    task_init("a", after=first)(initialiser("a"))
    task_init("b", after=second)(initialiser("b"))
    with pytest.raises(TaskError, match=words):
        init_scheduler()
    with pytest.raises(SchedulerStateError, match="no scheduler is there"):
        pyquartz.scheduler()


def test_a_name_is_taken_once_and_both_places_are_told() -> None:
    task_init("a")(initialiser("one"))
    with pytest.raises(TaskError, match=r"the name 'a': one at .*test_tasks.py:\d+, one at .*:\d+"):
        task_init("a")(initialiser("other"))
    task_init("a")(initialiser("one"))
    with pytest.raises(TaskError, match="needs the task's name"):
        task_init(initialiser("one"))  # type: ignore[arg-type]
    with pytest.raises(TaskError, match="the initialiser of task 'b' is 5: no callable"):
        task_init("b")(5)  # type: ignore[type-var]


def test_the_process_has_one_store(h2_file: str) -> None:
    scheduler = init_scheduler(h2_file)
    assert init_scheduler(h2_file) is init_scheduler() is scheduler
    with pytest.raises(SchedulerStateError, match=r"own already, not on .*other: stop_sch"):
        init_scheduler(f"{h2_file}-other")


def test_a_switch_that_says_neither_yes_nor_no_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYQUARTZ_DISABLE_SCHEDULER", "maybe")
    with pytest.raises(ConfigurationError, match="is 'maybe': neither true nor false"):
        start_scheduler()
    with pytest.raises(SchedulerStateError, match="no scheduler is there"):
        pyquartz.scheduler()


def test_a_failure_is_logged_and_the_others_run(calls: list[str], logged: Logged) -> None:
    task_init("bad")(initialiser("bad", ValueError("broken")))
    task_init("good")(initialiser("good"))
    scheduler = init_scheduler()
    assert calls == ["bad", "good"]
    [record] = logged("Task bad could not be initialised", logging.ERROR)
    assert record.exc_info is not None
    assert scheduler.state == "standby"


def test_how_long_each_takes_is_logged_and_reported(calls: list[str], logged: Logged) -> None:
    scheduler = init_scheduler()
    task_init("a")(initialiser("a"))
    [report] = scheduler.init_tasks()
    [record] = logged("Task a initialised in ")
    assert f"{int(report.duration.total_seconds() * 1000)} ms" in record.getMessage()
    assert report.error is None


def test_strict_raises_at_the_end_what_failed(calls: list[str]) -> None:
    scheduler = init_scheduler()
    task_init("bad")(initialiser("bad", ValueError("broken")))
    task_init("good")(initialiser("good"))
    with pytest.raises(TaskError, match="1 of 2 tasks failed: bad: ValueError") as caught:
        scheduler.init_tasks(strict=True)
    assert isinstance(caught.value.__cause__, ValueError)
    assert calls == ["bad", "good"]


def test_what_initialisers_schedule_runs(run_of: RunOf) -> None:
    @task_init("Notes")
    def notes(scheduler: Scheduler) -> None:
        scheduler.schedule_task(note, every(hours=1), data={"a": 1})

    start_scheduler()
    assert run_of("note").data == {"a": 1}


def test_stopping_twice_is_harmless() -> None:
    scheduler = start_scheduler()
    stop_scheduler()
    stop_scheduler()
    assert scheduler.state == "stopped"
    with pytest.raises(SchedulerStateError, match="no scheduler is there"):
        pyquartz.scheduler()
    assert start_scheduler() is not scheduler


@pytest.mark.parametrize("value", ["true", "1", "YES", " on "])
def test_a_disabled_scheduler_can_be_written_and_runs_nothing(
    monkeypatch: pytest.MonkeyPatch, seen: list[Run], value: str
) -> None:
    monkeypatch.setenv("PYQUARTZ_DISABLE_SCHEDULER", value)
    scheduler = start_scheduler()
    scheduler.schedule_task(note, once())
    assert scheduler.state == "standby"
    assert len(scheduler.jobs()) == 1
    assert seen == []


def test_the_store_may_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, h2_file: str
) -> None:
    monkeypatch.setenv("PYQUARTZ_STORE", h2_file)
    assert init_scheduler().info().store.startswith("jdbc:h2:file:")
    stop_scheduler()
    monkeypatch.setenv("PYQUARTZ_DISABLE_SCHEDULER", "false")
    assert start_scheduler(None, threads=2).info().threads == 2
