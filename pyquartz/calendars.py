"""Calendars: what triggers leave out. Frozen values that need no JVM to be made or compared.

A calendar is stored under a name, and triggers name it with ``calendar=``; Quartz's Calendar. What
it leaves out no trigger fires in. What needs Quartz's own arithmetic asks the JVM when it is
called.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any

from .cron import check_fields
from .errors import InvalidCalendarError, InvalidTriggerError
from .triggers import days_of_week, instant, time_of_day
from .zones import zone_id

_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


Zone = str | tzinfo | None


@dataclass(frozen=True, init=False)
class Calendar:
    """What every kind of calendar has; alone it leaves out nothing; Quartz's BaseCalendar.

    What ``base`` leaves out is left out as well. ``tz`` is the zone whose days and hours are meant,
    a name or a ZoneInfo; None is that of the machine that reads it: give all nodes the same one.
    Raises InvalidCalendarError for what can't be.
    """

    base: Calendar | None
    tz: str | None
    description: str | None

    def __init__(
        self, *, base: Calendar | None = None, tz: Zone = None, description: str | None = None
    ) -> None:
        if base is not None and not isinstance(base, Calendar):
            raise InvalidCalendarError(f"base={base!r} is no calendar")
        if description is not None and not isinstance(description, str):
            raise InvalidCalendarError(f"description={description!r} is no string")
        self._set("base", base)
        self._set("tz", _checked(zone_id, tz))
        self._set("description", description)

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def is_included(self, moment: datetime) -> bool:
        """Say whether a trigger may fire at an instant; Quartz's isTimeIncluded.

        ``moment`` is an aware datetime after 1970. Starts the JVM if none runs.
        """
        from ._jvm.calendars import is_included

        return is_included(self, aware(moment))

    def describe(self) -> str:
        """Say in a sentence what it leaves out."""
        from . import describe as words

        return words.describe_calendar(self)


@dataclass(frozen=True, init=False)
class AnnualCalendar(Calendar):
    """Leaves out the same days of each year; Quartz's AnnualCalendar.

    ``days`` are pairs of month and day, ``(12, 25)``, texts as ``"12-25"``, or dates, whose year
    doesn't count.
    """

    days: tuple[tuple[int, int], ...]

    def __init__(
        self,
        days: Iterable[tuple[int, int] | str | date] = (),
        *,
        base: Calendar | None = None,
        tz: Zone = None,
        description: str | None = None,
    ) -> None:
        super().__init__(base=base, tz=tz, description=description)
        self._set("days", tuple(sorted({_day_of_year(day) for day in _listed(days, "days")})))


@dataclass(frozen=True, init=False)
class HolidayCalendar(Calendar):
    """Leaves out single dates; Quartz's HolidayCalendar.

    ``dates`` are dates, or texts as ``"2030-12-25"``. Quartz keeps each as the instant at which it
    begins, so a calendar without ``tz`` is right only where the default zone is that of the writer.
    """

    dates: tuple[date, ...]

    def __init__(
        self,
        dates: Iterable[date | str] = (),
        *,
        base: Calendar | None = None,
        tz: Zone = None,
        description: str | None = None,
    ) -> None:
        super().__init__(base=base, tz=tz, description=description)
        self._set("dates", tuple(sorted({_date(item) for item in _listed(dates, "dates")})))

    @classmethod
    def of_country(
        cls,
        country: str,
        subdiv: str | None = None,
        *,
        years: int | Iterable[int],
        base: Calendar | None = None,
        tz: Zone = None,
        description: str | None = None,
        **options: Any,
    ) -> HolidayCalendar:
        """Leave out the public holidays of a country, by the package ``holidays``.

        ``country`` and ``subdiv`` are ISO codes, as "DE" and "BE"; ``years`` is one or several;
        ``options`` go to ``holidays.country_holidays``, such as ``categories``. Needs
        ``pip install "pyquartz[holidays]"``. Raises InvalidCalendarError for an unknown country.
        """
        from .holiday_dates import of_country

        place = f"{country} ({subdiv})" if subdiv else country
        return cls(
            of_country(country, subdiv, _years(years), options),
            base=base,
            tz=tz,
            description=description or f"Public holidays of {place}, {_span(_years(years))}",
        )

    @classmethod
    def from_ics(
        cls,
        path: str | os.PathLike[str],
        *,
        years: int | Iterable[int],
        base: Calendar | None = None,
        tz: Zone = None,
        description: str | None = None,
    ) -> HolidayCalendar:
        """Leave out the days of an iCalendar file's all-day events in some years.

        Events of several days count with each day, recurring ones with each time in ``years``;
        cancelled ones don't count. Events with a time of day are no whole days: they are left out,
        with a warning in the log. Needs ``pip install "pyquartz[ics]"``. Raises
        InvalidCalendarError when the file can't be read.
        """
        from .holiday_dates import from_ics

        return cls(
            from_ics(path, _years(years)),
            base=base,
            tz=tz,
            description=description or f"{os.path.basename(path)}, {_span(_years(years))}",
        )


@dataclass(frozen=True, init=False)
class MonthlyCalendar(Calendar):
    """Leaves out the same days of each month, 1 to 31; Quartz's MonthlyCalendar."""

    days: tuple[int, ...]

    def __init__(
        self,
        days: Iterable[int] = (),
        *,
        base: Calendar | None = None,
        tz: Zone = None,
        description: str | None = None,
    ) -> None:
        super().__init__(base=base, tz=tz, description=description)
        chosen = _listed(days, "days")
        for day in chosen:
            if isinstance(day, bool) or not isinstance(day, int) or not 1 <= day <= 31:
                raise InvalidCalendarError(f"{day!r} is no day of a month, 1 to 31")
        self._set("days", tuple(sorted(set(chosen))))


