"""What inspection gives: frozen values that print well and turn into JSON.

They are copies: looking at one never asks the store again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from .calendars import Calendar
from .keys import JobKey, Key, TriggerKey
from .triggers import Trigger

TriggerKind = Literal["cron", "simple", "calendar_interval", "daily_time_interval", "blob"]
SchedulerState = Literal["standby", "started", "stopped"]
TriggerState = Literal["NORMAL", "PAUSED", "BLOCKED", "ERROR", "COMPLETE", "NONE"]


@dataclass(frozen=True)
class Opaque:
    """Stands in data for a stored object outside the allow list: it was not deserialised.

    ``class_name`` is its Java class; ``Scheduler(allow_classes=[...])`` widens the list.
    """

    class_name: str
    reason: str


class _Info:
    """Gives every value here its JSON form."""

    def as_json(self) -> dict[str, Any]:
        """Give the value as what ``json.dumps`` takes: times in ISO 8601, keys as "group.name"."""
        assert is_dataclass(self)
        return {f.name: to_json(getattr(self, f.name)) for f in fields(self) if f.repr}


@dataclass(frozen=True)
class JobInfo(_Info):
    """A stored job; Quartz's JobDetail, and who implements it on this node.

    ``unreadable`` is the reason when its data can't be read at all; ``data`` is then empty.
    """

    key: JobKey
    class_name: str
    implemented_by: Literal["python", "java", "nobody"]
    description: str | None
    durable: bool
    concurrent: bool
    persist_data: bool
    requests_recovery: bool
    data: Mapping[str, object]
    trigger_keys: tuple[TriggerKey, ...]
    unreadable: str | None = None


@dataclass(frozen=True)
class TriggerInfo(_Info):
    """A stored trigger with its state. Times are aware, in UTC; None where there is none.

    ``trigger`` is the value that could be scheduled again; None when the row can't be read
    (``unreadable`` says why) or has no value here (``no_value`` says why).
    ``final_fire_time`` is Quartz's own answer: None when it never ends, and for a daily interval
    the end itself rather than a firing. ``calendar_value`` is the calendar that it names.
    ``regular`` says whether it is part of its job's schedule: retries, what follows another job,
    Quartz's recovery of a run and its triggers for a job that is fired now are not.
    """

    key: TriggerKey
    job_key: JobKey
    kind: TriggerKind
    state: TriggerState
    trigger: Trigger | None
    next_fire_time: datetime | None
    previous_fire_time: datetime | None
    start: datetime | None
    end: datetime | None
    priority: int
    misfire: str
    calendar: str | None
    description: str | None
    data: Mapping[str, object]
    unreadable: str | None
    times_triggered: int | None = None
    final_fire_time: datetime | None = None
    regular: bool = field(default=True, repr=False)
    no_value: str | None = field(default=None, repr=False, compare=False)
    calendar_value: Calendar | Opaque | None = field(default=None, repr=False, compare=False)

    @property
    def may_fire_again(self) -> bool:
        """Whether it has a next fire time; Quartz's mayFireAgain."""
        return self.next_fire_time is not None

    def next_fires(self, n: int = 5, after: datetime | None = None) -> list[datetime]:
        """Give its next ``n`` fire times after an instant (now by default), as Quartz does.

        They begin with ``next_fire_time``, and what its calendar left out when this was read is
        left out. In the trigger's zone, else in UTC. Pausing and misfires are not foreseen. Starts
        the JVM if none runs. Raises InvalidTriggerError when the trigger or its calendar can't be
        read.
        """
        from .previews import next_of_stored

        return next_of_stored(self, n, after)


@dataclass(frozen=True)
class Fire(_Info):
    """A firing to come; ``time`` is aware, in UTC."""

    time: datetime
    trigger_key: TriggerKey
    job_key: JobKey


@dataclass(frozen=True)
class Execution(_Info):
    """A job that runs now, on this node or another of the cluster; times are aware, in UTC.

    ``progress`` is what the job last reported (0.0 to 1.0), known on its own node only.
    """

    fire_instance_id: str
    job_key: JobKey
    trigger_key: TriggerKey
    instance_id: str
    fire_time: datetime
    scheduled_fire_time: datetime | None
    recovering: bool
    progress: float | None = None


@dataclass(frozen=True)
class Cleared(_Info):
    """How many jobs, triggers and calendars ``Scheduler.clear`` has deleted."""

    jobs: int
    triggers: int
    calendars: int

    def __str__(self) -> str:
        return f"{self.jobs} jobs, {self.triggers} triggers and {self.calendars} calendars deleted"


@dataclass(frozen=True)
class Node(_Info):
    """A node of the cluster as it last checked in; ``alive`` by Quartz's rule for failed ones.

    ``age`` is how long ago that was when the node was looked at, by this machine's clock.
    """

    instance_id: str
    last_checkin: datetime
    interval: timedelta
    alive: bool
    age: timedelta = timedelta(0)


@dataclass(frozen=True)
class SchedulerInfo(_Info):
    """A scheduler's summary; Quartz's SchedulerMetaData.

    ``executed`` counts this node's runs. ``zone`` is the JVM's default zone, which triggers without
    a zone of their own follow: the nodes of a cluster must agree on it. ``paused_groups`` are those
    of triggers, and ``all_paused`` says that groups to come are paused too, after ``pause_all()``:
    that only a database remembers, ``paused_job_groups`` only a store in memory. ``job_store`` and
    ``thread_pool`` are Java's classes.
    """

    name: str
    instance_id: str
    quartz_version: str
    state: SchedulerState
    store: str
    clustered: bool
    threads: int
    zone: str
    started_at: datetime | None
    executed: int
    paused_groups: tuple[str, ...]
    nodes: tuple[Node, ...] = field(default=())
    paused_job_groups: tuple[str, ...] = ()
    persistent: bool = False
    job_store: str = ""
    thread_pool: str = ""
    all_paused: bool = False

    def summary(self) -> str:
        """Say it in words, as the getSummary of Quartz does."""
        started = f"running since {self.started_at:%Y-%m-%d %H:%M:%S %Z}" if self.started_at else ""
        parts = [
            f"Quartz {self.quartz_version}, scheduler {self.name!r}, node {self.instance_id!r}",
            f"{self.state}{started and ', '}{started}; {self.executed} jobs executed",
            f"{self.threads} threads ({self.thread_pool})",
            f"store {self.store} ({self.job_store}), "
            f"{'persistent' if self.persistent else 'in memory'}, "
            f"{'clustered' if self.clustered else 'not clustered'}",
        ]
        return ".\n".join(parts) + "."


def to_json(value: object) -> Any:
    """Turn any value that pyquartz hands out into what ``json.dumps`` takes."""
    if isinstance(value, Key):
        return str(value)
    if isinstance(value, Trigger):
        settings = {name: to_json(item) for name, item in value.settings().items()}
        return {"words": value.describe(), **settings}
    if isinstance(value, Calendar):
        plain = {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
        return {"kind": type(value).__name__, "words": value.describe(), **plain}
    if isinstance(value, _Info):
        return value.as_json()
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(v) for v in value]
    return value
