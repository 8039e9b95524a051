"""Makes the archive of Java's classes, in a short process that owes nothing to the one that asks.

A shell starts Java with the warm-up program, moves what it left to its place in one step, and
removes its working folder. That folder is the claim as well: who finds it there lets the other
finish. The program ends itself after a minute; nothing here waits for the user's process, holds
its files or writes to its output.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import time
from pathlib import Path

from ..config import Settings
from ..store.url import parse_store
from .archive import Archive

log = logging.getLogger("pyquartz.jvm")

_MAIN = "org.pyquartz.startup.WarmUp"
_STALE_SECONDS = 300
_UNUSED_SECONDS = 30 * 86_400
_SPACE = 200_000_000
_NICE = 10
# Its own failure is no news for anybody, and neither is that of what it cleans up.
_SCRIPT = """
work=$1 archive=$2 failed=$3; shift 3
"$@" && mv -f "$work/archive" "$archive" || : > "$failed"
rm -rf "$work"
"""


class _Detached(subprocess.Popen[bytes]):
    """A process that may outlive this one, which is no reason for a warning."""

    def __del__(self) -> None:
        pass


def make(archive: Archive, wait: bool) -> None:
    """Have the archive made, unless another process is at it; ``wait`` collects its end."""
    java = _program(archive.library)
    folder = archive.path.parent
    if java is None or archive.is_made or shutil.disk_usage(folder).free < _SPACE:
        log.debug("No archive of Java's classes is made in %s", folder)
        return
    _remove_old(folder)
    work = archive.path.with_suffix(".making")
    try:
        work.mkdir(mode=0o700)
    except FileExistsError:
        return
    script = ["/bin/sh", "-c", _SCRIPT, "sh", *map(str, (work, archive.path, archive.failed))]
    log.debug("Making an archive of Java's classes: %s", archive.path)
    process = _Detached(
        [*script, java, *_options(archive, work), _MAIN, *_stores(archive, work)],
        cwd="/",
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _lower_priority(process.pid)
    if wait:
        process.wait()


def _program(library: str) -> str | None:
    """Give the ``java`` to which the library belongs."""
    for parent in Path(library).resolve().parents[:4]:
        if (parent / "bin" / "java").is_file():
            return str(parent / "bin" / "java")
    return None


def _options(archive: Archive, work: Path) -> list[str]:
    goal = "AOTCacheOutput" if archive.is_aot else "ArchiveClassesAtExit"
    return [
        f"-XX:{goal}={work / 'archive'}",
        *archive.jvm_options,
        "-Xlog:disable",
        f"-Djava.io.tmpdir={work}",
        "-cp",
        os.pathsep.join(archive.class_path),
    ]


def _environment() -> dict[str, str]:
    # What these add would end up in the archive, or open a port a second time.
    ours = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH")
    return {name: value for name, value in os.environ.items() if name not in ours}


def _stores(archive: Archive, work: Path) -> list[str]:
    urls = [None, f"h2://{work / 'store'}"] if archive.on_database else [None]
    return [_properties(Settings(store=parse_store(url), name="warm-up")) for url in urls]


def _properties(settings: Settings) -> str:
    """Give a store's properties as the text of a file; a backslash escapes there."""
    lines = (f"{key}={value}" for key, value in settings.to_properties().items())
    return "\n".join(lines).replace("\\", "\\\\")


def _remove_old(folder: Path) -> None:
    """Remove archives of jars that are gone, and what a machine that went down has left."""
    now = time.time()
    for path in folder.glob("classes-*"):
        age = now - path.stat().st_mtime
        if path.suffix == ".making" and age > _STALE_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
        elif path.suffix != ".making" and age > _UNUSED_SECONDS:
            path.unlink(missing_ok=True)


def _lower_priority(pid: int) -> None:
    try:
        os.setpriority(os.PRIO_PROCESS, pid, _NICE)
    except OSError as error:  # it may have ended
        log.debug("The process that makes the archive keeps its priority: %s", error)
