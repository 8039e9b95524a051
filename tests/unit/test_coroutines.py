"""The event loop's side of coroutine jobs: each says exactly once that it has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pyquartz._jvm import runs as jvm_runs
from pyquartz.coroutines import Coroutines
from pyquartz.executors import Executors, application_loop
from pyquartz.jobs import defjob, registry
from pyquartz.worker import Worker

_INDEX = 1_000_000


class Told:
    """What the JVM's side would be told."""

    def __init__(self) -> None:
        self.ended_tickets: list[int] = []
        self.failures: dict[int, str] = {}

    def ended(self, tickets: list[int]) -> None:
        self.ended_tickets += tickets

    def fail(self, ticket: int, failure: str) -> None:
        self.failures[ticket] = failure

    def facts(self, ticket: int) -> dict[str, Any]:
        return {"job": ("job", "DEFAULT"), "trigger": ("trigger", "DEFAULT"), "attempt": 1}


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def hand_over(told: Told) -> Iterator[Callable[[Callable[..., object], list[int]], None]]:
    """Gives the running loop some runs of a job, as the thread does that carries them."""

    def hand_over(job: Callable[..., object], tickets: list[int]) -> None:
        token = application_loop.set(asyncio.get_running_loop())
        try:
            executors = Executors(None)
        finally:
            application_loop.reset(token)
        runs = cast(Any, told)
        engine = cast(Any, SimpleNamespace(runs=runs, as_strings=False))
        listeners = cast(Any, SimpleNamespace(hears_outcomes=False))
        worker = Worker(cast(Any, None), engine, registry, executors, listeners)
        jvm_runs._names[_INDEX] = registry.of(job).name
        Coroutines(worker, runs, executors)._hand_over([(t, _INDEX, None) for t in tickets])

    yield hand_over
    jvm_runs._names.pop(_INDEX, None)


async def until(is_true: Callable[[], bool]) -> None:
    for _ in range(100_000):
        if is_true():
            return
        await asyncio.sleep(0)
    pytest.fail("it did not come true")


def others() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {cast(Any, asyncio.current_task())}


@defjob
async def at_once() -> None:
    pass


@defjob
async def takes_a_turn() -> None:
    await asyncio.sleep(0)


@defjob
async def fails() -> None:
    await asyncio.sleep(0)
    raise LookupError("as asked")


@defjob
async def waits() -> None:
    await asyncio.Event().wait()


def test_each_ends_once(told: Told, hand_over: Callable[..., None]) -> None:
    async def main() -> None:
        for job, tickets in ((at_once, range(1, 251)), (takes_a_turn, range(251, 501))):
            hand_over(job, list(tickets))
        await until(lambda: len(told.ended_tickets) >= 500)
        await asyncio.sleep(0)

    asyncio.run(main())
    assert sorted(told.ended_tickets) == list(range(1, 501))
    assert not told.failures


def test_one_that_fails_says_so_before_it_ends(told: Told, hand_over: Callable[..., None]) -> None:
    async def main() -> None:
        hand_over(fails, [1, 2])
        await until(lambda: len(told.ended_tickets) == 2)

    asyncio.run(main())
    assert told.failures == dict.fromkeys((1, 2), "E\nLookupError: as asked")


@pytest.mark.parametrize("turns", [0, 1, 2])
def test_one_that_is_cancelled_ends_whether_it_has_begun_or_not(
    told: Told, hand_over: Callable[..., None], turns: int
) -> None:
    async def main() -> None:
        hand_over(waits, [1, 2])
        await until(lambda: len(others()) == 2)
        for _ in range(turns):
            await asyncio.sleep(0)
        for task in others():
            task.cancel()
        await until(lambda: len(told.ended_tickets) == 2)

    asyncio.run(main())
    assert sorted(told.ended_tickets) == [1, 2]
    assert set(told.failures) == {1, 2}
    assert all("CancelledError" in failure for failure in told.failures.values())


def test_tasks_are_named_after_their_jobs(told: Told, hand_over: Callable[..., None]) -> None:
    names: list[str] = []

    async def main() -> None:
        hand_over(waits, [1])
        await until(lambda: bool(others()))
        names.extend(task.get_name() for task in others())
        for task in others():
            task.cancel()
        await until(lambda: bool(told.ended_tickets))

    asyncio.run(main())
    assert names == [registry.of(waits).name]


def test_one_that_is_thrown_away_with_its_loop_says_nothing(
    told: Told, hand_over: Callable[..., None]
) -> None:
    loop = asyncio.new_event_loop()

    async def main() -> None:
        hand_over(waits, [1])
        await until(lambda: bool(others()))
        await asyncio.sleep(0)

    loop.run_until_complete(main())
    loop.close()
    del loop
    assert told.ended_tickets == []
