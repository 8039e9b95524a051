"""Every example in README.md and docs/ is run, file by file, in a folder of its own."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import PythonProcess
from tests.support.stores import POSTGRES_DUMP, load_dump

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)

pytestmark = [pytest.mark.acceptance, pytest.mark.jvm]


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(page.read_text()) if kind == language]


def programs(page: Path) -> Iterator[tuple[str, str]]:
    for text in blocks(page, "python"):
        name = re.match(r"# (\w+\.py)\n", text)
        assert name, f"{page.name}: an example does not begin with its file's name:\n{text}"
        yield name[1], text


@pytest.fixture
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    if request.getfixturevalue("page").name == "README.md":
        server = request.getfixturevalue("postgres_server")
        env["STORE"] = request.getfixturevalue("postgres_database")
        load_dump(server, env["STORE"], POSTGRES_DUMP)
    return env


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_run(page: Path, environment: dict[str, str], tmp_path: Path) -> None:
    for name, text in programs(page):
        (tmp_path / name).write_text(text)
        ended = subprocess.run(
            [sys.executable, "-W", "error", name],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        expected = 143 if name == "leave.py" else 0  # it ends itself with SIGTERM
        assert ended.returncode == expected, f"{page.name}, {name}:\n{ended.stdout}{ended.stderr}"
        assert "Traceback" not in ended.stderr, f"{page.name}, {name}:\n{ended.stderr}"
        if name in ("app.py", "leave.py"):
            assert "Hello Quartz" in ended.stdout or "in good order" in ended.stdout
    for line in "".join(blocks(page, "console")).splitlines():
        if line.startswith("$ pyquartz "):
            run_command(shlex.split(line)[2:], tmp_path, environment)


def run_command(arguments: list[str], folder: Path, env: dict[str, str]) -> None:
    if arguments[0] == "run":
        with PythonProcess("-m", "pyquartz", *arguments, cwd=folder, env=env) as process:
            process.wait_for_line("started", timeout=60)
            process.terminate()
            assert process.returncode(timeout=60) == 0, process.report()
        return
    ended = subprocess.run(
        [sys.executable, "-m", "pyquartz", *arguments],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, f"pyquartz {' '.join(arguments)}:\n{ended.stdout}{ended.stderr}"


def test_pages_have_examples() -> None:
    assert {page.name for page in PAGES} >= {"README.md", "jobs.md", "schedules.md", "stores.md"}
    tables = {"quartz-in-python.md"}  # held against Quartz by a test of its own
    assert {page.name for page in PAGES if not blocks(page, "python")} == tables
