"""AsyncScheduler on a running loop: every call, what it does to the loop, and every way out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from pyquartz import (
    AsyncScheduler,
    JobContext,
    JobKey,
    JobNotFoundError,
    Scheduler,
    SchedulerStateError,
    StoreError,
    TriggerKey,
    aio,
    cron,
    defjob,
    once,
)
from tests.integration.conftest import Logged, Make, RunOf, Store
from tests.integration.suite_jobs import Run, coroutine, gated, note
from tests.support.waiting import until

LIMIT = 30.0
DAILY = cron("0 0 3 * * ?")

# What the tests' jobs share with the tests: made anew by each `run`.
faces: list[AsyncScheduler] = []


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a test's coroutine; one that hangs fails."""
    faces.clear()
    asyncio.run(asyncio.wait_for(main, LIMIT))


@asynccontextmanager
async def ram(**settings: Any) -> AsyncIterator[AsyncScheduler]:
    async with AsyncScheduler(name="aio", threads=4, **settings) as scheduler:
        faces.append(scheduler)
        yield scheduler


@defjob
async def stops_itself(ctx: JobContext) -> None:
    await faces[0].stop()
    note_end(ctx)


@defjob
async def stops_from_a_task(ctx: JobContext) -> None:
    await asyncio.gather(AsyncScheduler.of(ctx.scheduler).stop(), faces[0].stop())
    note_end(ctx)


@defjob
def stops_from_a_thread(ctx: JobContext) -> None:
    AsyncScheduler.of(ctx.scheduler)
    asyncio.run(faces[0].stop())
    note_end(ctx)


ENDS: list[JobKey] = []


def note_end(ctx: JobContext) -> None:
    ENDS.append(ctx.job_key)


def test_the_calls_work_on_every_store(store: Store, seen: list[Run]) -> None:
    async def main() -> None:
        made = AsyncScheduler(store.url, name=store.name, **store.settings)
        assert made.state == "standby"
        async with made as s:
            assert s is made
            assert (s.name, s.state) == (store.name, "started")
            assert s.instance_id == (await s.info()).instance_id
            key = await s.schedule_task(note, DAILY, data={"n": 1})
            assert [job.key for job in await s.jobs()] == [key]
            assert (await s.job(key)).data == {"n": 1}
            await s.pause(note)
            assert (await s.trigger(key.name)).state == "PAUSED"
            await s.resume(note)
            await s.trigger_now(note, data={"n": 2})
            await s.schedule_task(coroutine, once(), data={"number": 3})
            await until(lambda: {run.name for run in seen} == {"note", "coroutine"})
            # Quartz refuses to delete a job whose one-shot trigger ends meanwhile.
            while len(await s.triggers(note)) > 1:
                await asyncio.sleep(0.01)
            assert await s.delete_task(note)
            with pytest.raises(JobNotFoundError, match="note"):
                await s.job(note)
        assert made.state == "stopped"
        with pytest.raises(SchedulerStateError, match="make a new"):
            await made.jobs()

    run(main())
    assert {run.name: run.data for run in seen} == {"note": {"n": 2}, "coroutine": {"number": 3}}


