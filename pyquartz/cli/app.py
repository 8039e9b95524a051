"""The commands of ``pyquartz`` under one roof."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from .. import __version__
from . import bench, change, db, declared, demo, doctor, look, migrate, options, report, run

app = typer.Typer(
    help="Python jobs in a real Quartz scheduler.",
    no_args_is_help=True,
    # Errors of ours are told in one sentence; others are for Python's own traceback.
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(value: bool) -> None:
    if value:
        print(f"pyquartz {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    verbose: options.Verbose = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    report.log_to_stderr(logging.DEBUG if verbose else logging.WARNING)


app.command("demo")(demo.demo)
app.command("run")(run.run)
app.command("info")(look.info)
app.command("jobs")(look.jobs)
app.command("triggers")(look.triggers)
app.command("next")(look.next_fires)
app.command("trigger-now")(change.trigger_now)
app.command("pause")(change.pause)
app.command("resume")(change.resume)
app.command("delete")(change.delete)
app.command("rename")(change.rename)
app.command("doctor")(doctor.doctor)
app.command("bench")(bench.bench)
app.command("apply")(declared.apply)
app.command("export")(declared.export)
app.add_typer(db.app, name="db")
app.add_typer(migrate.app, name="migrate")
