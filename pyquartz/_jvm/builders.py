"""Python's triggers and jobs as Quartz's, and Quartz's triggers as Python's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from typing import Any

import jpype

from ..errors import InvalidTriggerError
from ..keys import JobKey, TriggerKey
from ..triggers import (
    CalendarIntervalTrigger,
    CronTrigger,
    DailyTimeIntervalTrigger,
    SimpleTrigger,
    Trigger,
)
from .convert import from_millis, java, to_data_map, to_error, to_millis

_FOR_EVER = -1
_MILLISECOND = timedelta(milliseconds=1)
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600}


def job_key(key: JobKey) -> Any:
    """Give Quartz's form of a job's key."""
    return java("org.quartz.JobKey")(key.name, key.group)


def trigger_key(key: TriggerKey) -> Any:
    """Give Quartz's form of a trigger's key."""
    return java("org.quartz.TriggerKey")(key.name, key.group)


def build_trigger(trigger: Trigger, key: TriggerKey, job: JobKey | None, as_strings: bool) -> Any:
    """Build Quartz's trigger; InvalidTriggerError where Quartz refuses it."""
    date = java("java.util.Date")
    try:
        builder = java("org.quartz.TriggerBuilder").newTrigger()
        builder.withIdentity(trigger_key(key)).withPriority(trigger.priority)
        builder.withDescription(trigger.description).withSchedule(_schedule(trigger))
        builder.startAt(date(to_millis(trigger.start)) if trigger.start else date())
        if trigger.end:
            builder.endAt(date(to_millis(trigger.end)))
        if trigger.calendar:
            builder.modifiedByCalendar(trigger.calendar)
        if job:
            builder.forJob(job_key(job))
        if trigger.data:
            builder.usingJobData(to_data_map(trigger.data, as_strings))
        built = builder.build()
        built.setMisfireInstruction(trigger.MISFIRES[trigger.misfire])
        return built
    except jpype.JException as error:
        message = str(to_error(error, f"the trigger {key} ({trigger.describe()}) can't be"))
        raise InvalidTriggerError(message) from error


def _schedule(trigger: Trigger) -> Any:
    if isinstance(trigger, CronTrigger):
        schedule = java("org.quartz.CronScheduleBuilder").cronSchedule(trigger.expression)
        return schedule.inTimeZone(zone(trigger.tz))
    if isinstance(trigger, SimpleTrigger):
        schedule = java("org.quartz.SimpleScheduleBuilder").simpleSchedule()
        schedule.withIntervalInMilliseconds(trigger.interval // _MILLISECOND)
        return schedule.withRepeatCount(_FOR_EVER if trigger.repeat is None else trigger.repeat)
    if isinstance(trigger, CalendarIntervalTrigger):
        schedule = java("org.quartz.CalendarIntervalScheduleBuilder").calendarIntervalSchedule()
        unit = java("org.quartz.DateBuilder$IntervalUnit").valueOf(trigger.unit.upper())
        schedule.withInterval(trigger.interval, unit).inTimeZone(zone(trigger.tz))
        schedule.preserveHourOfDayAcrossDaylightSavings(trigger.preserve_hour_of_day)
        return schedule.skipDayIfHourDoesNotExist(trigger.skip_day_if_hour_missing)
    assert isinstance(trigger, DailyTimeIntervalTrigger)
    return _daily(trigger)


def _daily(trigger: DailyTimeIntervalTrigger) -> Any:
    schedule = java("org.quartz.DailyTimeIntervalScheduleBuilder").dailyTimeIntervalSchedule()
    schedule.withIntervalInSeconds(trigger.interval // timedelta(seconds=1))
    days = java("java.util.HashSet")()
    for day in trigger.days:
        days.add(java("java.lang.Integer").valueOf(jpype.JInt(_DAYS.index(day) + 1)))
    schedule.onDaysOfTheWeek(days)
    schedule.startingDailyAt(_time_of_day(trigger.from_))
    schedule.endingDailyAt(_time_of_day(trigger.to))
    return schedule.withRepeatCount(_FOR_EVER if trigger.repeat is None else trigger.repeat)


def _time_of_day(moment: time) -> Any:
    return java("org.quartz.TimeOfDay")(moment.hour, moment.minute, moment.second)


def zone(name: str | None) -> Any:
    """Give Java's zone of a name; None is the JVM's default one."""
    zones = java("java.util.TimeZone")
    if name is None:
        return zones.getDefault()
    found = zones.getTimeZone(name)
    # Java answers GMT to a name it does not know.
    if str(found.getID()) != name:
        raise InvalidTriggerError(f"this Java knows no time zone {name!r}")
    return found


def build_job(
    key: JobKey,
    job_class: Any,
    data: Mapping[str, object],
    as_strings: bool,
    description: str | None,
    durable: bool,
    requests_recovery: bool,
) -> Any:
    """Build Quartz's job detail."""
    builder = java("org.quartz.JobBuilder").newJob(job_class)
    builder.withIdentity(job_key(key)).withDescription(description)
    builder.storeDurably(durable).requestRecovery(requests_recovery)
    return builder.setJobData(to_data_map(data, as_strings)).build()


# -- back -----------------------------------------------------------------------------------------


def read_trigger(row: Mapping[str, Any], data: Mapping[str, object]) -> Trigger | None:
    """Make the value of a trigger as ``org.pyquartz.inspect.Triggers`` describes it."""
    schedule = row.get("schedule")
    if row["kind"] not in _READERS or schedule is None:
        return None
    trigger_type, read = _READERS[row["kind"]]
    trigger: Trigger = trigger_type(
        key=TriggerKey(row["name"], row["group"]),
        start=from_millis(row["start"]),
        end=from_millis(row["end"]),
        priority=row["priority"],
        misfire=misfire_name(trigger_type.MISFIRES, row["misfire"]),
        calendar=row["calendar"],
        data=dict(data),
        description=row["description"],
        **read(schedule),
    )
    return trigger


def misfire_name(instructions: Mapping[str, int], number: int) -> str:
    """Give the name of a stored misfire instruction, out of those of its kind of trigger."""
    names = {value: name for name, value in instructions.items()}
    return names.get(number, "smart")


def _read_cron(schedule: Mapping[str, Any]) -> dict[str, Any]:
    return {"expression": schedule["expression"], "tz": schedule["tz"]}


def _read_simple(schedule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "interval": schedule["interval"] * _MILLISECOND,
        "repeat": None if schedule["repeat"] == _FOR_EVER else schedule["repeat"],
    }


def _read_calendar_interval(schedule: Mapping[str, Any]) -> dict[str, Any]:
    names = ("interval", "tz", "preserve_hour_of_day", "skip_day_if_hour_missing")
    return {"unit": schedule["unit"].lower()} | {name: schedule[name] for name in names}


def _read_daily(schedule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "interval": timedelta(seconds=schedule["interval"] * _SECONDS[schedule["unit"]]),
        "from_": time.fromisoformat(schedule["from"] or "00:00:00"),
        "to": time.fromisoformat(schedule["to"] or "23:59:59"),
        "days": tuple(_DAYS[number - 1] for number in schedule["days"]),
        "repeat": None if schedule["repeat"] == _FOR_EVER else schedule["repeat"],
    }


_READERS: dict[str, tuple[type[Any], Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "cron": (CronTrigger, _read_cron),
    "simple": (SimpleTrigger, _read_simple),
    "calendar_interval": (CalendarIntervalTrigger, _read_calendar_interval),
    "daily_time_interval": (DailyTimeIntervalTrigger, _read_daily),
}
