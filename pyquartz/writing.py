"""Writing schedules: jobs and triggers in, checked and packed, and the store made so in one go.

What of it is written at all, the store itself finds out under its lock (``org.pyquartz.write``).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import TYPE_CHECKING

from . import autoimport as importing
from .errors import InvalidTriggerError, JobNotFoundError
from .info import Opaque
from .jobdata import check_data
from .jobs import Job, JobDefinition, JobLike, JobRegistry, job_key_of
from .keys import JobKey, TriggerKey
from .plan import Wish, default_keys, spec_of
from .triggers import Trigger
from .zones import zone_id

if TYPE_CHECKING:
    from ._jvm.packing import Parcel
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
        self._form: _Form | None = None

    def schedule_task(
        self,
        job: JobLike,
        triggers: Sequence[Trigger],
        data: Mapping[str, object] | None = None,
        key: JobKey | str | None = None,
    ) -> JobKey:
        """Store a job with its triggers, or reschedule it."""
        parcel = self._packing.Parcel()
        stored_as = self._add(parcel, self._as_job(job, data, key), triggers)
        self._send(parcel)
        return stored_as

    def schedule_tasks(self, tasks: Iterable[tuple[JobLike, Trigger]]) -> list[JobKey]:
        """Schedule many jobs, each with its trigger, all of them or none."""
        keys: list[JobKey] = []
        parcel = self._packing.Parcel()
        for task in tasks:
            job, trigger = _pair(task)
            keys.append(self._add(parcel, self._as_job(job, None, None), (trigger,)))
        self._send(parcel)
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
        wanted = self._as_job(job, None, None)
        self._look_at_class(wanted)
        spec = spec_of(wanted, durable=True)
        self.put([(spec.key, spec, {}, "set")])
        return spec.key

    def put(self, wishes: Iterable[Wish]) -> None:
        """Make the store as wished, all of it or nothing."""
        parcel = self._packing.Parcel()
        for wish in wishes:
            self._put(parcel, wish)
        self._send(parcel)

    def _put(self, parcel: Parcel, wish: Wish) -> None:
        key, spec, triggers, how = wish
        as_strings = self._engine.as_strings
        name, group = (key.name, key.group) if key else (None, None)
        data = self._packing.pack_data(spec.data, as_strings) if spec else None
        form = self._packing.pack_form(group, spec, triggers, as_strings, how)
        parcel.add(form, name, data)
        parcel.calendars.update(t.calendar for t in triggers.values() if t.calendar)

    def _send(self, parcel: Parcel) -> None:
        if parcel.calendars:
            self._engine.calendars.require(parcel.calendars)
        warnings = self._engine.write(str(parcel))
        for warning in warnings.splitlines() if warnings else ():
            log.warning("%s", warning)

    def _add(self, parcel: Parcel, job: Job, triggers: Sequence[Trigger]) -> JobKey:
        key = job.key
        assert isinstance(key, JobKey)
        self._look_at_class(job)
        trigger = triggers[0]
        if len(triggers) > 1 or not isinstance(trigger, Trigger) or trigger.key is not None:
            wish: Wish = (key, spec_of(job), default_keys(key, triggers), "set")
            _check_bound(job.definition, job, triggers)
            self._put(parcel, wish)
            return key
        as_strings = self._engine.as_strings
        form = self._form
        if form is None or not form.fits(job, key, trigger):
            text = self._packing.pack_common_form(key.group, spec_of(job), trigger, as_strings)
            form = self._form = _Form(job, key, trigger, text)
        if form.needs_data:
            _check_bound(form.definition, job, triggers)
        parcel.add(form.text, key.name, self._packing.pack_data(job.data, as_strings))
        if trigger.calendar:
            parcel.calendars.add(trigger.calendar)
        return key

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

    def _look_at_class(self, job: Job) -> None:
        if self._autoimport:
            importing.import_names({job.class_name}, self._autoimport, self._jobs)
        if self._is_lasting and job.class_name.startswith("__main__."):
            log.warning(
                "Job %s is stored as %s, which no other program can find: define it in a module, "
                "or give it a name of its own, as in @defjob('acme.jobs.Cleanup')",
                job.key,
                job.class_name,
            )


class _Form:
    """What the latest task has that many have alike, one after another; it is packed once."""

    def __init__(self, job: Job, key: JobKey, trigger: Trigger, text: str) -> None:
        self.text = text
        self.definition = job.definition
        self.needs_data = self.definition is not None and self.definition.needs_data
        self._class_name = job.class_name
        self._settings = (key.group, job.description, job.durable, job.requests_recovery)
        self._trigger = trigger

    def fits(self, job: Job, key: JobKey, trigger: Trigger) -> bool:
        """Whether a task is the same but for its job's name and data."""
        return (
            self._class_name == job.class_name
            and self.definition is job.definition
            and self._settings == (key.group, job.description, job.durable, job.requests_recovery)
            # True equals 1, but is not stored as such.
            and (self._trigger is trigger or (not trigger.data and self._trigger == trigger))
        )


def _check_bound(definition: JobDefinition | None, job: Job, triggers: Sequence[Trigger]) -> None:
    if definition is not None and definition.needs_data:
        for trigger in triggers:
            definition.bind({**job.data, **trigger.data} if trigger.data else job.data)


def _pair(task: object) -> tuple[JobLike, Trigger]:
    if not isinstance(task, (tuple, list)) or len(task) != 2:
        raise InvalidTriggerError(
            f"schedule_tasks() takes pairs of a job and its trigger, not {task!r}"
        )
    job, trigger = task
    return job, trigger
