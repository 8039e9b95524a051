"""What the programs of this ring begin with, and a look at what they leave behind in a file store.

A JVM starts once in a process and owns its exit: each test is a program of its own.
"""

from __future__ import annotations

import glob
import re
import signal
import textwrap
from pathlib import Path

from tests.support.processes import Finished, PythonProcess, run_python

PRELUDE = """\
import asyncio, logging, multiprocessing, os, signal, sys, threading, time
from datetime import timedelta
from pyquartz import AsyncScheduler, Scheduler, defjob, every, once, JobContext
from pyquartz import ForkedProcessError
from pyquartz import PyQuartzError, StoreError, SchedulerStateError, JVMNotFoundError
from tests.support.waiting import until, wait_until

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
begun = threading.Event()
# A suite that runs in the background has it ignored, and its programs inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

@defjob("life.Tick")
def tick():
    sys.stdout.write("tick\\n")
    sys.stdout.flush()
    begun.set()

@defjob("life.Patient")
def patient(ctx: JobContext):
    print("patient begins", flush=True)
    begun.set()
    ctx.interrupted.wait()
    print("patient was interrupted", flush=True)

@defjob("life.Deaf")
def deaf():
    begun.set()
    threading.Event().wait()

@defjob("life.Coroutine")
async def coroutine():
    begun.set()
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0.05)
        print("coroutine cleaned up", flush=True)

@defjob("life.Process", runs_in="process")
def process():
    print("process begins", flush=True)
    threading.Event().wait()

def java_threads():
    import jpype
    return jpype.JClass("java.lang.Thread").getAllStackTraces().size()

"""


def source(body: str) -> str:
    """A whole program: the prelude, and the body as what runs when it is the main module."""
    return PRELUDE + 'if __name__ == "__main__":\n' + textwrap.indent(textwrap.dedent(body), "    ")


def run(body: str, timeout: float = 60.0, **env: str | None) -> Finished:
    """Run a program to its end."""
    return run_python(source(body), timeout, **env)


def started(body: str, folder: Path, **env: str | None) -> PythonProcess:
    """A program that runs on, in a folder that outlives it."""
    program = folder / "program.py"
    program.write_text(source(body), encoding="utf-8")
    return PythonProcess(program, env=env, cwd=folder)


def check_unharmed(result: Finished) -> None:
    """Neither the JVM nor the interpreter crashed, and no thread ended by a surprise."""
    # Python ends itself by SIGINT after a KeyboardInterrupt that nobody caught.
    interrupted = result.returncode == -signal.SIGINT and "KeyboardInterrupt" in result.stderr
    assert result.returncode >= 0 or interrupted, f"{result.returncode}\n{result.stderr}"
    for sign in ("SIGSEGV", "SIGABRT", "Fatal Python error", "exception not rethrown"):
        assert sign not in result.stderr + result.stdout
    assert "Exception in thread" not in result.stderr, result.stderr
    assert "Exception ignored" not in result.stderr, result.stderr


def rows_left(store: str) -> list[str]:
    """What an H2 store holds of firings that were begun: fired rows, and triggers not at rest."""
    result = run_python(
        f"""
        from pyquartz._jvm.jdbc import connect
        from pyquartz.store.url import parse_store
        with connect(parse_store({store!r})) as database:
            for sql in (
                "SELECT 'fired ' || ENTRY_ID || ' ' || STATE FROM QRTZ_FIRED_TRIGGERS",
                "SELECT TRIGGER_NAME || ' ' || TRIGGER_STATE FROM QRTZ_TRIGGERS"
                " WHERE TRIGGER_STATE NOT IN ('WAITING', 'PAUSED')",
            ):
                print(*database.query(sql), sep="\\n")
        """
    ).check()
    return [line for line in result.stdout.splitlines() if line]


def runtimes() -> dict[int, str]:
    """The Java runtimes of this machine, by major version."""
    places = ("/usr/lib/jvm/*", "/opt/java/*", "/Library/Java/JavaVirtualMachines/*/Contents/Home")
    found: dict[int, str] = {}
    for home in sorted(place for pattern in places for place in glob.glob(pattern)):
        release = Path(home, "release")
        if release.is_file() and Path(home, "lib/server").is_dir():
            version = re.search(r'JAVA_VERSION="(\d+)', release.read_text())
            if version:
                found[int(version[1])] = home
    return found
