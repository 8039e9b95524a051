"""The archive of Java's loaded classes, from which a start takes them instead of reading jars.

One file for each JVM and set of jars, in the user's cache folder: AppCDS, from Java 25 on an AOT
cache. A store in memory has one of its own: the whole of an archive is in memory, and what a
database needs is as much again. The start that misses it has it made in the background
(``archive_maker``), so that no start waits for it. The JVM checks the file against its own version
and the jars, and does without what does not fit. A cache is a convenience: whatever is wrong with
it is a line in the debug log.
"""

from __future__ import annotations

import logging
import os
import re
import stat
import threading
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger("pyquartz.jvm")

SWITCH = "PYQUARTZ_ARCHIVE"
_OFF = ("0", "false", "no", "off")
# What was archived, and how: another number makes all archives anew.
_FORMAT = 2
_OLDEST_JAVA = 13
_AOT_SINCE = 25
# Making it must not compete with the start that asked for it.
_DELAY_SECONDS = 5.0
# A JVM takes one archive; who names another, or forbids it, has the last word.
_THEIR_OWN = re.compile(r"-Xshare|SharedArchive|AOT|ArchiveClassesAtExit|SharedClassList")
_RETRY_SECONDS = 86_400
_DAY = 86_400


@dataclass(frozen=True)
class Archive:
    """Where the archive of one JVM with its jars is, or would be."""

    path: Path
    library: str
    class_path: tuple[str, ...]
    jvm_options: tuple[str, ...]
    on_database: bool = False

    @property
    def is_aot(self) -> bool:
        """Whether it is an AOT cache, which holds more than classes."""
        return self.path.suffix == ".aot"

    @property
    def is_made(self) -> bool:
        """Whether the file is there."""
        return self.path.exists()

    @property
    def failed(self) -> Path:
        """The mark that it could not be made; it is tried again after a day."""
        return self.path.with_suffix(".failed")

    def options(self) -> list[str]:
        """Give what tells the JVM to use it, without a word on its output when it does not fit."""
        if not self.is_made:
            return []
        if self.is_aot:
            return [f"-XX:AOTCache={self.path}", "-Xlog:aot=off,cds=off"]
        return [f"-XX:SharedArchiveFile={self.path}", "-Xlog:cds=off,cds+dynamic=off"]


def find(
    library: str,
    release: int | None,
    class_path: Sequence[str],
    jvm_options: Sequence[str],
    theirs: Sequence[str],
    on_database: bool = False,
) -> Archive | None:
    """Name the archive for a JVM with these jars, or None where none is wanted or possible.

    ``class_path`` is what every start begins with: what the user adds behind it does no harm.
    """
    stated = (*theirs, os.environ.get("JAVA_TOOL_OPTIONS", ""))
    if os.environ.get(SWITCH, "").strip().lower() in _OFF or os.name != "posix":
        return None
    if release is None or release < _OLDEST_JAVA or any(map(_THEIR_OWN.search, stated)):
        return None
    try:
        folder = _own_folder()
        name = _name((library, *class_path), jvm_options, on_database)
        kind = "aot" if release >= _AOT_SINCE else "jsa"
        archive = Archive(
            folder / f"{name}.{kind}", library, tuple(class_path), tuple(jvm_options), on_database
        )
        _mark_as_used(archive.path)
        if not archive.is_made and _is_recent(archive.failed):
            return None
    except (OSError, RuntimeError) as error:
        log.debug("Starting without an archive of Java's classes: %s", error)
        return None
    return archive


def _own_folder() -> Path:
    """Give the user's cache folder; one that others can write could bring in code of theirs."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    folder = (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "pyquartz"
    if not folder.exists():
        there = next(parent for parent in folder.parents if parent.exists())
        # Such as root with the home of the user who called sudo.
        _require_ours(there)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _require_ours(folder)
    return folder


def _require_ours(path: Path) -> None:
    found = path.stat()
    if found.st_uid != os.geteuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(f"{path} is not this user's alone")


def _name(files: Sequence[str], jvm_options: Sequence[str], on_database: bool) -> str:
    """Give a name that changes with the JVM, its options and the jars; the JVM checks the rest."""
    parts: list[object] = [_FORMAT, on_database, *jvm_options]
    for file in files:
        found = os.stat(file)
        parts += [os.path.realpath(file), found.st_size, found.st_mtime_ns]
    text = repr(parts).encode()
    return f"classes-{zlib.crc32(text):08x}{zlib.adler32(text):08x}"


def _mark_as_used(path: Path) -> None:
    # Those that nobody has used for long are removed when another one is made.
    if path.exists() and time.time() - path.stat().st_mtime > _DAY:
        os.utime(path)


def _is_recent(mark: Path) -> bool:
    return mark.exists() and time.time() - mark.stat().st_mtime < _RETRY_SECONDS


class Making:
    """Has a missing archive made, once: a while after the start, or when the process ends."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._claimed = threading.Lock()
        self._timer = threading.Timer(_DELAY_SECONDS, self._make, kwargs={"wait": True})
        self._timer.name = "pyquartz-archive"
        self._timer.daemon = True

    def begin(self) -> None:
        """Start the clock."""
        self._timer.start()

    def at_exit(self) -> None:
        """Leave it to a process that ends by itself, if it has not begun yet."""
        self._timer.cancel()
        self._make(wait=False)

    def _make(self, wait: bool) -> None:
        if not self._claimed.acquire(blocking=False):
            return
        # Most processes never come here.
        from . import archive_maker

        try:
            archive_maker.make(self._archive, wait)
        except OSError as error:
            log.debug("No archive of Java's classes can be made: %s", error)
