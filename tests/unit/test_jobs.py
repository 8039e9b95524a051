"""Definitions of jobs: what can be named, what is refused, and who owns a name."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import functools
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pyquartz import (
    Job,
    JobDataError,
    JobDefinitionError,
    JobExecutionError,
    JobKey,
    NoOpJob,
    defjob,
    jobs,
    rerun_on_error,
)
from pyquartz.jobs import JobDefinition, JobRegistry
from tests.unit import sample_jobs as sample


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> JobRegistry:
    """A registry of the test's own, and callables that no other test has decorated."""
    registry = JobRegistry()
    monkeypatch.setattr(jobs, "registry", registry)
    for function in (
        sample.plain,
        sample.coroutine,
        sample.with_contexts,
        sample.Maintenance.sweep,
    ):
        monkeypatch.setattr(function, "__pyquartz_job__", None, raising=False)
    return registry


def test_the_stored_name_is_module_and_qualified_name(registry: JobRegistry) -> None:
    assert defjob(sample.plain) is sample.plain
    definition = registry.of(sample.plain)
    assert definition.name == "tests.unit.sample_jobs.plain"
    assert registry.get(definition.name) is definition
    assert (definition.runs_in, definition.concurrent, definition.persist_data) == (
        "thread", True, False,
    )  # fmt: skip
    assert (definition.durable, definition.requests_recovery) == (None, False)


def test_a_static_method_has_a_name_too(registry: JobRegistry) -> None:
    defjob(sample.Maintenance.sweep)
    assert registry.get("tests.unit.sample_jobs.Maintenance.sweep")


def test_a_name_of_the_users_own_with_all_settings(registry: JobRegistry) -> None:
    defjob(
        "acme.Cleanup", aliases=["acme.old.Cleanup"], concurrent=False, persist_data=True,
        durable=True, requests_recovery=True, description="words", runs_in="process",
    )(sample.plain)  # fmt: skip
    definition = registry.get("acme.old.Cleanup")
    assert definition is registry.get("acme.Cleanup")
    assert definition == JobDefinition(
        "acme.Cleanup", sample.plain, ("acme.old.Cleanup",), concurrent=False, persist_data=True,
        durable=True, requests_recovery=True, description="words", runs_in="process",
    )  # fmt: skip


def test_a_single_alias_may_be_a_string(registry: JobRegistry) -> None:
    defjob("acme.A", aliases="acme.B")(sample.plain)
    assert registry.get("acme.B")


def nested() -> Callable[..., Any]:
    def inner() -> None: ...

    return inner


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda: None, "a lambda can't be found by name"),
        (nested(), "is inside a function.*move it to its module"),
        (functools.partial(sample.plain, 3), "has no name of its own.*wrap it in a function"),
        (sample.CallableObject(), "has no name of its own"),
        (sample.positional, "'days' is positional-only"),
    ],
)
def test_what_can_not_be_named_is_refused(
    function: Callable[..., Any], words: str, registry: JobRegistry
) -> None:
    for decorate in (defjob, defjob("acme.Named")):
        with pytest.raises(JobDefinitionError, match=words):
            decorate(function)
    assert registry.definitions() == []


@pytest.mark.parametrize("name", ["", "a b", "1a", "acme..X", ".X", "acme.X-Y", "acme.X;DROP"])
def test_a_name_that_no_class_can_have_is_refused(name: str, registry: JobRegistry) -> None:
    with pytest.raises(JobDefinitionError, match="can't be a stored class name"):
        defjob(name)(sample.plain)
    with pytest.raises(JobDefinitionError, match="can't be a stored class name"):
        Job(name)
    assert registry.definitions() == []


def test_something_else_than_a_name_is_refused() -> None:
    with pytest.raises(JobDefinitionError, match="takes a name or a callable, not 5"):
        defjob(5)  # type: ignore[call-overload]


def test_a_clash_names_both_places_and_registers_nothing(registry: JobRegistry) -> None:
    defjob("acme.A")(sample.plain)
    with pytest.raises(JobDefinitionError) as caught:
        defjob("acme.B", aliases=["acme.C", "acme.A"])(sample.coroutine)
    message = str(caught.value)
    assert "'acme.A' is claimed twice" in message
    assert "sample_jobs.plain (" in message
    assert "sample_jobs.coroutine (" in message
    assert message.count("sample_jobs.py:") == 2
    # All or nothing: the names that were free are not taken.
    assert registry.get("acme.B") is None
    assert registry.get("acme.C") is None
    assert registry.get("acme.A") is registry.of(sample.plain)
    assert getattr(sample.coroutine, "__pyquartz_job__", None) is None


def test_a_module_that_is_imported_anew_takes_its_own_place(registry: JobRegistry) -> None:
    defjob("acme.A", description="old")(sample.plain)
    defjob("acme.A", description="new")(sample.plain)
    [definition] = registry.definitions()
    assert definition.description == "new"


