"""Where uvloop is installed, coroutine jobs run on its loop: they begin, are cancelled, and end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.jvm.programs import check_unharmed, run
from tests.support.processes import PROJECT_ROOT

pytestmark = pytest.mark.jvm


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Where its programs find uvloop, which all other tests do without."""
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--target", tmp_path, "uvloop"],
        check=True,
        timeout=120,
    )
    return os.pathsep.join([str(PROJECT_ROOT), str(tmp_path)])


def test_coroutines_run_on_it(path: str) -> None:
    body = """
        loops = []

        @defjob("life.Kind")
        async def kind():
            loops.append(type(asyncio.get_running_loop()).__module__)
            await asyncio.sleep(0)

        with Scheduler() as s:
            s.schedule_task(kind, once())
            wait_until(lambda: loops)
            s.schedule_task(coroutine, once())
            begun.wait()
            s.stop(timeout=0)
        print(*loops)
    """
    result = run(body, PYTHONPATH=path)
    check_unharmed(result)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == ["coroutine cleaned up", "uvloop"]
