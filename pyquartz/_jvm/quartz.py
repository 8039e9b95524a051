"""Quartz's scheduler behind a typed face: Python values in and out, one call for each question.

Every method may be called from any thread. Java's exceptions come out as ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..calendars import Calendar
from ..errors import ConfigurationError, PyQuartzError
from ..info import (
    Cleared,
    Execution,
    JobInfo,
    Opaque,
    SchedulerInfo,
    SchedulerState,
    TriggerInfo,
)
from ..keys import Group, JobKey, Key, Matcher, TriggerKey
from ..plan import JobSpec
from ..store.rules import ALL_PAUSED, node_now
from . import launch, listeners, logs
from .builders import (
    job_key,
    misfire_name,
    read_trigger,
    string_matcher,
    trigger_key,
)
from .calendars import Calendars
from .calling import Calling
from .convert import decode, from_millis, java, keep_secret, to_string, translated
from .fires import Fires
from .followups import FollowUps
from .mending import Mending
from .packing import pack_data, pack_form, packed_job, to_data_map
from .renaming import Renaming
from .runs import Runs

_TRIGGER_GONE = "Unable to unschedule trigger"
_RACES_LOST = 10


class Engine:
    """One Quartz scheduler and its job store."""

    def __init__(
        self,
        name: str,
        properties: Mapping[str, str],
        class_path: Sequence[Any] = (),
        secrets: Sequence[str | None] = (),
    ) -> None:
        launch.ensure_jvm(class_path)
        logs.start()
        for secret in secrets:
            keep_secret(secret)
        # JPype makes each Java class that is named here one of Python's, which takes long for some:
        # java.util.Properties or JobStoreSupport alone a twentieth of a start.
        factory = java("org.pyquartz.bridge.BridgeSchedulerFactory")(
            list(properties), list(properties.values())
        )
        self._quartz = _made(factory, name)
        self._calling = Calling(self._quartz)
        self._store = factory.jobStore()
        self._pool = factory.threadPool()
        self.runs = Runs(self._pool)
        loader = java("org.pyquartz.bridge.BridgeClassLoadHelper")()
        loader.initialize()
        self._writer = java("org.pyquartz.write.Writer")(self._quartz, self._store, loader)
        # To look a method of Java's up costs almost as much as to call it.
        self._write = self._writer.write
        self.renaming = Renaming(self._writer, self._calling)
        self._inspect = java("org.pyquartz.inspect.Inspect")
        self.calendars = Calendars(self._quartz, self._calling)
        self.fires = Fires(self._quartz, self._calling)
        self.mending = Mending(self._store, self._calling)
        self.instance_id = str(factory.instanceId())
        in_tables = hasattr(self._store, "canUseProperties")
        self.as_strings = in_tables and bool(self._store.canUseProperties())
        self.follow_ups = FollowUps(self._store, self.runs, self.as_strings)

    # -- life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Let it fire."""
        logs.start()  # Levels set since the last look count for what a start says.
        with self._calling("can't start the scheduler"):
            self._quartz.start()

    def standby(self) -> None:
        """Let it fire no more until it is started again."""
        with self._calling("can't set the scheduler on standby"):
            self._quartz.standby()

    def state(self) -> SchedulerState:
        """Say "standby", "started" or "stopped"."""
        if self._calling.ended:
            return "stopped"
        with self._calling("can't ask for the scheduler's state"):
            return "standby" if self._quartz.isInStandbyMode() else "started"

    def close_pool(self) -> None:
        """Acquire no more, and wait for a lost database no longer than it makes sense."""
        with self._calling("can't close the pool of workers"):
            self._pool.close()
            if hasattr(self._store, "stopSoon"):
                self._store.stopSoon()

    def await_idle(self, millis: int) -> bool:
        """Wait until no job runs here; False when the time is over."""
        with self._calling("can't wait for running jobs"):
            return bool(self._pool.awaitIdle(millis))

    def abandon_jobs(self) -> None:
        """Wait no more for jobs that don't end."""
        with self._calling("can't leave jobs behind"):
            self._pool.abandon()

    def running(self) -> int:
        """Count the jobs that run on this node."""
        return int(self._pool.busy())

    def interrupt_java_jobs(self) -> None:
        """Ask every running job of Java's that can be interrupted to end."""
        with self._calling("can't interrupt running jobs"):
            java("org.pyquartz.bridge.Interrupts").all(self._quartz)

    def interrupt_java_job(self, job: JobKey | None, fire_instance_id: str | None) -> int:
        """Ask the runs of a job of Java's to end, or one run; say how many there were."""
        with self._calling(f"can't interrupt {job or fire_instance_id}"):
            key = None if job is None else job_key(job)
            interrupts = java("org.pyquartz.bridge.Interrupts")
            return int(interrupts.interrupt(self._quartz, key, fire_instance_id))

    def shutdown(self) -> None:
        """End it for good."""
        with self._calling("can't shut the scheduler down"):
            if hasattr(self._store, "leave"):
                self._store.leave()
            self._quartz.shutdown(True)
        self._calling.ended = True

    # -- jobs and triggers --------------------------------------------------------------------

    def as_stored(self, data: Mapping[str, object]) -> dict[str, object]:
        """Give data as the store will show them: a store with useProperties keeps strings."""
        return {k: to_string(v) if self.as_strings else v for k, v in data.items()}

    def write(self, jobs: str) -> str | None:
        """Make the store as wanted, in one transaction; give what a person should be warned of."""
        with self._calling("can't schedule"):
            warnings = self._write(jobs)
        return None if warnings is None else str(warnings)

    def update_timezone(self, job: JobKey, zone: str) -> int:
        """Give a job's triggers another zone, in one transaction; give how many that changed."""
        with self._calling(f"can't change the time zone of job {job}"):
            return int(self._writer.updateTimezone(job.name, job.group, zone))

    def detail(self, job: JobSpec) -> Any:
        """Build Quartz's form of a job."""
        with self._calling(f"can't build job {job.key}"):
            form = pack_form(job.key.group, job, {}, self.as_strings)
            data = pack_data(job.data, self.as_strings)
            return self._writer.detail(packed_job(form, job.key.name, data))

    def delete_job(self, key: JobKey) -> bool:
        """Delete a job and its triggers; False when there was none."""
        for lost in range(_RACES_LOST):
            try:
                return self._try_to_delete_job(key) or lost > 0
            except PyQuartzError as error:
                # A trigger fired for the last time meanwhile: Quartz then gives up half way.
                if _TRIGGER_GONE not in str(error):
                    raise
        self._try_to_delete_job(key)
        return True

    def _try_to_delete_job(self, key: JobKey) -> bool:
        with self._calling(f"can't delete job {key}"):
            return bool(self._quartz.deleteJob(job_key(key)))

    def delete_trigger(self, key: TriggerKey) -> bool:
        """Delete a trigger; False when there was none."""
        with self._calling(f"can't delete trigger {key}"):
            return bool(self._quartz.unscheduleJob(trigger_key(key)))

    def trigger_now(self, key: JobKey, data: Mapping[str, object]) -> None:
        """Fire a job once, at once."""
        with self._calling(f"can't trigger job {key}"):
            self._quartz.triggerJob(job_key(key), to_data_map(data, self.as_strings))

    def pause(self, what: JobKey | TriggerKey | Group) -> None:
        """Pause a job's triggers, a trigger, or the groups that match."""
        self._pausing(what, "pause", resume=False)

    def resume(self, what: JobKey | TriggerKey | Group) -> None:
        """Resume a job's triggers, a trigger, or the groups that match."""
        self._pausing(what, "resume", resume=True)

    def _pausing(self, what: JobKey | TriggerKey | Group, verb: str, resume: bool) -> None:
        quartz = self._quartz
        with self._calling(f"can't {verb} {what}"):
            if isinstance(what, JobKey):
                (quartz.resumeJob if resume else quartz.pauseJob)(job_key(what))
            elif isinstance(what, TriggerKey):
                (quartz.resumeTrigger if resume else quartz.pauseTrigger)(trigger_key(what))
            elif what.kind == "job":
                (quartz.resumeJobs if resume else quartz.pauseJobs)(_matcher(what))
            else:
                (quartz.resumeTriggers if resume else quartz.pauseTriggers)(_matcher(what))

    def pause_all(self) -> None:
        """Pause every trigger."""
        with self._calling("can't pause all triggers"):
            self._quartz.pauseAll()

    def resume_all(self) -> None:
        """Resume every trigger."""
        with self._calling("can't resume all triggers"):
            self._quartz.resumeAll()

    def reset_error(self, key: TriggerKey) -> None:
        """Take a trigger out of the state ERROR; its misfire policy decides on what was missed."""
        with self._calling(f"can't reset trigger {key}"):
            self._quartz.resetTriggerFromErrorState(trigger_key(key))

    def clear(self) -> Cleared:
        """Delete all jobs, triggers and calendars; say how many there were."""
        groups, quartz = java("org.quartz.impl.matchers.GroupMatcher"), self._quartz
        with self._calling("can't clear the store"):
            cleared = Cleared(
                jobs=int(quartz.getJobKeys(groups.anyJobGroup()).size()),
                triggers=int(quartz.getTriggerKeys(groups.anyTriggerGroup()).size()),
                calendars=int(quartz.getCalendarNames().size()),
            )
            quartz.clear()
        return cleared

    def add_listener(
        self,
        kind: listeners.Kind,
        callbacks: Sequence[str],
        matchers: Sequence[Key | Matcher],
        tell: listeners.Tell,
    ) -> Callable[[], None]:
        """Register a listener for some callbacks, and give what removes it."""
        with self._calling(f"can't add a listener to the {kind}s"):
            return listeners.add(self._quartz, kind, callbacks, matchers, tell, _trigger_info)

    # -- looking ------------------------------------------------------------------------------

    def jobs(self) -> list[JobInfo]:
        """Give all jobs, by key."""
        with self._calling("can't read the jobs"):
            rows = decode(self._inspect.jobs(self._quartz))
        return sorted((_job_info(row) for row in rows), key=lambda job: job.key)

    def job(self, key: JobKey) -> JobInfo | None:
        """Give a job, None when there is none."""
        with self._calling(f"can't read job {key}"):
            row = decode(self._inspect.job(self._quartz, job_key(key)))
        return _job_info(row) if row else None

    def triggers(self, of: JobKey | None = None) -> list[TriggerInfo]:
        """Give all triggers, or a job's, by key."""
        with self._calling("can't read the triggers"):
            rows = decode(
                self._inspect.triggersOf(self._quartz, job_key(of))
                if of
                else self._inspect.triggers(self._quartz)
            )
        calendars = self.calendars.all() if any(row["calendar"] for row in rows) else {}
        infos = (_trigger_info(row, calendars.get(row["calendar"])) for row in rows)
        return sorted(infos, key=lambda trigger: trigger.key)

    def trigger(self, key: TriggerKey) -> TriggerInfo | None:
        """Give a trigger, None when there is none."""
        with self._calling(f"can't read trigger {key}"):
            row = decode(self._inspect.trigger(self._quartz, trigger_key(key)))
        if not row:
            return None
        name = row["calendar"]
        return _trigger_info(row, self.calendars.get(name) if name else None)

    def executing(self, progress: Callable[[str], float | None]) -> list[Execution]:
        """Give what runs now, on every node of the cluster."""
        with self._calling("can't read what runs"):
            rows = decode(self._inspect.executing(self._quartz, self._store))
        return [
            Execution(
                fire_instance_id=row["fire_instance_id"],
                job_key=JobKey(*row["job"]),
                trigger_key=TriggerKey(*row["trigger"]),
                instance_id=row["instance_id"],
                fire_time=from_millis(row["fire_time"]),
                scheduled_fire_time=from_millis(row["scheduled_fire_time"]),
                recovering=row["recovering"],
                progress=progress(row["fire_instance_id"]),
            )
            for row in rows
        ]

    def info(self, store: str) -> SchedulerInfo:
        """Give the scheduler's summary."""
        state = self.state()
        with self._calling("can't read the scheduler's summary"):
            row = decode(self._inspect.scheduler(self._quartz, self._store))
        return SchedulerInfo(
            name=row["name"],
            instance_id=row["instance_id"],
            quartz_version=row["quartz_version"],
            state=state,
            store=store,
            clustered=row["clustered"],
            threads=row["threads"],
            zone=launch.zone(),
            started_at=from_millis(row["started_at"]),
            executed=row["executed"],
            paused_groups=tuple(sorted(set(row["paused_groups"]) - {ALL_PAUSED})),
            all_paused=ALL_PAUSED in row["paused_groups"],
            nodes=tuple(
                node_now(node["instance_id"], node["last_checkin"], node["interval"])
                for node in row["nodes"]
            ),
            paused_job_groups=tuple(sorted(row["paused_job_groups"])),
            persistent=row["persistent"],
            job_store=row["job_store"],
            thread_pool=row["thread_pool"],
        )


