"""What Quartz's stores do, in a page of Python: what a random life of a scheduler is held against.

The two kinds of store differ in what they remember of a pause; `jdbc` says which one is meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from pyquartz import Group, JobKey, TriggerKey

_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "equals": str.__eq__,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "contains": str.__contains__,
    "anything": lambda group, value: True,
}


@dataclass
class StoredTrigger:
    """A trigger: whose it is, how often it still fires (None: not in this life), and its pause."""

    job: JobKey
    left: int | None
    paused: bool


@dataclass
class Model:
    """Jobs (and whether each is durable), triggers, and what is paused; and each trigger's runs."""

    jdbc: bool
    started: bool = False
    jobs: dict[JobKey, bool] = field(default_factory=dict)
    triggers: dict[TriggerKey, StoredTrigger] = field(default_factory=dict)
    paused_groups: set[str] = field(default_factory=set)
    paused_job_groups: set[str] = field(default_factory=set)
    all_paused: bool = False
    runs: Counter[str] = field(default_factory=Counter)

    def snapshot(self) -> dict[str, Any]:
        """What can be seen of a scheduler in this state."""
        return {
            "jobs": self.jobs,
            "triggers": {
                key: (trigger.job, "PAUSED" if trigger.paused else "NORMAL")
                for key, trigger in self.triggers.items()
            },
            "paused": (self.paused_groups, self.all_paused),
            "runs": self.runs,
        }

    # -- what is stored -----------------------------------------------------------------------

    def starts_paused(self, key: TriggerKey, job: JobKey) -> bool:
        """Whether a trigger that is stored now begins its life paused."""
        return (
            key.group in self.paused_groups
            or self.all_paused
            or job.group in self.paused_job_groups
        )

    def store(self, key: TriggerKey, job: JobKey, left: int | None) -> None:
        """Store a trigger, in place of one of the same key."""
        self.triggers[key] = StoredTrigger(job, left, self.starts_paused(key, job))
        if self.all_paused:
            self.paused_groups.add(key.group)

    def delete_job(self, job: JobKey) -> None:
        """Delete a job with its triggers."""
        del self.jobs[job]
        self.triggers = {key: t for key, t in self.triggers.items() if t.job != job}

    def delete_trigger(self, key: TriggerKey) -> None:
        """Delete a trigger, and its job if nothing else holds that."""
        job = self.triggers.pop(key).job
        if not self.jobs[job] and all(t.job != job for t in self.triggers.values()):
            del self.jobs[job]

    def restart(self) -> None:
        """Stop, and make a new scheduler on the same store: memory ends with its scheduler."""
        if self.jdbc:
            self.started = False
        else:
            self.__init__(jdbc=False, runs=self.runs)  # type: ignore[misc]

    def settle(self) -> None:
        """Let all that is due and not held back run."""
        due = [key for key, t in self.triggers.items() if t.left and not t.paused]
        for key in due if self.started else []:
            self.runs[key.name] += self.triggers[key].left or 0
            self.delete_trigger(key)

    # -- pauses -------------------------------------------------------------------------------

    def of_job(self, job: JobKey) -> list[TriggerKey]:
        """A job's triggers."""
        return [key for key, trigger in self.triggers.items() if trigger.job == job]

    def set_paused(self, keys: Iterable[TriggerKey], paused: bool) -> None:
        """Pause or resume single triggers."""
        for key in keys:
            self.triggers[key].paused = paused

    def pause(self, group: Group) -> None:
        """Pause what matches; a group is remembered, one of jobs in memory only."""
        job_groups = group.kind == "job"
        known = {key.group for key in (self.jobs if job_groups else self.triggers)}
        named = {group.value} if group.operator == "equals" else set()
        groups = {name for name in known | named if _matches(group, name)}
        if not job_groups:
            self.paused_groups |= groups
        elif not self.jdbc:
            self.paused_job_groups |= groups
        self.set_paused(self._in(groups, job_groups), True)

    def resume(self, group: Group) -> None:
        """Resume what matches; in memory a trigger whose job's group is paused stays so."""
        job_groups = group.kind == "job"
        known = {key.group for key in (self.jobs if job_groups else self.triggers)}
        groups = {name for name in known if _matches(group, name)}
        keys = self._in(groups, job_groups)
        if job_groups:
            self.paused_job_groups -= {g for g in self.paused_job_groups if _matches(group, g)}
        else:
            self.paused_groups -= {g for g in self.paused_groups if _matches(group, g)}
            self.all_paused &= group.operator != "anything"
            keys = [k for k in keys if self.triggers[k].job.group not in self.paused_job_groups]
        self.set_paused(keys, False)

    def _in(self, groups: set[str], of_jobs: bool) -> list[TriggerKey]:
        return [
            key
            for key, trigger in self.triggers.items()
            if (trigger.job if of_jobs else key).group in groups
        ]

    def pause_all(self) -> None:
        """Pause every group; a database remembers it for groups that are still to come."""
        self.pause(Group.any())
        self.all_paused = self.jdbc

    def resume_all(self) -> None:
        """Resume every group; a database forgets the pause of groups with triggers only."""
        self.paused_job_groups.clear()
        held = self.paused_groups - {key.group for key in self.triggers}
        self.resume(Group.any())
        self.paused_groups = held if self.jdbc else set()


def _matches(group: Group, name: str) -> bool:
    return _OPERATORS[group.operator](name, group.value)
