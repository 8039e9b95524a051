"""`pyquartz demo`, as it is shown where stdout is no terminal, and once in one."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import command, json_of
from tests.support.processes import PROJECT_ROOT

pytestmark = [pytest.mark.acceptance, pytest.mark.jvm, pytest.mark.slow]


def test_the_demo_tells_its_story_in_lines(tmp_path: Path) -> None:
    store = f"h2://{tmp_path}/demo"
    with command("demo", "--store", store) as process:
        ended = process.finish(150).check()
    assert ended.stderr == ""
    text = ended.stdout
    second = text.partition("== 2.")[2]
    for name in ("heartbeat", "greet", "fetch", "primes", "count", "report-skip"):
        assert re.search(rf"\d  {name} ", text), f"{name} did not run\n{text}"
    # Two processes, and the second one went on from what the first one left in the store.
    assert len(set(re.findall(r"^process (\d+),", text, re.M))) == 2
    runs = [int(n) for n in re.findall(r"run number (\d+)", text)]
    assert runs == list(range(1, len(runs) + 1))
    assert "run number" in second
    assert re.search(r"missed +report-each .*misfire='ignore'", second)
    (skip,) = re.findall(r"^ report-skip .*", second, re.M)
    assert "none made up for" in skip
    (once,) = re.findall(r"^ report-once .*", second, re.M)
    assert "made up for by one run" in once
    (reminder,) = re.findall(r"^ reminder .*", second, re.M)
    assert "1 missed, made up for by one run" in reminder
    left = {job["key"] for job in json_of("jobs", "--store", store, "--name", "pyquartz-demo")}
    assert "DEFAULT.count" in left
    assert "DEFAULT.reminder" not in left


def test_the_demo_is_a_picture_in_a_terminal() -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pyquartz", "demo", "--seconds", "8"],
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT), "TERM": "xterm", "COLUMNS": "120"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.STDOUT,
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := _read(ours):
            shown += chunk
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    text = shown.decode()
    for part in ("What fired", "What comes next", "heartbeat", "no process; nothing runs"):
        assert part in text
    assert "What happened" in text


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        # Linux says so when the last writer has gone.
        return b""
