"""Cron expressions: Quartz's syntax told apart from cron's, and the one turned into the other.

The times themselves come from Quartz's own CronExpression; here only what can be said without it.
"""

from __future__ import annotations

import re

from .cron_fields import check_parts
from .errors import InvalidTriggerError

# As Quartz counts them, from 1.
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


def check_fields(expression: str) -> str:
    """Give Quartz's expression with single spaces, or say what is wrong with its fields."""
    if not isinstance(expression, str):
        raise InvalidTriggerError(f"a cron expression is a string, not {expression!r}")
    parts = expression.upper().split()
    if len(parts) == 5:
        raise InvalidTriggerError(
            f"cron({expression!r}) has five fields, as in a crontab; Quartz's begin with the "
            f"seconds and need six or seven. Use crontab({expression!r})."
        )
    if len(parts) not in (6, 7):
        raise InvalidTriggerError(
            f"cron({expression!r}) has {len(parts)} fields; Quartz's are: seconds, minutes, hours, "
            "day of month, month, day of week and, if wanted, year."
        )
    if (parts[3] == "?") == (parts[5] == "?"):
        raise InvalidTriggerError(
            f"cron({expression!r}): exactly one of day of month (the fourth field) and day of week "
            "(the sixth) must be '?'."
        )
    check_parts(expression, parts)
    return " ".join(parts)


def from_crontab(expression: str) -> str:
    """Turn cron's five fields, or a nickname such as ``@daily``, into Quartz's.

    Cron counts the days of the week from Sunday = 0 (7 is Sunday too), Quartz from Sunday = 1; they
    are written by name. Cron fires when *either* the day of month or the day of week matches;
    Quartz has no such schedule, so that is refused.
    """
    if not isinstance(expression, str):
        raise InvalidTriggerError(f"a crontab is a string, not {expression!r}")
    parts = _NICKNAMES.get(expression.strip().lower(), expression).upper().split()
    if len(parts) != 5:
        raise InvalidTriggerError(
            f"crontab({expression!r}) has {len(parts)} fields; a crontab has five: minutes, hours, "
            "day of month, month, day of week. Six or seven fields are Quartz's: use cron()."
        )
    minute, hour, day, month, weekday = parts
    if day != "*" and weekday != "*":
        raise InvalidTriggerError(
            f"crontab({expression!r}) names both a day of month and a day of week: cron fires on "
            "either of them, which one Quartz trigger can't. Make two triggers."
        )
    if weekday == "*":
        return f"0 {minute} {hour} {day} {month} ?"
    return f"0 {minute} {hour} ? {month} {_weekdays(weekday, expression)}"


def _weekdays(text: str, expression: str) -> str:
    days: list[str] = []
    for part in text.split(","):
        span, slash, step = part.partition("/")
        if slash and not re.fullmatch("[1-9][0-9]?", step):
            raise InvalidTriggerError(
                f"crontab({expression!r}): {part!r} is not a day of the week."
            )
        if span == "*":
            numbers = list(range(7))
        else:
            first, dash, last = span.partition("-")
            begin = _day_number(first, expression)
            end = _day_number(last, expression) if dash else (6 if step else begin)
            numbers = list(range(begin, end + 1 if end >= begin else end + 8))
        days += [DAYS[number % 7] for number in numbers[:: int(step or 1)]]
    return ",".join(dict.fromkeys(days))


def _day_number(text: str, expression: str) -> int:
    if text in DAYS:
        return DAYS.index(text)
    if re.fullmatch("[0-7]", text):
        return int(text)
    raise InvalidTriggerError(f"crontab({expression!r}): {text!r} is not a day of the week.")