def test_watchers_see_all_that_is_there_and_all_that_comes(registry: JobRegistry) -> None:
    seen: list[str] = []

    def watch(definition: JobDefinition) -> None:
        seen.append(definition.name)

    defjob("acme.A")(sample.plain)
    registry.watch(watch)
    registry.watch(watch)
    defjob("acme.B", aliases=["acme.C"])(sample.coroutine)
    assert seen == ["acme.A", "acme.B"]


@pytest.mark.parametrize(
    ("function", "runs_in", "result"),
    [
        (sample.plain, None, "thread"),
        (sample.plain, "process", "process"),
        (sample.coroutine, None, "loop"),
        (sample.coroutine, "loop", "loop"),
        (sample.plain, "loop", "is not an async def and can't run in 'loop'"),
        (sample.coroutine, "thread", "is an async def and can't run in 'thread'"),
        (sample.coroutine, "process", "is an async def and can't run in 'process'"),
        (sample.coroutine, ThreadPoolExecutor(1), "is an async def and can't run in <.*Executor"),
        (sample.plain, "cloud", "runs_in='cloud' is none of"),
    ],
)
def test_where_a_job_runs(
    function: Callable[..., Any], runs_in: Any, result: str, registry: JobRegistry
) -> None:
    if result in ("thread", "loop", "process"):
        assert registry.of(defjob(runs_in=runs_in)(function)).runs_in == result
    else:
        with pytest.raises(JobDefinitionError, match=result):
            defjob(runs_in=runs_in)(function)


def test_the_context_goes_where_name_or_type_ask_for_it(registry: JobRegistry) -> None:
    definition = registry.of(defjob(sample.with_contexts))
    assert definition.context_names == {"ctx", "given"}
    assert definition.bind({"days": "4", "given": 1}) == {"days": 4}
    assert definition.needs_data


def test_a_context_that_only_type_checkers_see_is_recognised_by_its_name(
    registry: JobRegistry,
) -> None:
    assert registry.of(defjob(sample.with_hidden_context)).context_names == {"told"}


def test_a_type_that_only_type_checkers_see_is_no_obstacle(registry: JobRegistry) -> None:
    definition = registry.of(defjob(sample.with_unknown_type))
    assert definition.bind({"value": "as it is"}) == {"value": "as it is"}


def test_a_job_takes_its_key_from_the_stored_name(registry: JobRegistry) -> None:
    defjob("acme.A")(sample.plain)
    assert Job(sample.plain).key == JobKey("acme.A")
    assert Job(sample.plain, key="mine").key == JobKey("mine")
    assert Job("com.acme.Java", JobKey("a", "g")).key == JobKey("a", "g")
    assert Job("com.acme.Java").definition is None


def test_a_job_is_a_frozen_dataclass(registry: JobRegistry) -> None:
    data = {"a": 1}
    job = Job("acme.A", key="k", data=data, description="words")
    data["a"] = 2
    assert job.data == {"a": 1}
    assert [f.name for f in dataclasses.fields(job)] == [
        "implementation", "key", "data", "description", "durable", "requests_recovery",
    ]  # fmt: skip
    other = dataclasses.replace(job, implementation="acme.B", durable=True)
    assert (other.class_name, other.key, other.durable) == ("acme.B", JobKey("k"), True)
    for copied in (copy.copy(job), pickle.loads(pickle.dumps(job))):
        assert (copied.class_name, repr(copied)) == ("acme.A", repr(job))
    with pytest.raises(dataclasses.FrozenInstanceError):
        job.durable = True  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        job.key.name = "other"  # type: ignore[misc, union-attr]


def test_a_job_is_a_decorated_callable_or_a_class_name() -> None:
    with pytest.raises(JobDefinitionError, match="plain is not a job: decorate it with @defjob"):
        Job(sample.plain)
    with pytest.raises(JobDefinitionError, match="is not a job"):
        Job(functools.partial(sample.plain))
    with pytest.raises(JobDataError, match=r"the data of job DEFAULT\.acme\.X: 'a' is a"):
        Job("acme.X", data={"a": object()})


def test_the_no_op_job_has_a_name() -> None:
    assert NoOpJob.class_name == "org.pyquartz.bridge.NoOpJob"


@pytest.mark.parametrize(
    "run",
    [
        sample.rerun,
        sample.rerun_with_parentheses,
        lambda: asyncio.run(sample.rerun_coroutine()),
        lambda: asyncio.run(sample.rerun_coroutine_with_parentheses()),
    ],
)
def test_rerun_on_error_asks_for_a_refire(run: Callable[[], Any]) -> None:
    with pytest.raises(JobExecutionError, match="once more") as caught:
        run()
    assert caught.value.refire_immediately
    assert isinstance(caught.value.__cause__, ValueError)


def test_rerun_on_error_leaves_other_endings_alone() -> None:
    with rerun_on_error():
        pass
    ending = JobExecutionError("no more", unschedule_trigger=True)
    with pytest.raises(JobExecutionError) as caught, rerun_on_error():
        raise ending
    assert caught.value is ending
    with pytest.raises(KeyboardInterrupt), rerun_on_error():
        raise KeyboardInterrupt
    with pytest.raises(JobExecutionError), rerun_on_error():
        raise OSError("gone")
