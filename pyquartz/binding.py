"""How job data meet a job's parameters: filled in by name, and made what an annotation asks for."""

from __future__ import annotations

import inspect
import json
import re
import types
import typing
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from .errors import JobDataError


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

    def bind(self, data: Mapping[str, object]) -> dict[str, object]:
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
