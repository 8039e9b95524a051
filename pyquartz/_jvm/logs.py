"""Java's log records, brought into ``logging`` by a thread of Python's.

Java puts its records into a queue and never waits; this thread fetches them in batches. Loggers are
named ``pyquartz.java.<Java's logger>``.
"""

from __future__ import annotations

import logging
import threading
import traceback
from typing import Any

import jpype

from . import launch
from .convert import scrub

ROOT = logging.getLogger("pyquartz.java")
_RECORD, _FIELD = "\x1e", "\x1f"
_WAIT_MILLIS = 200
_lock = threading.Lock()
_pump: threading.Thread | None = None
_ending = threading.Event()


def start() -> None:
    """Start the thread that fetches, once in a process, and tell Java of the levels of now."""
    global _pump
    with _lock:
        if _pump is None:
            _pump = threading.Thread(target=_run, name="pyquartz-java-logs", daemon=True)
            launch.at_exit(_stop)
            _pump.start()
    _tell_level()


def flush() -> None:
    """Log at once what Java has said until now, if there is a JVM."""
    while _pump is not None and _emit(0):
        pass


def _stop() -> None:
    _ending.set()
    if _pump is not None:
        _pump.join(timeout=2)
    flush()


def _run() -> None:
    launch.enter_thread()
    while not _ending.is_set():
        _emit(_WAIT_MILLIS)


def _emit(millis: int) -> bool:
    text = str(_tell_level().take(millis))
    for record in text.split(_RECORD) if text else ():
        try:
            _log(*record.split(_FIELD, 4))
        except Exception:  # a filter of the user's: it must not end the logging of all others
            traceback.print_exc()
    return bool(text)


def _tell_level() -> Any:
    """Tell Java's queue the lowest level that any of its loggers listens to, and give the queue."""
    known = logging.Logger.manager.loggerDict.copy()
    below = (
        logger
        for name, logger in known.items()
        if name.startswith(f"{ROOT.name}.") and isinstance(logger, logging.Logger)
    )
    queue = jpype.JClass("org.pyquartz.log.LogQueue")
    queue.setThreshold(min(logger.getEffectiveLevel() for logger in (ROOT, *below)))
    return queue


def _log(name: str, level: str, millis: str, thread: str, message: str) -> None:
    logger = logging.getLogger(f"pyquartz.java.{name}")
    if not logger.isEnabledFor(int(level)):
        return
    record = logger.makeRecord(
        logger.name, int(level), "(Java)", 0, scrub(message), (), None, "(Java)"
    )
    record.created, record.msecs = int(millis) / 1000, float(int(millis) % 1000)
    record.threadName = thread
    logger.handle(record)
