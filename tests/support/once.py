"""What a run needs once, however many workers it has."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

# The folder is the run's own, and its workers inherit the variable: see tests/conftest.py.
FOLDER = "XDG_CACHE_HOME"


def once_a_run(name: str, make: Callable[[], object]) -> None:
    """Have the first worker that asks make something, while all others wait for it."""
    mark = Path(os.environ[FOLDER], name)
    with mark.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if mark.stat().st_size == 0:
            make()
            file.write("made")
