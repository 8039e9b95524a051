"""Every example in README.md and docs/ is run, file by file, in a folder of its own."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import command, run_command
from tests.support.processes import PROJECT_ROOT, PythonProcess
from tests.support.stores import POSTGRES_DUMP, load_dump

PAGES = [PROJECT_ROOT / "README.md", *sorted((PROJECT_ROOT / "docs").glob("*.md"))]
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
    if request.getfixturevalue("page").name != "README.md":
        return {}
    store = request.getfixturevalue("postgres_database")
    load_dump(request.getfixturevalue("postgres_server"), store, POSTGRES_DUMP)
    return {"STORE": store}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_run(page: Path, environment: dict[str, str], tmp_path: Path) -> None:
    for name, text in programs(page):
        (tmp_path / name).write_text(text)
        with PythonProcess("-W", "error", name, env=environment, cwd=tmp_path) as process:
            ended = process.finish()
        expected = 143 if name == "leave.py" else 0  # it ends itself with SIGTERM
        assert ended.returncode == expected, f"{page.name}, {name}:\n{ended.stdout}{ended.stderr}"
        assert "Traceback" not in ended.stderr, f"{page.name}, {name}:\n{ended.stderr}"
        if name in ("app.py", "leave.py"):
            assert "Hello Quartz" in ended.stdout or "in good order" in ended.stdout
    for line in "".join(blocks(page, "console")).splitlines():
        if line.startswith("$ pyquartz "):
            check_command(shlex.split(line)[2:], tmp_path, environment)


def check_command(arguments: list[str], folder: Path, env: dict[str, str]) -> None:
    if arguments[0] == "run":
        with command(*arguments, cwd=folder, env=env) as process:
            process.wait_for_line("started", timeout=60)
            process.terminate()
            assert process.returncode(timeout=60) == 0, process.report()
        return
    ended = run_command(*arguments, cwd=folder, env=env)
    assert ended.returncode == 0, f"pyquartz {' '.join(arguments)}:\n{ended.stdout}{ended.stderr}"


def test_pages_have_examples() -> None:
    assert {page.name for page in PAGES} >= {"README.md", "jobs.md", "schedules.md", "stores.md"}
    tables = {"quartz-in-python.md"}  # held against Quartz by a test of its own
    assert {page.name for page in PAGES if not blocks(page, "python")} == tables