class Held:
    """Holds up a call in its thread, until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        self.begun: list[threading.Thread] = []
        self.go_on = threading.Event()
        original = getattr(Scheduler, name)

        def call(scheduler: Scheduler, *args: Any, **kwargs: Any) -> Any:
            self.begun.append(threading.current_thread())
            assert self.go_on.wait(LIMIT)
            return original(scheduler, *args, **kwargs)

        monkeypatch.setattr(AsyncScheduler, name, aio._call(call))


def test_a_call_that_waits_does_not_block_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch, "jobs")

    async def main() -> None:
        async with ram() as s:
            call = asyncio.create_task(s.jobs())
            await until(lambda: held.begun)
            assert await s.triggers() == [], "another call goes past it"
            assert not call.done()
            held.go_on.set()
            assert await call == []
            assert held.begun[0] is not threading.main_thread()

    run(main())


def test_a_call_that_is_cancelled_goes_on_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch, "schedule_task")

    async def main() -> None:
        async with ram() as s:
            call = asyncio.create_task(s.schedule_task(note, DAILY))
            await until(lambda: held.begun)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert await s.jobs() == []
            held.go_on.set()
            while not await s.jobs():
                await asyncio.sleep(0)
            assert (await s.triggers())[0].job_key == JobKey(f"{note.__module__}.note")

    run(main())


def test_a_call_that_has_not_begun_is_cancelled_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch, "jobs")

    async def main() -> None:
        async with ram() as s:
            calls = [asyncio.create_task(s.jobs()) for _ in range(aio._CALLS_AT_ONCE)]
            await until(lambda: len(held.begun) == len(calls))
            late = asyncio.create_task(s.schedule_task(note, DAILY))
            await asyncio.sleep(0)
            late.cancel()
            with pytest.raises(asyncio.CancelledError):
                await late
            held.go_on.set()
            await asyncio.gather(*calls)
            assert await s.jobs() == []

    run(main())


def test_a_stop_does_not_queue_behind_calls_that_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch, "jobs")

    async def main() -> None:
        async with ram() as s:
            calls = [asyncio.create_task(s.jobs()) for _ in range(2 * aio._CALLS_AT_ONCE)]
            await until(lambda: len(held.begun) == aio._CALLS_AT_ONCE)
            await s.stop()
            assert s.state == "stopped"
            held.go_on.set()
            results = await asyncio.gather(*calls, return_exceptions=True)
            assert all(isinstance(result, SchedulerStateError) for result in results)

    run(main())


def test_what_fails_unwatched_is_logged(monkeypatch: pytest.MonkeyPatch, logged: Logged) -> None:
    held = Held(monkeypatch, "job")

    async def main() -> None:
        async with ram() as s:
            call = asyncio.create_task(s.job("nobody's"))
            await until(lambda: held.begun)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            held.go_on.set()
            await asyncio.to_thread(logged, "nobody awaits any more")

    run(main())


def test_many_first_calls_make_one_scheduler() -> None:
    async def main() -> None:
        s = AsyncScheduler(name="aio-once")
        infos = await asyncio.gather(*(s.info() for _ in range(5)))
        assert len({info.instance_id for info in infos}) == 1
        await s.schedule_task(note, DAILY)
        assert len(await s.jobs()) == 1, "all write to the same store"
        await s.stop()

    run(main())


def test_errors_of_making_it_come_with_the_first_call(tmp_path: Any) -> None:
    async def main() -> None:
        unreachable = AsyncScheduler("postgresql://nobody:x@localhost:1/none")
        for _ in range(2):
            with pytest.raises(StoreError):
                await unreachable.start()
        with pytest.raises(StoreError):
            async with AsyncScheduler("postgresql://nobody:x@localhost:1/none"):
                pytest.fail("it was entered")
        with pytest.raises(SchedulerStateError, match="not made yet"):
            _ = unreachable.name

    run(main())


def test_stopped_before_it_was_made() -> None:
    async def main() -> None:
        s = AsyncScheduler()
        await s.stop()
        await s.stop()
        assert s.state == "stopped"
        with pytest.raises(SchedulerStateError, match="make a new"):
            await s.start()

    run(main())


def test_a_properties_file(tmp_path: Any) -> None:
    path = tmp_path / "quartz.properties"
    path.write_text("org.quartz.scheduler.instanceName = FromFile\n")

    async def main() -> None:
        async with AsyncScheduler.from_properties(path, threads=2) as s:
            assert s.name == "FromFile"
            assert (await s.info()).threads == 2

    run(main())


def test_the_face_of_a_scheduler_that_is_there(make: Make) -> None:
    scheduler = make()

    async def main() -> None:
        face = AsyncScheduler.of(scheduler)
        await face.schedule_task(note, DAILY)
        assert (face.state, face.name) == ("standby", scheduler.name)
        assert [job.key for job in scheduler.jobs()] == [job.key for job in await face.jobs()]

    run(main())


@pytest.mark.parametrize("job", [stops_itself, stops_from_a_task, stops_from_a_thread])
def test_a_job_may_stop_its_scheduler(job: Callable[..., object]) -> None:
    ENDS.clear()

    async def main() -> None:
        async with ram() as s:
            key = await s.schedule_task(job, once())
            await until(lambda: s.state == "stopped")
            # From outside it waits for the end.
            await s.stop()
            assert [key] == ENDS

    run(main())


async def _leave_by_error(s: AsyncScheduler) -> None:
    raise ValueError("the application's own")


async def _leave_by_cancel(s: AsyncScheduler) -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(LIMIT)


async def _leave_then_cancel(s: AsyncScheduler) -> None:
    task = asyncio.current_task()
    assert task is not None

    async def cancel() -> None:
        await until(lambda: s.state == "stopped")
        task.cancel()

    faces.append(s)
    _tasks.add(asyncio.create_task(cancel()))


_tasks: set[asyncio.Task[None]] = set()


@pytest.mark.parametrize(
    ("leave", "error"),
    [
        (_leave_by_error, ValueError),
        (_leave_by_cancel, asyncio.CancelledError),
        (_leave_then_cancel, asyncio.CancelledError),
    ],
)
def test_leaving_by_an_error_interrupts_what_runs_on(
    leave: Callable[[AsyncScheduler], Awaitable[None]],
    error: type[BaseException],
    seen: list[Run],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aio, "AT_EXIT", timedelta(milliseconds=200))

    async def leaving() -> None:
        async with ram() as s:
            await s.schedule_task(gated, once())
            await until(lambda: seen)
            await leave(s)

    async def main() -> None:
        with pytest.raises(error):
            await asyncio.create_task(leaving())
        assert faces[0].state == "stopped"
        assert [run.name for run in seen] == ["gated", "interrupted"]

    run(main())


def test_its_calls_know_the_callers_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first run of an initialiser sees what the application has set, as in a plain call."""
    import contextvars

    user: contextvars.ContextVar[str] = contextvars.ContextVar("user")
    found: list[str] = []
    original = Scheduler.info

    def info(scheduler: Scheduler) -> Any:
        found.append(user.get())
        return original(scheduler)

    monkeypatch.setattr(AsyncScheduler, "info", aio._call(info))

    async def main() -> None:
        user.set("ada")
        async with ram() as s:
            await s.info()

    run(main())
    assert found == ["ada"]


