"""Processes of the pool at the ends of things: of a program, of its node, beside forks."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.jvm.programs import check_unharmed, source, started
from tests.support.processes import PythonProcess, alive
from tests.support.waiting import wait_until

pytestmark = pytest.mark.jvm

JOBS = """
from pathlib import Path

@defjob("life.Who", runs_in="process")
def who(path: str):
    with open(path, "a") as file:
        print(os.getpid(), file=file)

@defjob("life.Slow", runs_in="process")
def slow(path: str, go: str):
    Path(path).write_text(str(os.getpid()))
    wait_until(Path(go).exists, 60)
    print("slow has ended", flush=True)

def lines(path):
    return Path(path).read_text().split() if Path(path).exists() else []

def wait_for(path, count):
    wait_until(lambda: len(lines(path)) >= count, 60)
    return int(lines(path)[-1])

"""


def program(body: str, folder: Path) -> Path:
    path = folder / "program.py"
    text = source(body)
    head, main = text.split('if __name__ == "__main__":\n')
    path.write_text(head + JOBS + 'if __name__ == "__main__":\n' + main)
    return path


def end(body: str, folder: Path) -> str:
    with PythonProcess(program(body, folder), cwd=folder) as process:
        result = process.finish(60)
    check_unharmed(result)
    return result.check().stdout + result.stderr


def test_processes_end_with_the_scheduler(tmp_path: Path) -> None:
    text = end(
        """
        with Scheduler(processes=2) as s:
            s.schedule_task(who, once(), data={"path": "who"})
            number = wait_for("who", 1)
            print("children", len(multiprocessing.active_children()), flush=True)
        print("children", len(multiprocessing.active_children()), flush=True)
        """,
        tmp_path,
    )
    assert "children 1" in text
    assert "children 0" in text


def test_a_job_has_its_time_when_the_stop_is_forgotten(tmp_path: Path) -> None:
    text = end(
        """
        s = Scheduler()
        s.schedule_task(slow, once(), data={"path": "slow", "go": "go"})
        s.start()
        wait_for("slow", 1)
        def go():
            wait_until(lambda: s.state == "stopped", 60)
            Path("go").touch()
        threading.Thread(target=go, daemon=True).start()
        """,
        tmp_path,
    )
    assert "stopping it at exit" in text
    assert "slow has ended" in text
    assert "ERROR" not in text


@pytest.mark.parametrize("leaving", ["sys.exit(0)", "os._exit(0)"])
def test_a_forked_child_leaves_them_alone(leaving: str, tmp_path: Path) -> None:
    text = end(
        f"""
        with Scheduler(processes=1) as s:
            s.schedule_task(who, once(), data={{"path": "who"}})
            first = wait_for("who", 1)
            child = os.fork()
            if child == 0:
                {leaving}
            os.waitpid(child, 0)
            s.schedule_task(who, once(), data={{"path": "who"}})
            print("the same", wait_for("who", 2) == first, flush=True)
        """,
        tmp_path,
    )
    assert "the same True" in text


def test_a_process_does_not_outlive_its_node(tmp_path: Path) -> None:
    body = """
        with Scheduler(processes=1) as s:
            s.schedule_task(slow, once(), data={"path": "slow", "go": "go"})
            wait_for("slow", 1)
            if os.fork() == 0:  # it holds whatever its parent has open
                time.sleep(60)
                os._exit(0)
            print("ready", flush=True)
            time.sleep(60)
    """
    with PythonProcess(program(body, tmp_path), cwd=tmp_path) as process:
        process.wait_for_line("ready", timeout=60)
        number = int((tmp_path / "slow").read_text())
        assert alive(number)
        process.send_signal(signal.SIGKILL)
        wait_until(lambda: not alive(number))


def test_a_main_module_that_works_when_it_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(
        source("pass")
        + """
s = Scheduler()
s.schedule_task(process, once())
s.start()
wait_until(lambda: s.info().executed >= 1 and not s.executing(), 60)
s.stop()
"""
    )
    with PythonProcess(path, cwd=tmp_path) as program:
        result = program.finish(60).check()
    assert "put what the program does under: if __name__ == '__main__'" in result.stderr
    assert "ended with exit code 1 before it could begin the job" in result.stderr
    assert "process begins" not in result.stdout


def test_a_main_module_without_a_file() -> None:
    body = """
        with Scheduler() as s:
            s.schedule_task(process, once())
            wait_until(lambda: s.info().executed >= 1 and not s.executing(), 60)
    """
    with PythonProcess("-c", source(body)) as program:
        result = program.finish(60).check()
    check_unharmed(result)
    assert result.stderr.count("a main module needs a file for that") >= 1
    assert "process begins" not in result.stdout


def test_ctrl_c_is_the_nodes_matter(tmp_path: Path) -> None:
    body = """
        try:
            with Scheduler() as s:
                s.schedule_task(process, once())
                wait_until(multiprocessing.active_children, 60)
                time.sleep(60)
        finally:
            print("finally", s.state, flush=True)
    """
    with started(body, tmp_path) as process:
        process.wait_for_line("process begins", stream="stdout")
        os.killpg(process.pid, signal.SIGINT)
        result = process.finish(30)
    check_unharmed(result)
    assert "finally stopped" in result.stdout
    assert result.stderr.count("KeyboardInterrupt") == 1
