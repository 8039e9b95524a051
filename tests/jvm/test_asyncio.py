"""An application in asyncio.run: how it ends by signals, by exceptions, and by forgetting."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.jvm.programs import check_unharmed, rows_left, run, started

pytestmark = pytest.mark.jvm


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("job", ["tick", "coroutine", "patient"])
def test_a_signal_ends_the_async_with_in_order(
    number: signal.Signals, job: str, tmp_path: Path
) -> None:
    body = f"""
        async def main():
            try:
                async with AsyncScheduler("h2:///{tmp_path}/store") as s:
                    await s.schedule_task({job}, every(milliseconds=20))
                    await until(begun.is_set)
                    print("ready", flush=True)
                    await asyncio.Event().wait()
            finally:
                print("finally", s.state, flush=True)

        from pyquartz import aio
        aio.AT_EXIT = timedelta(milliseconds=500)
        asyncio.run(main())
    """
    with started(body, tmp_path) as process:
        process.wait_for_line("ready", stream="stdout")
        process.send_signal(number)
        result = process.finish(30)
    check_unharmed(result)
    assert "finally stopped" in result.stdout
    if job == "coroutine":
        assert "coroutine cleaned up" in result.stdout
    if job == "patient":
        assert "patient was interrupted" in result.stdout
    assert result.returncode == (143 if number is signal.SIGTERM else -signal.SIGINT)
    assert rows_left(f"h2:///{tmp_path}/store") == []


@pytest.mark.parametrize("ending", ["return", "raise ValueError('mine')", "raise SystemExit(3)"])
def test_a_loop_that_is_closed_without_a_stop_is_no_hang(ending: str, tmp_path: Path) -> None:
    result = run(
        f"""
        async def main():
            s = AsyncScheduler("h2:///{tmp_path}/store")
            await s.start()
            await s.schedule_task(tick, every(milliseconds=20))
            await until(begun.is_set)
            {ending}

        asyncio.run(main())
        """
    )
    check_unharmed(result)
    assert result.returncode == {"return": 0}.get(ending, 3 if "Exit" in ending else 1)
    assert "was not stopped; stopping it at exit" in result.stderr
    assert rows_left(f"h2:///{tmp_path}/store") == []


def test_a_stop_that_waits_without_end_does_not_keep_the_process(tmp_path: Path) -> None:
    result = run(
        """
        async def main():
            s = AsyncScheduler()
            await s.start()
            await s.schedule_task(deaf, once())
            await until(begun.is_set)
            try:
                await asyncio.wait_for(s.stop(), 0.1)
            except asyncio.TimeoutError:
                print("left it to itself", flush=True)

        from pyquartz import lifecycle
        lifecycle.AT_EXIT = timedelta(milliseconds=200)
        asyncio.run(main())
        """
    )
    check_unharmed(result)
    result.check()
    assert "left it to itself" in result.stdout


def test_a_forked_child_is_told_at_once() -> None:
    result = run(
        """
        async def main():
            async with AsyncScheduler() as s:
                await s.jobs()
                child = os.fork()
                if child == 0:
                    try:
                        s.jobs().send(None)
                    except ForkedProcessError:
                        os._exit(7)
                    os._exit(1)
                print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)

        asyncio.run(main())
        """
    )
    check_unharmed(result)
    result.check()
    assert "child 7" in result.stdout


def test_one_loop_after_the_other() -> None:
    result = run(
        """
        async def main():
            async with AsyncScheduler() as s:
                begun.clear()
                await s.schedule_task(coroutine, once())
                await until(begun.is_set)
                for job in list(await s.executing()):
                    await s.stop(wait=False)
            print("stopped", s.state, flush=True)

        for _ in range(2):
            asyncio.run(main())
        """
    )
    check_unharmed(result)
    result.check()
    assert result.stdout.count("stopped stopped") == 2


def test_a_job_on_a_loop_that_is_closed_under_it_is_no_hang(tmp_path: Path) -> None:
    result = run(
        f"""
        async def main():
            s = AsyncScheduler("h2:///{tmp_path}/store")
            await s.start()
            await s.schedule_task(coroutine, once())
            await until(begun.is_set)
            return s

        loop = asyncio.new_event_loop()
        s = loop.run_until_complete(main())
        loop.close()
        core = s._core
        wait_until(lambda: not core.executing())
        core.schedule_task(coroutine, once())
        wait_until(lambda: core.info().executed >= 2 and not core.executing())
        print("goes on", core.state, flush=True)
        """
    )
    result.check()
    assert result.stderr.count("Job DEFAULT.life.Coroutine") == 2
    assert result.stderr.count("the application's event loop has ended") >= 2
    assert "goes on started" in result.stdout
    assert rows_left(f"h2:///{tmp_path}/store") == []


def test_a_veto_on_a_loop_that_is_closed_under_it_is_no_hang(tmp_path: Path) -> None:
    result = run(
        f"""
        from pyquartz import TriggerListener
        asked = threading.Event()

        class Gate(TriggerListener):
            async def veto_job_execution(self, event):
                asked.set()
                await asyncio.Event().wait()

        async def main():
            s = AsyncScheduler("h2:///{tmp_path}/store")
            await s.start()
            s.on_trigger(Gate())
            await s.schedule_task(tick, once())
            await until(asked.is_set)
            return s

        loop = asyncio.new_event_loop()
        s = loop.run_until_complete(main())
        loop.close()
        core = s._core
        wait_until(lambda: core.info().executed >= 1 and not core.executing())
        begun = time.monotonic()
        core.stop()
        print("runs all the same", time.monotonic() - begun < 9, flush=True)
        """
    )
    result.check()
    assert "the application's event loop has ended" in result.stderr
    assert "runs all the same True" in result.stdout
    assert rows_left(f"h2:///{tmp_path}/store") == []


def test_the_end_of_asyncio_run_cancels_the_jobs_on_its_loop(tmp_path: Path) -> None:
    result = run(
        f"""
        async def main():
            s = AsyncScheduler("h2:///{tmp_path}/store")
            await s.start()
            await s.schedule_task(coroutine, once())
            await until(begun.is_set)

        asyncio.run(main())
        """
    )
    check_unharmed(result)
    result.check()
    assert "coroutine cleaned up" in result.stdout
    assert "Interrupting" not in result.stderr
    assert rows_left(f"h2:///{tmp_path}/store") == []
