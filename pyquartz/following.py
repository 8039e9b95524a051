"""What follows a run: another attempt of one that failed, other jobs after one that went well.

Each is a trigger in the store, written in the very transaction that completes the run: a crash
takes both or neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from .context import JobContext
from .jobs import Job, JobDefinition, JobLike, job_key_of
from .keys import JobKey
from .plan import spec_of
from .retry import Retry

if TYPE_CHECKING:
    from ._jvm.quartz import Engine


class Following:
    """Notes for one scheduler what follows its runs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def try_again(
        self, retry: Retry, context: JobContext, ticket: int, error: BaseException
    ) -> timedelta | None:
        """Note another attempt if the job's Retry wants one, and say in what time it comes.

        Who interrupted a run on purpose does not want it again; what a stop cut off is tried again
        whatever it raised, here or on another node.
        """
        if context.interrupt_reason == "interrupt":
            return None
        cut_off = context.interrupt_reason == "stop"
        wait = retry.wait_after(context.attempt, None if cut_off else error)
        if wait is not None:
            when = datetime.now(timezone.utc) + wait
            self._engine.follow_ups.retry(ticket, when, context.attempt + 1)
        return wait

    def go_on(self, definition: JobDefinition, context: JobContext, ticket: int) -> None:
        """Note the jobs that run after this one."""
        after = [*((job, {}) for job in definition.then), *context.followed_by]
        # All of them or none: one that can't be makes the run a failed one.
        for key, detail, data in [self._planned(job, data) for job, data in after]:
            self._engine.follow_ups.then(ticket, key, detail, data)

    def _planned(
        self, job: JobLike, data: Mapping[str, object]
    ) -> tuple[JobKey, Any, Mapping[str, object]]:
        if isinstance(job, (JobKey, str)):
            return job_key_of(job), None, data
        wanted = job if isinstance(job, Job) else Job(job)
        spec = spec_of(wanted)
        if wanted.definition is not None:
            wanted.definition.bind({**spec.data, **data})
        return spec.key, self._engine.detail(spec), data
