"""One run of a Python job, from the stored name to the outcome that Quartz is told.

``Worker.run`` is the one function that Quartz ends up calling, always on a thread that Python owns.
A failure is logged here, once, with the tracebacks of both sides.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from .context import JobContext
from .errors import JobDataError, JobExecutionError
from .executors import Executors
from .jobdata import check_data
from .jobs import JobDefinition, JobRegistry

if TYPE_CHECKING:
    from ._jvm.callbacks import Run
    from .scheduler import Scheduler

log = logging.getLogger("pyquartz.worker")


class Worker:
    """Runs the jobs of one scheduler and knows those that run now."""

    def __init__(
        self, scheduler: Scheduler, jobs: JobRegistry, executors: Executors, as_strings: bool
    ) -> None:
        self._scheduler = scheduler
        self._jobs = jobs
        self._executors = executors
        self._as_strings = as_strings
        self._running: dict[str, JobContext] = {}
        self._lock = threading.Lock()

    def run(self, class_name: str, run: Run) -> str | None:
        """Run a job; None when it went well, else Quartz's directives and a report."""
        definition = self._jobs.get(class_name)
        context = JobContext(run.facts, self._scheduler, logger=f"pyquartz.job.{class_name}")
        instance_id = run.fire_instance_id()
        with self._lock:
            self._running[instance_id] = context
        try:
            if definition is None:
                raise JobDataError(
                    f"no job is registered under the stored name {class_name!r} any more"
                )
            self._execute(definition, context, run)
            return None
        except BaseException as error:  # all of it: what crosses into Java loses its message there
            return self._failure(class_name, context, error)
        finally:
            with self._lock:
                del self._running[instance_id]

    def _execute(self, definition: JobDefinition, context: JobContext, run: Run) -> None:
        arguments = definition.bind(context.data if definition.needs_data else {})
        arguments |= dict.fromkeys(definition.context_names, context)
        before = dict(context.job_data) if definition.persist_data else {}
        result = self._executors.run(definition, context, arguments)
        if result is not None and context.result is None:
            context.result = result
        self._give_result(context, run)
        if definition.persist_data:
            self._store_data(context, before, run)

    @staticmethod
    def _give_result(context: JobContext, run: Run) -> None:
        if context.result is None:
            return
        try:
            value = check_data({"result": context.result}, "the result of a job")["result"]
        except JobDataError:
            # Listeners in Python see it as it is; Java ones can't.
            return
        run.set_result(value)

    def _store_data(self, context: JobContext, before: dict[str, object], run: Run) -> None:
        after = context.job_data
        changed = {key: value for key, value in after.items() if before.get(key, run) != value}
        removed = before.keys() - after.keys()
        if changed or removed:
            what = f"the data of job {context.job_key}"
            run.write_job_data(check_data(changed, what), set(removed), self._as_strings)

    def _failure(self, class_name: str, context: JobContext, error: BaseException) -> str:
        from ._jvm.convert import java_trace

        trace = java_trace(error)
        log.error(
            "Job %s (%s), fired by %s, failed: %s%s",
            context.job_key,
            class_name,
            context.trigger_key,
            error if str(error) else type(error).__name__,
            f"\nThe Java side:\n{trace}" if trace else "",
            exc_info=error,
            extra={"action": "job_failed", "job": str(context.job_key)},
        )
        directives = ""
        if isinstance(error, JobExecutionError):
            directives += "R" if error.refire_immediately else ""
            directives += "U" if error.unschedule_trigger else ""
            directives += "A" if error.unschedule_all_triggers else ""
        return f"{directives}\n{type(error).__name__}: {error}"

    def interrupt_all(self) -> None:
        """Ask all that runs here to end."""
        with self._lock:
            contexts = list(self._running.values())
        for context in contexts:
            context.interrupt()

    def progress(self, fire_instance_id: str) -> float | None:
        """Give what a running job last reported."""
        context = self._running.get(fire_instance_id)
        return context.reported_progress if context else None

    def names(self) -> list[str]:
        """Give the jobs that run here, for a report of what was left."""
        with self._lock:
            contexts = list(self._running.values())
        return [str(context.job_key) for context in contexts]
