"""Arguments of a scheduler that are easily given in another form, checked before they are used."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TypeVar

from ..errors import ConfigurationError

T = TypeVar("T")


def listed(name: str, given: Iterable[T]) -> tuple[T, ...]:
    """Give what a list holds; one string alone would be taken for a list of its letters."""
    if isinstance(given, (str, os.PathLike)) or not isinstance(given, Iterable):
        alone = "one string" if isinstance(given, str) else "no list"
        raise ConfigurationError(f"{name}={given!r} is {alone}: give a list, [{given!r}]")
    return tuple(given)


def span(name: str, given: timedelta | float | None) -> timedelta | None:
    """Give a span of time, which may be given in seconds."""
    if given is None or isinstance(given, timedelta):
        return given
    try:
        return timedelta(seconds=given)
    except (TypeError, ValueError, OverflowError) as error:
        raise ConfigurationError(f"{name}={given!r}: a timedelta, or seconds") from error


def mapping(name: str, given: Mapping[str, str] | None) -> dict[str, str]:
    """Give what a mapping holds."""
    if given is not None and not isinstance(given, Mapping):
        raise ConfigurationError(f"{name}={given!r}: a mapping of names to strings")
    return dict(given or {})
