"""The options that the JVM starts with: what keeps it harmless, and what makes it start lean.

Lean means measured, and nothing that a large deployment could run into: limits stay Java's own.
The user's options come last, and where they speak of a matter, ours are silent about it: Java
refuses to start with two collectors, or with a heap that begins larger than it may grow.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from ..errors import ConfigurationError
from ..zones import zone_of

_NATIVE_ACCESS_SINCE = 22

# Each with what the user may say about the same matter.
_Lean = tuple[re.Pattern[str], tuple[str, ...]]
_LEAN: tuple[_Lean, ...] = (
    # Where the heap begins, not where it ends: with Java's own, 1/64 of the machine, an idle
    # scheduler fills a large young generation before anything is collected.
    (re.compile(r"-Xm[nsx]|HeapSize|NewSize|RAM"), ("-Xms24m",)),
    (re.compile(r"-XX:[+-]Use\w+GC|-Xm[ns]|HeapSize|New|RAM"), ("-XX:NewSize=4m",)),
)
_COLLECTOR = re.compile(r"-XX:[+-]Use\w+GC")

# Each collection stands in every job's way and has more to do the more jobs wait: on two cores it
# takes half the time, and what is new gets room as the program needs it.
_SERVER: tuple[_Lean, ...] = (
    (_COLLECTOR, ("-XX:+UseParallelGC",)),
    # The optimising compiler puts less into one method: it is done with a job's way in half the
    # time, and what it makes of it is as fast.
    (re.compile(r"Inline|-Xint|-Xcomp"), ("-XX:InlineSmallCode=1000", "-XX:FreqInlineSize=150")),
)
# Smaller builds lack both, and refuse to start with an option that they don't know.
_SMALL: tuple[_Lean, ...] = ((_COLLECTOR, ("-XX:+UseSerialGC",)),)


def theirs() -> list[str]:
    """Give the user's options."""
    return os.environ.get("PYQUARTZ_JVM_OPTIONS", "").split()


def harmless(release: int | None) -> list[str]:
    """Give what leaves signals, windows and logs to Python."""
    options = [
        "-Xrs",
        "-Dslf4j.provider=org.pyquartz.log.QueueServiceProvider",
        "-Dslf4j.internal.verbosity=WARN",
        "-Djava.awt.headless=true",
    ]
    zone = os.environ.get("PYQUARTZ_TIMEZONE")
    if zone:
        options.append(f"-Duser.timezone={_known_zone(zone)}")
    return options + module_options(release)


def _known_zone(name: str) -> str:
    # Java takes a zone that it doesn't know for UTC, in silence.
    try:
        zone_of(name)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"PYQUARTZ_TIMEZONE is {name!r}, and there is no such time zone; names are those of "
            "the IANA database, such as 'Europe/Berlin'"
        ) from error
    return name


def module_options(release: int | None) -> list[str]:
    """Give what an archive has to be made with as well, or it will not be used."""
    if release is not None and release >= _NATIVE_ACCESS_SINCE:
        return ["--enable-native-access=ALL-UNNAMED"]
    return []


def lean(given: Sequence[str], library: str) -> list[str]:
    """Give what makes it start lean, but for what the user's options speak of.

    Java itself reads some of those out of the environment. ``library`` is the path of the JVM.
    """
    stated = " ".join(
        [*given, *(os.environ.get(name, "") for name in ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"))]
    )
    ours = (*_LEAN, *(_SERVER if Path(library).parent.name == "server" else _SMALL))
    return [option for said, options in ours if not said.search(stated) for option in options]
