"""Holidays from elsewhere: of a country, by the package ``holidays``, and of an iCalendar file.

Both packages are extras, imported when they are asked for: nothing else needs them.
"""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from .errors import ConfigurationError, InvalidCalendarError

log = logging.getLogger("pyquartz.calendars")
_DAY = timedelta(days=1)


def of_country(
    country: str, subdiv: str | None, years: tuple[int, ...], options: Mapping[str, Any]
) -> tuple[date, ...]:
    """Give the public holidays of a country, or of a part of it, in some years."""
    holidays = _import("holidays", "holidays")
    try:
        # Without expand=False it would add each year that it is asked about.
        found = holidays.country_holidays(
            country, subdiv=subdiv, years=years, expand=False, **options
        )
        return tuple(found)
    except (NotImplementedError, ValueError, TypeError) as error:
        raise InvalidCalendarError(
            f"the holidays of {country!r}, {subdiv!r} are not known: {error}"
        ) from error


def from_ics(path: str | os.PathLike[str], years: tuple[int, ...]) -> tuple[date, ...]:
    """Give the days of an iCalendar file's all-day events that lie in some years."""
    icalendar = _import("icalendar", "ics")
    recurring = _import("recurring_ical_events", "ics")
    days: set[date] = set()
    with_hours: set[str] = set()
    try:
        calendar = icalendar.Calendar.from_ical(Path(path).read_bytes())
        found = recurring.of(calendar).between(date(years[0], 1, 1), date(years[-1] + 1, 1, 1))
        for event in found:
            if str(event.get("STATUS", "")).upper() == "CANCELLED":
                continue
            if isinstance(event["DTSTART"].dt, datetime):
                with_hours.add(str(event.get("SUMMARY", "without a name")))
            else:
                days.update(_days_of(event))
    except OSError as error:
        raise InvalidCalendarError(f"{path} can't be read: {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidCalendarError(f"{path} is no sound iCalendar file: {error}") from error
    if with_hours:
        log.warning(
            "%s: events with a time of day are no holidays and are left out: %s",
            path,
            ", ".join(sorted(with_hours)),
        )
    return tuple(day for day in days if day.year in years)


def _days_of(event: Mapping[str, Any]) -> Iterator[date]:
    first = event["DTSTART"].dt
    # The end is the day after the last one; without one it is a single day.
    end = event["DTEND"].dt if "DTEND" in event else first + _DAY
    if "DTEND" not in event and "DURATION" in event:
        end = first + event["DURATION"].dt
    day = first
    while day < end or day == first:
        yield day
        day += _DAY


def _import(module: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ConfigurationError(
            f'the package {module} is needed for that: pip install "pyquartz[{extra}]"'
        ) from error
