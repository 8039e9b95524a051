"""A scheduler's rows, or those of some jobs, copied or moved to another store or another name.

Rows are taken as they are, bytes as bytes, and written in one transaction; then they are read again
and compared, and only then does a move delete them where they were. What is there already is left
alone, so that the same call can be made again after anything that went wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

from ..errors import StoreError
from ..info import _Info
from ..keys import JobKey
from ..store.rules import AT_REST, SUBTYPE_TABLES
from .sql import Place, same_place
from .tables import KEYS, Row, Tables, by_key, key_of, opened

Rows = dict[str, list[Row]]
_SAID = 20


class MigrationConflictError(StoreError):
    """The destination has other rows under the same keys; the message names them."""


@dataclass(frozen=True)
class Move:
    """What is to be copied: from where, to where, under which names, and which jobs of it.

    ``jobs`` None is the whole scheduler. ``move`` deletes at the source what has arrived;
    ``overwrite`` lets rows give way that differ; ``force`` goes on while a node lives.
    """

    source: Place
    target: Place
    name: str
    new_name: str
    jobs: tuple[JobKey, ...] | None = None
    move: bool = False
    overwrite: bool = False
    force: bool = False


@dataclass(frozen=True)
class Report(_Info):
    """What was done, in rows by table; with ``dry_run`` what would be.

    ``verified`` are the rows that were read again and found equal, ``next_fires`` the triggers
    whose next fire times were; ``settled`` are triggers whose state a node that is gone had left
    behind.
    """

    dry_run: bool
    added: dict[str, int]
    same: dict[str, int]
    replaced: dict[str, int]
    deleted: dict[str, int]
    conflicts: tuple[str, ...]
    settled: tuple[str, ...]
    verified: int
    next_fires: int

    @property
    def changes_nothing(self) -> bool:
        """Whether all was there already."""
        return not (self.added or self.replaced or self.deleted)


def apply(move: Move, dry_run: bool = False) -> Report:
    """Copy or move; StoreError, with nothing written, when that can't be done safely.

    Raises MigrationConflictError for rows that differ at the destination, unless ``overwrite``.
    """
    same_tables = move.source.prefix.upper() == move.target.prefix.upper()
    if same_tables and move.name == move.new_name and same_place(move.source, move.target):
        raise StoreError("the source and the destination are the same scheduler")
    with _both(move) as (source, target):
        return _apply(move, source, target, dry_run)


@contextmanager
def _both(move: Move) -> Iterator[tuple[Tables, Tables]]:
    """Open both stores; one that is both gets one connection, and so one transaction."""
    with move.source.open() as source:
        once = same_place(move.source, move.target)
        with nullcontext(source) if once else move.target.open() as target:
            yield Tables(source, move.source.prefix), Tables(target, move.target.prefix)


def _apply(move: Move, source: Tables, target: Tables, dry_run: bool) -> Report:
    if move.name not in source.schedulers():
        raise StoreError(
            f"{source.label} has nothing of a scheduler named {move.name!r}; it has "
            + (", ".join(map(repr, source.schedulers())) or "none")
        )
    # What was read so far may be of before the lock, and some databases would go on showing it.
    source.rollback()
    target.rollback()
    if not dry_run:
        source.lock(move.name)
        target.lock(move.new_name)
    if not move.force:
        _refuse_live(source, move.name)
        _refuse_live(target, move.new_name)
    there = _all_rows(source, move.name)
    taken = _chosen(there, move.jobs)
    wanted, settled = _wanted(taken, move, source)
    step = _compare(wanted, target, move.new_name)
    report = step.report(dry_run, settled)
    if dry_run:
        leaving = _leaving(taken, there, move) if move.move else {}
        return replace(report, deleted=_counts(leaving))
    if step.conflicts and not move.overwrite:
        raise MigrationConflictError(_conflict_text(target, step))
    step.write(target)
    verified, next_fires = _verify(wanted, target, move)
    once = same_place(move.source, move.target)
    if not once:
        target.commit()
        verified, next_fires = _verify(wanted, target, move)
    deleted = _take_away(taken, source, move) if move.move else {}
    source.commit()
    return replace(report, deleted=deleted, verified=verified, next_fires=next_fires)


# -- what is taken --------------------------------------------------------------------------------


def _all_rows(tables: Tables, scheduler: str) -> Rows:
    return {table: tables.read(table, scheduler) for table in KEYS}


def _chosen(rows: Rows, jobs: Collection[JobKey] | None) -> Rows:
    """Leave what belongs to some jobs: their triggers, and the calendars that these name."""
    if jobs is None:
        return rows
    wanted = {(key.name, key.group) for key in jobs}
    found = {(row["JOB_NAME"], row["JOB_GROUP"]) for row in rows["JOB_DETAILS"]}
    missing = [str(key) for key in jobs if (key.name, key.group) not in found]
    if missing:
        raise StoreError(f"the scheduler has no job {', '.join(missing)}")
    chosen: Rows = {
        table: [row for row in rows[table] if (row["JOB_NAME"], row["JOB_GROUP"]) in wanted]
        for table in ("JOB_DETAILS", "TRIGGERS", "FIRED_TRIGGERS")
    }
    triggers = {key_of("TRIGGERS", row) for row in chosen["TRIGGERS"]}
    for table in SUBTYPE_TABLES:
        chosen[table] = [row for row in rows[table] if key_of(table, row) in triggers]
    calendars = {row["CALENDAR_NAME"] for row in chosen["TRIGGERS"]}
    chosen["CALENDARS"] = [row for row in rows["CALENDARS"] if row["CALENDAR_NAME"] in calendars]
    # A paused group would catch jobs of the destination; the triggers' own states say enough.
    chosen["PAUSED_TRIGGER_GRPS"] = []
    return {table: chosen[table] for table in KEYS}


def _wanted(taken: Rows, move: Move, source: Tables) -> tuple[Rows, tuple[str, ...]]:
    """Give the rows as they shall be, and the triggers whose states were put to rest."""
    settled = []
    wanted: Rows = {table: [] for table in KEYS}
    living = {node.instance_id for node in source.nodes(move.name) if node.alive}
    for table, rows in taken.items():
        for row in rows:
            changed = {**row, "SCHED_NAME": move.new_name}
            if table == "FIRED_TRIGGERS" and row["INSTANCE_NAME"] in living:
                # The node still runs it: nobody else must recover it.
                continue
            state = row.get("TRIGGER_STATE")
            if state in AT_REST:
                changed["TRIGGER_STATE"] = AT_REST[str(state)]
                settled.append(f"{_name(table, row)}: {state} -> {AT_REST[str(state)]}")
            wanted[table].append(changed)
    return wanted, tuple(settled)


def _refuse_live(tables: Tables, scheduler: str) -> None:
    alive = [node.instance_id for node in tables.nodes(scheduler) if node.alive]
    if alive:
        raise StoreError(
            f"the scheduler {scheduler!r} in {tables.label} runs on {', '.join(alive)}: stop it "
            "first, or wait until its last check-in is older than its interval and 7.5 seconds; "
            "--force goes on all the same"
        )


# -- what is written ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Step:
    """Rows held against those of the destination."""

    added: Rows
    same: Rows
    # Pairs of what is wanted and the columns in which it differs from what is there.
    differing: dict[str, list[tuple[Row, list[str]]]]
    # Schedules of another kind that the triggers have there.
    stale: Rows

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Each row that differs, with the columns in which it does."""
        differing = [
            f"{table} {_name(table, row)} ({', '.join(columns)})"
            for table, rows in self.differing.items()
            for row, columns in rows
        ]
        stale = [
            f"{table} {_name(table, row)} (of another kind)"
            for table, rows in self.stale.items()
            for row in rows
        ]
        return (*differing, *stale)

    def report(self, dry_run: bool, settled: tuple[str, ...]) -> Report:
        """Say it in counts."""
        replaced = {table: len(rows) for table, rows in self.differing.items() if rows}
        return Report(
            dry_run,
            added=_counts(self.added),
            same=_counts(self.same),
            replaced=replaced,
            deleted={},
            conflicts=self.conflicts,
            settled=settled,
            verified=0,
            next_fires=0,
        )

    def write(self, target: Tables) -> None:
        """Add what is missing, and replace what differs; a row goes before what refers to it."""
        update = {table: [row for row, _ in rows] for table, rows in self.differing.items()}
        for table in SUBTYPE_TABLES:
            target.delete(table, self.stale[table])
        for table in KEYS:
            target.update(table, update[table])
            target.insert(table, self.added[table])