@dataclass(frozen=True, init=False)
class WeeklyCalendar(Calendar):
    """Leaves out days of the week, Saturday and Sunday by default; Quartz's WeeklyCalendar.

    ``days`` as in ``daily()``: "SAT,SUN", "MON-WED" or a tuple of names.
    """

    days: tuple[str, ...]

    def __init__(
        self,
        days: str | Iterable[str] = ("SUN", "SAT"),
        *,
        base: Calendar | None = None,
        tz: Zone = None,
        description: str | None = None,
    ) -> None:
        super().__init__(base=base, tz=tz, description=description)
        chosen = days if isinstance(days, str) else tuple(map(str, _listed(days, "days")))
        self._set("days", _checked(days_of_week, chosen) if chosen else ())


@dataclass(frozen=True, init=False)
class DailyCalendar(Calendar):
    """Leaves out the hours from a time of day to a later one; Quartz's DailyCalendar.

    Both belong to what is left out. ``inverted`` leaves out all but those hours. Times are "08:00",
    "08:00:00.500" or ``time`` values, to the millisecond. As Quartz has it, one that is not
    inverted also leaves out midnight itself and the last millisecond of the day.
    """

    from_: time
    to: time
    inverted: bool

    def __init__(
        self,
        from_: str | time,
        to: str | time,
        inverted: bool = False,
        *,
        base: Calendar | None = None,
        tz: Zone = None,
        description: str | None = None,
    ) -> None:
        super().__init__(base=base, tz=tz, description=description)
        for name, value in (("from_", from_), ("to", to)):
            moment = _checked(time_of_day, value, True)
            self._set(name, moment.replace(microsecond=moment.microsecond // 1000 * 1000))
        if self.to <= self.from_:
            raise InvalidCalendarError(f"to={self.to} is not after from_={self.from_}")
        if not isinstance(inverted, bool):
            raise InvalidCalendarError(f"inverted={inverted!r} is neither True nor False")
        self._set("inverted", inverted)


@dataclass(frozen=True, init=False)
class CronCalendar(Calendar):
    """Leaves out the seconds that a cron expression of Quartz's names; Quartz's CronCalendar.

    ``"* * 0-7,18-23 ? * *"`` leaves out the nights. Quartz stores a zone with it in any case: that
    of the machine that writes it when ``tz`` is None.
    """

    expression: str

    def __init__(
        self,
        expression: str,
        *,
        base: Calendar | None = None,
        tz: Zone = None,
        description: str | None = None,
    ) -> None:
        super().__init__(base=base, tz=tz, description=description)
        self._set("expression", _checked(check_fields, expression))


def aware(moment: datetime) -> datetime:
    """Check an instant that a calendar is asked about."""
    checked: datetime | None = _checked(instant, moment, "moment")
    if checked is None or checked.timestamp() <= 0:
        raise InvalidCalendarError(f"{moment!r}: Quartz asks a calendar about instants after 1970")
    return checked


def _checked(check: Any, *values: Any) -> Any:
    """Check as for a trigger; what is wrong is an error about calendars."""
    try:
        return check(*values)
    except InvalidTriggerError as error:
        raise InvalidCalendarError(str(error)) from error


def _listed(values: Any, name: str) -> list[Any]:
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise InvalidCalendarError(f"{name}={values!r} is no list of days")
    return list(values)


def _day_of_year(value: Any) -> tuple[int, int]:
    try:
        if isinstance(value, date):
            month, day = value.month, value.day
        elif isinstance(value, str):
            month, day = map(int, value.split("-"))
        else:
            month, day = value
        if 1 <= month <= 12 and 1 <= day <= _DAYS_IN_MONTH[month - 1]:
            return int(month), int(day)
    except (TypeError, ValueError):
        pass
    raise InvalidCalendarError(f"{value!r} is no day of a year, such as (12, 25) or '12-25'")


def _date(value: Any) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise InvalidCalendarError(f"{value!r} is no date, such as '2030-12-25'") from error
    if isinstance(value, datetime) or not isinstance(value, date):
        raise InvalidCalendarError(f"{value!r} is no date, such as date(2030, 12, 25)")
    return date(value.year, value.month, value.day)


def _years(years: int | Iterable[int]) -> tuple[int, ...]:
    chosen = (years,) if isinstance(years, int) else tuple(years)
    if not chosen or not all(isinstance(year, int) and 1970 <= year < 9999 for year in chosen):
        raise InvalidCalendarError(f"years={years!r}: one or several years, as range(2030, 2035)")
    return tuple(sorted(set(chosen)))


def _span(years: tuple[int, ...]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"
