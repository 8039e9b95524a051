"""The settings that every trigger has, as the functions take them that make triggers.

Type checkers read them here; what a call misspells all the same is told with the nearest right one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from .errors import InvalidTriggerError
from .keys import TriggerKey


class TriggerSettings(TypedDict, total=False):
    """Quartz's TriggerBuilder, by name; ``Trigger`` says what each means."""

    key: TriggerKey | str | None
    start: datetime | None
    end: datetime | None
    priority: int
    misfire: str
    calendar: str | None
    data: Mapping[str, object]
    description: str | None


_COMMON = tuple(TriggerSettings.__annotations__)
_COMMON_SET = frozenset(_COMMON)


def known(call: str, settings: Mapping[str, Any], own: tuple[str, ...], why: str = "") -> Any:
    """Give the settings of a call, or raise an InvalidTriggerError for one that it doesn't have."""
    for name in settings.keys() - _COMMON_SET:
        from difflib import get_close_matches

        names = (*own, *_COMMON)
        close = get_close_matches(name, names, 1)
        hint = f"; did you mean {close[0]}?" if close else why or f"; it has {', '.join(names)}"
        raise InvalidTriggerError(f"{call}() has no setting {name!r}{hint}")
    return settings