def _compare(wanted: Rows, target: Tables, scheduler: str) -> _Step:
    step = _Step({}, {}, {}, {})
    triggers = {key_of("TRIGGERS", row) for row in wanted["TRIGGERS"]}
    for table, rows in wanted.items():
        there = by_key(table, target.read(table, scheduler))
        columns = set(target.columns(table))
        step.added[table], step.same[table], step.differing[table] = [], [], []
        for row in rows:
            found = there.get(key_of(table, row))
            if found is None:
                step.added[table].append(row)
            elif differing := _differing(row, found, columns):
                step.differing[table].append((row, differing))
            else:
                step.same[table].append(row)
        if table in SUBTYPE_TABLES:
            others = triggers - {key_of(table, row) for row in rows}
            step.stale[table] = [row for key, row in there.items() if key in others]
    return step


def _name(table: str, row: Row) -> str:
    return ".".join(reversed(key_of(table, row)[1:]))


def _differing(wanted: Row, found: Row, columns: Collection[str]) -> list[str]:
    return [name for name, value in wanted.items() if name in columns and found[name] != value]


def _conflict_text(target: Tables, step: _Step) -> str:
    named = step.conflicts
    more = f" and {len(named) - _SAID} more" if len(named) > _SAID else ""
    return (
        f"{target.label} has other values under the same keys: {'; '.join(named[:_SAID])}{more}. "
        "Nothing was written; --overwrite replaces them"
    )


