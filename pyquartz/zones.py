"""Names of time zones that Python and Java both know, and the zones that they mean.

Beside the names of the IANA database Java has fixed offsets, such as GMT+05:30.
"""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo

from .errors import InvalidTriggerError

_OFFSET = re.compile(r"GMT([+-])([01]?[0-9]|2[0-3])(?::?([0-5][0-9]))?")
_MINUTE = timedelta(minutes=1)


def zone_id(tz: str | tzinfo | None) -> str | None:
    """Give the name under which Python and Java both know a zone."""
    if tz is None:
        return None
    name = tz if isinstance(tz, str) else getattr(tz, "key", None)
    if isinstance(tz, timezone):
        name = _name_of(tz)
    if name is None:
        raise InvalidTriggerError(f"{tz!r} has no name that Quartz could store; use a ZoneInfo")
    try:
        zone = zone_of(name)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidTriggerError(
            f"there is no time zone {name!r}; names are those of the IANA database, such as "
            "'Europe/Berlin' or 'UTC', and fixed offsets, such as 'GMT+05:30'"
        ) from error
    return _name_of(zone) if isinstance(zone, timezone) else name


def zone_of(name: str) -> tzinfo:
    """Give the zone that a name means; KeyError, ValueError or OSError when there is none."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        found = _OFFSET.fullmatch(name)
        if not found:
            raise
    sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-offset if sign == "-" else offset)


def _name_of(zone: timezone) -> str | None:
    offset = zone.utcoffset(None)
    if not offset:
        return "UTC"
    if offset % _MINUTE:
        return None
    hours, minutes = divmod(abs(offset) // _MINUTE, 60)
    return f"GMT{'-' if offset < timedelta(0) else '+'}{hours:02}:{minutes:02}"
