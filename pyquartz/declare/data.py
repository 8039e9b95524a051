"""Values as they are written in a file: durations, instants, and the types that YAML has not.

What YAML has (text, truth, number, null, list, mapping) stands for itself. Any other type is a
mapping of one name that begins with ``$``; ``$mapping`` is for a mapping that itself looks so.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

_UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
    "us": timedelta(microseconds=1),
}
_PART = re.compile(r"(\d+)(ms|us|w|d|h|m|s)")


def read_duration(text: str) -> timedelta:
    """Read ``1h30m``, ``250ms``, ``-2d``. Raises ValueError."""
    sign, body = (-1, text[1:]) if text.startswith("-") else (1, text)
    parts = _PART.findall(body)
    if not parts or "".join(number + unit for number, unit in parts) != body:
        raise ValueError(f"{text!r} is no duration, such as 5m, 1h30m or 250ms")
    return sign * sum((int(number) * _UNITS[unit] for number, unit in parts), timedelta())


def write_duration(span: timedelta) -> str:
    """Write a duration so that ``read_duration`` gives the same."""
    left, sign = (-span, "-") if span < timedelta() else (span, "")
    text = ""
    for name, unit in _UNITS.items():
        if name != "w" and left >= unit:
            text += f"{left // unit}{name}"
            left %= unit
    return sign + (text or "0s")


def read_instant(text: str) -> datetime:
    """Read an instant with its offset, ``2031-03-08T12:00:00+01:00``. Raises ValueError."""
    # Python 3.10 does not read the Z.
    moment = datetime.fromisoformat(re.sub("[zZ]$", "+00:00", text))
    if moment.utcoffset() is None:
        raise ValueError(f"{text!r} has no offset; write it as 2031-03-08T12:00:00+01:00")
    return moment


_TYPES: dict[str, tuple[type, Callable[[str], object], Callable[[Any], str]]] = {
    "$datetime": (datetime, read_instant, datetime.isoformat),
    "$date": (date, date.fromisoformat, date.isoformat),
    "$time": (time, time.fromisoformat, time.isoformat),
    "$duration": (timedelta, read_duration, write_duration),
    "$decimal": (Decimal, Decimal, str),
    "$uuid": (UUID, UUID, str),
    "$bytes": (
        bytes,
        lambda text: b64decode(text, validate=True),
        lambda raw: b64encode(raw).decode(),
    ),
}


def read_value(value: Any) -> object:
    """Give the value that a file's value stands for. Raises ValueError."""
    if isinstance(value, list):
        return [read_value(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    name = _only_name(value)
    if name is None:
        return {key: read_value(item) for key, item in value.items()}
    if name == "$mapping" and isinstance(value[name], Mapping):
        return {key: read_value(item) for key, item in value[name].items()}
    if name not in _TYPES or not isinstance(value[name], str):
        raise ValueError(f"{name} with a text: known are {', '.join(_TYPES)}; or $mapping")
    try:
        return _TYPES[name][1](value[name])
    except (ValueError, InvalidOperation) as error:
        raise ValueError(f"{name}: {value[name]!r} can't be read: {error}") from error


def write_value(value: object) -> Any:
    """Give the form in which a file has a value."""
    if isinstance(value, (list, tuple)):
        return [write_value(item) for item in value]
    if isinstance(value, Mapping):
        made = {key: write_value(item) for key, item in value.items()}
        return made if _only_name(made) is None else {"$mapping": made}
    for name, (kind, _, write) in _TYPES.items():
        if type(value) is kind:
            return {name: write(value)}
    return value


def _only_name(value: Mapping[str, Any]) -> str | None:
    names = list(value)
    return names[0] if len(names) == 1 and names[0].startswith("$") else None