def _counts(rows: Rows) -> dict[str, int]:
    return {table: len(found) for table, found in rows.items() if found}


def _verify(wanted: Rows, target: Tables, move: Move) -> tuple[int, int]:
    """Read again what was written; StoreError where it is not what it shall be."""
    step = _compare(wanted, target, move.new_name)
    if any(step.added.values()) or step.conflicts:
        missing = [f"{t} {key_of(t, row)}" for t, rows in step.added.items() for row in rows]
        raise StoreError(
            f"{target.label} does not hold what was written: "
            + "; ".join([*missing, *step.conflicts][:_SAID])
            + ". Nothing was deleted at the source"
        )
    # A row that is the same has the same next fire time.
    return sum(map(len, step.same.values())), len(step.same["TRIGGERS"])


# -- what is taken away ---------------------------------------------------------------------------


def _take_away(taken: Rows, source: Tables, move: Move) -> dict[str, int]:
    """Delete at the source what has arrived, if it is still what was copied."""
    now = _all_rows(source, move.name)
    for table, rows in _chosen(now, move.jobs).items():
        if rows != taken[table]:
            raise StoreError(
                f"{source.label}: {table} has changed since it was copied, so nothing was deleted; "
                "stop what changes it, and run this again"
            )
    leaving = _leaving(taken, now, move)
    for table in reversed(KEYS):
        source.delete(table, leaving[table])
    if move.jobs is None:
        source.forget_scheduler(move.name)
    return _counts(leaving)


def _leaving(taken: Rows, now: Rows, move: Move) -> Rows:
    """Leave out calendars that triggers of other jobs still name."""
    if move.jobs is None:
        return taken
    going = {key_of("TRIGGERS", row) for row in taken["TRIGGERS"]}
    staying = [row for row in now["TRIGGERS"] if key_of("TRIGGERS", row) not in going]
    named = {row["CALENDAR_NAME"] for row in staying}
    calendars = [row for row in taken["CALENDARS"] if row["CALENDAR_NAME"] not in named]
    return {**taken, "CALENDARS": calendars}


def job_keys(place: Place, scheduler: str, names: Collection[str]) -> tuple[JobKey, ...]:
    """Find the jobs that "group.name", or a name alone, mean; StoreError for none or several."""
    with opened(place) as tables:
        rows = tables.read("JOB_DETAILS", scheduler)
    keys = [JobKey(str(row["JOB_NAME"]), str(row["JOB_GROUP"])) for row in rows]
    found = []
    for name in names:
        hits = [key for key in keys if name == str(key)] or [
            key for key in keys if name == key.name
        ]
        if len(hits) != 1:
            known = ", ".join(map(str, hits or keys))
            raise StoreError(
                f"{name!r} is {'several jobs' if hits else 'no job'} of {scheduler!r}: {known}"
            )
        found += hits
    return tuple(found)