def _made(factory: Any, name: str) -> Any:
    try:
        with translated("can't make the scheduler"):
            return factory.make(name)
    except PyQuartzError as error:
        text = str(error)
        if type(error) is PyQuartzError and "could not be instantiated" in text:
            hint = "is it spelt right, and its jar on class_path=?"
            raise ConfigurationError(f"{text} {hint}") from error.__cause__
        if type(error) is PyQuartzError and "could not be configured" in text:
            raise ConfigurationError(text) from error.__cause__
        raise


def _matcher(group: Group) -> Any:
    if group.operator == "anything":
        groups = java("org.quartz.impl.matchers.GroupMatcher")
        return groups.anyJobGroup() if group.kind == "job" else groups.anyTriggerGroup()
    return string_matcher(group, group.kind)


def _job_info(row: Mapping[str, Any]) -> JobInfo:
    return JobInfo(
        key=JobKey(row["name"], row["group"]),
        class_name=row["class_name"],
        implemented_by=row["implemented_by"],
        description=row["description"],
        durable=row["durable"],
        concurrent=row["concurrent"],
        persist_data=row["persist_data"],
        requests_recovery=row["requests_recovery"],
        data=row["data"],
        trigger_keys=tuple(sorted(TriggerKey(*key) for key in row["triggers"])),
        unreadable=row["unreadable"],
    )


