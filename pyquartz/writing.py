"""Writing schedules: jobs and triggers in, checked and packed, and the store made so in one go.

What of it is written at all, the store itself finds out under its lock (``org.pyquartz.write``).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import TYPE_CHECKING

from . import autoimport as importing
from .errors import InvalidTriggerError, JobNotFoundError
from .info import Opaque
from .jobdata import check_data
from .jobs import Job, JobLike, JobRegistry, job_key_of
from .keys import JobKey, TriggerKey
from .plan import JobSpec, Wish, default_keys, spec_of
from .triggers import Trigger
from .zones import zone_id

if TYPE_CHECKING:
    from ._jvm.quartz import Engine

log = logging.getLogger("pyquartz.scheduler")


class Writing:
    """Writes the jobs and triggers of one scheduler; ``Scheduler`` documents each call."""

    def __init__(
        self, engine: Engine, jobs: JobRegistry, autoimport: Sequence[str], is_lasting: bool
    ) -> None:
        # Nothing of the JVM is imported before it is needed.
        from ._jvm import packing

        self._engine = engine
        self._jobs = jobs
        self._autoimport = autoimport
        self._is_lasting = is_lasting
        self._packing = packing

    def schedule_task(
        self,
        job: JobLike,
        triggers: Sequence[Trigger],
        data: Mapping[str, object] | None = None,
        key: JobKey | str | None = None,
    ) -> JobKey:
        """Store a job with its triggers, or reschedule it."""
        spec, keyed = self._task(job, triggers, data, key)
        self.put([(spec.key, spec, keyed, "set")])
        return spec.key

    def schedule_tasks(self, tasks: Iterable[tuple[JobLike, Trigger]]) -> list[JobKey]:
        """Schedule many jobs, each with its trigger, all of them or none."""
        keys: list[JobKey] = []

        def wishes() -> Iterator[Wish]:
            for task in tasks:
                job, trigger = _pair(task)
                spec, keyed = self._task(job, (trigger,), None, None)
                keys.append(spec.key)
                yield spec.key, spec, keyed, "set"

        self.put(wishes())
        return keys

    def reschedule_task(self, job: JobLike, triggers: Sequence[Trigger]) -> None:
        """Give a stored job new triggers."""
        key = job_key_of(job)
        self.put([(key, None, default_keys(key, triggers), "set")])

    def reschedule_trigger(self, trigger: Trigger) -> None:
        """Give the stored trigger of the same key a new schedule."""
        if not isinstance(trigger.key, TriggerKey):
            raise InvalidTriggerError("reschedule_trigger() finds the stored trigger by key=")
        self.put([(None, None, {trigger.key: trigger}, "set")])

    def update_timezone(self, job: JobLike, tz: str | tzinfo) -> int:
        """Give all triggers of a job that have a zone another."""
        zone = zone_id(tz)
        if zone is None:
            raise InvalidTriggerError("update_timezone() needs the name of a zone, or a ZoneInfo")
        return self._engine.update_timezone(job_key_of(job), zone)

    def add_job(self, job: JobLike) -> JobKey:
        """Store a durable job without a trigger."""
        spec = self._spec_of(self._as_job(job, None, None), durable=True)
        self.put([(spec.key, spec, {}, "set")])
        return spec.key

    def put(self, wishes: Iterable[Wish]) -> None:
        """Make the store as wished, all of it or nothing."""
        calendars: set[str] = set()
        as_strings = self._engine.as_strings

        def rows() -> Iterator[list[object]]:
            for key, spec, triggers, how in wishes:
                yield self._packing.pack_job(key, spec, triggers, as_strings, how)
                for trigger in triggers.values():
                    if trigger.calendar:
                        calendars.add(trigger.calendar)

        packed = self._packing.packed_jobs(rows())
        if calendars:
            self._engine.calendars.require(calendars)
        warnings = self._engine.write(packed)
        for warning in warnings.splitlines() if warnings else ():
            log.warning("%s", warning)

    def _task(
        self,
        job: JobLike,
        given: Sequence[Trigger],
        data: Mapping[str, object] | None,
        key: JobKey | str | None,
    ) -> tuple[JobSpec, dict[TriggerKey, Trigger]]:
        wanted = self._as_job(job, data, key)
        spec = self._spec_of(wanted)
        triggers = default_keys(spec.key, given)
        definition = wanted.definition
        if definition is not None and definition.needs_data:
            for trigger in given:
                definition.bind({**spec.data, **trigger.data})
        return spec, triggers

    def _as_job(
        self, job: JobLike, data: Mapping[str, object] | None, key: JobKey | str | None
    ) -> Job:
        if isinstance(job, (JobKey, str)):
            job = self._stored(job_key_of(job))
        elif not isinstance(job, Job):
            job = Job(job)
        if data is None and key is None:
            return job
        if data is not None and not isinstance(data, Mapping):
            check_data(data, "the data of a job")
        return replace(job, key=key or job.key, data={**job.data, **(data or {})})

    def _stored(self, key: JobKey) -> Job:
        stored = self._engine.job(key)
        if stored is None:
            raise JobNotFoundError(f"the store has no job {key}")
        return Job(
            stored.class_name,
            stored.key,
            # What can't be read here stays in the row.
            {k: v for k, v in stored.data.items() if not isinstance(v, Opaque)},
            stored.description,
            stored.durable,
            stored.requests_recovery,
        )

    def _spec_of(self, job: Job, durable: bool | None = None) -> JobSpec:
        if self._autoimport:
            importing.import_names({job.class_name}, self._autoimport, self._jobs)
        if self._is_lasting and job.class_name.startswith("__main__."):
            log.warning(
                "Job %s is stored as %s, which no other program can find: define it in a module, "
                "or give it a name of its own, as in @defjob('acme.jobs.Cleanup')",
                job.key,
                job.class_name,
            )
        return spec_of(job, durable)


def _pair(task: object) -> tuple[JobLike, Trigger]:
    if not isinstance(task, (tuple, list)) or len(task) != 2:
        raise InvalidTriggerError(
            f"schedule_tasks() takes pairs of a job and its trigger, not {task!r}"
        )
    job, trigger = task
    return job, trigger
