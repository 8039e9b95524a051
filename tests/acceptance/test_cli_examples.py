"""The programs in examples/ do what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import command, json_of
from tests.support.processes import PROJECT_ROOT

pytestmark = [pytest.mark.acceptance, pytest.mark.jvm]


def test_the_service_runs_and_leaves_its_schedule(tmp_path: Path) -> None:
    store = f"h2://{tmp_path}/service"
    with command("run", "service", "--store", store, cwd=PROJECT_ROOT / "examples") as node:
        node.wait_for_line("run number 2")
        node.terminate()
        assert node.returncode() == 0, node.report()
        assert "Traceback" not in node.stderr
    coming = json_of("next", "acme.jobs.CleanSessions", "-n", "1", "--store", store)
    assert coming[0]["description"].startswith("At 03:00 (Europe/Berlin)")
    assert len(json_of("jobs", "--store", store)) == 3
