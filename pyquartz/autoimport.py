"""Modules imported on demand, because a stored job's name lies in a package that the user named.

Never anything that a store names by itself: who can write to the store must not choose what is run.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import threading
from collections.abc import Iterable

from .jobs import JobRegistry

log = logging.getLogger("pyquartz.autoimport")
_lock = threading.Lock()
_packages: set[str] = set()
_importer: threading.Thread | None = None


def import_on_demand(packages: Iterable[str], jobs: JobRegistry) -> None:
    """From now on import what stores ask for out of these packages, while schedulers run."""
    from ._jvm.imports import allow, wait_for_at_exit

    global _importer
    with _lock:
        for package in packages:
            _packages.add(package)
            allow(package)
        if _packages and _importer is None:
            _importer = threading.Thread(
                target=_import_what_is_wanted, args=(jobs,), name="pyquartz-imports", daemon=True
            )
            _importer.start()
            wait_for_at_exit(_importer)


def _import_what_is_wanted(jobs: JobRegistry) -> None:
    from ._jvm.imports import wanted

    for name in wanted():
        import_names({name}, _packages, jobs)


def import_names(names: Iterable[str], packages: Iterable[str], jobs: JobRegistry) -> None:
    """Import the modules of names that are not registered and lie in one of the packages.

    A module that fails to import is logged with its traceback; the others are still imported.
    """
    allowed = tuple(packages)
    for name in sorted(names):
        if jobs.get(name) is None and any(name.startswith(f"{package}.") for package in allowed):
            _import_module_of(name, allowed)


def _import_module_of(name: str, allowed: tuple[str, ...]) -> None:
    module = name
    while "." in module:
        module = module.rpartition(".")[0]
        if not any(module == package or module.startswith(f"{package}.") for package in allowed):
            return
        try:
            if importlib.util.find_spec(module) is None:
                continue
        except (ModuleNotFoundError, ValueError):
            continue
        try:
            importlib.import_module(module)
        except Exception:
            log.exception("Can't import %s for the stored job class %s", module, name)
        return
