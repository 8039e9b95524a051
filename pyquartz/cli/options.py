"""The options that commands share, each declared once."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Annotated

import typer

from . import report


def _set_verbose(value: bool) -> bool:
    if value:
        report.log_to_stderr(logging.DEBUG)
    return value


def aware(value: datetime | None) -> datetime | None:
    """Take an instant without an offset for one of this machine's zone."""
    return value.astimezone() if value else None


Store = Annotated[
    str | None,
    typer.Option(
        envvar="PYQUARTZ_STORE",
        show_envvar=True,
        metavar="URL|FILE",
        help="The store: h2:///path/to/file, postgresql://..., mariadb://..., jdbc:... "
        "or the path of a quartz.properties file.",
    ),
]
Name = Annotated[
    str | None,
    typer.Option(
        metavar="SCHED_NAME",
        help="The scheduler's name in the store; 'pyquartz', or what the properties file says.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on stdout.")]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", callback=_set_verbose, help="Show the debug log on stderr."),
]
Group = Annotated[str, typer.Option(help="The group of the name.")]
IsTrigger = Annotated[bool, typer.Option("--trigger", help="The name is a trigger's, not a job's.")]
AutoImport = Annotated[
    list[str] | None,
    typer.Option(metavar="PKG", help="Import stored names from this package. Repeatable."),
]
Prefix = Annotated[
    str | None,
    typer.Option(
        metavar="[SCHEMA.]PREFIX",
        help="What the tables' names begin with; QRTZ_, or what the properties file says.",
    ),
]
