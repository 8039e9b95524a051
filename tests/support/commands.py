"""The command `pyquartz` as a user runs it, in a process of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .processes import Finished, PythonProcess


def command(
    *arguments: str | os.PathLike[str],
    env: Mapping[str, str | None] | None = None,
    cwd: Path | None = None,
) -> PythonProcess:
    """Start `pyquartz <arguments>`, with no store but the one that is given."""
    clean: dict[str, str | None] = {"PYQUARTZ_STORE": None, "PYQUARTZ_DISABLE_SCHEDULER": None}
    return PythonProcess("-m", "pyquartz", *arguments, env={**clean, **(env or {})}, cwd=cwd)


def run_command(
    *arguments: str | os.PathLike[str],
    env: Mapping[str, str | None] | None = None,
    cwd: Path | None = None,
) -> Finished:
    """Run `pyquartz <arguments>` to its end."""
    with command(*arguments, env=env, cwd=cwd) as process:
        return process.finish()


def json_of(*arguments: str, env: Mapping[str, str | None] | None = None) -> Any:
    """Run `pyquartz <arguments> --json` and read all of its stdout as one JSON value."""
    return json.loads(run_command(*arguments, "--json", env=env).check().stdout)


def error_of(*arguments: str, code: int = 1, env: Mapping[str, str | None] | None = None) -> str:
    """Run a command that has to fail with this exit code, in words and without a traceback."""
    ended = run_command(*arguments, env=env)
    assert ended.returncode == code, ended
    assert "Traceback" not in ended.stdout + ended.stderr, ended.stderr
    return ended.stderr
