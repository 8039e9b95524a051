"""A store's jobs, triggers and calendars as a file of the same form."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ..info import JobInfo, Opaque, TriggerInfo
from ..keys import JobKey, TriggerKey
from ..triggers import (
    CalendarIntervalTrigger,
    CronTrigger,
    DailyTimeIntervalTrigger,
    SimpleTrigger,
    Trigger,
)
from .calendars import write_calendar
from .data import write_duration, write_value
from .reading import add_plain_values, yaml_module

if TYPE_CHECKING:
    from ..scheduler import Scheduler


@dataclass(frozen=True)
class Export:
    """A store as a file: its text, and what could not be written in it, with the reasons."""

    text: str
    left_out: tuple[str, ...] = ()


def export(scheduler: Scheduler, groups: Collection[str] = ()) -> Export:
    """Write the jobs of some groups (of all, by default) with their triggers, and the calendars.

    What can't be read, or has no form here, is left out and named.
    """
    left_out: list[str] = []
    triggers: dict[JobKey, list[TriggerInfo]] = {}
    for info in scheduler.triggers():
        if info.regular:
            triggers.setdefault(info.job_key, []).append(info)
    jobs = [job for job in scheduler.jobs() if not groups or job.key.group in groups]
    forms = [_job(job, triggers.get(job.key, []), left_out) for job in jobs]
    calendars = {}
    for name, calendar in scheduler.calendars().items():
        if isinstance(calendar, Opaque):
            left_out.append(f"calendar {name}: {calendar.class_name}: {calendar.reason}")
        else:
            calendars[name] = write_calendar(calendar)
    whole: dict[str, Any] = {"pyquartz": 1}
    if calendars:
        whole["calendars"] = calendars
    return Export(_dump(whole | {"jobs": [job for job in forms if job]}), tuple(left_out))


def _job(job: JobInfo, triggers: list[TriggerInfo], left_out: list[str]) -> dict[str, Any] | None:
    reason = job.unreadable or _opaque(job.data)
    if reason:
        left_out.append(f"job {job.key} and its triggers: {reason}")
        return None
    form: dict[str, Any] = {"class": job.class_name}
    if job.key.name != job.class_name:
        form["name"] = job.key.name
    form["group"] = job.key.group
    if job.description is not None:
        form["description"] = job.description
    form |= {"durable": job.durable, "recovery": job.requests_recovery}
    if job.data:
        form["data"] = _data(job.data)
    written = []
    for info in triggers:
        why = info.unreadable or _opaque(info.data)
        if why or info.trigger is None:
            left_out.append(f"trigger {info.key}: {why or 'its kind has no form here'}")
        elif info.state != "COMPLETE":
            written.append(_trigger(info.trigger, info.key, job.key))
    if not written and not job.durable:
        left_out.append(f"job {job.key}: it is not durable, and none of its triggers is left")
        return None
    return form | ({"triggers": written} if written else {})


def _opaque(data: Mapping[str, object]) -> str | None:
    for name, value in data.items():
        found = _find_opaque(value)
        if found is not None:
            return f"its data {name!r} hold a {found.class_name}: {found.reason}"
    return None


def _find_opaque(value: object) -> Opaque | None:
    if isinstance(value, Opaque):
        return value
    inside = value.values() if isinstance(value, Mapping) else value
    if isinstance(inside, (str, bytes)) or not hasattr(inside, "__iter__"):
        return None
    return next((found for item in inside if (found := _find_opaque(item)) is not None), None)


def _data(data: Mapping[str, object]) -> dict[str, Any]:
    return {name: write_value(data[name]) for name in sorted(data)}


# -- triggers -------------------------------------------------------------------------------------


def _trigger(trigger: Trigger, key: TriggerKey, job: JobKey) -> dict[str, Any]:
    form = _schedule(trigger) | {"name": key.name}
    if key.group != job.group:
        form["group"] = key.group
    settings = trigger.settings()
    for name in ("priority", "misfire", "calendar", "description"):
        if settings.get(name) is not None:
            form[name] = settings[name]
    for name in ("start", "end"):
        if settings.get(name) is not None and not (name == "start" and "once" in form):
            form[name] = settings[name].isoformat()
    if trigger.data:
        form["data"] = _data(trigger.data)
    return form


def _schedule(trigger: Trigger) -> dict[str, Any]:
    if isinstance(trigger, CronTrigger):
        return _given(cron=trigger.expression, tz=trigger.tz)
    if isinstance(trigger, CalendarIntervalTrigger):
        plural = "" if trigger.interval == 1 else "s"
        return _given(
            calendar_every=f"{trigger.interval} {trigger.unit}{plural}",
            tz=trigger.tz,
            preserve_hour_of_day=trigger.preserve_hour_of_day or None,
            skip_day_if_hour_missing=trigger.skip_day_if_hour_missing or None,
        )
    if isinstance(trigger, DailyTimeIntervalTrigger):
        hours = {"from": trigger.from_.isoformat(), "to": trigger.to.isoformat()}
        own = _given(days=",".join(trigger.days), repeat=trigger.repeat)
        return {"daily": write_duration(trigger.interval)} | hours | own
    assert isinstance(trigger, SimpleTrigger), "there are four kinds"
    if trigger.is_once and trigger.start is not None:
        return {"once": trigger.start.isoformat()}
    return _given(every=write_duration(trigger.interval), repeat=trigger.repeat)


def _given(**settings: Any) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}


# -- text -----------------------------------------------------------------------------------------


@cache
def _dumper() -> Any:
    yaml = yaml_module()

    class Dumper(yaml.SafeDumper):  # type: ignore[misc, name-defined]  # PyYAML is optional
        """Quotes what any YAML would take for something else than a text."""

        def ignore_aliases(self, data: Any) -> bool:
            """Write out what stands twice."""
            return True

    add_plain_values(Dumper)
    return Dumper


def _dump(form: dict[str, Any]) -> str:
    text: str = yaml_module().dump(
        form, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=100
    )
    return text
