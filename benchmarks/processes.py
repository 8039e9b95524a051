"""Runs one measurement in a fresh process: finds its program, its store and its arguments."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.crowd import crowd
from benchmarks.options import LIMIT_SECONDS
from benchmarks.workloads import Settings, Store, Variant, Workload
from pyquartz._jvm.launch import JARS, find_jvm
from pyquartz.store.schema import statements
from pyquartz.store.url import parse_store
from tests.support.servers import PostgresServer
from tests.support.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent
STOCK_PROGRAMS = ROOT / "build" / "libs" / "stock-programs.jar"
PYTHON_PROGRAMS = {
    "pyquartz": "benchmarks.pyquartz_program",
    "apscheduler": "benchmarks.apscheduler_program",
}
_ARCHIVE_SECONDS = 90
# What a module that defines jobs begins with: the bare package imports nothing of itself.
_IMPORT = {
    "pyquartz": "from pyquartz import JobContext, Scheduler, cron, defjob, once",
    "apscheduler": "import apscheduler.schedulers.background",
}


class MeasurementError(Exception):
    """A measuring process failed; the text shows what it printed."""


class Runner:
    """Runs measurements, and owns the server and the folder that they need."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = Path(tempfile.mkdtemp(prefix="pyquartz-bench-"))
        self._server: PostgresServer | None = None
        self._numbers = itertools.count(1)
        self._has_archive: set[str] = set()

    def __enter__(self) -> Runner:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, workload: Workload, variant: Variant) -> dict[str, Any]:
        """Measure once, on a store that nobody used before."""
        if workload.measure == "import":
            return {"import": self._import_millis(workload, variant)}
        if workload.archive and variant == "pyquartz":
            self._make_archive(workload.store)
        if workload.store == "ram":
            return self._measure(workload, variant, None)
        if workload.store == "file":
            return self._measure(workload, variant, self._file_url(variant))
        server = self._running_server()
        url = server.create_database(f"bench_{next(self._numbers)}")
        try:
            if variant != "apscheduler":
                server.execute(url, ";".join(statements("postgresql")))
            if workload.crowd:
                server.execute(url, crowd(variant, workload.crowd))
            return self._measure(workload, variant, url)
        finally:
            server.drop_database(url)

    def _environment(self, workload: Workload) -> dict[str, str]:
        """Give what processes find; no cache is the user's, so that nothing hangs on it."""
        environment = dict(os.environ)
        # Python compiles its modules once, as it does for whoever has installed them.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        return environment | {
            "PYTHONPYCACHEPREFIX": str(self._folder / "bytecode"),
            "XDG_CACHE_HOME": str(self._folder),
            "PYQUARTZ_ARCHIVE": "on" if workload.archive else "off",
        }

    def _make_archive(self, store: Store) -> None:
        """Start once, and wait for the archive of classes that this leaves behind."""
        if store in self._has_archive:
            return
        url = None if store == "ram" else self._file_url("pyquartz")
        folder = self._folder / "pyquartz"
        there = {*folder.glob("classes-*")}
        self._start(Workload("prepare", "", "start", archive=True), "pyquartz", url, "prepare")
        wait_until(
            lambda: {*folder.glob("classes-*")} - there and not any(folder.glob("*.making")),
            _ARCHIVE_SECONDS,
            0.1,
            "no archive of classes",
        )
        self._has_archive.add(store)

    def _import_millis(self, workload: Workload, variant: Variant) -> float:
        environment = self._environment(workload)

        def millis(code: str) -> float:
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env=environment)
            return (time.perf_counter() - start) * 1000

        millis(_IMPORT[variant])  # leaves the bytecode behind
        return millis(_IMPORT[variant]) - millis("pass")

    def _running_server(self) -> PostgresServer:
        if self._server is None:
            self._server = PostgresServer()
            if self._settings.fsync:
                self._server.options += ["--fsync=on", "--full_page_writes=on"]
            self._server.start()
        return self._server

    def _file_url(self, variant: Variant) -> str:
        name = str(self._folder / f"store-{next(self._numbers)}")
        if variant == "apscheduler":
            return f"sqlite:///{name}.sqlite"
        # Its tables are there, as they are at every start but the first.
        made = self._folder / "made"
        if not made.with_suffix(".mv.db").exists():
            self._start(Workload("prepare", "", "start"), "pyquartz", f"h2://{made}", "prepare")
        shutil.copy(made.with_suffix(".mv.db"), f"{name}.mv.db")
        return f"h2://{name}"

    def _measure(self, workload: Workload, variant: Variant, url: str | None) -> dict[str, Any]:
        return self._start(workload, variant, url, workload.measure)

    def _start(
        self, workload: Workload, variant: Variant, url: str | None, measure: str
    ) -> dict[str, Any]:
        arguments = {
            "measure": measure,
            "body": workload.body,
            "jobs": workload.jobs_of(variant),
            "workers": self._settings.workers,
            "rounds": workload.rounds,
            "spacing": self._settings.spacing_millis,
            "clustered": "true" if workload.store == "postgresql" else "false",
            **_store_arguments(variant, url),
            "spawned": time.time() * 1000,
        }
        program = _program(variant)
        done = subprocess.run(
            [*program, *(f"{name}={value}" for name, value in arguments.items())],
            cwd=ROOT,
            env=self._environment(workload),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=4 * LIMIT_SECONDS,
        )
        if done.returncode != 0:
            raise MeasurementError(
                f"{workload.name} on {variant} ended with {done.returncode}\n"
                f"{done.stdout}{done.stderr}"
            )
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


def _program(variant: Variant) -> list[str]:
    if variant != "stock":
        return [sys.executable, "-m", PYTHON_PROGRAMS[variant]]
    if not STOCK_PROGRAMS.exists():
        raise MeasurementError("the Java programs are not built: run 'gradle stockJar'")
    # Not the bridge: it would bring its own slf4j provider.
    jars = [jar for jar in JARS.glob("*.jar") if jar.name != "pyquartz-bridge.jar"]
    class_path = ":".join(str(jar) for jar in [STOCK_PROGRAMS, *sorted(jars)])
    return [str(_java()), "-cp", class_path, "org.pyquartz.stock.StockBench"]


def _java() -> Path:
    """Give the `java` beside the library that pyquartz loads."""
    for parent in Path(find_jvm()).resolve().parents:
        if (parent / "bin" / "java").exists():
            return parent / "bin" / "java"
    raise MeasurementError("the Java that pyquartz loads comes without the program 'java'")


def _store_arguments(variant: Variant, url: str | None) -> dict[str, object]:
    if url is None:
        return {}
    if variant == "stock":
        address = parse_store(url)
        return {
            "url": address.jdbc_url,
            "driver": address.driver,
            "user": address.user,
            "password": address.password,
        }
    if variant == "apscheduler":
        return {"url": url.replace("postgresql://", "postgresql+psycopg://", 1)}
    return {"url": url}