def _trigger_info(row: Mapping[str, Any], calendar: Calendar | Opaque | None = None) -> TriggerInfo:
    data, trigger, reason = row["data"], None, None
    if row["unreadable"] is None:
        try:
            trigger = read_trigger(
                row, {k: v for k, v in data.items() if not isinstance(v, Opaque)}
            )
        except PyQuartzError as error:
            # Quartz fires it all the same; it only can't be made a value that could be scheduled
            # again, such as with a zone that Python lacks.
            reason = str(error)
    return TriggerInfo(
        key=TriggerKey(row["name"], row["group"]),
        job_key=JobKey(row["job_name"], row["job_group"]),
        kind=row["kind"],
        state=row["state"],
        trigger=trigger,
        next_fire_time=from_millis(row["next"]),
        previous_fire_time=from_millis(row["previous"]),
        start=from_millis(row["start"]),
        end=from_millis(row["end"]),
        priority=row["priority"],
        misfire=misfire_name(trigger.MISFIRES, row["misfire"]) if trigger else str(row["misfire"]),
        calendar=row["calendar"],
        description=row["description"],
        data=data,
        unreadable=row["unreadable"],
        times_triggered=(row.get("schedule") or {}).get("times_triggered"),
        final_fire_time=from_millis(row.get("final")),
        regular=row["regular"],
        no_value=reason,
        calendar_value=calendar,
    )
