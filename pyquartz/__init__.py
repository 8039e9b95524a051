"""pyquartz: Python jobs in a real Quartz scheduler, on the stores that Java deployments use.

Importing it starts nothing. The public names are those below.
"""

from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from .aio import AsyncScheduler

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


def __getattr__(name: str) -> Any:
    # asyncio takes as long to import as all the rest, and a program without it has no use for it.
    if name == "AsyncScheduler":
        from .aio import AsyncScheduler

        return AsyncScheduler
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
