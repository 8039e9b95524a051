"""Job data: the closed set of plain values in a store, and how they meet a job's parameters.

What is stored must be readable by a plain Java node, so nothing outside the set is let in; never a
pickle.
"""

from __future__ import annotations

import inspect
import json
import re
import types
import typing
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

from .errors import JobDataError

_SCALARS = (str, bool, int, float, datetime, date, time, timedelta, Decimal, UUID, bytes)
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
    if isinstance(value, (int, Decimal)):
        _check_number(value, where)
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
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    raise JobDataError(f"{where} is a {kind}, which can't be stored; what can: {_NAMES}")


def _check_text(value: str, where: str) -> None:
    if _HALF_PAIR.search(value):
        raise JobDataError(f"{where} is a str, which has half a surrogate pair: no character")


def _check_number(value: int | Decimal, where: str) -> None:
    if isinstance(value, int):
        if value.bit_length() > _LONGEST_INT:
            raise JobDataError(f"{where} is an int of more than {_MOST_DIGITS} digits")
    elif not value.is_finite():
        raise JobDataError(f"{where} is the decimal {value}, which Java can't keep")
    elif abs(value.adjusted()) > _WIDEST_EXPONENT:
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


class Binder:
    """Fills a callable's parameters from job data by name, apart from those that get the context.

    A string is turned into what the parameter's annotation asks for, since some stores keep only
    strings. What the signature says is read once, for a job runs often.
    """

    def __init__(self, function: Callable[..., Any], context_names: frozenset[str]) -> None:
        parameters = inspect.signature(function).parameters
        hints = _hints(function)
        self._function = function
        self._names = frozenset(parameters)
        self._takes_rest = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        self._wanted = [
            (name, hints.get(name, Any), parameter.default is parameter.empty)
            for name, parameter in parameters.items()
            if name not in context_names
            and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        ]

    def __call__(self, data: Mapping[str, object]) -> dict[str, object]:
        """Give the arguments; raise a JobDataError for a value that is missing or does not fit."""
        bound: dict[str, object] = {}
        for name, hint, required in self._wanted:
            if name in data:
                value = data[name]
                bound[name] = value if type(value) is hint else self._coerced(value, hint, name)
            elif required:
                raise JobDataError(
                    f"{self._called} needs {name!r}, which is neither in the data of the job nor "
                    "of the trigger, and it has no default"
                )
        if self._takes_rest:
            bound |= {key: value for key, value in data.items() if key not in self._names}
        return bound

    @property
    def _called(self) -> str:
        return f"{self._function.__module__}.{self._function.__qualname__}"

    def _coerced(self, value: object, hint: Any, name: str) -> object:
        try:
            return coerce(value, hint, name)
        except JobDataError as error:
            raise JobDataError(f"{self._called}: {error}") from None


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function)
    except NameError:
        # An annotation that only a type checker can see: nothing can be coerced to it.
        return {}


def coerce(value: object, wanted: Any, name: str) -> object:
    """Make a stored value what an annotation asks for, if it is one of the plain types."""
    options = typing.get_args(wanted) if _is_union(wanted) else (wanted,)
    kinds = [typing.get_origin(option) or option for option in options]
    if value is None or not all(kind in _READERS or kind is types.NoneType for kind in kinds):
        return value
    if any(type(value) is kind for kind in kinds):
        return value
    if value == "" and types.NoneType in kinds:
        # What a store that keeps only strings makes of None.
        return None
    for kind in sorted(kinds, key=_LOOSER.__contains__):
        if kind is float and type(value) is int:
            return float(value)
        if isinstance(value, str) and kind is not types.NoneType:
            try:
                made = _READERS[kind](value)
            except (ValueError, ArithmeticError, KeyError):
                continue
            if isinstance(made, kind):
                return made
        if kind is not types.NoneType and isinstance(value, kind) and not isinstance(value, bool):
            return value
    names = ("None" if kind is types.NoneType else kind.__name__ for kind in kinds)
    raise JobDataError(f"{name!r} is {value!r}, and the job's parameter wants {' or '.join(names)}")


def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def _read_timedelta(text: str) -> timedelta:
    return timedelta(microseconds=round(Decimal(text).scaleb(6)))


def _read_datetime(text: str) -> datetime:
    # Python 3.10 does not read the Z that Java writes.
    return datetime.fromisoformat(re.sub("[zZ]$", "+00:00", text))


# What reads the texts of others too, and so is tried after them.
_LOOSER = (float, Decimal, datetime)
_READERS: dict[Any, Callable[[str], object]] = {
    str: str,
    bool: lambda text: {"true": True, "false": False}[text.strip().lower()],
    int: int,
    float: float,
    Decimal: Decimal,
    UUID: UUID,
    bytes: lambda text: b64decode(text, validate=True),
    datetime: _read_datetime,
    date: date.fromisoformat,
    time: time.fromisoformat,
    timedelta: _read_timedelta,
    list: json.loads,
    dict: json.loads,
}
