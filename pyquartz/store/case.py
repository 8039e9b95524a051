"""All that an examination knows of a store, and which of its nodes live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..calendars import Calendar
from ..info import JobInfo, Opaque, TriggerInfo
from ..keys import JobKey, TriggerKey
from .evidence import Evidence, NodeRow
from .rules import is_overdue


@dataclass(frozen=True)
class Case:
    """All that is known of a store: its rows, what a scheduler on it reads, and where that is.

    ``own`` is the id of the scheduler that examines if it fires; ``exclusive``: no other process
    has the store open; ``jobs_known``: it has the code that its nodes have.
    """

    evidence: Evidence
    jobs: Mapping[JobKey, JobInfo]
    triggers: Mapping[TriggerKey, TriggerInfo]
    calendars: Mapping[str, Calendar | Opaque]
    zone: str
    own: str | None = None
    exclusive: bool = False
    jobs_known: bool = True
    connections: tuple[int, int] | None = None
    live: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        live = {node.name for node in self.evidence.nodes if not self.is_overdue(node)}
        object.__setattr__(self, "live", frozenset(live | ({self.own} if self.own else set())))

    def is_overdue(self, node: NodeRow) -> bool:
        """Whether a node failed to check in, by Quartz's rule."""
        return is_overdue(node.last_checkin, node.interval, self.evidence.now)

    def is_dead(self, node: str) -> bool:
        """Whether a node surely lives no more; of one that never checks in that can't be said."""
        if node in self.live:
            return False
        return self.exclusive or bool(self.evidence.nodes)

    def class_is_missing(self, job: JobKey) -> bool:
        """Whether nobody here has the job's class."""
        return job in self.jobs and self.jobs[job].implemented_by == "nobody"
