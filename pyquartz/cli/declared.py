"""The commands for YAML files: ``apply`` puts one into a store, ``export`` writes one of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .. import declare
from ..errors import DeclarationError
from . import options
from .report import print_json, say
from .run import import_all
from .stores import visit


def _show_schema(value: bool) -> None:
    if value:
        print_json(declare.schema())
        raise typer.Exit


def apply(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A YAML or JSON file; - is stdin.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan, and write nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before writing.")] = False,
    prune: Annotated[
        bool,
        typer.Option("--prune", help="Delete what the file owns (its 'owns:') and does not have."),
    ] = False,
    modules: Annotated[
        list[str] | None,
        typer.Option(
            "--import", metavar="MODULE", help="Import this first: data are checked by its jobs."
        ),
    ] = None,
    schema: Annotated[
        bool,
        typer.Option(
            "--schema", callback=_show_schema, is_eager=True, help="Print the JSON schema of FILE."
        ),
    ] = False,
    store: options.Store = None,
    name: options.Name = None,
    as_json: options.AsJson = False,
    verbose: options.Verbose = False,
) -> None:
    """Make a store's jobs, triggers and calendars what a file says, after showing the plan."""
    declaration = declare.read(sys.stdin.read(), "stdin") if file == "-" else declare.load(file)
    import_all(modules or [])
    with visit(store, name) as scheduler:
        plan = declare.plan(scheduler, declaration, prune)
        if not as_json and plan.changes:
            print(plan)
        do = not dry_run and not plan.is_empty and (yes or _confirmed(file, plan))
        if do:
            declare.apply(scheduler, plan)
    if as_json:
        print_json({"applied": do, "changes": plan.as_json()})
    say(_summary(plan, do))


def _confirmed(file: str, plan: declare.Plan) -> bool:
    if file == "-" or not sys.stdin.isatty():
        raise DeclarationError("nobody is there to ask: give --yes to apply, or --dry-run to look")
    return typer.confirm(f"Write these {len(plan.to_do)} changes?", err=True)


def _summary(plan: declare.Plan, done: bool) -> str:
    if plan.is_empty:
        return "Nothing to do: the store is as the file says."
    counts = ", ".join(f"{plan.count(action)} {action}" for action in ("add", "change", "delete"))
    return f"{'Applied' if done else 'Not applied'}: {counts}."


def export(
    groups: Annotated[
        list[str] | None,
        typer.Option("--group", metavar="GROUP", help="Only jobs of this group. Repeatable."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file.")
    ] = None,
    store: options.Store = None,
    name: options.Name = None,
    verbose: options.Verbose = False,
) -> None:
    """Write a store's jobs, triggers and calendars as YAML, which ``apply`` reads.

    Exit code 1 when something could not be written; it is named.
    """
    with visit(store, name) as scheduler:
        made = declare.export(scheduler, groups or ())
    if output is None:
        print(made.text, end="")
    else:
        output.write_text(made.text, "utf-8")
    for reason in made.left_out:
        say(f"Left out: {reason}")
    if made.left_out:
        raise typer.Exit(1)
