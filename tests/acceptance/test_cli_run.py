"""`pyquartz run`: from the import of the modules to a clean stop by a signal."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.support.commands import command, error_of, json_of, run_command

pytestmark = [pytest.mark.acceptance, pytest.mark.jvm]

SERVICE = """
from pyquartz import JobContext, Scheduler, defjob, every, once, task_init

@defjob
def patient(ctx: JobContext) -> None:
    print("begun", flush=True)
    ctx.interrupted.wait()
    print("interrupted", flush=True)

@defjob
def quick(ctx: JobContext, who: str = "nobody") -> None:
    print(f"quick for {who}", flush=True)

@task_init("Patient")
def set_up(scheduler: Scheduler) -> None:
    scheduler.schedule_task(patient, once())

@task_init("Quick")
def set_up_quick(scheduler: Scheduler) -> None:
    scheduler.add_job(quick)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a service's module, which is found because the command runs there."""
    (tmp_path / "service.py").write_text(SERVICE)
    return tmp_path


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(folder: Path, number: signal.Signals) -> None:
    store = f"h2://{folder}/store"
    with command("run", "service", "--store", store, "--stop-timeout", "0.5", cwd=folder) as node:
        node.wait_for_line("^begun$", stream="stdout")
        node.send_signal(number)
        # The job has had its time, and then was interrupted.
        node.wait_for_line("^interrupted$", stream="stdout")
        ended = node.finish()
    assert ended.returncode == 0, ended
    assert ended.stdout.splitlines() == ["begun", "interrupted"]
    assert "Task Patient initialised" in ended.stderr
    assert "Traceback" not in ended.stderr
    # It has let go of the file.
    assert len(json_of("jobs", "--store", store)) == 1


def test_a_second_signal_ends_it_sooner(folder: Path) -> None:
    with command("run", "service", "--stop-timeout", "600", cwd=folder) as node:
        node.wait_for_line("^begun$")
        node.terminate()
        node.wait_for_line("Stopping; running jobs get 600 seconds")
        node.terminate()
        assert node.returncode(60) == 0, node.report()
        assert "interrupted" in node.stdout


def test_it_runs_what_trigger_now_has_stored(folder: Path) -> None:
    options = ("--store", f"h2://{folder}/store")
    quiet = {"PYQUARTZ_DISABLE_SCHEDULER": "true"}
    with command("run", "service", *options, cwd=folder, env=quiet) as node:
        node.wait_for_line("stays in standby")
        node.terminate()
        assert node.returncode() == 0, node.report()
        # Nothing ran, though a job was due.
        assert node.stdout == ""
    run_command("trigger-now", "service.quick", "-d", "who=me", *options).check()
    with command("run", "service", *options, "--stop-timeout", "0", cwd=folder) as node:
        node.wait_for_line("^quick for me$", stream="stdout")
        node.terminate()
        assert node.returncode() == 0, node.report()


def test_a_module_that_is_not_there_is_told() -> None:
    told = error_of("run", "no_such_module_of_mine")
    assert "can't import the module 'no_such_module_of_mine'" in told


def test_a_module_that_fails_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("x = 1\ny = 1 / 0\n")
    ended = run_command("run", "broken", cwd=tmp_path)
    assert ended.returncode == 1
    assert "broken.py:2" in ended.stderr
    assert "division by zero" in ended.stderr
    assert "Traceback" not in ended.stderr
