"""The commands on a store's tables: ``db init`` makes what is missing, ``db check`` looks.

Neither ever drops or changes what is there.
"""

from __future__ import annotations

import typer

from ..config import Settings
from ..errors import StoreError
from ..store import schema
from . import options
from .report import print_facts, print_json, say
from .stores import read_settings, require_existing

app = typer.Typer(help="Make or check the tables of a store.", no_args_is_help=True)


@app.command()
def init(
    store: options.Store = None,
    prefix: options.Prefix = None,
    as_json: options.AsJson = False,
    verbose: options.Verbose = False,
) -> None:
    """Make the tables that are missing, by Quartz's own definitions; never a DROP."""
    settings = read_settings(store)
    report = schema.init(settings.store, prefix or settings.table_prefix)
    if report.missing or report.problems:
        raise StoreError(
            f"{settings.store} still lacks {', '.join(report.missing + report.problems)}"
        )
    if as_json:
        print_json({"store": str(settings.store), "created": report.created, "ok": True})
        return
    made = ", ".join(report.created) or "nothing: all tables are there"
    print_facts({"Store": settings.store, "Made": made})


@app.command()
def check(
    store: options.Store = None,
    prefix: options.Prefix = None,
    as_json: options.AsJson = False,
    verbose: options.Verbose = False,
) -> None:
    """Compare the tables with those that Quartz needs; exit code 1 when they don't fit."""
    settings = read_settings(store)
    require_existing(settings)
    place = prefix or settings.table_prefix
    report = schema.check(settings.store, place)
    fits = not report.missing and not report.problems
    facts: dict[str, object] = {
        "store": str(settings.store),
        "prefix": place,
        "ok": fits,
        "missing": report.missing,
        "problems": report.problems,
        "schedulers": schema.scheduler_names(settings.store, place) if fits else (),
        "default_zone": _default_zone(),
        "daily_triggers": schema.daily_triggers(settings.store, place) if fits else 0,
    }
    if as_json:
        print_json(facts)
    else:
        _print(facts)
    if not fits:
        _say_what_to_do(settings, prefix, report)
        raise typer.Exit(1)


def _default_zone() -> str:
    from .._jvm import launch

    return launch.zone()


def _print(facts: dict[str, object]) -> None:
    print_facts(
        {
            "Store": facts["store"],
            "Tables": "as Quartz needs them" if facts["ok"] else "do not fit",
            "Schedulers": facts["schedulers"],
            "Default zone": f"{facts['default_zone']}: daily-time-interval triggers "
            f"({facts['daily_triggers']} here) store no zone and fire by this default of Java's; "
            "it must be the same on every node",
        }
    )


def _say_what_to_do(settings: Settings, prefix: str | None, report: schema.SchemaReport) -> None:
    for problem in report.problems:
        say(f"Error: {problem}")
    if report.missing:
        hint = f" --prefix {prefix}" if prefix else ""
        say(
            f"Error: {settings.store} has no tables {', '.join(report.missing)}. Make them with "
            f"'pyquartz db init --store ...{hint}', or name with --prefix what the names of "
            "those that are there begin with."
        )
