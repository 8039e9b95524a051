"""The commands that move a deployment: ``migrate plan``, ``stubs`` and ``apply``, and files."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from .. import migrate
from ..config import is_properties_file, read_deployment
from ..errors import StoreError
from ..migrate.reading import Data
from ..store import schema
from ..store.url import parse_store
from . import declared, options
from .look import flags
from .report import moment, print_facts, print_json, print_table, say
from .run import import_all
from .stores import required

app = typer.Typer(
    help="See what a store needs to run here, and take it elsewhere.", no_args_is_help=True
)
Name = Annotated[
    str | None,
    typer.Option(
        metavar="SCHED_NAME",
        help="The scheduler's name in the store; needed when the store has several.",
    ),
]
Modules = Annotated[
    list[str] | None,
    typer.Option("--import", metavar="MODULE", help="Import this: it has jobs. Repeatable."),
]
ClassPath = Annotated[
    list[Path] | None,
    typer.Option(metavar="JAR", help="Look for classes in this jar or folder. Repeatable."),
]
AllowClass = Annotated[
    list[str] | None,
    typer.Option(metavar="CLASS", help="Also read this class out of serialised data. Repeatable."),
]


@app.command()
def plan(
    modules: Modules = None,
    autoimport: options.AutoImport = None,
    class_path: ClassPath = None,
    data: Annotated[
        bool,
        typer.Option("--data", help="Read serialised data too, by the JVM and its allow list."),
    ] = False,
    allow_class: AllowClass = None,
    store: options.Store = None,
    name: Name = None,
    prefix: options.Prefix = None,
    as_json: options.AsJson = False,
    verbose: options.Verbose = False,
) -> None:
    """Show a store's jobs: who implements each, and what becomes of those that nobody does.

    Nothing is written, no scheduler takes part; PostgreSQL and MariaDB are read without a JVM.
    """
    source, known = place(store, prefix)
    chosen = scheduler_name(source, name or known)
    import_all(modules or [])
    implementers = migrate.Implementers(class_path or (), autoimport or ())
    found = migrate.plan(source, chosen, implementers, _reader(allow_class) if data else None)
    if as_json:
        print_json(found)
    else:
        _print_plan(found)


def _reader(allow_class: list[str] | None) -> Callable[[bytes], dict[str, object] | str]:
    from .._jvm.blobs import read_map

    return partial(read_map, allow_classes=allow_class or ())


def _print_plan(plan: migrate.MigrationPlan) -> None:
    counts = {
        what: ", ".join(f"{count} {name}" for name, count in sorted(found.items())) or "none"
        for what, found in plan.counts.items()
    }
    print_facts(
        {
            "Store": plan.store,
            "Scheduler": plan.scheduler,
            "Jobs": counts["jobs"],
            "Triggers": counts["triggers"],
            "In ERROR": plan.errors,
            "Paused groups": plan.paused_groups,
            "Calendars": plan.calendars,
            "Nodes": [
                f"{node.instance_id} ({'alive' if node.alive else 'gone'}, "
                f"{moment(node.last_checkin)})"
                for node in plan.nodes
            ],
        }
    )
    print_table(
        ("Job", "Class", "Implemented by", "Flags", "Data"),
        [
            (
                job.key,
                job.class_name,
                job.implemented_by + (f": {job.where}" if job.where else ""),
                flags(job),
                _data_words(job.data),
            )
            for job in plan.jobs
        ],
    )
    print_table(
        ("Trigger", "Job", "Kind", "State", "When", "Next", "Misfire", "Data"),
        [
            (
                trigger.key,
                trigger.job_key,
                trigger.kind,
                trigger.state,
                trigger.schedule,
                trigger.next_fire_time,
                trigger.misfire,
                _data_words(trigger.data),
            )
            for job in plan.jobs
            for trigger in job.triggers
        ],
    )
    print_table(
        ("Nobody's", "leave", "noop", "error"),
        [
            (trigger.key, *(trigger.policies[name] for name in ("leave", "noop", "error")))
            for job in plan.of_nobody
            for trigger in job.triggers
        ],
    )
    for reason in plan.unreadable:
        say(f"Can't be read: {reason}")


def _data_words(data: Data) -> object:
    if data.unreadable:
        return f"unreadable: {data.unreadable}"
    return "serialised" if data.values is None else data.values


@app.command()
def stubs(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a new file.")
    ] = None,
    modules: Modules = None,
    autoimport: options.AutoImport = None,
    class_path: ClassPath = None,
    allow_class: AllowClass = None,
    store: options.Store = None,
    name: Name = None,
    prefix: options.Prefix = None,
    verbose: options.Verbose = False,
) -> None:
    """Write a Python module with a stub for each stored class that nobody implements.

    The keys of the data are its parameters, and its schedules stand in its docstring. A JVM starts
    where there are serialised data to read.
    """
    source, known = place(store, prefix)
    chosen = scheduler_name(source, name or known)
    if output is not None and output.exists():
        raise StoreError(f"{output} is there already, and is not written over")
    import_all(modules or [])
    implementers = migrate.Implementers(class_path or (), autoimport or ())
    found = migrate.plan(source, chosen, implementers, _reader(allow_class))
    text = migrate.stubs(found.of_nobody, f"Jobs of the scheduler {chosen}, to be ported.")
    if output is None:
        print(text, end="")
    else:
        output.write_text(text, "utf-8")
    count = len({job.class_name for job in found.of_nobody})
    say(f"{count} classes that nobody implements.")
    for reason in found.unreadable:
        say(f"Can't be read: {reason}")


@app.command()
def apply(
    to: Annotated[
        str | None,
        typer.Option(metavar="URL|FILE", help="The store to write; the same one for a rename."),
    ] = None,
    rename: Annotated[
        str | None, typer.Option(metavar="SCHED_NAME", help="The scheduler's new name.")
    ] = None,
    job: Annotated[
        list[str] | None,
        typer.Option(metavar="[GROUP.]NAME", help="Only this job, with its triggers. Repeatable."),
    ] = None,
    move: Annotated[
        bool, typer.Option("--move", help="Delete at the source what has arrived.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace rows of the same keys that differ.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Go on although a node of the scheduler lives.")
    ] = False,
    store: options.Store = None,
    name: Name = None,
    prefix: options.Prefix = None,
    to_prefix: Annotated[
        str | None,
        typer.Option(metavar="[SCHEMA.]PREFIX", help="The same of the store to write."),
    ] = None,
    as_json: options.AsJson = False,
    verbose: options.Verbose = False,
) -> None:
    """Copy or move a scheduler, or some of its jobs, to another store, or give it another name.

    Rows go as they are, in one transaction, and are compared afterwards. What is there already is
    left alone: the command can be repeated.
    """
    source, known = place(store, prefix)
    if to is None and rename is None:
        raise typer.BadParameter("nothing to do: give --to, or --rename", param_hint="--to")
    target = (
        place(to, to_prefix)[0] if to else migrate.Place(source.store, to_prefix or source.prefix)
    )
    chosen = scheduler_name(source, name or known)
    order = migrate.Move(
        source,
        target,
        chosen,
        rename or chosen,
        migrate.job_keys(source, chosen, job) if job else None,
        # In one store a second scheduler beside the first would fire everything twice.
        move=move or to is None,
        overwrite=overwrite,
        force=force,
    )
    if target.address.is_new_file:
        if dry_run:
            raise StoreError(f"{target.address} is not there yet: all would be added to it")
        schema.init(target.address, target.prefix)
    report = migrate.apply(order, dry_run)
    if as_json:
        print_json(report)
    else:
        _print_report(report)
    say(_sentence(order, report))
    if report.conflicts and not overwrite:
        raise typer.Exit(1)


app.command("export")(declared.export)
app.command("import")(declared.apply)


def place(store: str | None, prefix: str | None) -> tuple[migrate.Place, str | None]:
    """Read --store and --prefix; also give the scheduler's name that a properties file says."""
    store = required(store)
    if is_properties_file(store):
        settings = read_deployment(store, variables=os.environ)
        found = migrate.Place(settings.store, prefix or settings.table_prefix)
        return found, settings.scheduler_name
    parse_store(store)
    return migrate.Place(store, prefix or schema.DEFAULT_PREFIX), None


