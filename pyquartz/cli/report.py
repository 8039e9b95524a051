"""What the commands say: tables or JSON on stdout; errors, hints and the log on stderr."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..info import to_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

log = logging.getLogger("pyquartz.cli")
# Wide enough for any row: a pipe has no width, and a row that is cut is no data.
_PIPE_WIDTH = 10_000
_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class _Scrubbing(logging.Formatter):
    """Keeps passwords out of tracebacks too, which show what a driver has said."""

    def format(self, record: logging.LogRecord) -> str:
        return _scrub(super().format(record))


def log_to_stderr(level: int) -> None:
    """Send the log to stderr, once; a lower level wins."""
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_Scrubbing(_FORMAT))
        root.addHandler(handler)
        root.setLevel(level)
    root.setLevel(min(level, root.level))


def print_json(value: object) -> None:
    """Print a value as JSON on stdout."""
    print(json.dumps(to_json(value), ensure_ascii=False, indent=2))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their heads on stdout; with no row, nothing."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(cell(value), overflow="fold") for value in row))
    if table.row_count:
        _print_rendered(table)


def print_facts(facts: Mapping[str, object]) -> None:
    """Print names with their values on stdout."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in facts.items():
        table.add_row(Text(name, style="bold"), Text(cell(value), overflow="fold"))
    _print_rendered(table)


def _print_rendered(table: Table) -> None:
    console = _console()
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as capture:
        console.print(table)
    for line in capture.get().splitlines():
        print(line.rstrip())


def cell(value: object) -> str:
    """Write a value as a person reads it; instants in their own zone, else in the machine's."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Mapping):
        return json.dumps(to_json(value), ensure_ascii=False) if value else "-"
    if isinstance(value, (list, tuple)):
        return ", ".join(cell(item) for item in value) or "-"
    return str(value)


def moment(value: datetime) -> str:
    """Write an instant to the second, with its zone."""
    if getattr(value.tzinfo, "key", None) is None:
        value = value.astimezone()
    return f"{value:%Y-%m-%d %H:%M:%S %Z}"


def say(text: str) -> None:
    """Tell the user something beside the data, on stderr."""
    _console(stderr=True).print(text, markup=False, highlight=False, soft_wrap=True)


def show_error(error: BaseException) -> None:
    """Say an error in one sentence with its causes; its traceback goes to the debug log."""
    log.debug("The traceback of the error:", exc_info=error)
    _console(stderr=True).print(
        _scrub(sentence(error)), style="red", markup=False, highlight=False, soft_wrap=True
    )


def sentence(error: BaseException) -> str:
    """Join an error's message with those of its causes, each said once."""
    said: list[str] = []
    link: BaseException | None = error
    # Our own message has the texts of all Java exceptions already; JPype adds one more of its own.
    while link is not None and not hasattr(link, "getMessage"):
        text = " ".join(str(link).split()) or type(link).__name__
        told = text.partition(": ")[2] or text
        if not any(told in other for other in said):
            said.append(text)
        link = link.__cause__
    return "Error: " + ": ".join(said)


def _scrub(text: str) -> str:
    # Before the JVM runs no password was given to anybody.
    door: Any = sys.modules.get("pyquartz._jvm.convert")
    return str(door.scrub(text)) if door else text


def _console(stderr: bool = False) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else _PIPE_WIDTH)
