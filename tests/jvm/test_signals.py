"""SIGTERM and SIGINT with a JVM in the process: Python's handlers stay, and the end is orderly."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.jvm.programs import check_unharmed, rows_left, started
from tests.support.processes import Finished

pytestmark = pytest.mark.jvm

WAITS = {
    "event": "threading.Event().wait()",
    "sleep": "time.sleep(60)",
    "java": "while True: s.jobs()",
}


def end(body: str, folder: Path, number: signal.Signals, after: str = "ready") -> Finished:
    """Run a program until it says that it is ready, send it a signal, and give its end."""
    with started(body, folder) as process:
        process.wait_for_line(after, stream="stdout")
        process.send_signal(number)
        result = process.finish(30)
    check_unharmed(result)
    return result


@pytest.mark.parametrize("wait", WAITS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_default_handlers_end_a_with_block_in_order(
    wait: str, number: signal.Signals, tmp_path: Path
) -> None:
    result = end(
        f"""
        try:
            with Scheduler("h2:///{tmp_path}/store") as s:
                s.schedule_task(tick, every(milliseconds=20))
                begun.wait()
                print("ready", flush=True)
                {WAITS[wait]}
        finally:
            print("finally", s.state, flush=True)
        """,
        tmp_path,
        number,
    )
    assert "finally stopped" in result.stdout
    if number is signal.SIGTERM:
        assert result.returncode == 143
        assert "Traceback" not in result.stderr
    else:
        assert result.returncode == -signal.SIGINT
    assert rows_left(f"h2:///{tmp_path}/store") == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_default_handlers_without_a_with_block(number: signal.Signals, tmp_path: Path) -> None:
    result = end(
        f"""
        s = Scheduler("h2:///{tmp_path}/store")
        s.schedule_task(tick, every(milliseconds=20))
        s.start()
        begun.wait()
        try:
            print("ready", flush=True)
            threading.Event().wait()
        finally:
            print("finally", s.state, flush=True)
        """,
        tmp_path,
        number,
    )
    assert "finally started" in result.stdout
    assert "was not stopped; stopping it at exit" in result.stderr
    assert result.returncode == (143 if number is signal.SIGTERM else -signal.SIGINT)
    assert rows_left(f"h2:///{tmp_path}/store") == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("when", ["before", "after"])
def test_the_users_handler_is_kept(when: str, number: signal.Signals, tmp_path: Path) -> None:
    install = f"signal.signal({int(number)}, handler)"
    before, after = (install, "") if when == "before" else ("", install)
    result = end(
        f"""
        stopping = threading.Event()
        def handler(number, frame):
            print("handled", number, flush=True)
            stopping.set()
        {before}
        with Scheduler("h2:///{tmp_path}/store") as s:
            {after or "pass"}
            s.schedule_task(tick, every(milliseconds=20))
            begun.wait()
            print("ready", flush=True)
            stopping.wait()
            begun.clear()
            print("fires on", begun.wait(20), flush=True)
        """,
        tmp_path,
        number,
    )
    result.check()
    assert f"handled {int(number)}" in result.stdout
    assert "fires on True" in result.stdout
    assert rows_left(f"h2:///{tmp_path}/store") == []


def test_ignored_signals_stay_ignored(tmp_path: Path) -> None:
    result = end(
        """
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with Scheduler() as s:
            signal.signal(signal.SIGUSR1, lambda *ignored: begun.set())
            print("ready", signal.getsignal(signal.SIGTERM) is signal.SIG_IGN, flush=True)
            os.kill(os.getpid(), signal.SIGTERM)
            begun.wait()
        """,
        tmp_path,
        signal.SIGUSR1,
    )
    result.check()
    assert "ready True" in result.stdout


def test_a_scheduler_made_on_another_thread_leaves_the_handlers_alone(tmp_path: Path) -> None:
    result = end(
        """
        signal.signal(signal.SIGTERM, lambda *ignored: begun.set())
        made = []
        thread = threading.Thread(target=lambda: made.append(Scheduler()))
        thread.start()
        thread.join()
        with made[0] as s:
            print("ready", flush=True)
            begun.wait()
            print("handled", flush=True)
        """,
        tmp_path,
        signal.SIGTERM,
    )
    result.check()
    assert "handled" in result.stdout


def test_a_running_job_is_interrupted_when_its_time_is_over(tmp_path: Path) -> None:
    result = end(
        f"""
        import pyquartz.lifecycle as module
        from datetime import timedelta
        module.AT_EXIT = timedelta(seconds=0.2)
        with Scheduler("h2:///{tmp_path}/store") as s:
            s.schedule_task(patient, once())
            threading.Event().wait()
        """,
        tmp_path,
        signal.SIGTERM,
        after="patient begins",
    )
    assert result.returncode == 143
    assert "patient was interrupted" in result.stdout
    assert rows_left(f"h2:///{tmp_path}/store") == []


def test_a_second_signal_interrupts_the_jobs_that_stop_waits_for(tmp_path: Path) -> None:
    with started(
        f"""
        signal.signal(signal.SIGTERM, lambda *ignored: s.stop())
        with Scheduler("h2:///{tmp_path}/store") as s:
            s.schedule_task(patient, once())
            begun.wait()
            signal.signal(signal.SIGUSR1, lambda *ignored: print("waits", flush=True))
            print("ready", flush=True)
            s.stop()
        """,
        tmp_path,
    ) as process:
        process.wait_for_line("ready")
        process.send_signal(signal.SIGUSR1)
        process.wait_for_line("waits")
        process.send_signal(signal.SIGINT)
        result = process.finish(30)
    check_unharmed(result)
    assert "patient was interrupted" in result.stdout, result.stderr
    assert "KeyboardInterrupt" in result.stderr
    assert rows_left(f"h2:///{tmp_path}/store") == []


def test_stop_from_a_signal_handler(tmp_path: Path) -> None:
    result = end(
        f"""
        def handler(number, frame):
            s.stop(timeout=0)
            sys.exit(7)
        signal.signal(signal.SIGTERM, handler)
        s = Scheduler("h2:///{tmp_path}/store")
        s.schedule_task(tick, every(milliseconds=20))
        s.schedule_task(patient, once())
        s.start()
        while True:
            s.triggers()
        """,
        tmp_path,
        signal.SIGTERM,
        after="patient begins",
    )
    assert result.returncode == 7
    assert "patient was interrupted" in result.stdout
    assert rows_left(f"h2:///{tmp_path}/store") == []


@pytest.mark.slow
def test_no_crash_in_many_ends(tmp_path: Path) -> None:
    for run in range(8):
        number = (signal.SIGTERM, signal.SIGINT)[run % 2]
        result = end(
            """
            s = Scheduler(threads=8)
            s.schedule_task(tick, every(milliseconds=3))
            s.start()
            begun.wait()
            print("ready", flush=True)
            while True:
                s.triggers()
            """,
            tmp_path,
            number,
        )
        assert result.returncode == (143 if number is signal.SIGTERM else -signal.SIGINT)