def scheduler_name(source: migrate.Place, name: str | None) -> str:
    """Give the scheduler that is meant: the one named, or the only one there is."""
    if source.address.is_new_file:
        raise StoreError(f"there is no store at {source.address.file}.mv.db")
    if name:
        return name
    names = migrate.scheduler_names(source)
    if len(names) == 1:
        return names[0]
    if not names:
        raise StoreError(f"{source.address} has nothing of any scheduler")
    raise StoreError(
        f"{source.address} has several schedulers, {', '.join(map(repr, names))}: choose with "
        "--name"
    )


def _print_report(report: migrate.Report) -> None:
    columns = (report.added, report.same, report.replaced, report.deleted)
    tables = dict.fromkeys(table for counts in columns for table in counts)
    heads = ("Table", "Added", "There already", "Differing", "Deleted at the source")
    print_table(heads, [(t, *(counts.get(t, 0) for counts in columns)) for t in tables])
    facts = {
        "Conflicts": "; ".join(report.conflicts),
        "Put to rest": "; ".join(report.settled),
        "Verified": f"{report.verified} rows, {report.next_fires} next fire times"
        if not report.dry_run
        else "",
    }
    if any(facts.values()):
        print_facts({name: text for name, text in facts.items() if text})


def _sentence(order: migrate.Move, report: migrate.Report) -> str:
    if report.dry_run:
        return "Dry run: nothing was written."
    if report.changes_nothing:
        return "Nothing to do: all of it is there already."
    return f"{'Moved' if order.move else 'Copied'} {order.name!r} to {order.target.address}" + (
        f" as {order.new_name!r}." if order.new_name != order.name else "."
    )
