"""Asking running jobs to end: those of Python by their contexts, those of Java by Quartz's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .info import Execution
from .jobs import JobLike, job_key_of
from .worker import Worker

if TYPE_CHECKING:
    from ._jvm.quartz import Engine


def interrupt(worker: Worker, engine: Engine, what: JobLike | Execution) -> int:
    """Ask the runs of a job, or of one firing, to end; give how many of them run here."""
    if isinstance(what, Execution):
        return _interrupt_firing(worker, engine, what.fire_instance_id)
    if isinstance(what, str) and (found := _interrupt_firing(worker, engine, what)):
        return found
    key = job_key_of(what)
    return worker.interrupt(key, None) + engine.interrupt_java_job(key, None)


def _interrupt_firing(worker: Worker, engine: Engine, fire_instance_id: str) -> int:
    found = worker.interrupt(None, fire_instance_id)
    return found or engine.interrupt_java_job(None, fire_instance_id)
