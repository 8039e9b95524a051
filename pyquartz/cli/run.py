"""The command ``run``: a service of its own, from the import of its modules to a clean stop."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from .. import tasks
from ..errors import PyQuartzError
from ..scheduler import Scheduler
from . import options, report

log = logging.getLogger("pyquartz.cli")
_LOOK_SECONDS = 0.5


class ModuleImportError(PyQuartzError):
    """A module that was to be run can't be imported."""


def run(
    modules: Annotated[
        list[str], typer.Argument(metavar="MODULE...", help="What defines the jobs, as imported.")
    ],
    autoimport: options.AutoImport = None,
    class_path: Annotated[
        list[Path] | None,
        typer.Option(metavar="JAR", help="Jars whose Java jobs run here too. Repeatable."),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="How many jobs run at once; 10 by default.")
    ] = None,
    stop_timeout: Annotated[
        float,
        typer.Option(
            min=0, metavar="SECONDS", help="What running jobs get at the end before an interrupt."
        ),
    ] = 30.0,
    store: options.Store = None,
    name: options.Name = None,
    verbose: options.Verbose = False,
) -> None:
    """Import modules, run their initialisers, and fire jobs until SIGTERM or SIGINT.

    With PYQUARTZ_DISABLE_SCHEDULER=true the scheduler stays in standby and fires nothing.
    """
    report.log_to_stderr(logging.INFO)
    stop = _Stop()
    import_all(modules)
    if not store:
        log.warning("No --store: the schedule is kept in memory and ends with this process")
    settings: dict[str, Any] = {"name": name, "threads": threads}
    stop.scheduler = tasks.start_scheduler(
        store,
        autoimport=tuple(autoimport or ()),
        class_path=tuple(class_path or ()),
        **{key: value for key, value in settings.items() if value is not None},
    )
    stop.wait()
    log.info("Stopping; running jobs get %g seconds to end", stop_timeout)
    tasks.stop_scheduler(timeout=stop_timeout)


class _Stop:
    """Waits for SIGTERM or SIGINT; a second one, while jobs get their time, cuts that short."""

    def __init__(self) -> None:
        self.scheduler: Scheduler | None = None
        self._asked = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._handle)

    def wait(self) -> None:
        """Return when the process is to stop, or when somebody has stopped the scheduler."""
        while not self._asked.wait(_LOOK_SECONDS):
            if self.scheduler is not None and self.scheduler.state == "stopped":
                return

    def _handle(self, number: int, frame: FrameType | None) -> None:
        # Nothing is logged from here: the signal may have come in the middle of a log record.
        if not self._asked.is_set():
            self._asked.set()
        elif self.scheduler is not None:
            self.scheduler.stop(wait=False)
        else:
            raise SystemExit(0)


def import_all(modules: list[str]) -> None:
    """Import modules that define jobs, from the current folder too; ModuleImportError."""
    # As `python -m` has it; the script's own folder is there instead.
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, os.getcwd())
    for name in modules:
        try:
            importlib.import_module(name)
        except PyQuartzError:
            raise
        except Exception as error:
            # The user's own code runs here, and may fail in any way.
            raise ModuleImportError(
                f"can't import the module {name!r} ({_place(error)})"
            ) from error


def _place(error: BaseException) -> str:
    """Say where in the user's code an import failed."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "importlib" not in frame.filename
    ]
    last = own[-1]
    if last.filename == __file__:
        return f"looked for in {os.getcwd()} and on sys.path"
    return f"{last.filename}:{last.lineno}"
