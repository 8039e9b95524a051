"""Files in the format of java.util.Properties."""

from __future__ import annotations

import os
import re
from typing import TypeGuard

from ..errors import ConfigurationError


def is_properties_file(store: object) -> TypeGuard[str]:
    """Say whether a store is given as the path of such a file."""
    return isinstance(store, str) and store.endswith(".properties")


def read_properties_file(path: str | os.PathLike[str]) -> dict[str, str]:
    """Read a file in the format of java.util.Properties."""
    try:
        with open(path, encoding="latin-1") as file:
            text = file.read()
    except OSError as error:
        raise ConfigurationError(f"can't read {os.fspath(path)}: {error.strerror}") from error
    return {name: value.strip(" \t") for name, value in parse_properties(text).items()}


def parse_properties(text: str) -> dict[str, str]:
    """Read a text in the format of java.util.Properties, decoded as Latin-1; a line ends in LF."""
    properties: dict[str, str] = {}
    for line in _logical_lines(text):
        match = re.match(r"((?:\\.|[^\\:=\s])*)\s*[:=]?\s*(.*)", line, re.S)
        assert match is not None
        properties[_unescape(match[1])] = _unescape(match[2])
    return properties


def _logical_lines(text: str) -> list[str]:
    """Give the lines that a trailing backslash joins as one; comments and empty ones are left out.

    Only what Java takes for a line's end is one: ``str.splitlines`` knows several more.
    """
    lines: list[str] = []
    going_on = False
    for line in text.split("\n"):
        line = line.lstrip(" \t\f")
        if not going_on and (not line or line[0] in "#!"):
            continue
        start = lines.pop() if going_on else ""
        going_on = (len(line) - len(line.rstrip("\\"))) % 2 == 1
        lines.append(start + (line[:-1] if going_on else line))
    return lines


def _unescape(text: str) -> str:
    named = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}

    def plain(match: re.Match[str]) -> str:
        if match[1].startswith("u") and len(match[1]) == 5:
            return chr(int(match[1][1:], 16))
        return named.get(match[1], match[1])

    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", plain, text, flags=re.S)


def system_properties(prefix: str) -> dict[str, str]:
    """Give what PYQUARTZ_JVM_OPTIONS sets by -D, of the names that begin with a prefix."""
    options = os.environ.get("PYQUARTZ_JVM_OPTIONS", "").split()
    named = (option[2:].partition("=") for option in options if option.startswith(f"-D{prefix}"))
    return {name: value for name, _, value in named}
