"""The names that Quartz asks for and Python may import: fetched by a thread of Python's."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from . import launch
from .convert import java

_WAIT_MILLIS = 500
_CLASS = "org.pyquartz.bridge.WantedImports"


def allow(package: str) -> None:
    """Let stored names in a package be imported."""
    launch.enter_thread()
    java(_CLASS).allow(package)


def wait_for_at_exit(thread: threading.Thread) -> None:
    """Let a thread that takes names leave the JVM before the interpreter ends."""
    launch.at_exit(lambda: thread.join(4 * _WAIT_MILLIS / 1000))


def wanted() -> Iterator[str]:
    """Give each name that Quartz asks for; asking for the next one says that it was tried."""
    launch.enter_thread()
    queue = java(_CLASS)
    while not launch.is_ending():
        # In short waits: a thread inside Java can't be ended.
        name = queue.next(_WAIT_MILLIS)
        if name is not None:
            yield str(name)
            queue.answered(name)
