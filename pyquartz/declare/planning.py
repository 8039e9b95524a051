"""What a file would change in a store: the plan, made before anything is written.

What the file leaves open may be any. Nothing is deleted but by ``prune``, and then only in groups
that the file says it owns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Literal

from ..errors import DeclarationError, JobDataError
from ..info import JobInfo, TriggerInfo, to_json
from ..keys import JobKey, Key, TriggerKey
from ..plan import JobSpec, spec_of
from ..triggers import SimpleTrigger, Trigger
from .form import Declaration, DeclaredJob

if TYPE_CHECKING:
    from ..scheduler import Scheduler

Action = Literal["add", "change", "delete", "keep", "leave"]


@dataclass(frozen=True)
class Change:
    """One line of a plan.

    ``action`` is "add", "change", "delete", "keep" (it is as wanted) or "leave" (it is not as
    wanted, and stays: ``details`` say why). ``details`` of a change are what differs.
    """

    action: Action
    kind: Literal["calendar", "job", "trigger"]
    name: str
    details: tuple[str, ...] = ()
    wanted: Any = field(default=None, repr=False, compare=False)
    job_key: JobKey | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the change as what ``json.dumps`` takes."""
        return {
            "action": self.action,
            "kind": self.kind,
            "name": self.name,
            "job": None if self.job_key is None else str(self.job_key),
            "details": list(self.details),
        }