def test_trigger_keys_come_as_in_the_plain_calls() -> None:
    async def main() -> None:
        async with ram() as s:
            key = await s.add_job(note)
            await s.reschedule_task(note, DAILY)
            assert (await s.trigger(key.name)).key == TriggerKey(key.name)
            assert await s.delete_triggers_of(note) == 1

    run(main())


# -- the application's own loop -------------------------------------------------------------------


class Application:
    """What jobs use that belongs to the application's loop."""

    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[int]
    done: asyncio.Event
    told: list[tuple[str, asyncio.AbstractEventLoop]]

    def begin(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.queue = asyncio.Queue()
        self.done = asyncio.Event()
        self.told = []


application = Application()


@defjob
async def takes_from_the_queue(ctx: JobContext) -> int:
    assert asyncio.get_running_loop() is application.loop
    number = await application.queue.get()
    application.done.set()
    return number


@defjob
async def waits_for_ever() -> None:
    application.done.set()
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0)
        application.told.append(("cleaned up", asyncio.get_running_loop()))


@defjob
async def stops_it_plainly(ctx: JobContext) -> None:
    ctx.scheduler.stop()
    application.done.set()


def test_a_job_awaits_what_is_the_applications() -> None:
    async def main() -> None:
        application.begin()
        async with ram() as s:

            @s.on_job("was_executed")
            async def told(event: Any) -> None:
                application.told.append((str(event.result), asyncio.get_running_loop()))

            await s.schedule_task(takes_from_the_queue, once())
            while not await s.executing():
                await asyncio.sleep(0.01)
            assert not application.done.is_set()
            application.queue.put_nowait(7)
            await application.done.wait()
            await until(lambda: application.told)
            assert application.told == [("7", application.loop)]

    run(main())


def test_a_stop_cancels_what_runs_on_the_applications_loop() -> None:
    async def main() -> None:
        application.begin()
        async with ram() as s:
            await s.schedule_task(waits_for_ever, once())
            await application.done.wait()
            await s.stop(wait=False)
            assert application.told == [("cleaned up", application.loop)]

    run(main())


def test_a_plain_stop_on_the_applications_loop_returns_at_once() -> None:
    async def main() -> None:
        application.begin()
        async with ram() as s:
            await s.schedule_task(stops_it_plainly, once())
            await application.done.wait()
            await until(lambda: s.state == "stopped")

    run(main())


def test_a_plain_scheduler_keeps_its_own_loop(make: Make, run_of: RunOf) -> None:
    async def main() -> None:
        scheduler = make()
        scheduler.start()
        scheduler.schedule_task(coroutine, once())
        seen = await asyncio.to_thread(run_of, "coroutine")
        assert seen.thread == "pyquartz-loop"

    run(main())
