"""The scheduler: Python values in, one call through the door, Python values out.

It decides what runs and when; Quartz, unchanged, does the scheduling. What runs the jobs, and what
only some of the calls need, is imported when a scheduler is made, or such a call: a module that
defines jobs may name the class.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .errors import (
    CalendarNotFoundError,
    InvalidTriggerError,
    JobNotFoundError,
    TriggerNotFoundError,
)
from .jobdata import check_data
from .jobs import JobRegistry, job_key_of, registry
from .keys import Group, JobKey, TriggerKey, as_key
from .listening import Listening
from .triggers import Trigger

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta, tzinfo
    from types import TracebackType

    from ._jvm.quartz import Engine
    from .calendars import Calendar
    from .config import MissingJobs, Settings
    from .info import (
        Cleared,
        Execution,
        Fire,
        JobInfo,
        Opaque,
        SchedulerInfo,
        SchedulerState,
        TriggerInfo,
    )
    from .jobs import JobDefinition, JobLike
    from .listeners import Listeners
    from .tasks import TaskReport


class Scheduler(Listening):
    """A Quartz scheduler in this process, on a store; one node of a cluster, if there is one.

    Made in standby: it can be written and asked, and fires after ``start()``. As a context manager
    it starts and stops. Safe from any thread. Times are aware datetimes; keys may be plain strings,
    names in the group DEFAULT.

    ``store``: None for RAM, "h2:///path" for an embedded file (its tables are made with the file),
    any SQLAlchemy URL or Engine, or a JDBC URL. ``name`` is the store's SCHED_NAME: nodes of one
    cluster share it. ``clustered`` None means: yes on a database server, no on RAM and a file.
    ``threads`` is how many jobs run here at once, ``coroutines`` and ``processes`` how many of
    them on the event loop and in processes. ``missing_jobs`` says what becomes of jobs whose class
    nobody here has: "leave" them to peers (the default in a cluster), run nothing ("noop"), or
    Quartz's own "error". ``properties`` are Quartz's, and win over the rest.

    Raises StoreError when the store can't be reached or used, JVMNotFoundError, ConfigurationError.
    """

    def __init__(
        self,
        store: object = None,
        name: str = "pyquartz",
        instance_id: str = "AUTO",
        clustered: bool | None = None,
        threads: int = 10,
        coroutines: int = 1000,
        processes: int | None = None,
        prefetch: int = 0,
        missing_jobs: MissingJobs | None = None,
        class_path: Sequence[str | os.PathLike[str]] = (),
        autoimport: Sequence[str] = (),
        allow_classes: Sequence[str] = (),
        properties: Mapping[str, str] | None = None,
    ) -> None:
        from .config import Settings, listed, mapping
        from .store.url import parse_store

        settings = Settings(
            store=parse_store(store),
            name=name,
            instance_id=instance_id,
            clustered=clustered,
            threads=threads,
            coroutines=coroutines,
            processes=processes,
            prefetch=prefetch,
            missing_jobs=missing_jobs,
            allow_classes=listed("allow_classes", allow_classes),
            properties=mapping("properties", properties),
        )
        self._make(settings, class_path, autoimport)

    @classmethod
    def from_properties(
        cls,
        path: str | os.PathLike[str],
        class_path: Sequence[str | os.PathLike[str]] = (),
        autoimport: Sequence[str] = (),
        name: str | None = None,
        threads: int | None = None,
        store: object = None,
        variables: Mapping[str, str] | None = None,
    ) -> Scheduler:
        """Make a scheduler as a ``quartz.properties`` file describes it.

        ``name``, ``threads`` and ``store`` go over what the file says; ``variables`` fill the
        ``${NAME}`` in it (``os.environ``). Raises ConfigurationError for what can't be had here.
        """
        from .config import read_deployment

        settings = read_deployment(path, store, variables)
        given = {"name": name, "threads": threads}
        settings = replace(settings, **{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]
        return cls._from_settings(settings, class_path, autoimport)

    @classmethod
    def _from_settings(
        cls,
        settings: Settings,
        class_path: Sequence[str | os.PathLike[str]] = (),
        autoimport: Sequence[str] = (),
    ) -> Scheduler:
        scheduler = cls.__new__(cls)
        scheduler._make(settings, class_path, autoimport)
        return scheduler

    def _make(
        self,
        settings: Settings,
        class_path: Sequence[str | os.PathLike[str]],
        autoimport: Sequence[str],
    ) -> None:
        from ._jvm import launch, quartz
        from .config import listed
        from .executors import Executors
        from .lifecycle import Lifecycle
        from .listeners import Listeners
        from .store import schema
        from .worker import Worker
        from .writing import Writing

        class_path = listed("class_path", class_path)
        autoimport = listed("autoimport", autoimport)
        launch.ensure_jvm(class_path, settings.store.jdbc_url is not None)
        schema.require(settings.store, settings.table_prefix)
        self._settings = settings
        self._autoimport = autoimport
        self._jobs: JobRegistry = registry
        self._engine: Engine = quartz.Engine(
            settings.scheduler_name,
            settings.to_properties(),
            class_path,
            (settings.store.password,),
        )
        self._writing = Writing(
            self._engine, registry, self._autoimport, bool(settings.store.jdbc_url)
        )
        executors = Executors(settings.processes, settings.process_limits)
        self._hearing = Listeners(self, self._engine, executors)
        self._worker = Worker(self, self._engine, registry, executors, self._hearing)
        self._life = Lifecycle(
            self.name, self._engine, self._worker, executors, settings.threads, self._hearing
        )
        registry.watch(_register_class)

    def __repr__(self) -> str:
        return (
            f"<Scheduler {self._settings.scheduler_name!r} on {self._settings.store}, {self.state}>"
        )

    # -- life ---------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name under which the store keeps this scheduler's rows; Quartz's instanceName."""
        return self._settings.scheduler_name

    @property
    def instance_id(self) -> str:
        """The name of this node; Quartz's instanceId."""
        return self._engine.instance_id

    @property
    def state(self) -> SchedulerState:
        """One of "standby" (made, or paused as a whole), "started" and "stopped" (for good)."""
        return self._life.state

    def start(self, delay: timedelta | float | None = None) -> None:
        """Begin to fire, at once or after a delay (a timedelta or seconds); also ends a standby.

        Raises SchedulerStateError after ``stop``.
        """
        self._life.require()
        self._import_stored_names()
        self._life.start(delay)

    def standby(self) -> None:
        """Fire no more until ``start``; what runs goes on. Quartz's standby."""
        self._life.standby()

    def stop(self, wait: bool = True, timeout: timedelta | float | None = None) -> None:
        """Stop for good: fire no more, let running jobs end, then leave the store in order.

        Waits for running jobs as long as ``timeout`` says (a timedelta or seconds; None: as long as
        it takes), then interrupts them; with ``wait=False`` it interrupts them at once. What
        ends neither way is reported in the log and left behind.

        May be called again, from any thread: who comes second waits for the end as well, and the
        shortest timeout holds for all. From a job it returns at once, and the scheduler stops when
        that job has ended.
        """
        self._life.stop(timeout if wait else 0.0)

    def __enter__(self) -> Scheduler:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._life.leave(error)

    @property
    def _listeners(self) -> Listeners:
        return self._hearing

    def _import_stored_names(self) -> None:
        if self._autoimport:
            from . import autoimport as importing

            importing.import_on_demand(self._autoimport, self._jobs)
            names = {
                job.class_name for job in self._engine.jobs() if job.implemented_by == "nobody"
            }
            importing.import_names(names, self._autoimport, self._jobs)

    # -- scheduling ---------------------------------------------------------------------------

    def schedule_task(
        self,
        job: JobLike,
        trigger: Trigger,
        *more: Trigger,
        data: Mapping[str, object] | None = None,
        key: JobKey | str | None = None,
    ) -> JobKey:
        """Store a job with its triggers; if the job is stored already, reschedule it instead.

        ``data`` and ``key`` go over the job's own. The default keys of triggers are the job's name,
        then ``name#2``, ``name#3``, and ``name#once`` for a ``once()``: a second start replaces,
        it never adds. What is stored as wanted already is not written. Raises JobDataError when
        data that the callable needs are missing or don't fit, InvalidTriggerError for a trigger
        that can't be or would never fire.
        """
        return self._writing.schedule_task(job, (trigger, *more), data, key)

    def schedule_tasks(self, tasks: Iterable[tuple[JobLike, Trigger]]) -> list[JobKey]:
        """Schedule many jobs, each with its trigger, in one transaction: all of them or none."""
        return self._writing.schedule_tasks(tasks)

    def reschedule_task(self, job: JobLike, trigger: Trigger, *more: Trigger) -> None:
        """Give a stored job new triggers: replace the one of the same key, else one, else add.

        When no trigger has that key and the job has others, one is replaced, with a warning; a
        ``once()`` never replaces a trigger of another key. With several triggers the job's whole
        set becomes what is given. Raises JobNotFoundError.
        """
        self._writing.reschedule_task(job, (trigger, *more))

    def reschedule_trigger(self, trigger: Trigger) -> None:
        """Give the stored trigger of the same key a new schedule. Raises TriggerNotFoundError."""
        self._writing.reschedule_trigger(trigger)

    def add_job(self, job: JobLike) -> JobKey:
        """Store a durable job without a trigger; one that is stored as wanted is not written."""
        return self._writing.add_job(job)

    def update_timezone(self, job: JobLike, tz: str | tzinfo) -> int:
        """Give every trigger of a job that has a zone another, all at once; give how many changed.

        Those are ``cron()`` and ``calendar_every()``; Quartz stores no zone for ``daily()``, whose
        times of day are those of the JVM's default zone. Each keeps its state, its previous fire
        time and how often it fired; a firing that is due already stays due. One that has the zone
        is not written. Raises InvalidTriggerError for an unknown zone or when a trigger would
        never fire in it, JobNotFoundError.
        """
        return self._writing.update_timezone(job, tz)

    def rename_job(
        self,
        old: JobLike,
        new: JobKey | str,
        *,
        keep_trigger_keys: bool = False,
        wait: timedelta | float | None = None,
    ) -> JobKey:
        """Give a stored job another key, with its triggers and all that they have behind them.

        In one transaction: states, next and previous fire times and counts stay, data are not read,
        and work of a dead node is recovered under the new key. Triggers with the job's default keys
        (``name``, ``name#2``, ``name#once``) get those of the new one, unless they keep theirs.
        While it runs on any node it can't be renamed: ``wait`` (seconds, or a timedelta) is how
        long to wait for a moment when it doesn't. The class name stays; see ``aliases=`` for that.

        Raises JobNotFoundError, ObjectAlreadyExistsError for a key that is taken, JobRunningError.
        """
        from . import renaming

        key = as_key(JobKey, new)
        return renaming.rename_job(self._engine, job_key_of(old), key, keep_trigger_keys, wait)

    def rename_trigger(
        self,
        old: TriggerKey | str,
        new: TriggerKey | str,
        *,
        wait: timedelta | float | None = None,
    ) -> TriggerKey:
        """Give a stored trigger another key; all else of it stays, as with ``rename_job``.

        Raises TriggerNotFoundError, ObjectAlreadyExistsError, and JobRunningError while a run that
        it began is under way on any node.
        """
        from . import renaming

        was, key = as_key(TriggerKey, old), as_key(TriggerKey, new)
        return renaming.rename_trigger(self._engine, was, key, wait)

    def delete_task(self, key: JobLike) -> bool:
        """Delete a job and its triggers; False when there was none."""
        return self._engine.delete_job(job_key_of(key))

    def delete_trigger(self, key: TriggerKey | str) -> bool:
        """Delete a trigger, with its job if that has no other and is not durable; False if none."""
        return self._engine.delete_trigger(as_key(TriggerKey, key))

    def delete_triggers_of(self, job: JobLike) -> int:
        """Delete all triggers of a job, and say how many there were."""
        keys = [info.key for info in self._engine.triggers(job_key_of(job))]
        return sum(self._engine.delete_trigger(key) for key in keys)

    def trigger_now(self, job: JobLike, data: Mapping[str, object] | None = None) -> None:
        """Fire a stored job once, now, with data over its own. Raises JobNotFoundError."""
        key = job_key_of(job)
        stored = self.job(key)
        given = check_data(data, "the data of trigger_now()")
        definition = self._jobs.get(stored.class_name)
        if definition is not None:
            definition.bind({**stored.data, **given})
        self._engine.trigger_now(key, given)

    def interrupt(self, what: JobLike | Execution) -> int:
        """Ask running jobs to end, and say how many were asked; 0 when none of them runs here.

        ``what`` is a job, its key, or one firing: an Execution or its fire instance id. A Python
        job finds ``ctx.interrupted`` set, a coroutine is cancelled, a process gets SIGTERM; a Java
        job must be an InterruptableJob, else UnableToInterruptJobError is raised. As in Quartz,
        only runs on this node are reached.
        """
        from .interrupts import interrupt

        return interrupt(self._worker, self._engine, what)

    def pause(self, what: JobLike | Trigger | TriggerKey | Group) -> None:
        """Pause a job (all its triggers), a trigger, or the groups that match."""
        self._engine.pause(self._target(what))

    def resume(self, what: JobLike | Trigger | TriggerKey | Group) -> None:
        """Resume a job, a trigger, or groups; the misfire policies decide on what was missed."""
        self._engine.resume(self._target(what))

    def pause_all(self) -> None:
        """Pause every trigger, and those of groups that come later."""
        self._engine.pause_all()

    def resume_all(self) -> None:
        """Resume every trigger."""
        self._engine.resume_all()

    def _target(self, what: JobLike | Trigger | TriggerKey | Group) -> JobKey | TriggerKey | Group:
        if isinstance(what, (Group, TriggerKey)):
            if isinstance(what, TriggerKey):
                self.trigger(what)
            return what
        if isinstance(what, Trigger):
            if what.key is None:
                raise InvalidTriggerError("a trigger without a key can't be found in the store")
            return self.trigger(what.key).key
        return self.job(job_key_of(what)).key

    # -- looking ------------------------------------------------------------------------------

    def jobs(self) -> list[JobInfo]:
        """Give all stored jobs, by key."""
        return self._engine.jobs()

    def job(self, key: JobLike) -> JobInfo:
        """Give a stored job. Raises JobNotFoundError."""
        job_key = job_key_of(key)
        found = self._engine.job(job_key)
        if found is None:
            raise JobNotFoundError(f"the store has no job {job_key}")
        return found

    def triggers(self, job: JobLike | None = None) -> list[TriggerInfo]:
        """Give all stored triggers, or those of a job, by key."""
        return self._engine.triggers(None if job is None else job_key_of(job))

    def trigger(self, key: TriggerKey | str) -> TriggerInfo:
        """Give a stored trigger. Raises TriggerNotFoundError."""
        trigger_key = as_key(TriggerKey, key)
        found = self._engine.trigger(trigger_key)
        if found is None:
            raise TriggerNotFoundError(f"the store has no trigger {trigger_key}")
        return found

    def executing(self) -> list[Execution]:
        """Give the jobs that run now, on every node of the cluster."""
        return self._engine.executing(self._worker.progress)

    def info(self) -> SchedulerInfo:
        """Give the scheduler's summary, with the nodes of its cluster."""
        return self._engine.info(str(self._settings.store))

    # -- previews -----------------------------------------------------------------------------

    def next_fires(
        self,
        job: JobLike | Trigger | TriggerKey | None = None,
        n: int = 5,
        after: datetime | None = None,
        *,
        include_paused: bool = False,
    ) -> list[Fire]:
        """Give the next ``n`` firings of the store, of a job, or of a trigger, in order.

        Computed by Quartz, with the stored calendars; by default they begin with the stored next
        fire times, of which some may be overdue. ``include_paused`` counts triggers that are paused
        or in ERROR as well. Misfires are not foreseen. Raises JobNotFoundError,
        TriggerNotFoundError.
        """
        from . import previews

        what = None if job is None else self._fires_of(job)
        return previews.next_of_store(self._engine, what, n, after, include_paused)

    def fires_between(
        self,
        begin: datetime,
        end: datetime,
        job: JobLike | Trigger | TriggerKey | None = None,
        *,
        limit: int | None = 10_000,
        include_paused: bool = False,
    ) -> list[Fire]:
        """Give what fires from an instant on and before another, in order; of all, or of a job.

        Computed by Quartz from the stored next fire times, with the stored calendars: what fired
        before those is past. Of more than ``limit`` firings (None: no limit) the earliest are
        given, with a warning in the log. ``include_paused`` counts triggers that are paused or in
        ERROR as well. Misfires are not foreseen. Raises JobNotFoundError, TriggerNotFoundError.
        """
        from . import previews

        what = None if job is None else self._fires_of(job)
        return previews.fires_between(self._engine, begin, end, what, limit, include_paused)

    def _fires_of(self, what: JobLike | Trigger | TriggerKey) -> JobKey | TriggerKey:
        target = self._target(what)
        assert not isinstance(target, Group)
        return target

    # -- calendars ----------------------------------------------------------------------------

    def add_calendar(
        self,
        name: str,
        calendar: Calendar,
        replace: bool = False,
        update_triggers: bool = True,
    ) -> None:
        """Store a calendar under a name, by which triggers take it as ``calendar=``.

        ``replace`` puts it in the place of one of that name; ``update_triggers`` then computes the
        next fires of the triggers that name it anew, else it holds from their next but one on.
        Raises ObjectAlreadyExistsError without ``replace``, InvalidCalendarError.
        """
        self._engine.calendars.add(name, calendar, replace, update_triggers)

    def delete_calendar(self, name: str) -> bool:
        """Delete a calendar; False when there was none.

        Raises CalendarInUseError, which names the triggers, while there are any that name it.
        """
        return self._engine.calendars.delete(name)

    def calendars(self) -> dict[str, Calendar | Opaque]:
        """Give all stored calendars, by name.

        An ``Opaque`` stands for one that has no value here: of a class outside the allow list,
        which is not deserialised, or in a form that Python can't say without a loss.
        """
        return self._engine.calendars.all()

    def calendar(self, name: str) -> Calendar | Opaque:
        """Give a stored calendar. Raises CalendarNotFoundError."""
        found = self._engine.calendars.get(name)
        if found is None:
            raise CalendarNotFoundError(f"the store has no calendar {name!r}")
        return found

    def is_included(self, calendar: Calendar | str, moment: datetime) -> bool:
        """Say whether a calendar, or the stored one of a name, lets triggers fire at an instant.

        Quartz's isTimeIncluded. Raises CalendarNotFoundError.
        """
        from .calendars import Calendar, aware

        if isinstance(calendar, Calendar):
            return calendar.is_included(moment)
        return self._engine.calendars.is_included(calendar, aware(moment))

    # -- start-up -----------------------------------------------------------------------------

    def delete_jobs_with_no_class(
        self, dry_run: bool = False, force: bool = False
    ) -> list[JobInfo]:
        """Delete stored jobs whose class nobody here has, and give what was deleted.

        With ``missing_jobs="leave"`` a peer may have the class, and so may any node that has
        checked in to the store: then nothing is deleted without ``force``. ``dry_run`` deletes
        nothing, and gives what would be with ``force``.
        """
        from . import upkeep

        keep = self._settings.policy == "leave"
        return upkeep.delete_jobs_with_no_class(self._engine, keep, dry_run, force)

    def reset_errored_triggers(self) -> list[TriggerKey]:
        """Take triggers out of the state ERROR, and give their keys.

        What they missed for longer than Quartz's misfire threshold follows their misfire policies;
        what is due since less than that fires.
        """
        from . import upkeep

        return upkeep.reset_errored_triggers(self._engine)

    def clear(self, name: str) -> Cleared:
        """Delete all jobs, triggers and calendars of this scheduler, and say how many there were.

        For every node of its cluster: ``name`` must be the scheduler's own, so that nobody calls
        this by mistake, else ConfigurationError is raised. Quartz's clear. What runs goes on; a
        database forgets which groups are paused, a store in memory does not.
        """
        from . import upkeep

        return upkeep.clear(self._engine, self.name, name)

    def init_tasks(self, strict: bool = False) -> list[TaskReport]:
        """Call every initialiser that ``@task_init`` registered, each once; give the reports.

        One that fails is logged and does not stop the others; with ``strict`` a TaskError names all
        that failed, once all have been called.
        """
        from .tasks import run_initialisers

        return run_initialisers(self, strict=strict)


def _register_class(definition: JobDefinition) -> None:
    from ._jvm.runs import register_class

    for name in (definition.name, *definition.aliases):
        register_class(
            name,
            definition.concurrent,
            definition.persist_data,
            definition.runs_in == "loop",
            definition.needs_data,
        )
