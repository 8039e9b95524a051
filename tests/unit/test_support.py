"""The tests' own ways to wait and to run other processes: a fault here hides faults elsewhere."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import (
    PROJECT_ROOT,
    ProcessFailedError,
    PythonProcess,
    alive,
    run_python,
)
from tests.support.waiting import NotInTimeError, wait_until

READY_AND_WAITING = "import signal; print('ready'); signal.pause()"


def test_waiting_gives_the_value_that_came_true() -> None:
    values = iter([0, None, "", 7])
    assert wait_until(lambda: next(values)) == 7


def test_waiting_in_vain_says_for_what_and_with_what_value() -> None:
    with pytest.raises(NotInTimeError, match=r"not within 0.05 s: the cat \(last value: \[\]\)"):
        wait_until(list, timeout=0.05, message="the cat")


def test_a_message_can_show_the_state_at_the_end() -> None:
    asked: list[int] = []

    def never() -> bool:
        asked.append(len(asked))
        return False

    with pytest.raises(NotInTimeError, match="asked 1 times"):
        wait_until(never, timeout=0, message=lambda: f"asked {len(asked)} times")


def test_a_condition_that_raises_ends_the_waiting() -> None:
    with pytest.raises(ZeroDivisionError):
        wait_until(lambda: 1 // 0)


def test_a_program_runs_with_the_project_and_its_environment() -> None:
    finished = run_python(
        """
        import os, sys
        import tests.support
        print(os.environ["GIVEN"], os.environ.get("HOME"), tests.support.__file__)
        print("Grüße", file=sys.stderr)
        """,
        GIVEN="a b",
        HOME=None,
    ).check()
    assert finished.stdout == f"a b None {PROJECT_ROOT}/tests/support/__init__.py\n"
    assert finished.stderr == "Grüße\n"


def test_a_program_that_fails_shows_its_output_and_its_lines() -> None:
    finished = run_python(
        """
        print("said before")
        raise LookupError("gone")  # this line
        """
    )
    assert finished.returncode == 1
    with pytest.raises(
        ProcessFailedError, match=r"(?s)said before.*# this line.*LookupError: gone"
    ):
        finished.check()


def test_a_program_that_hangs_is_ended_and_shows_its_output() -> None:
    with pytest.raises(
        NotInTimeError, match=r"(?s)still runs after 1 s.*stdout \| pid (\d+)"
    ) as caught:
        run_python("import os, signal; print('pid', os.getpid()); signal.pause()", timeout=1)
    pid = int(str(caught.value).rpartition("pid ")[2])
    assert not alive(pid)


def test_lines_are_found_by_number_and_stream() -> None:
    source = """import sys, signal
for n in range(3):
    print("line", n)
print("line", "e", file=sys.stderr)
signal.pause()
"""
    with PythonProcess("-c", source) as process:
        assert process.wait_for_line(r"line (\d)", nth=3)[1] == "2"
        assert process.wait_for_line(r"line (\d)")[1] == "0"
        assert process.wait_for_line(r"line (.)", stream="stderr")[1] == "e"
        assert process.stdout == "line 0\nline 1\nline 2\n"
        with pytest.raises(
            NotInTimeError, match=r"(?s)'line 9' not within 0.05 s.*stdout \| line 2"
        ):
            process.wait_for_line("line 9", timeout=0.05)


def test_a_line_that_can_no_longer_come_fails_at_once() -> None:
    with (
        PythonProcess("-c", "print('all'); raise SystemExit(3)") as process,
        pytest.raises(ProcessFailedError, match=r"(?s)ended without.*ended with 3.*stdout \| all"),
    ):
        process.wait_for_line("more", timeout=60)


def test_terminate_and_kill() -> None:
    with PythonProcess("-c", READY_AND_WAITING) as process:
        process.wait_for_line("ready")
        assert process.running
        process.terminate()
        assert process.returncode() == -signal.SIGTERM
    with PythonProcess("-c", READY_AND_WAITING) as process:
        process.wait_for_line("ready")
        process.kill()
        assert not process.running
        assert process.returncode() == -signal.SIGKILL


def test_the_working_folder_is_the_process_own_and_goes_with_it() -> None:
    with PythonProcess("-c", "open('made', 'w').close(); import os; print(os.getcwd())") as process:
        folder = Path(process.wait_for_line("/.*")[0])
        assert process.returncode() == 0
        assert (folder / "made").exists()
    assert not folder.exists()


def test_the_working_folder_can_be_given_and_stays(tmp_path: Path) -> None:
    with PythonProcess("-c", "open('made', 'w').close()", cwd=tmp_path) as process:
        assert process.returncode() == 0
    assert (tmp_path / "made").exists()


def test_the_end_takes_children_along() -> None:
    source = f"""import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {READY_AND_WAITING!r}])
print("child", child.pid)
child.wait()
"""
    with PythonProcess("-c", source) as process:
        child = int(process.wait_for_line(r"child (\d+)")[1])
        process.wait_for_line("ready")
        process.kill()
        assert alive(child)
    wait_until(lambda: not alive(child), message="the child of a closed process runs on")


def test_a_zombie_is_not_alive() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        wait_until(lambda: not alive(process.pid), message="the process does not end")
        assert process.returncode is None, "nobody has asked yet, so it is a zombie"


def test_processes_do_not_outlive_a_killed_suite(tmp_path: Path) -> None:
    source = f"""import signal
from tests.support.processes import PythonProcess
process = PythonProcess("-c", {READY_AND_WAITING!r})
process.wait_for_line("ready")
print("inner", process.pid)
signal.pause()
"""
    # A killed suite can't remove its temporary folders; pytest removes these.
    with PythonProcess("-c", source, env={"TMPDIR": str(tmp_path)}) as suite:
        inner = int(suite.wait_for_line(r"inner (\d+)")[1])
        assert alive(inner)
        suite.kill()
        wait_until(lambda: not alive(inner), message="the process outlived its suite")
