"""pyquartz: Python jobs in a real Quartz scheduler, on the stores that Java deployments use.

Importing it starts nothing. The public names are those below.
"""

import sys
from types import ModuleType

TYPE_CHECKING = False  # The name says it to type checkers; to import it from typing takes longer.

if TYPE_CHECKING:
    from .aio import AsyncScheduler
    from .calendars import (
        AnnualCalendar,
        Calendar,
        CronCalendar,
        DailyCalendar,
        HolidayCalendar,
        MonthlyCalendar,
        WeeklyCalendar,
    )
    from .context import JobContext
    from .daylight import DaylightWarning
    from .errors import (
        CalendarInUseError,
        CalendarNotFoundError,
        ConfigurationError,
        DeclarationError,
        ForkedProcessError,
        InvalidCalendarError,
        InvalidKeyError,
        InvalidTriggerError,
        JobDataError,
        JobDefinitionError,
        JobExecutionError,
        JobNotFoundError,
        JobProcessError,
        JobRunningError,
        JobTimeoutError,
        JVMNotFoundError,
        ListenerError,
        ObjectAlreadyExistsError,
        PyQuartzError,
        SchedulerStateError,
        StoreError,
        TaskError,
        TriggerNotFoundError,
        UnableToInterruptJobError,
    )
    from .events import (
        JobEvent,
        JobListener,
        SchedulerEvent,
        SchedulerListener,
        TriggerEvent,
        TriggerListener,
    )
    from .info import Cleared, Execution, Fire, JobInfo, Node, Opaque, SchedulerInfo, TriggerInfo
    from .jobs import Job, NoOpJob, defjob, rerun_on_error
    from .keys import Group, JobKey, Name, TriggerKey
    from .retry import Retry
    from .scheduler import Scheduler
    from .tasks import (
        TaskReport,
        init_scheduler,
        scheduler,
        start_scheduler,
        stop_scheduler,
        task_init,
    )
    from .triggers import Trigger, calendar_every, cron, crontab, daily, every, once

__version__ = "0.1.0"

__all__ = [
    "AnnualCalendar",
    "AsyncScheduler",
    "Calendar",
    "CalendarInUseError",
    "CalendarNotFoundError",
    "Cleared",
    "ConfigurationError",
    "CronCalendar",
    "DailyCalendar",
    "DaylightWarning",
    "DeclarationError",
    "Execution",
    "Fire",
    "ForkedProcessError",
    "Group",
    "HolidayCalendar",
    "InvalidCalendarError",
    "InvalidKeyError",
    "InvalidTriggerError",
    "JVMNotFoundError",
    "Job",
    "JobContext",
    "JobDataError",
    "JobDefinitionError",
    "JobEvent",
    "JobExecutionError",
    "JobInfo",
    "JobKey",
    "JobListener",
    "JobNotFoundError",
    "JobProcessError",
    "JobRunningError",
    "JobTimeoutError",
    "ListenerError",
    "MonthlyCalendar",
    "Name",
    "NoOpJob",
    "Node",
    "ObjectAlreadyExistsError",
    "Opaque",
    "PyQuartzError",
    "Retry",
    "Scheduler",
    "SchedulerEvent",
    "SchedulerInfo",
    "SchedulerListener",
    "SchedulerStateError",
    "StoreError",
    "TaskError",
    "TaskReport",
    "Trigger",
    "TriggerEvent",
    "TriggerInfo",
    "TriggerKey",
    "TriggerListener",
    "TriggerNotFoundError",
    "UnableToInterruptJobError",
    "WeeklyCalendar",
    "calendar_every",
    "cron",
    "crontab",
    "daily",
    "defjob",
    "every",
    "init_scheduler",
    "once",
    "rerun_on_error",
    "scheduler",
    "start_scheduler",
    "stop_scheduler",
    "task_init",
]

# Where each name is. It is imported when it is first asked for: who defines jobs needs nothing of
# what runs them, and importing the package costs a program that only might use it nothing.
_HOMES = {
    name: module
    for module, names in {
        "aio": ["AsyncScheduler"],
        "calendars": [name for name in __all__ if name.endswith("Calendar")],
        "context": ["JobContext"],
        "daylight": ["DaylightWarning"],
        "errors": [name for name in __all__ if name.endswith("Error")],
        "events": [name for name in __all__ if name.endswith(("Event", "Listener"))],
        "info": [
            "Cleared",
            "Execution",
            "Fire",
            "JobInfo",
            "Node",
            "Opaque",
            "SchedulerInfo",
            "TriggerInfo",
        ],
        "jobs": ["Job", "NoOpJob", "defjob", "rerun_on_error"],
        "keys": ["Group", "JobKey", "Name", "TriggerKey"],
        "retry": ["Retry"],
        "scheduler": ["Scheduler"],
        "tasks": [
            "TaskReport",
            "init_scheduler",
            "scheduler",
            "start_scheduler",
            "stop_scheduler",
            "task_init",
        ],
        "triggers": ["Trigger", "calendar_every", "cron", "crontab", "daily", "every", "once"],
    }.items()
    for name in names
}


class _Package(ModuleType):
    """Keeps a module, such as ``cron``, from taking the place of the public name that it shares."""

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _HOMES or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


if not TYPE_CHECKING:  # A type checker knows each name, and so which are misspelt.

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # __import__ gives what it is asked for, where importlib would be imported first.
        module = __import__(f"{__name__}.{_HOMES[name]}", fromlist=(name,))
        value = globals()[name] = getattr(module, name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})

    sys.modules[__name__].__class__ = _Package
