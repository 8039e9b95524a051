"""Python programs in processes of their own, with their output at hand.

A JVM starts once in a process, owns its signals and its exit, and does not survive a fork. What
concerns its life can be tested only in a fresh process for each test; clusters and failover need
several that can be killed.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Literal

from .waiting import NotInTimeError

PROJECT_ROOT = Path(__file__).resolve().parents[2]

Stream = Literal["stdout", "stderr"]


def bound_to_parent(signal_name: str) -> list[str]:
    """The start of a command that gets this signal when its parent dies, however that dies.

    Linux ties this to the *thread* that starts the process: start from one that stays. An
    external program does it because Python code between fork and exec can deadlock once the
    process has a JVM's threads. Where setpriv is missing the command runs without this safety.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", signal_name] if setpriv else []


def alive(pid: int) -> bool:
    """Whether a process of this number, anybody's, exists and has not ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    # In a container whose first process collects no orphans, what has ended stays as a zombie.
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def processes_in(folder: Path) -> list[int]:
    """The numbers of the processes whose working folder is this one or inside it (Linux only)."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        # A process may end while it is looked at, or hide from an unprivileged account.
        with contextlib.suppress(OSError):
            if link.readlink().is_relative_to(folder.resolve()):
                found.append(int(link.parent.name))
    return found


class ProcessFailedError(AssertionError):
    """A process did not do what its test asked for; the text shows what it printed."""


@dataclass(frozen=True)
class Finished:
    """What is left of a process that has ended."""

    returncode: int
    stdout: str
    stderr: str

    def check(self) -> Finished:
        """Fail with the output unless the process ended with 0."""
        if self.returncode != 0:
            output = f"--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"
            raise ProcessFailedError(f"ended with {self.returncode}\n{output}")
        return self


class PythonProcess:
    """`python <arguments>` with the project importable, in a temporary working folder.

    `env` is laid over the environment of the tests; a value of None takes a variable away. As a
    context manager it kills what is left of the process, and of its children, at the end.
    """

    def __init__(
        self,
        *arguments: str | os.PathLike[str],
        env: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self._temporary = tempfile.TemporaryDirectory(
            prefix="pyquartz-process-", ignore_cleanup_errors=True
        )
        self.cwd = cwd or Path(self._temporary.name)
        self._lines: list[tuple[Stream, str]] = []
        self._open_streams: set[Stream] = {"stdout", "stderr"}
        self._changed = threading.Condition()
        self._popen = subprocess.Popen(
            [*bound_to_parent("KILL"), sys.executable, *arguments],
            cwd=self.cwd,
            env=_environment(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            # A group of its own: Ctrl-C at the terminal is the tests' business, and killing the
            # group reaches what the process started.
            start_new_session=True,
        )
        self._readers = [
            self._start_reader("stdout", self._popen.stdout),
            self._start_reader("stderr", self._popen.stderr),
        ]

    def __enter__(self) -> PythonProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def running(self) -> bool:
        return self._popen.poll() is None

    @property
    def stdout(self) -> str:
        return self._text("stdout")

    @property
    def stderr(self) -> str:
        return self._text("stderr")

    def wait_for_line(
        self, regex: str, timeout: float = 30.0, nth: int = 1, stream: Stream | None = None
    ) -> re.Match[str]:
        """The match in the nth line, of all that were ever printed, that the regex is found in.

        Fails at once when the process has ended without it, for it will never come.
        """
        pattern = re.compile(regex)

        def found() -> re.Match[str] | None:
            lines = [line for name, line in self._lines if stream in (None, name)]
            hits = [match for match in map(pattern.search, lines) if match]
            return hits[nth - 1] if len(hits) >= nth else None

        with self._changed:
            self._changed.wait_for(lambda: found() or not self._open_streams, timeout)
            match, ended = found(), not self._open_streams
        if match:
            return match
        wanted = f"line {nth} with {regex!r}"
        if ended:
            # The streams close a moment before the process can be asked how it ended.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(1.0)
            raise ProcessFailedError(f"ended without {wanted}\n{self.report()}")
        raise NotInTimeError(f"{wanted} not within {timeout:g} s\n{self.report()}")

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the process itself, not to its children."""
        self._popen.send_signal(number)

    def terminate(self) -> None:
        """Ask the process to stop (SIGTERM), as a service manager does."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process itself at once (SIGKILL) and wait until it is gone."""
        self._popen.kill()
        self._popen.wait()

    def returncode(self, timeout: float = 30.0) -> int:
        """Wait for the end and say how it was (minus the signal's number, as subprocess does)."""
        try:
            code = self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise NotInTimeError(f"still runs after {timeout:g} s\n{self.report()}") from None
        self._drain()
        return code

    def finish(self, timeout: float = 60.0) -> Finished:
        """Wait for the end and return the whole output."""
        return Finished(self.returncode(timeout), self.stdout, self.stderr)

    def report(self) -> str:
        """The output of both streams in the order of its arrival, for messages."""
        state = "running" if self.running else f"ended with {self._popen.returncode}"
        with self._changed:
            lines = [f"  {name} | {line}" for name, line in self._lines]
        return "\n".join([f"process {self.pid}, {state}; it printed:", *lines])

    def close(self) -> None:
        """Kill what is left of the process and of its group, and remove the folder."""
        # No such group: it has ended already, which is what is wanted.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()
        self._drain()
        self._temporary.cleanup()

    def _read(self, name: Stream, pipe: IO[str]) -> None:
        with pipe:
            for line in pipe:
                with self._changed:
                    self._lines.append((name, line.rstrip("\n")))
                    self._changed.notify_all()
        with self._changed:
            self._open_streams.remove(name)
            self._changed.notify_all()

    def _start_reader(self, name: Stream, pipe: IO[str] | None) -> threading.Thread:
        assert pipe is not None, "both streams are opened as pipes"
        thread = threading.Thread(
            target=self._read, args=(name, pipe), name=f"{name} of {self.pid}", daemon=True
        )
        thread.start()
        return thread

    def _drain(self) -> None:
        # Bounded, because a grandchild that survives holds the pipes open for its own life.
        for reader in self._readers:
            reader.join(5.0)

    def _text(self, stream: Stream) -> str:
        with self._changed:
            return "".join(f"{line}\n" for name, line in self._lines if name == stream)


def run_python(source: str, timeout: float = 60.0, **env: str | None) -> Finished:
    """Run a program, given as an indented string, to its end in a fresh process.

    It runs from a file, so that tracebacks show its lines and children of multiprocessing can
    import it. Keywords become environment variables. Ask the result to `check()` itself.
    """
    with tempfile.TemporaryDirectory(prefix="pyquartz-program-") as folder:
        program = Path(folder, "program.py")
        program.write_text(textwrap.dedent(source), encoding="utf-8")
        with PythonProcess(program, env=env) as process:
            return process.finish(timeout)


def _environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    wanted: dict[str, str | None] = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(
            path for path in (str(PROJECT_ROOT), os.environ.get("PYTHONPATH")) if path
        ),
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
        **changes,
    }
    return {name: value for name, value in wanted.items() if value is not None}
