"""The form of a file: its mappings as jobs, triggers and calendars."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, TypeVar

from ..calendars import Calendar
from ..errors import DeclarationError, PyQuartzError
from ..jobs import Job
from ..keys import DEFAULT_GROUP, JobKey, TriggerKey
from ..plan import default_keys
from ..triggers import Trigger, calendar_every, cron, crontab, daily, every, once
from .calendars import read_calendar
from .data import read_duration, read_instant, read_value
from .reading import Path, Source, parse

T = TypeVar("T")


@dataclass(frozen=True)
class DeclaredJob:
    """A job with its triggers by key, and where in the file each stands."""

    job: Job
    key: JobKey
    triggers: Mapping[TriggerKey, Trigger]
    place: str
    places: Mapping[TriggerKey, str]


@dataclass(frozen=True)
class Declaration:
    """What a file declares: jobs with their triggers, calendars, and the groups that it owns."""

    jobs: tuple[DeclaredJob, ...] = ()
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    owns: frozenset[str] = frozenset()
    name: str = "<text>"


def load(path: str | os.PathLike[str]) -> Declaration:
    """Read a YAML (or JSON) file. Raises DeclarationError with the line of each fault."""
    try:
        text = FilePath(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeclarationError(f"can't read {os.fspath(path)}: {error}") from error
    return read(text, os.fspath(path))


def read(text: str, name: str = "<text>") -> Declaration:
    """Read a YAML (or JSON) text; ``name`` stands for it in messages."""
    value, source = parse(text, name)
    return _Reader(value, source).declaration()


class _Reader:
    """Makes values of one file's mappings, whose form the schema has checked."""

    def __init__(self, value: dict[str, Any], source: Source) -> None:
        self._value = value
        self._source = source

    def declaration(self) -> Declaration:
        jobs = [self._job(job, n) for n, job in enumerate(self._value.get("jobs", ()))]
        self._refuse_twins(jobs)
        calendars = {
            name: self._made(("calendars", name), read_calendar, form)
            for name, form in self._value.get("calendars", {}).items()
        }
        owns = frozenset(self._value.get("owns", ()))
        return Declaration(tuple(jobs), calendars, owns, self._source.name)

    def _made(self, path: Path, make: Callable[..., T], *given: Any) -> T:
        try:
            return make(*given)
        except (PyQuartzError, ValueError, TypeError) as error:
            raise self._source.error(path, str(error)) from error

    def _job(self, form: dict[str, Any], n: int) -> DeclaredJob:
        path: Path = ("jobs", n)
        group = form.get("group", self._value.get("group", DEFAULT_GROUP))
        key = JobKey(form.get("name", form["class"]), group)
        triggers = form.get("triggers", [])
        if not triggers and form.get("durable") is False:
            raise self._source.error(path, "a job without a trigger has to be durable")
        job = self._made(
            path,
            lambda: Job(
                form["class"],
                key,
                _data(form),
                form.get("description"),
                form.get("durable", None if triggers else True),
                form.get("recovery"),
            ),
        )
        paths: list[Path] = [(*path, "triggers", m) for m in range(len(triggers))]
        made = [
            self._made(at, _trigger, item, group) for at, item in zip(paths, triggers, strict=True)
        ]
        keyed = self._made(path, default_keys, key, made)
        places = {k: self._source.at(at) for k, at in zip(keyed, paths, strict=True)}
        return DeclaredJob(job, key, keyed, self._source.at(path), places)

    def _refuse_twins(self, jobs: list[DeclaredJob]) -> None:
        seen: dict[JobKey | TriggerKey, str] = {}
        for job in jobs:
            places: list[tuple[JobKey | TriggerKey, str]] = [(job.key, job.place)]
            for key, place in [*places, *job.places.items()]:
                if key in seen:
                    kind = "job" if isinstance(key, JobKey) else "trigger"
                    raise DeclarationError(
                        f"{place}: the {kind} {key} stands in {seen[key]} already; give it another "
                        "name"
                    )
                seen[key] = place


def _data(form: Mapping[str, Any]) -> dict[str, object]:
    return {name: read_value(value) for name, value in form.get("data", {}).items()}


# -- triggers -------------------------------------------------------------------------------------


def _trigger(form: Mapping[str, Any], group: str) -> Trigger:
    settings: dict[str, Any] = {
        name: form[name]
        for name in ("priority", "misfire", "calendar", "description")
        if name in form
    }
    settings |= {name: read_instant(form[name]) for name in ("start", "end") if name in form}
    if "name" in form:
        settings["key"] = TriggerKey(form["name"], form.get("group", group))
    elif "group" in form:
        raise ValueError("a trigger with a group needs a name too")
    settings["data"] = _data(form)
    kind = next(name for name in _TRIGGERS if name in form)
    return _TRIGGERS[kind](form, settings)


def _calendar_every(form: Mapping[str, Any], settings: dict[str, Any]) -> Trigger:
    number, unit = form["calendar_every"].split()
    own = ("tz", "preserve_hour_of_day", "skip_day_if_hour_missing")
    return calendar_every(int(number), unit, **_some(form, own), **settings)


def _daily(form: Mapping[str, Any], settings: dict[str, Any]) -> Trigger:
    renamed = {"from_": form["from"]} if "from" in form else {}
    own = _some(form, ("to", "days", "repeat"))
    return daily(every=read_duration(form["daily"]), **renamed, **own, **settings)


def _some(form: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: form[name] for name in names if name in form}


_TRIGGERS: dict[str, Callable[[Mapping[str, Any], dict[str, Any]], Trigger]] = {
    "cron": lambda form, settings: cron(form["cron"], **_some(form, ("tz",)), **settings),
    "crontab": lambda form, settings: crontab(form["crontab"], **_some(form, ("tz",)), **settings),
    "every": lambda form, settings: every(
        read_duration(form["every"]), **_some(form, ("repeat",)), **settings
    ),
    "once": lambda form, settings: once(read_instant(form["once"]), **settings),
    "calendar_every": _calendar_every,
    "daily": _daily,
}
