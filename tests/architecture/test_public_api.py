"""The public face, written down: what users rely on is neither renamed nor dropped by accident.

More may be added: then this snapshot grows with it, on purpose.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import pytest

import pyquartz
from tests.support.processes import PROJECT_ROOT

NAMES = {
    "AnnualCalendar", "AsyncScheduler", "Calendar", "CalendarInUseError", "CalendarNotFoundError",
    "Cleared", "ConfigurationError", "CronCalendar", "DailyCalendar", "DaylightWarning",
    "DeclarationError", "Execution", "Fire",
    "ForkedProcessError", "Group", "HolidayCalendar", "InvalidCalendarError", "InvalidKeyError",
    "InvalidTriggerError", "JVMNotFoundError", "Job", "JobContext", "JobDataError",
    "JobDefinitionError", "JobEvent", "JobExecutionError", "JobInfo", "JobKey", "JobListener",
    "JobNotFoundError", "JobProcessError", "JobRunningError", "ListenerError", "MonthlyCalendar",
    "Name", "NoOpJob",
    "Node", "ObjectAlreadyExistsError", "Opaque", "PyQuartzError", "Scheduler", "SchedulerEvent",
    "SchedulerInfo", "SchedulerListener", "SchedulerStateError", "StoreError", "TaskError",
    "TaskReport",
    "Trigger", "TriggerEvent", "TriggerInfo", "TriggerKey", "TriggerListener",
    "TriggerNotFoundError", "WeeklyCalendar", "calendar_every", "cron", "crontab", "daily",
    "defjob", "every", "init_scheduler", "once", "rerun_on_error", "scheduler", "start_scheduler",
    "stop_scheduler", "task_init",
    "JobTimeoutError", "Retry", "UnableToInterruptJobError",
}  # fmt: skip

# The parameters in their order, with defaults; "/" and "*" as in a signature.
FUNCTIONS = {
    "cron": "expression, *, tz=None, **settings",
    "crontab": "expression, *, tz=None, **settings",
    "every": "interval=None, *, repeat=None, weeks=0, days=0, hours=0, minutes=0, seconds=0,"
    " milliseconds=0, **settings",
    "once": "at=None, **settings",
    "calendar_every": "interval, unit, *, tz=None, preserve_hour_of_day=False,"
    " skip_day_if_hour_missing=False, **settings",
    "daily": "*, every, from_=datetime.time(0, 0), to=datetime.time(23, 59, 59),"
    " days=('SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'), repeat=None, times_a_day=None,"
    " **settings",
    "Calendar": "*, base=None, tz=None, description=None",
    "AnnualCalendar": "days=(), *, base=None, tz=None, description=None",
    "HolidayCalendar": "dates=(), *, base=None, tz=None, description=None",
    "HolidayCalendar.of_country": "country, subdiv=None, *, years, base=None, tz=None,"
    " description=None, **options",
    "HolidayCalendar.from_ics": "path, *, years, base=None, tz=None, description=None",
    "MonthlyCalendar": "days=(), *, base=None, tz=None, description=None",
    "WeeklyCalendar": "days=('SUN', 'SAT'), *, base=None, tz=None, description=None",
    "DailyCalendar": "from_, to, inverted=False, *, base=None, tz=None, description=None",
    "CronCalendar": "expression, *, base=None, tz=None, description=None",
    "Trigger.next_fires": "n=5, after=None, calendar=None",
    "Trigger.warnings": "after=None, until=None, calendar=None",
    "init_scheduler": "store=None, **settings",
    "start_scheduler": "store=None, **settings",
    "stop_scheduler": "wait=True, timeout=None",
    "scheduler": "",
    "task_init": "name, *, after=()",
    "defjob": "name=None, /, *, aliases=(), concurrent=True, persist_data=False, durable=None,"
    " requests_recovery=False, description=None, runs_in=None, timeout=None, retry=None,"
    " then=()",
    "Job": "implementation, key=None, data=None, description=None, durable=None,"
    " requests_recovery=None",
    "JobKey": "name, group='DEFAULT'",
    "TriggerKey": "name, group='DEFAULT'",
    "JobExecutionError": "message='', refire_immediately=False, unschedule_trigger=False,"
    " unschedule_all_triggers=False",
    "Scheduler": "store=None, name='pyquartz', instance_id='AUTO', clustered=None, threads=10,"
    " coroutines=1000, processes=None, prefetch=0, missing_jobs=None, class_path=(),"
    " autoimport=(), allow_classes=(), properties=None",
}

METHODS = {
    "from_properties": "path, class_path=(), autoimport=(), name=None, threads=None, store=None, "
    "variables=None",
    "start": "delay=None",
    "standby": "",
    "stop": "wait=True, timeout=None",
    "schedule_task": "job, trigger, *more, data=None, key=None",
    "schedule_tasks": "tasks",
    "reschedule_task": "job, trigger, *more",
    "reschedule_trigger": "trigger",
    "update_timezone": "job, tz",
    "rename_job": "old, new, *, keep_trigger_keys=False, wait=None",
    "rename_trigger": "old, new, *, wait=None",
    "add_job": "job",
    "delete_task": "key",
    "delete_trigger": "key",
    "delete_triggers_of": "job",
    "trigger_now": "job, data=None",
    "interrupt": "what",
    "pause": "what",
    "resume": "what",
    "pause_all": "",
    "resume_all": "",
    "jobs": "",
    "job": "key",
    "triggers": "job=None",
    "trigger": "key",
    "executing": "",
    "info": "",
    "next_fires": "job=None, n=5, after=None, *, include_paused=False",
    "fires_between": "begin, end, job=None, *, limit=10000, include_paused=False",
    "add_calendar": "name, calendar, replace=False, update_triggers=True",
    "delete_calendar": "name",
    "calendars": "",
    "calendar": "name",
    "is_included": "calendar, moment",
    "on_job": "*wanted, jobs=None",
    "on_trigger": "*wanted, triggers=None",
    "on_scheduler": "*wanted",
    "remove_listener": "listener",
    "delete_jobs_with_no_class": "dry_run=False, force=False",
    "reset_errored_triggers": "",
    "clear": "name",
    "init_tasks": "strict=False",
}

FIELDS = {
    "JobInfo": "key class_name implemented_by description durable concurrent persist_data"
    " requests_recovery data trigger_keys",
    "TriggerInfo": "key job_key kind state trigger next_fire_time previous_fire_time start end"
    " priority misfire calendar description data unreadable times_triggered final_fire_time",
    "Fire": "time trigger_key job_key",
    "DaylightWarning": "effect date times tz text",
    "Calendar": "base tz description",
    "Execution": "fire_instance_id job_key trigger_key instance_id fire_time"
    " scheduled_fire_time recovering progress",
    "SchedulerInfo": "name instance_id quartz_version state store clustered threads started_at"
    " executed paused_groups nodes",
    "Node": "instance_id last_checkin interval alive",
    "Cleared": "jobs triggers calendars",
    "Opaque": "class_name reason",
    "Trigger": "key start end priority misfire calendar data description",
}

CONTEXT = (
    "job_key trigger_key data job_data trigger_data fire_time scheduled_fire_time"
    " previous_fire_time next_fire_time fire_instance_id refire_count recovering"
    " recovering_trigger_key attempt retried_trigger_key interrupt_reason then progress"
    " scheduler interrupted result log"
)


def parameters(function: Callable[..., Any]) -> str:
    """A signature without its types."""
    signature = inspect.signature(function)
    plain = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    if plain and plain[0].name == "self":
        del plain[0]
    text = signature.replace(parameters=plain, return_annotation=signature.empty)
    return str(text)[1:-1]


def test_the_public_names_are_these() -> None:
    assert set(pyquartz.__all__) == NAMES
    assert len(pyquartz.__all__) == len(NAMES)
    for name in NAMES:
        assert hasattr(pyquartz, name)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_signature_is_what_users_rely_on(name: str) -> None:
    assert parameters(attrgetter(name)(pyquartz)) == FUNCTIONS[name]


@pytest.mark.parametrize("name", METHODS)
def test_a_method_of_the_scheduler_is_what_users_rely_on(name: str) -> None:
    assert parameters(getattr(pyquartz.Scheduler, name)) == METHODS[name]


def test_the_scheduler_has_no_other_method_than_those() -> None:
    public = {name for name in dir(pyquartz.Scheduler) if not name.startswith("_")}
    assert public - METHODS.keys() == {"name", "instance_id", "state"}


@pytest.mark.parametrize("name", FIELDS)
def test_a_value_has_the_fields_that_users_rely_on(name: str) -> None:
    kind = getattr(pyquartz, name)
    assert dataclasses.fields(kind)
    assert FIELDS[name].split() == [
        field.name for field in dataclasses.fields(kind) if field.name in FIELDS[name].split()
    ]
    assert kind.__dataclass_params__.frozen


def test_the_context_has_what_jobs_rely_on() -> None:
    context = pyquartz.JobContext(dict)
    for name in CONTEXT.split():
        assert hasattr(type(context), name) or name in vars(context), name


@pytest.mark.parametrize("name", sorted(name for name in NAMES if name.endswith("Error")))
def test_errors_have_one_root(name: str) -> None:
    assert issubclass(getattr(pyquartz, name), pyquartz.PyQuartzError)


def test_each_public_name_and_its_methods_are_documented() -> None:
    silent = []
    for name in sorted(NAMES):
        value = getattr(pyquartz, name)
        if not inspect.getdoc(value):
            silent.append(name)
        for member, what in vars(value).items() if inspect.isclass(value) else ():
            if member.startswith("_") or not (callable(what) or isinstance(what, property)):
                continue
            if not inspect.getdoc(what):
                silent.append(f"{name}.{member}")
    assert silent == []


def test_public_signatures_are_typed() -> None:
    for name in FUNCTIONS:
        function = attrgetter(name)(pyquartz)
        for parameter in inspect.signature(function).parameters.values():
            if parameter.name == "self":
                continue
            assert parameter.annotation is not parameter.empty, f"{name}({parameter.name})"
    for name in METHODS:
        signature = inspect.signature(getattr(pyquartz.Scheduler, name))
        for parameter in list(signature.parameters.values()):
            if parameter.name not in ("self", "cls"):
                assert parameter.annotation is not parameter.empty, f"{name}({parameter.name})"
        assert signature.return_annotation is not signature.empty, name


def test_every_error_is_explained() -> None:
    page = (PROJECT_ROOT / "docs/errors.md").read_text(encoding="utf-8")
    errors = {name for name in pyquartz.__all__ if name.endswith("Error")}
    assert {name for name in errors if f"`{name}`" not in page} == set()
    assert set(re.findall(r"`(\w+Error)`", page)) - {"TypeError"} <= errors