@dataclass(frozen=True)
class Plan:
    """All that a file means for a store, in the order in which it is done."""

    changes: tuple[Change, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be written."""
        return not self.to_do

    @property
    def to_do(self) -> tuple[Change, ...]:
        """Give the changes that write something."""
        return tuple(c for c in self.changes if c.action in ("add", "change", "delete"))

    def count(self, action: Action) -> int:
        """Say how many lines there are of an action."""
        return sum(change.action == action for change in self.changes)

    def __str__(self) -> str:
        signs = {"add": "+", "change": "~", "delete": "-", "keep": " ", "leave": "!"}
        lines = []
        for change in self.changes:
            lines.append(f"{signs[change.action]} {change.kind} {change.name}")
            lines += [f"      {detail}" for detail in change.details]
        return "\n".join(lines)

    def as_json(self) -> list[dict[str, Any]]:
        """Give the plan as what ``json.dumps`` takes."""
        return [change.as_json() for change in self.changes]


@dataclass(frozen=True)
class WantedTrigger:
    """A trigger as it shall be stored."""

    job: JobKey
    key: TriggerKey
    trigger: Trigger


@dataclass(frozen=True)
class NewJob:
    """A job that the store has not, with its triggers: they are stored together."""

    spec: JobSpec
    triggers: Mapping[TriggerKey, Trigger]


def plan(scheduler: Scheduler, declaration: Declaration, prune: bool = False) -> Plan:
    """Compare a declaration with a scheduler's store; nothing is written.

    ``prune`` deletes what stands in groups that the file owns, and not in the file. Raises
    DeclarationError when it can't be applied, or its data don't fit a job.
    """
    return Plan(tuple(_Comparison(scheduler, declaration, prune).changes()))


class _Comparison:
    def __init__(self, scheduler: Scheduler, declaration: Declaration, prune: bool) -> None:
        self._declaration = declaration
        self._scheduler = scheduler
        self._as_stored = scheduler._engine.as_stored
        self._prune = prune
        self._jobs = {job.key: job for job in scheduler.jobs()}
        self._triggers = {trigger.key: trigger for trigger in scheduler.triggers()}
        self._now = datetime.now(timezone.utc)

    def changes(self) -> Iterator[Change]:
        yield from self._calendar_changes()
        for declared in self._declaration.jobs:
            stored = self._jobs.get(declared.key)
            if stored is None:
                yield from self._new(declared)
            else:
                yield self._job(stored, declared)
                yield from self._trigger_changes(stored, declared)
        yield from self._unnamed_jobs()

    def _calendar_changes(self) -> Iterator[Change]:
        stored: Mapping[str, Any] = self._scheduler.calendars()
        for name, wanted in self._declaration.calendars.items():
            if name not in stored:
                yield Change("add", "calendar", name, (wanted.describe(),), wanted)
            else:
                differing = _differing(stored[name], wanted)
                yield Change("change" if differing else "keep", "calendar", name, differing, wanted)
        known = stored.keys() | self._declaration.calendars.keys()
        for declared in self._declaration.jobs:
            for key, trigger in declared.triggers.items():
                if trigger.calendar is not None and trigger.calendar not in known:
                    raise DeclarationError(
                        f"{declared.places[key]}: there is no calendar {trigger.calendar!r}, "
                        "neither in the file nor in the store"
                    )

    # -- jobs -----------------------------------------------------------------------------------

    def _new(self, declared: DeclaredJob) -> Iterator[Change]:
        spec = spec_of(declared.job)
        self._check_data(declared, spec)
        fresh = {
            k: trigger for k, trigger in declared.triggers.items() if not self._is_over(trigger)
        }
        self._refuse_others(declared, fresh)
        if not fresh and not spec.durable and declared.triggers:
            past = "all its triggers are for times that have passed"
            yield Change("leave", "job", str(declared.key), (past,))
            return
        yield Change("add", "job", str(declared.key), (spec.class_name,), NewJob(spec, fresh))
        for key, trigger in declared.triggers.items():
            if key in fresh:
                said = (trigger.describe(),)
                yield Change("add", "trigger", str(key), said, None, declared.key)
            else:
                yield self._past(declared.key, key)

    def _job(self, stored: JobInfo, declared: DeclaredJob) -> Change:
        name = str(declared.key)
        if stored.unreadable:
            return Change("leave", "job", name, (f"it can't be read: {stored.unreadable}",))
        definition = declared.job.definition
        spec = spec_of(declared.job)
        self._check_data(declared, spec)
        # What neither file nor definition says may be any.
        if declared.job.description is None and definition is None:
            spec = replace(spec, description=stored.description)
        if spec.durable is None:
            spec = replace(spec, durable=stored.durable)
        if declared.job.requests_recovery is None and definition is None:
            spec = replace(spec, requests_recovery=stored.requests_recovery)
        if stored.persist_data:
            spec = replace(spec, data=stored.data)
        if stored.class_name in spec.same_names:
            spec = replace(spec, class_name=stored.class_name)
        differing = _differing(stored, replace(spec, data=self._as_stored(spec.data)))
        return Change("change" if differing else "keep", "job", name, differing, spec)

    def _check_data(self, declared: DeclaredJob, spec: JobSpec) -> None:
        definition = declared.job.definition
        if definition is None:
            return
        for key, trigger in declared.triggers.items():
            try:
                definition.bind({**spec.data, **trigger.data})
            except JobDataError as error:
                raise DeclarationError(f"{declared.places[key]}: {error}") from error

    def _unnamed_jobs(self) -> Iterator[Change]:
        named = {declared.key for declared in self._declaration.jobs}
        for key, job in self._jobs.items():
            if key not in named and key.group in self._declaration.owns:
                yield self._pruned("job", key, f"and its triggers ({len(job.trigger_keys)})")

    def _pruned(self, kind: Any, key: Key, also: str = "", job: JobKey | None = None) -> Change:
        if self._prune:
            return Change("delete", kind, str(key), (also,) if also else (), key, job)
        return Change("leave", kind, str(key), ("not in the file; --prune deletes it",), None, job)

    # -- triggers -------------------------------------------------------------------------------

    def _trigger_changes(self, job: JobInfo, declared: DeclaredJob) -> Iterator[Change]:
        self._refuse_others(declared, declared.triggers)
        for key, wanted in declared.triggers.items():
            stored = self._triggers.get(key)
            if stored is not None or not self._is_over(wanted):
                yield self._trigger(declared.key, key, stored, wanted)
            else:
                yield self._past(declared.key, key)
        for key in job.trigger_keys if job.key.group in self._declaration.owns else ():
            stored = self._triggers.get(key)
            if stored is not None and stored.regular and key not in declared.triggers:
                yield self._pruned("trigger", key, job=job.key)

    def _refuse_others(self, declared: DeclaredJob, keys: Iterable[TriggerKey]) -> None:
        for key in keys:
            other = self._triggers.get(key)
            if other is not None and other.job_key != declared.key:
                raise DeclarationError(
                    f"{declared.places[key]}: the trigger {key} is in the store and belongs to the "
                    f"job {other.job_key}; give this one another name"
                )

    def _trigger(
        self, job: JobKey, key: TriggerKey, stored: TriggerInfo | None, wanted: Trigger
    ) -> Change:
        made = WantedTrigger(job, key, wanted)
        if stored is None:
            return Change("add", "trigger", str(key), (wanted.describe(),), made, job)
        if stored.unreadable:
            why = f"it can't be read: {stored.unreadable}"
            return Change("leave", "trigger", str(key), (why,), None, job)
        shown = replace(wanted, data=self._as_stored(wanted.data))
        differing = _differing(stored.trigger, shown)
        if stored.state == "COMPLETE" and not differing and not self._is_over(wanted):
            differing = ("it has ended, and begins anew",)
        action: Action = "change" if differing else "keep"
        return Change(action, "trigger", str(key), differing, made, job)

    def _past(self, job: JobKey, key: TriggerKey) -> Change:
        why = "the times for which it is have passed"
        return Change("leave", "trigger", str(key), (why,), None, job)

    def _is_over(self, trigger: Trigger) -> bool:
        """Say whether a trigger's last time has passed: added now, it would fire at once."""
        if trigger.end is not None and trigger.end <= self._now:
            return True
        if not isinstance(trigger, SimpleTrigger) or trigger.repeat is None:
            return False
        last = trigger.start and trigger.start + trigger.interval * trigger.repeat
        return last is not None and last <= self._now


def _differing(stored: object, wanted: object) -> tuple[str, ...]:
    """Say what of a stored value is not as it is wanted."""
    if type(stored) is not type(wanted) and not isinstance(stored, JobInfo):
        before = stored.describe() if isinstance(stored, Trigger) else type(stored).__name__
        return (f"{before} -> {wanted.describe()}",)  # type: ignore[attr-defined]  # a trigger, a calendar
    found = []
    for item in fields(wanted):  # type: ignore[arg-type]  # a dataclass, all of them
        if item.name in ("key", "same_names"):
            continue
        old, new = getattr(stored, item.name), getattr(wanted, item.name)
        open_ = new is None and item.name in ("start", "tz")
        if old == new or open_:
            continue
        if item.name == "data":
            found += [
                f"data {name}: {_shown(old, name)} -> {_shown(new, name)}"
                for name in sorted({*old, *new})
                if _shown(old, name) != _shown(new, name)
            ]
        else:
            found.append(f"{item.name}: {to_json(old)!r} -> {to_json(new)!r}")
    return tuple(found)


def _shown(data: Mapping[str, object], name: str) -> str:
    return f"{type(data[name]).__name__} {to_json(data[name])!r}" if name in data else "none"
