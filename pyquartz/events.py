"""What listeners are told, and the classes that listener objects derive from.

The callbacks are Quartz's, under its names in snake case; each gets one event, a frozen value that
may be kept and passed on. The names of events, as decorators take them, leave the kind's prefix
away: ``"was_executed"`` is ``job_was_executed``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from .info import _Info
from .keys import JobKey, TriggerKey
from .triggers import Trigger

if TYPE_CHECKING:
    from .scheduler import Scheduler

JobEventName = Literal["to_be_executed", "execution_vetoed", "was_executed"]
TriggerEventName = Literal["fired", "veto_job_execution", "misfired", "complete"]
SchedulerEventName = Literal[
    "job_scheduled",
    "job_unscheduled",
    "trigger_finalized",
    "trigger_paused",
    "triggers_paused",
    "trigger_resumed",
    "triggers_resumed",
    "job_added",
    "job_deleted",
    "job_paused",
    "jobs_paused",
    "job_resumed",
    "jobs_resumed",
    "error",
    "in_standby_mode",
    "starting",
    "started",
    "shutting_down",
    "shutdown",
    "scheduling_data_cleared",
]
Instruction = Literal[
    "noop",
    "re_execute_job",
    "set_trigger_complete",
    "delete_trigger",
    "set_all_job_triggers_complete",
    "set_trigger_error",
    "set_all_job_triggers_error",
]
Told = Awaitable[None] | None
Answered = Awaitable[bool] | bool


@dataclass(frozen=True, kw_only=True)
class JobEvent(_Info):
    """What a job listener is told: one run, before or after. All times are aware, in UTC.

    After the run (``was_executed``) there are ``run_time``, ``result`` (what the job returned, or
    set in its context) and ``error``: None when it went well, else what the job raised; of a Java
    job a JobExecutionError with its words.
    """

    name: JobEventName
    scheduler: Scheduler = field(repr=False, compare=False)
    job_key: JobKey
    trigger_key: TriggerKey
    fire_instance_id: str
    data: Mapping[str, object]
    fire_time: datetime
    scheduled_fire_time: datetime | None
    previous_fire_time: datetime | None
    next_fire_time: datetime | None
    refire_count: int
    recovering: bool
    attempt: int
    result: object = None
    error: BaseException | None = None
    run_time: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class TriggerEvent(_Info):
    """What a trigger listener is told: a firing, or one that was missed. Times are in UTC.

    ``trigger`` is the trigger's value, None where its kind has none. What belongs to a firing
    (``fire_instance_id``, ``fire_time``, ``scheduled_fire_time``; ``data``, those of job and
    trigger merged) is empty for ``misfired``; ``instruction`` is what becomes of the trigger after
    it is ``complete``.
    """

    name: TriggerEventName
    scheduler: Scheduler = field(repr=False, compare=False)
    trigger_key: TriggerKey
    job_key: JobKey
    trigger: Trigger | None
    previous_fire_time: datetime | None
    next_fire_time: datetime | None
    fire_instance_id: str | None = None
    fire_time: datetime | None = None
    scheduled_fire_time: datetime | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    instruction: Instruction | None = None


@dataclass(frozen=True, kw_only=True)
class SchedulerEvent(_Info):
    """What a scheduler listener is told; what an event is not about is None.

    ``group`` of ``triggers_paused``, ``triggers_resumed``, ``jobs_paused`` and ``jobs_resumed`` is
    None where all groups are meant. ``message`` and ``error`` come with an ``error``.
    """

    name: SchedulerEventName
    scheduler: Scheduler = field(repr=False, compare=False)
    trigger_key: TriggerKey | None = None
    job_key: JobKey | None = None
    trigger: Trigger | None = None
    group: str | None = None
    message: str | None = None
    error: Exception | None = None


class JobListener:
    """A listener to runs of jobs; Quartz's JobListener. Override what you want to be told.

    A method may be an ``async def``; it then runs on the scheduler's event loop.
    """

    def job_to_be_executed(self, event: JobEvent) -> Told:
        """Be told that a job is about to run."""
        return None

    def job_execution_vetoed(self, event: JobEvent) -> Told:
        """Be told that a trigger listener has kept a job from running."""
        return None

    def job_was_executed(self, event: JobEvent) -> Told:
        """Be told that a job has run, and how it went."""
        return None


class TriggerListener:
    """A listener to firings; Quartz's TriggerListener. Override what you want to be told.

    A method may be an ``async def``; it then runs on the scheduler's event loop.
    """

    def trigger_fired(self, event: TriggerEvent) -> Told:
        """Be told that a trigger has fired and its job is about to run."""
        return None

    def veto_job_execution(self, event: TriggerEvent) -> Answered:
        """Say True to keep the job from running this time; a coroutine is waited for."""
        return False

    def trigger_misfired(self, event: TriggerEvent) -> Told:
        """Be told that a trigger has missed its time; its misfire instruction says what comes."""
        return None

    def trigger_complete(self, event: TriggerEvent) -> Told:
        """Be told that a firing is over, and what becomes of the trigger."""
        return None


class SchedulerListener:
    """A listener to a scheduler's own life; Quartz's SchedulerListener. Override what you want.

    It is told of what happens through this scheduler, not of what other nodes do. A method may be
    an ``async def``; it then runs on the scheduler's event loop.
    """

    def job_scheduled(self, event: SchedulerEvent) -> Told:
        """Be told that a trigger was stored for a job."""
        return None

    def job_unscheduled(self, event: SchedulerEvent) -> Told:
        """Be told that a trigger was deleted."""
        return None

    def trigger_finalized(self, event: SchedulerEvent) -> Told:
        """Be told that a trigger will never fire again."""
        return None

    def trigger_paused(self, event: SchedulerEvent) -> Told:
        """Be told that a trigger was paused."""
        return None

    def triggers_paused(self, event: SchedulerEvent) -> Told:
        """Be told that a group of triggers, or all of them, were paused."""
        return None

    def trigger_resumed(self, event: SchedulerEvent) -> Told:
        """Be told that a trigger was resumed; no key means all of them, as Quartz has it."""
        return None

    def triggers_resumed(self, event: SchedulerEvent) -> Told:
        """Be told that a group of triggers was resumed."""
        return None

    def job_added(self, event: SchedulerEvent) -> Told:
        """Be told that a job was stored."""
        return None

    def job_deleted(self, event: SchedulerEvent) -> Told:
        """Be told that a job was deleted."""
        return None

    def job_paused(self, event: SchedulerEvent) -> Told:
        """Be told that a job's triggers were paused."""
        return None

    def jobs_paused(self, event: SchedulerEvent) -> Told:
        """Be told that a group of jobs was paused."""
        return None

    def job_resumed(self, event: SchedulerEvent) -> Told:
        """Be told that a job's triggers were resumed."""
        return None

    def jobs_resumed(self, event: SchedulerEvent) -> Told:
        """Be told that a group of jobs was resumed."""
        return None

    def scheduler_error(self, event: SchedulerEvent) -> Told:
        """Be told of a serious fault, such as a store that can't be reached."""
        return None

    def scheduler_in_standby_mode(self, event: SchedulerEvent) -> Told:
        """Be told that the scheduler fires no more until it is started again."""
        return None

    def scheduler_starting(self, event: SchedulerEvent) -> Told:
        """Be told that the scheduler is about to start."""
        return None

    def scheduler_started(self, event: SchedulerEvent) -> Told:
        """Be told that the scheduler has started."""
        return None

    def scheduler_shutting_down(self, event: SchedulerEvent) -> Told:
        """Be told that the scheduler is about to stop for good."""
        return None

    def scheduler_shutdown(self, event: SchedulerEvent) -> Told:
        """Be told that the scheduler has stopped for good."""
        return None

    def scheduling_data_cleared(self, event: SchedulerEvent) -> Told:
        """Be told that all jobs, triggers and calendars were deleted."""
        return None


Listener = JobListener | TriggerListener | SchedulerListener
