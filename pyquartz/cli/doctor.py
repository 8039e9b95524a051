"""The command ``doctor``: what is wrong in a store, and, when told so, what is safe to mend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ..config import Settings, for_visit, with_prefix
from ..errors import PyQuartzError
from ..scheduler import Scheduler
from ..store.doctor import Finding, Repair, examine, examine_tables, repair
from . import options
from .report import print_json, print_table, say, show_error
from .run import import_all
from .stores import read_settings, require_existing, say_other_names


def doctor(
    mend: Annotated[bool, typer.Option("--repair", help="Mend what is safe to mend.")] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="With --repair: make missing indexes too.")
    ] = False,
    modules: Annotated[
        list[str] | None,
        typer.Option(
            "--jobs", metavar="MODULE", help="What defines the jobs, as 'run' has it. Repeatable."
        ),
    ] = None,
    class_path: Annotated[
        list[Path] | None,
        typer.Option(metavar="JAR", help="Jars with the nodes' Java jobs. Repeatable."),
    ] = None,
    prefix: options.Prefix = None,
    store: options.Store = None,
    name: options.Name = None,
    as_json: options.AsJson = False,
    verbose: options.Verbose = False,
) -> None:
    """Find what is wrong in a store: exit code 0 healthy, 1 findings, 2 it can't be looked at.

    Only --repair writes. Without --jobs and --class-path nothing is said of classes that this
    process has not. What is merely good to know (info) leaves the exit code at 0.
    """
    if schema and not mend:
        raise typer.BadParameter("only with --repair", param_hint="--schema")
    try:
        import_all(modules or [])
        settings = _settings(store, prefix, name)
        found, repairs = _look(settings, mend, schema, modules or [], class_path or [])
    except PyQuartzError as error:
        show_error(error)
        raise typer.Exit(2) from error
    _tell(found, repairs, as_json)
    if any(finding.severity != "info" for finding in found):
        raise typer.Exit(1)


def _settings(store: str | None, prefix: str | None, name: str | None) -> Settings:
    settings = read_settings(store)
    require_existing(settings)
    return with_prefix(replace(settings, name=name or settings.name), prefix)


def _look(
    settings: Settings, mend: bool, schema: bool, modules: Sequence[str], jars: Sequence[Path]
) -> tuple[list[Finding], list[Repair]]:
    found = examine_tables(settings)
    if any(finding.severity == "error" for finding in found):
        return found, []
    scheduler = Scheduler._from_settings(for_visit(settings), tuple(jars))
    try:
        known = bool(modules or jars)
        found, repairs = examine(scheduler, settings, known), []
        if mend:
            repairs = repair(scheduler, found, make_indexes=schema)
            found = examine(scheduler, settings, known)
        if not scheduler.jobs():
            say_other_names(settings)
    finally:
        scheduler.stop(timeout=0)
    return found, repairs


def _tell(found: list[Finding], repairs: list[Repair], as_json: bool) -> None:
    if as_json:
        print_json({"findings": found, "repairs": repairs})
        return
    print_table(
        ("Mended", "Subject", "What was done"),
        [(r.finding.kind, r.finding.subject, r.what) for r in repairs],
    )
    print_table(
        ("Severity", "Kind", "Subject", "What", "What to do"),
        [(f.severity, f.kind, f.subject, f.what, f.what_to_do) for f in found],
    )
    counts = Counter(finding.severity for finding in found)
    say(", ".join(f"{n} {severity}" for severity, n in counts.items()) or "Nothing is wrong.")
