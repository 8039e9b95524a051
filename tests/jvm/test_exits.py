"""A program that forgets stop() still exits, soon and in order, whatever its jobs are doing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jvm.programs import check_unharmed, rows_left, run

pytestmark = pytest.mark.jvm

# The time that a stop at exit gives to running jobs is ten seconds: less will do here.
SOON = """
        import pyquartz.lifecycle as module
        from datetime import timedelta
        module.AT_EXIT = timedelta(seconds=0.2)
"""


def test_an_idle_scheduler(tmp_path: Path) -> None:
    result = run(
        f"""
        s = Scheduler("h2:///{tmp_path}/store")
        s.schedule_task(tick, every(milliseconds=10))
        s.start()
        begun.wait()
        """
    ).check()
    check_unharmed(result)
    assert "was not stopped; stopping it at exit" in result.stderr
    assert rows_left(f"h2:///{tmp_path}/store") == []


def test_a_scheduler_that_was_never_started() -> None:
    check_unharmed(run("s = Scheduler()\ns.schedule_task(tick, once())").check())


def test_a_delayed_start_that_has_not_come() -> None:
    check_unharmed(run("from datetime import timedelta\nScheduler().start(timedelta(1))").check())


@pytest.mark.parametrize("job", ["patient", "coroutine", "process"])
def test_a_running_job_is_interrupted(job: str, tmp_path: Path) -> None:
    # What runs in a process of its own can't set an event here; and once the program's main part
    # has ended, Python can start no process that finds the main module's functions.
    wait = "wait_until(multiprocessing.active_children)" if job == "process" else "begun.wait()"
    result = run(
        SOON
        + f"""
        s = Scheduler("h2:///{tmp_path}/store")
        s.schedule_task({job}, once())
        s.start()
        {wait}
        """
    ).check()
    check_unharmed(result)
    assert "Interrupting DEFAULT.life." in result.stderr
    assert "left behind" not in result.stderr
    if job == "coroutine":
        assert "coroutine cleaned up" in result.stdout
    assert rows_left(f"h2:///{tmp_path}/store") == []


def test_a_job_that_ignores_the_interruption_is_left_behind() -> None:
    result = run(
        SOON
        + """
        s = Scheduler()
        s.schedule_task(deaf, once())
        s.start()
        begun.wait()
        """
    ).check()
    check_unharmed(result)
    assert "left behind: DEFAULT.life.Deaf" in result.stderr


def test_a_job_that_ends_in_its_time_is_waited_for() -> None:
    result = run(
        """
        global late
        @defjob("life.Late")
        def late():
            begun.set()
            threading.main_thread().join()
            print("the job came to its end", flush=True)
        s = Scheduler()
        s.schedule_task(late, once())
        s.start()
        begun.wait()
        """
    ).check()
    assert "the job came to its end" in result.stdout
    assert "Interrupting" not in result.stderr


def test_after_an_unhandled_exception(tmp_path: Path) -> None:
    result = run(
        f"""
        s = Scheduler("h2:///{tmp_path}/store")
        s.schedule_task(tick, every(milliseconds=10))
        s.start()
        begun.wait()
        raise RuntimeError("unhandled")
        """
    )
    check_unharmed(result)
    assert result.returncode == 1
    assert "RuntimeError: unhandled" in result.stderr
    assert rows_left(f"h2:///{tmp_path}/store") == []


def test_sys_exit_in_a_job_is_a_failed_run() -> None:
    result = run(
        """
        global leaving
        @defjob("life.Leaving")
        def leaving():
            sys.exit(3)
        with Scheduler() as s:
            s.schedule_task(leaving, once())
            s.schedule_task(tick, every(milliseconds=50))
            begun.wait()
            wait_until(lambda: s.info().executed >= 3)
        """
    ).check()
    assert "SystemExit: 3" in result.stderr


@pytest.mark.parametrize("daemon", [True, False])
def test_user_threads_that_call_until_the_end(daemon: bool) -> None:
    result = run(
        f"""
        stopping = threading.Event()
        def ask():
            while not stopping.is_set():
                try:
                    s.triggers()
                except SchedulerStateError:
                    return
        s = Scheduler(threads=4)
        s.schedule_task(tick, every(milliseconds=5))
        s.start()
        for _ in range(3):
            threading.Thread(target=ask, daemon={daemon}).start()
        begun.wait()
        if not {daemon}:
            stopping.set()
        """
    ).check()
    check_unharmed(result)


def test_a_stop_under_way_on_another_thread_is_waited_for(tmp_path: Path) -> None:
    result = run(
        f"""
        s = Scheduler("h2:///{tmp_path}/store")
        s.schedule_task(patient, once())
        s.start()
        begun.wait()
        threading.Thread(target=s.stop, kwargs={{"timeout": 1}}, daemon=True).start()
        wait_until(lambda: s.state == "stopped")
        """
    ).check()
    check_unharmed(result)
    assert "patient was interrupted" in result.stdout
    assert "Scheduler pyquartz stopped" in result.stderr
    assert rows_left(f"h2:///{tmp_path}/store") == []


def test_a_failing_stop_keeps_no_other_scheduler_from_its_own(tmp_path: Path) -> None:
    result = run(
        f"""
        one, two = Scheduler("h2:///{tmp_path}/store", name="one"), Scheduler(name="two")
        def fail(*ignored, **also):
            raise OSError("no way out")
        two._life.stop = fail
        one.start(); two.start()
        """
    )
    assert result.returncode == 0
    assert "OSError: no way out" in result.stderr
    assert "Scheduler one stopped" in result.stderr


def test_os_exit_is_the_users_own_affair() -> None:
    assert run("Scheduler().start()\nos._exit(4)").returncode == 4


def test_sys_exit_gives_its_code() -> None:
    assert run("Scheduler().start()\nsys.exit(9)").returncode == 9


@pytest.mark.parametrize("mode", ["dev", "faulthandler"])
def test_developers_switches(mode: str) -> None:
    switches = {"dev": {"PYTHONDEVMODE": "1"}, "faulthandler": {"PYTHONFAULTHANDLER": "1"}}[mode]
    result = run(
        """
        for _ in range(2):
            with Scheduler(threads=4) as s:
                begun.clear()
                s.schedule_task(tick, every(milliseconds=5))
                begun.wait()
        """,
        **switches,
    ).check()
    assert result.returncode == 0
    assert "Warning" not in result.stderr


@pytest.mark.slow
def test_no_crash_in_many_forgotten_stops() -> None:
    for _ in range(8):
        result = run(
            """
            s = Scheduler(threads=8)
            s.schedule_task(tick, every(milliseconds=3))
            s.start()
            begun.wait()
            """
        ).check()
        check_unharmed(result)
