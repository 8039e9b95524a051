"""The closed table of conversions between Python's values and Java's, and between their errors.

From Java, values come as one JSON string (``org.pyquartz.inspect.Json`` writes it); the way into
Java is ``packing``.
"""

from __future__ import annotations

import json
import re
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from json.scanner import make_scanner
from typing import Any, overload
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jpype

from ..errors import PyQuartzError, error_for
from ..info import Opaque

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MILLISECOND = timedelta(milliseconds=1)
_MICROSECOND = timedelta(microseconds=1)
# What the decoder itself calls, without its search for blanks around the value.
_scan = make_scanner(json.JSONDecoder())  # type: ignore[arg-type]  # typeshed wants a scanner
# What H2 appends to its messages, with all that is in it.
_STATEMENT = re.compile("; SQL statement:\n.*", re.DOTALL)
# The SQLSTATE of a text that was cut off on its way into a column, in all databases.
_TOO_LONG = "22001"
_SHORTEN = (
    ". A text is longer than its column takes: names and groups have at most 200 characters, "
    "descriptions and class names 250, cron expressions 120"
)
_secrets: set[str] = set()
_secrets_lock = threading.Lock()


def to_millis(moment: datetime) -> int:
    """Give an aware instant as Java counts it: milliseconds since 1970."""
    return (moment - EPOCH) // MILLISECOND


@overload
def from_millis(millis: int) -> datetime: ...
@overload
def from_millis(millis: int | None) -> datetime | None: ...
def from_millis(millis: int | None) -> datetime | None:
    """Give Java's milliseconds since 1970 as an aware datetime in UTC."""
    return None if millis is None else EPOCH + int(millis) * MILLISECOND


# -- from Java ------------------------------------------------------------------------------------


def decode(text: object) -> Any:
    """Read what ``org.pyquartz.inspect.Json`` wrote."""
    written = str(text)
    # Most hold no tag, and a hook costs several times what the scanner does.
    return json.loads(written, object_hook=_untag) if '"$"' in written else _scan(written, 0)[0]


def _untag(value: dict[str, Any]) -> Any:
    kind = value.get("$")
    if kind is None:
        return value
    try:
        return _FROM_JAVA[kind](value)
    except (ValueError, OverflowError, ZoneInfoNotFoundError) as error:
        # Java's times reach further than Python's, and its zones are its own.
        return Opaque(kind, f"Python has no value for {value['v']!r}: {error}")


def _instant(text: str) -> datetime:
    # Java writes up to nine digits of a second, Python reads six.
    whole, _, fraction = text.removesuffix("Z").partition(".")
    moment = datetime.fromisoformat(whole if whole.count(":") == 2 else whole + ":00")
    return moment.replace(microsecond=int(fraction[:6].ljust(6, "0") or 0), tzinfo=timezone.utc)


def _java_datetime(text: str) -> datetime:
    offset = max(text.rfind("+"), text.rfind("-", 11), text.rfind("Z"))
    local, zone = (text, "") if offset < 0 else (text[:offset], text[offset:])
    moment = _instant(local).replace(tzinfo=None)
    if not zone:
        return moment
    return datetime.fromisoformat(moment.isoformat() + ("+00:00" if zone == "Z" else zone))


def _java_time(text: str) -> time:
    return _instant("1970-01-01T" + text).time()


def _duration(text: str) -> timedelta:
    seconds, _, micros = text.partition(".")
    return timedelta(seconds=int(seconds), microseconds=int(micros))


_FROM_JAVA: dict[str, Callable[[dict[str, Any]], Any]] = {
    "map": lambda v: dict(v["v"]),
    "float": lambda v: float(v["v"]),
    "bytes": lambda v: b64decode(v["v"]),
    "decimal": lambda v: Decimal(v["v"]),
    "uuid": lambda v: UUID(v["v"]),
    "instant": lambda v: _instant(v["v"]),
    "zoned": lambda v: _instant(v["v"]).astimezone(ZoneInfo(v["w"])),
    "datetime": lambda v: _java_datetime(v["v"]),
    "date": lambda v: date.fromisoformat(v["v"]),
    "time": lambda v: _java_time(v["v"]),
    "duration": lambda v: _duration(v["v"]),
    "opaque": lambda v: Opaque(v["v"], v["w"]),
}


# -- into Java ------------------------------------------------------------------------------------


def java(name: str) -> Any:
    """Give a Java class by its name."""
    return jpype.JClass(name)


def to_string(value: object) -> str:
    """Write a value for a store that keeps strings; ``binding.coerce`` reads it back."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        # As a float it would lose microseconds.
        return str(Decimal(value // _MICROSECOND).scaleb(-6))
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    if isinstance(value, (list, dict)):
        return json.dumps(value, default=to_string, ensure_ascii=False)
    return str(value)


# -- errors ---------------------------------------------------------------------------------------


def keep_secret(text: str | None) -> None:
    """Have a password never appear in an error or a log record.

    It never should: passwords are kept out of JDBC URLs. This catches what a driver may say. A very
    short one is not looked for, since it would be found in any text.
    """
    if text and len(text) >= 4:
        with _secrets_lock:
            _secrets.add(text)


def scrub(text: str) -> str:
    """Take every known password out of a text."""
    for secret in _secrets:
        text = text.replace(secret, "***")
    return text


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn a Java exception into ours, with what was being done and the Java exception as cause."""
    try:
        yield
    except jpype.JException as error:
        raise to_error(error, doing) from error


def to_error(error: Any, doing: str) -> PyQuartzError:
    """Make our error of a Java exception: the first in its chain that we have a name for."""
    reasons: list[str] = []
    kind: type[PyQuartzError] = PyQuartzError
    advice = ""
    link = error
    while link is not None:
        if kind is PyQuartzError:
            kind = error_for(_class_names(link))
        message = _STATEMENT.sub("", str(link.getMessage() or link.getClass().getSimpleName()))
        if isinstance(link, java("java.sql.SQLException")) and link.getSQLState() == _TOO_LONG:
            advice = _SHORTEN
        if not any(message in reason or reason in message for reason in reasons):
            reasons.append(message)
        link = link.getCause()
    return kind(scrub(f"{doing}: {'; '.join(reasons)}{advice}"))


def _class_names(error: Any) -> Iterator[str]:
    kind = error.getClass()
    while kind is not None:
        yield str(kind.getName())
        kind = kind.getSuperclass()


def java_trace(error: BaseException) -> str | None:
    """Give the Java side's stack trace of an error, or of its cause, None when Java had no part."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, jpype.JException):
            return scrub(str(link.stacktrace()))
        link = link.__cause__ or link.__context__
    return None
