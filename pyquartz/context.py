"""What a running job is told, and what it can say."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from .jobdata import check_data
from .keys import JobKey, TriggerKey

if TYPE_CHECKING:
    import logging

    from .scheduler import Scheduler

Facts = Mapping[str, Any]
InterruptReason = Literal["interrupt", "timeout", "stop"]
# For all contexts, since each is locked for a moment and rarely: a lock of its own costs each run.
_lock = threading.Lock()
# Never to be changed: keys that users have stored were made with it.
_FIRINGS = "0b0d6d6c-7a3e-4c1b-8f57-2f6d1f6a9d3e"


class JobContext:
    """One run of a job; Quartz's JobExecutionContext.

    Its facts are fetched when first asked for. All times are aware, in UTC. In a process there is
    no ``scheduler``. An executor of the user's that pickles it hands on a copy of what can be read:
    there ``interrupted`` is never set, and what is said or changed does not come back.
    """

    # Most jobs use little of it: what they don't use is not made.
    _facts: Facts | None = None
    _event: threading.Event | None = None
    _progress: tuple[float, str] | None = None
    _job_data: dict[str, object] | None = None
    _data: Mapping[str, object] | None = None
    _ending: tuple[Callable[[], object], ...] = ()

    #: What the run gives back; listeners see it.
    result: object = None
    #: Why the job is asked to end: "interrupt" (by ``Scheduler.interrupt``), "timeout" or "stop".
    interrupt_reason: InterruptReason | None = None
    #: What ``then`` was told.
    followed_by: tuple[tuple[Any, Mapping[str, object]], ...] = ()

    def __init__(
        self,
        facts: Callable[[], Facts],
        scheduler: Scheduler | None = None,
        logger: str = "pyquartz.job",
    ) -> None:
        self._source = facts
        self._scheduler = scheduler
        self._log_name = logger

    def __reduce__(self) -> tuple[object, ...]:
        return _told, (dict(self.facts), self._logger)

    def _fetch(self) -> Facts:
        return self._source()

    @property
    def _logger(self) -> str:
        return self._log_name

    @property
    def interrupted(self) -> threading.Event:
        """An event that is set when the job is asked to end: by an interrupt, or by ``stop``."""
        if self._event is None:
            with _lock:
                self._event = self._event or threading.Event()
        return self._event

    @property
    def log(self) -> logging.Logger:
        """A logger named after the job's stored class name."""
        import logging

        return logging.getLogger(self._logger)

    def interrupt(self, reason: InterruptReason = "interrupt") -> None:
        """Ask the job to end: set ``interrupted``, cancel its coroutine, terminate its process.

        The first reason stands.
        """
        event = self.interrupted
        with _lock:
            self.interrupt_reason = self.interrupt_reason or reason
            event.set()
            ending = self._ending
        for end in ending:
            end()

    def then(self, job: Any, data: Mapping[str, object] | None = None) -> None:
        """Have a job run once when this run has gone well, with data of its own.

        ``job`` is a decorated callable, a Job, or the key of a stored job. The trigger that fires
        it is stored together with the end of this run. Raises JobDataError.
        """
        if self._scheduler is None:
            raise AttributeError("a job in a process of its own can't say what follows it")
        given = check_data(data or {}, "the data of then()")
        self.followed_by = (*self.followed_by, (job, given))

    @contextmanager
    def on_interrupt(self, end: Callable[[], object]) -> Iterator[None]:
        """Have something called when the job is interrupted meanwhile, or has been before."""
        with _lock:
            self._ending = (*self._ending, end)
            late = self.interrupt_reason is not None
        if late:
            end()
        try:
            yield
        finally:
            with _lock:
                self._ending = tuple(other for other in self._ending if other is not end)

    @property
    def facts(self) -> Facts:
        """All that is known of the run, by name."""
        if self._facts is None:
            self._facts = self._fetch()
        return self._facts

    @property
    def scheduler(self) -> Scheduler:
        """The scheduler that fired."""
        if self._scheduler is None:
            raise AttributeError("a job in a process of its own has no scheduler")
        return self._scheduler

    @property
    def job_key(self) -> JobKey:
        """The key of the job."""
        return JobKey(*self.facts["job"])

    @property
    def trigger_key(self) -> TriggerKey:
        """The key of the trigger that fired."""
        return TriggerKey(*self.facts["trigger"])

    @property
    def data(self) -> Mapping[str, object]:
        """The data of job and trigger merged, the trigger's winning; to be read, not written."""
        if self._data is None:
            self._data = self.facts["data"]
        return self._data

    @property
    def job_data(self) -> dict[str, object]:
        """The job's own data; with ``persist_data``, changes made here are stored after the run."""
        if self._job_data is None:
            self._job_data = self.facts["job_data"]
        return self._job_data

    @property
    def touched_job_data(self) -> dict[str, object] | None:
        """The job's own data as they are now, None when nobody has looked at them."""
        return self._job_data

    @property
    def trigger_data(self) -> Mapping[str, object]:
        """The trigger's own data."""
        data: Mapping[str, object] = self.facts["trigger_data"]
        return data

    @property
    def fire_time(self) -> datetime:
        """When it really fired."""
        moment: datetime = self.facts["fire_time"]
        return moment

    @property
    def scheduled_fire_time(self) -> datetime:
        """When it should have fired."""
        moment: datetime = self.facts["scheduled_fire_time"]
        return moment

    @property
    def previous_fire_time(self) -> datetime | None:
        """When the trigger fired before, None the first time."""
        moment: datetime | None = self.facts["previous_fire_time"]
        return moment

    @property
    def next_fire_time(self) -> datetime | None:
        """When the trigger fires next, None when this was the last time."""
        moment: datetime | None = self.facts["next_fire_time"]
        return moment

    @property
    def fire_instance_id(self) -> str:
        """The name of this run in the store, unique in the cluster.

        A run that recovers another, or tries it again, has one of its own.
        """
        return str(self.facts["fire_instance_id"])

    @property
    def idempotency_key(self) -> str:
        """The name of the work to be done, a UUID: the same however often it is begun.

        It belongs to one scheduled time of one trigger of one scheduler. The run, its refires, the
        run that recovers it after a crash and the retries of either all have it; no other has.
        """
        import json
        from uuid import UUID, uuid5

        firing = json.dumps(self.facts["first_firing"])
        return str(uuid5(UUID(_FIRINGS), firing))

    @property
    def refire_count(self) -> int:
        """How often this firing was run again at once (``refire_immediately``)."""
        return int(self.facts["refire_count"])

    @property
    def attempt(self) -> int:
        """Which attempt of a job with ``retry`` this is; the first is 1."""
        return int(self.facts["attempt"])

    @property
    def retried_trigger_key(self) -> TriggerKey | None:
        """The trigger whose firing failed first, None in the first attempt."""
        key = self.facts.get("retried_trigger")
        return TriggerKey(*key) if key else None

    @property
    def recovering(self) -> bool:
        """Whether this run makes up for one that a crash cut off."""
        return bool(self.facts["recovering"])

    @property
    def recovering_trigger_key(self) -> TriggerKey | None:
        """The trigger of the run that was cut off, None when not recovering."""
        key = self.facts.get("recovering_trigger")
        return TriggerKey(*key) if key else None

    def progress(self, fraction: float, message: str = "") -> None:
        """Say how far the job has come, from 0.0 to 1.0; ``scheduler.executing()`` shows it."""
        if not 0.0 <= fraction <= 1.0:
            raise ValueError(f"progress is a fraction from 0.0 to 1.0, not {fraction}")
        self._progress = (float(fraction), message)

    @property
    def reported_progress(self) -> float | None:
        """The fraction last reported, None when there was none."""
        return self._progress[0] if self._progress else None


def _told(facts: Facts, logger: str) -> JobContext:
    return JobContext(lambda: facts, logger=logger)
