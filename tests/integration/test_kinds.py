"""Threads and coroutines beside each other: neither starves the other, nor fires too many."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Iterator

import pytest

from pyquartz import Job, JobContext, Scheduler, defjob, every, once
from tests.integration.conftest import Make
from tests.support.waiting import until, wait_until

OPEN = threading.Event()
LOCAL = threading.local()
MARK: contextvars.ContextVar[str] = contextvars.ContextVar("mark", default="nobody's")
counts: dict[str, int] = {}
peaks: dict[str, int] = {}
seen: list[object] = []
_lock = threading.Lock()


def _enter(kind: str) -> None:
    with _lock:
        counts[kind] = counts.get(kind, 0) + 1
        peaks[kind] = max(peaks.get(kind, 0), counts[kind])


def _leave(kind: str) -> None:
    with _lock:
        counts[kind] -= 1
        seen.append(kind)


@defjob
def holds_a_thread() -> None:
    """Hold a thread until the gate opens."""
    _enter("thread")
    OPEN.wait(30)
    _leave("thread")


@defjob
async def waits_on_the_loop() -> None:
    """Wait on the loop until the gate opens."""
    _enter("loop")
    await until(OPEN.is_set, 0.02)
    _leave("loop")


@defjob
def quick() -> None:
    """Note that it ran."""
    seen.append("quick")


@defjob
async def quick_coroutine() -> None:
    """Note that it ran."""
    seen.append("quick coroutine")


@defjob
def counts_on_its_thread() -> None:
    """Count how often this thread ran it."""
    LOCAL.count = getattr(LOCAL, "count", 0) + 1
    seen.append(LOCAL.count)


@defjob
async def marks(ctx: JobContext) -> None:
    """Leave a mark that nobody else may see."""
    seen.append(MARK.get())
    MARK.set(str(ctx.job_key))
    await asyncio.sleep(0)
    seen.append(MARK.get() == str(ctx.job_key))


@defjob
def forgets_to_look(ctx: JobContext) -> None:
    """Keep its context and ask it nothing."""
    seen.append(ctx)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    OPEN.clear()
    counts.clear()
    peaks.clear()
    seen.clear()
    yield
    OPEN.set()


def _schedule(scheduler: Scheduler, function: object, number: int, prefix: str) -> None:
    for n in range(number):
        scheduler.schedule_task(Job(function, key=f"{prefix}-{n}"), once())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "holds", "room", "other", "note"),
    [
        ("thread", holds_a_thread, 2, quick_coroutine, "quick coroutine"),
        ("loop", waits_on_the_loop, 3, quick, "quick"),
    ],
)
def test_a_full_kind_leaves_room_for_the_other(
    make: Make, kind: str, holds: object, room: int, other: object, note: str
) -> None:
    scheduler = make(threads=2, coroutines=3)
    _schedule(scheduler, holds, 8, kind)
    scheduler.start()
    wait_until(lambda: counts.get(kind) == room)
    _schedule(scheduler, other, 4, "other")
    wait_until(lambda: seen.count(note) == 4)
    wait_until(lambda: len(scheduler.executing()) == room, message="what can't begin was fired")
    OPEN.set()
    wait_until(lambda: seen.count(kind) == 8)
    assert peaks[kind] == room


def test_what_is_set_aside_can_be_paused_and_deleted(make: Make) -> None:
    scheduler = make(threads=1, coroutines=2)
    _schedule(scheduler, quick_coroutine, 1, "loop")
    _schedule(scheduler, holds_a_thread, 1, "thread")
    scheduler.start()
    wait_until(lambda: counts.get("thread") == 1)
    _schedule(scheduler, quick, 3, "more")
    _schedule(scheduler, quick_coroutine, 1, "again")
    wait_until(lambda: seen.count("quick coroutine") == 2)
    assert scheduler.delete_task("more-0")
    scheduler.pause(scheduler.triggers("more-1")[0].key)
    OPEN.set()
    wait_until(lambda: "quick" in seen and not scheduler.executing())
    assert scheduler.triggers("more-1")[0].state == "PAUSED"
    assert seen.count("quick") == 1
    scheduler.resume(scheduler.triggers("more-1")[0].key)
    wait_until(lambda: seen.count("quick") == 2)


@pytest.mark.parametrize("store", ["ram"], indirect=True)
def test_two_thousand_coroutines_wait_on_two_threads(make: Make) -> None:
    scheduler = make(threads=2, coroutines=2000)
    _schedule(scheduler, waits_on_the_loop, 2000, "loop")
    before = threading.active_count()
    scheduler.start()
    wait_until(lambda: counts.get("loop") == 2000, 120)
    assert threading.active_count() - before < 10
    OPEN.set()
    wait_until(lambda: seen.count("loop") == 2000, 120)


@pytest.mark.parametrize("store", ["ram"], indirect=True)
def test_a_threads_locals_survive_between_its_jobs(make: Make) -> None:
    scheduler = make(threads=1)
    scheduler.schedule_task(counts_on_its_thread, every(milliseconds=5, repeat=4))
    scheduler.start()
    wait_until(lambda: len(seen) == 5)
    assert seen == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("store", ["ram"], indirect=True)
def test_each_coroutine_has_context_variables_of_its_own(make: Make) -> None:
    scheduler = make()
    _schedule(scheduler, marks, 5, "mark")
    scheduler.start()
    wait_until(lambda: len(seen) == 10)
    assert seen.count("nobody's") == 5
    assert seen.count(True) == 5


def test_a_context_that_is_kept_can_be_asked_after_its_run(make: Make) -> None:
    scheduler = make()
    scheduler.schedule_task(forgets_to_look, once())
    scheduler.start()
    wait_until(lambda: bool(seen) and not scheduler.executing())
    (context,) = seen
    assert isinstance(context, JobContext)
    assert context.job_key == Job(forgets_to_look).key
    assert context.refire_count == 0
