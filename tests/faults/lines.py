"""The append-only log of a fault run: what the jobs' bodies did, a line for each begin and end.

Each line is one write to a file opened for appending, so that lines of several processes never mix
and a process that is killed leaves whole lines behind.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Line:
    """A moment of one run. Times are milliseconds since 1970, by a clock that is right."""

    event: Literal["begin", "end"]
    job: str
    # The trigger whose firing it is: of a recovered run the one that was cut off.
    trigger: str
    scheduled: int
    at: int
    node: str
    instance: str
    recovering: bool
    idempotency_key: str


class Log:
    """A file to which lines are appended."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def write(self, line: Line) -> None:
        """Append a line; when this returns, no end of the process loses it."""
        os.write(self._file, json.dumps(asdict(line)).encode() + b"\n")


def read(path: Path) -> list[Line]:
    """Give the lines so far, in the order in which they were written."""
    return [Line(**json.loads(text)) for text in path.read_text().splitlines()]
