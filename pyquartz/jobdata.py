"""Job data: the closed set of plain values in a store.

What is stored must be readable by a plain Java node, so nothing outside the set is let in; never a
pickle.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

from .errors import JobDataError

if TYPE_CHECKING:
    from decimal import Decimal

_SCALARS = (str, bool, int, float, datetime, date, time, timedelta, bytes)
_NAMES = (
    "str, bool, int, float, None, aware datetime, date, time, timedelta, Decimal, UUID, bytes, "
    "and list and dict of these"
)
_ALWAYS_GOOD = (bool, float, type(None))
_DEEPEST = 32
# As many as Python reads out of a text.
_MOST_DIGITS = 4300
_LONGEST_INT: int = (10**_MOST_DIGITS - 1).bit_length() - 1
_WIDEST_EXPONENT = 10**9
_WIDEST_OFFSET = timedelta(hours=18)
_HALF_PAIR = re.compile("[\ud800-\udfff]")


def check_data(
    data: Mapping[str, object] | None, what: str, of: object = None
) -> dict[str, object]:
    """Give a copy of data that can be stored, or raise a JobDataError that names key and type.

    ``what`` they are, and ``of`` whom, is told only when it has to be.
    """
    if data is None or data == {}:
        return {}
    if type(data) is dict and _are_plain(data):
        return data.copy()
    what = what if of is None else f"{what} {of}"
    if not isinstance(data, Mapping):
        raise JobDataError(f"{what} are a mapping of names to values, not {type(data).__name__}")
    for key in data:
        if not isinstance(key, str):
            raise JobDataError(f"{what}: the key {key!r} is not a string")
        _check_text(key, f"{what}: the key {key!r}")
    return {key: _check(value, f"{what}: {key!r}", 0) for key, value in data.items()}


def _are_plain(data: Mapping[object, object]) -> bool:
    """Say whether all entries are such as most data are, which need no further look."""
    for key, value in data.items():
        if type(key) is not str or not key.isascii():
            return False
        if type(value) is str:
            plain = value.isascii()
        elif type(value) is int:
            plain = value.bit_length() <= _LONGEST_INT
        else:
            plain = type(value) in _ALWAYS_GOOD
        if not plain:
            return False
    return True


def _check(value: object, where: str, depth: int) -> object:
    if depth > _DEEPEST:
        raise JobDataError(f"{where} is nested more than {_DEEPEST} deep, or contains itself")
    if value is None:
        return None
    if isinstance(value, datetime):
        _check_offset(value, where)
    if isinstance(value, str):
        _check_text(value, where)
    if isinstance(value, time) and value.tzinfo is not None:
        raise JobDataError(f"{where} is a time with a zone, which Java can't keep; use a datetime")
    if isinstance(value, int) and value.bit_length() > _LONGEST_INT:
        raise JobDataError(f"{where} is an int of more than {_MOST_DIGITS} digits")
    if type(value) in _SCALARS:
        return value
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return [_check(item, f"{where}[{n}]", depth + 1) for n, item in enumerate(value)]
    if type(value) is dict:
        for key in value:
            if not isinstance(key, str):
                raise JobDataError(f"{where} has the key {key!r}, which is not a string")
            _check_text(key, f"{where}: the key {key!r}")
        return {k: _check(v, f"{where}[{k!r}]", depth + 1) for k, v in value.items()}
    # Few have one of these, and they take as long to import as all of the above.
    from decimal import Decimal
    from uuid import UUID

    if isinstance(value, Decimal):
        _check_decimal(value, where)
    if type(value) in (Decimal, UUID):
        return value
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    raise JobDataError(f"{where} is a {kind}, which can't be stored; what can: {_NAMES}")


def _check_text(value: str, where: str) -> None:
    if _HALF_PAIR.search(value):
        raise JobDataError(f"{where} is a str, which has half a surrogate pair: no character")


def _check_decimal(value: Decimal, where: str) -> None:
    if not value.is_finite():
        raise JobDataError(f"{where} is the decimal {value}, which Java can't keep")
    if abs(value.adjusted()) > _WIDEST_EXPONENT:
        raise JobDataError(
            f"{where} is a decimal with the exponent {value.adjusted()}, which Java can't keep"
        )


def _check_offset(value: datetime, where: str) -> None:
    offset = value.utcoffset()
    if offset is None:
        raise JobDataError(f"{where} is a naive datetime ({value}); give it a zone")
    if abs(offset) > _WIDEST_OFFSET or offset % timedelta(seconds=1):
        raise JobDataError(f"{where} has a zone with an offset of {offset}, which Java can't keep")
    try:
        value.astimezone(timezone.utc)
    except OverflowError as error:
        message = f"{where} is a datetime ({value}) that is outside of the years 1 to 9999 in UTC"
        raise JobDataError(message) from error
