"""Writing schedules: jobs and triggers in; of what the store has, only what differs is changed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from . import autoimport as importing
from .errors import (
    InvalidTriggerError,
    JobNotFoundError,
    ObjectAlreadyExistsError,
    TriggerNotFoundError,
)
from .info import JobInfo, TriggerInfo
from .jobs import Job, JobDefinition, JobLike, JobRegistry, job_key_of
from .keys import JobKey, TriggerKey, is_regular
from .plan import JobSpec, default_keys, is_as_wanted, job_differs, spec_of
from .triggers import Trigger

if TYPE_CHECKING:
    from ._jvm.quartz import Engine

log = logging.getLogger("pyquartz.scheduler")
_RACES_LOST = 2


class Writing:
    """Writes the jobs and triggers of one scheduler; ``Scheduler`` documents each call."""

    def __init__(
        self, engine: Engine, jobs: JobRegistry, autoimport: Sequence[str], is_lasting: bool
    ) -> None:
        self._engine = engine
        self._jobs = jobs
        self._autoimport = autoimport
        self._is_lasting = is_lasting

    def schedule_task(
        self,
        job: JobLike,
        given: Sequence[Trigger],
        data: Mapping[str, object] | None = None,
        key: JobKey | str | None = None,
    ) -> JobKey:
        """Store a job with its triggers, or reschedule it."""
        wanted = self._as_job(job, data, key)
        spec = self._spec_of(wanted)
        triggers = default_keys(spec.key, given)
        _check_binding(wanted.definition, spec, triggers.values())
        self._require_calendars(triggers.values())
        stored = self._engine.job(spec.key)
        if stored is None:
            try:
                self._engine.schedule(spec, triggers)
                return spec.key
            except ObjectAlreadyExistsError:
                # A peer was faster, or a trigger of that key belongs to another job.
                stored = self._engine.job(spec.key)
                if stored is None:
                    raise
        self._update_job(stored, spec)
        self._set_triggers(spec.key, triggers)
        return spec.key

    def schedule_tasks(self, tasks: Iterable[tuple[JobLike, Trigger]]) -> list[JobKey]:
        """Schedule many jobs, each with its trigger, in order."""
        return [self.schedule_task(job, (trigger,)) for job, trigger in tasks]

    def reschedule_task(self, job: JobLike, given: Sequence[Trigger]) -> None:
        """Give a stored job new triggers: replace the one of the same key, else one, else add."""
        key = job_key_of(job)
        if self._engine.job(key) is None:
            raise JobNotFoundError(f"the store has no job {key}")
        triggers = default_keys(key, given)
        self._require_calendars(triggers.values())
        self._set_triggers(key, triggers)

    def reschedule_trigger(self, trigger: Trigger) -> None:
        """Give the stored trigger of the same key a new schedule."""
        if not isinstance(trigger.key, TriggerKey):
            raise InvalidTriggerError("reschedule_trigger() finds the stored trigger by key=")
        stored = self._engine.trigger(trigger.key)
        if stored is None:
            raise TriggerNotFoundError(f"the store has no trigger {trigger.key}")
        self._require_calendars([trigger])
        if not self._is_as_wanted(stored, trigger):
            self._engine.replace_trigger(trigger.key, stored.job_key, trigger.key, trigger)

    def add_job(self, job: JobLike) -> JobKey:
        """Store a durable job without a trigger."""
        spec = self._spec_of(self._as_job(job, None, None), durable=True)
        stored = self._engine.job(spec.key)
        if stored is None:
            self._engine.add_job(spec, replace=False)
        else:
            self._update_job(stored, spec)
        return spec.key

    def _require_calendars(self, triggers: Iterable[Trigger]) -> None:
        # Quartz looks for it in one of its ways to write only; the trigger would never fire.
        self._engine.calendars.require(trigger.calendar for trigger in triggers)

    def _set_triggers(self, job: JobKey, triggers: Mapping[TriggerKey, Trigger]) -> None:
        for _ in range(_RACES_LOST):
            try:
                return self._try_to_set_triggers(job, triggers)
            except ObjectAlreadyExistsError:
                # A peer that starts at the same time stored it first: what is there now?
                log.debug("Job %s: a peer was faster, looking again", job)
        return self._try_to_set_triggers(job, triggers)

    def _try_to_set_triggers(self, job: JobKey, triggers: Mapping[TriggerKey, Trigger]) -> None:
        stored = {info.key: info for info in self._engine.triggers(job)}
        spare = [key for key in stored if key not in triggers and is_regular(key)]
        for key, trigger in triggers.items():
            if key in stored:
                if not self._is_as_wanted(stored[key], trigger):
                    self._replace(key, job, key, trigger)
            elif spare and not trigger.is_once:
                old = spare.pop(0)
                log.warning("Job %s: trigger %s takes the place of trigger %s", job, key, old)
                self._replace(old, job, key, trigger)
            else:
                self._engine.add_trigger(job, key, trigger)
        if len(triggers) > 1:
            for key in spare:
                self._engine.delete_trigger(key)

    def _is_as_wanted(self, stored: TriggerInfo, wanted: Trigger) -> bool:
        return is_as_wanted(stored, replace(wanted, data=self._engine.as_stored(wanted.data)))

    def _replace(self, old: TriggerKey, job: JobKey, key: TriggerKey, trigger: Trigger) -> None:
        if not self._engine.replace_trigger(old, job, key, trigger):
            # It fired for the last time meanwhile.
            self._engine.add_trigger(job, key, trigger)

    def _as_job(
        self, job: JobLike, data: Mapping[str, object] | None, key: JobKey | str | None
    ) -> Job:
        if isinstance(job, (JobKey, str)):
            job = self._stored(job_key_of(job))
        elif not isinstance(job, Job):
            job = Job(job)
        if data is None and key is None:
            return job
        return replace(job, key=key or job.key, data={**job.data, **(data or {})})

    def _stored(self, key: JobKey) -> Job:
        stored = self._engine.job(key)
        if stored is None:
            raise JobNotFoundError(f"the store has no job {key}")
        return Job(
            stored.class_name,
            stored.key,
            stored.data,
            stored.description,
            stored.durable,
            stored.requests_recovery,
        )

    def _spec_of(self, job: Job, durable: bool | None = None) -> JobSpec:
        importing.import_names({job.class_name}, self._autoimport, self._jobs)
        if job.class_name.startswith("__main__.") and self._is_lasting:
            log.warning(
                "Job %s is stored as %s, which no other program can find: define it in a module, "
                "or give it a name of its own, as in @defjob('acme.jobs.Cleanup')",
                job.key,
                job.class_name,
            )
        return spec_of(job, durable)

    def _update_job(self, stored: JobInfo, wanted: JobSpec) -> None:
        definition = self._jobs.get(stored.class_name)
        if definition is not None and definition is self._jobs.get(wanted.class_name):
            # An alias: the row keeps the name that a peer may still need.
            wanted = wanted.named(stored.class_name)
        shown = replace(wanted, data=self._engine.as_stored(wanted.data))
        if job_differs(stored, shown, definition):
            self._engine.add_job(wanted, replace=True)


def _check_binding(
    definition: JobDefinition | None, spec: JobSpec, triggers: Iterable[Trigger]
) -> None:
    if definition is not None:
        for trigger in triggers:
            definition.bind({**spec.data, **trigger.data})
