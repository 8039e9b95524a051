"""Ways into a store for commands that look at it or write it, and never run a job.

Such a visit stays in standby: no check-in in the cluster, no recovery, no firing.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import typer

from ..config import Settings, for_visit, is_properties_file, read_deployment
from ..errors import JobNotFoundError, StoreError, TriggerNotFoundError
from ..scheduler import Scheduler
from ..store import schema
from ..store.url import parse_store
from .report import say

log = logging.getLogger("pyquartz.cli")


@contextmanager
def visit(store: str | None, name: str | None) -> Iterator[Scheduler]:
    """Open a store in standby, and close it again."""
    settings = for_visit(read_settings(store), name)
    require_existing(settings)
    with _expecting_no_classes():
        scheduler = Scheduler._from_settings(settings)
        try:
            yield scheduler
        except (JobNotFoundError, TriggerNotFoundError):
            say_other_names(settings)
            raise
        finally:
            scheduler.stop(timeout=timedelta(0))


@contextmanager
def _expecting_no_classes() -> Iterator[None]:
    """Leave out of the log that a visitor has no class for a job: it runs none."""
    from .._jvm import logs

    told = logging.getLogger(f"{logs.ROOT.name}.org.pyquartz.bridge.JobClasses")
    before = told.level
    if not log.isEnabledFor(logging.DEBUG):
        told.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logs.flush()
        told.setLevel(before)


def read_settings(store: str | None) -> Settings:
    """Read what --store says: an address, or the path of a properties file."""
    store = required(store)
    if is_properties_file(store):
        settings = read_deployment(store, variables=os.environ)
    else:
        settings = Settings(parse_store(store))
    if settings.store.jdbc_url is None:
        raise StoreError(
            f"{store} says that its store is in memory (RAMJobStore), which no other process can "
            "see; name an embedded file or a database"
        )
    return settings


def required(store: str | None) -> str:
    """Refuse to do without --store."""
    if not store:
        raise typer.BadParameter(
            "no store: give --store, or set PYQUARTZ_STORE", param_hint="--store"
        )
    return store


def require_existing(settings: Settings) -> None:
    """Refuse an embedded file that is not there, rather than make it by looking."""
    if settings.store.is_new_file:
        raise StoreError(
            f"there is no store at {settings.store.file}.mv.db; make one with "
            "'pyquartz db init --store ...', or give the path of one that is there"
        )


def say_other_names(settings: Settings) -> None:
    """Say under which names the store has jobs, if under others only."""
    names = schema.scheduler_names(settings.store, settings.table_prefix)
    if settings.scheduler_name not in names and names:
        say(
            f"The store has nothing of a scheduler named {settings.scheduler_name!r}; it has jobs "
            f"of {', '.join(map(repr, names))}: choose with --name."
        )
