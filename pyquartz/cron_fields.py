"""The fields of Quartz's cron expressions: what each may say, by Quartz's own documentation.

Quartz's parser passes over what it does not understand, and takes 98 and 99 for its own marks:
"0 99 * ? * *" fires every minute there. A schedule that is not what was written must not be stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .errors import InvalidTriggerError

_MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER",
    "OCTOBER", "NOVEMBER", "DECEMBER",
)  # fmt: skip
_WEEKDAYS = ("SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY")
_NUMBER = re.compile("[0-9]{1,4}")
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_MOST_BEFORE_THE_LAST = 30
# Nearest weekdays and days before the end of a month; last and n-th days of the week.
_OF_MONTH = re.compile("([0-9]{1,2})W|L(?:-([0-9]{1,2}))?W?")
_OF_WEEK = re.compile("L|([0-9]|[A-Z]+)(?:L|#0*[1-5])")


@dataclass(frozen=True)
class _Field:
    """One field: its numbers, the names for them, and the longest step that Quartz takes."""

    name: str
    least: int
    most: int
    longest_step: int
    names: tuple[str, ...] = ()
    words: str = ""
    special: Callable[[str], bool] = lambda _: False
    wraps: bool = True

    def fault(self, item: str) -> str | None:
        """Say what is wrong with one item of the field's list; None when nothing is."""
        if self.special(item):
            return None
        span, slash, step = item.partition("/")
        if slash and (fault := self._fault_of_step(span, step)):
            return fault
        if span == "*" or (slash and not span):
            return None
        ends = span.split("-")
        if len(ends) > 2 or not all(map(self._is_word, ends)):
            return f"{item!r} is none of {self.allowed}"
        if len({end.isdigit() for end in ends}) > 1:
            return f"{item!r} has a name and a number; write both ends alike"
        if len(ends) == 2 and ends[0].isalpha() and len(ends[0]) > len("MON"):
            return f"Quartz knows spans of short names only: {ends[0][:3]}-{ends[1][:3]}"
        for end in ends:
            if end.isdigit() and not self.least <= int(end) <= self.most:
                return f"{end} is out of range: {self.allowed}"
        if not self.wraps and len(ends) == 2 and int(ends[0]) > int(ends[1]):
            return f"{item!r} ends before it begins"
        return None

    def _fault_of_step(self, span: str, step: str) -> str | None:
        if not _NUMBER.fullmatch(step) or int(step) == 0:
            return f"the step {step!r} is no number from 1 on"
        if "-" not in span and int(step) > self.longest_step:
            return f"the step {step} is longer than {self.longest_step}"
        if span[:1].isalpha():
            return f"Quartz knows no steps from a name, as in {span}/{step}; write the number"
        return None

    def _is_word(self, text: str) -> bool:
        if text.isdigit():
            return bool(_NUMBER.fullmatch(text))
        # Quartz reads the first three letters.
        return len(text) >= 3 and any(name.startswith(text) for name in self.names)

    @property
    def allowed(self) -> str:
        """What the field may say, in words."""
        return f"{self.least}-{self.most}{self.words}, lists, spans, steps and '*'"


def _is_of_month(item: str) -> bool:
    found = _OF_MONTH.fullmatch(item)
    if not found:
        return False
    day, before = found.groups()
    return (day is None or 1 <= int(day) <= 31) and int(before or 0) <= _MOST_BEFORE_THE_LAST


def _is_of_week(item: str) -> bool:
    found = _OF_WEEK.fullmatch(item)
    if not found:
        return False
    day = found.group(1)
    return day is None or "1" <= day <= "7" or day in {name[:3] for name in _WEEKDAYS}


_FIELDS = (
    _Field("seconds", 0, 59, 59),
    _Field("minutes", 0, 59, 59),
    _Field("hours", 0, 23, 23),
    _Field("day of month", 1, 31, 31, words=", L, L-3, LW, 15W, '?'", special=_is_of_month),
    _Field("month", 1, 12, 12, _MONTHS, ", JAN-DEC"),
    _Field("day of week", 1, 7, 7, _WEEKDAYS, ", SUN-SAT, L, 6L, 6#3, '?'", _is_of_week),
    _Field("year", _FIRST_YEAR, _LAST_YEAR, _LAST_YEAR, wraps=False),
)


def check_parts(expression: str, parts: list[str]) -> None:
    """Check the fields of an expression, of which one day's is "?"; InvalidTriggerError."""
    for field, part in zip(_FIELDS, parts, strict=False):
        items = part.split(",")
        if part == "?" and field.name.startswith("day"):
            continue
        if field.names is _WEEKDAYS and len(items) > 1 and any(map(_is_of_week, items)):
            fault: str | None = "with 'L' or '#' there can be one day only"
        else:
            fault = next(filter(None, map(field.fault, items)), None)
        if fault:
            raise InvalidTriggerError(f"cron({expression!r}), {field.name} {part!r}: {fault}.")
