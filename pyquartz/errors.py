"""The errors of pyquartz: one root, each says what the user can do.

An error registers itself for the Java exceptions that it stands for, by their class names, so that
the door to the JVM can translate without knowing any of them. The Java exception is the cause.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

_BY_JAVA_NAME: dict[str, type[PyQuartzError]] = {}


class PyQuartzError(Exception):
    """Something went wrong in pyquartz, Quartz or the store behind them."""

    java: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, java: tuple[str, ...] = ()) -> None:
        """Register the class for the Java exceptions of the given names."""
        cls.java = java
        _BY_JAVA_NAME.update(dict.fromkeys(java, cls))


class JVMNotFoundError(PyQuartzError):
    """No Java runtime (11 or later) was found, or it could not be started."""


class ForkedProcessError(PyQuartzError):
    """The JVM was started before os.fork(): in the child it hangs, so pyquartz refuses to call it.

    Start the scheduler after the fork, in the process that uses it (with gunicorn in a
    ``post_fork`` hook), or start new processes with the method "spawn".
    """

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or " ".join((self.__class__.__doc__ or "").split()))


class ConfigurationError(PyQuartzError, java=("org.quartz.SchedulerConfigException",)):
    """A setting or a Quartz property is unknown, contradictory or out of range."""


class StoreError(
    PyQuartzError,
    java=("org.quartz.JobPersistenceException", "java.sql.SQLException"),
):
    """The store can't be reached or used: no connection, no tables, or another version's."""


class ObjectAlreadyExistsError(StoreError, java=("org.quartz.ObjectAlreadyExistsException",)):
    """A job, trigger or calendar of that key is in the store already."""


class JobRunningError(PyQuartzError, java=("org.pyquartz.write.JobRunningException",)):
    """A job runs, on the nodes that are named, and can have no other key until it has ended."""


class JobNotFoundError(PyQuartzError, java=("org.pyquartz.write.JobMissingException",)):
    """The store has no job of that key."""


class TriggerNotFoundError(PyQuartzError, java=("org.pyquartz.write.TriggerMissingException",)):
    """The store has no trigger of that key."""


class InvalidKeyError(PyQuartzError, ValueError):
    """A key, or a matcher of keys, can't be: its name, group or operator is wrong."""


class InvalidTriggerError(PyQuartzError, java=("org.pyquartz.write.InvalidTriggerException",)):
    """A schedule can't be: its expression, zone, times or misfire instruction are wrong."""


class InvalidCalendarError(PyQuartzError):
    """A calendar can't be: its days, times, expression or zone are wrong."""


class CalendarNotFoundError(PyQuartzError, java=("org.pyquartz.write.CalendarMissingException",)):
    """The store has no calendar of that name."""


class CalendarInUseError(PyQuartzError):
    """A calendar can't be deleted while triggers name it: delete or reschedule those first."""


class JobDefinitionError(PyQuartzError):
    """A callable can't be a job: it can't be named, or its name is taken."""


class JobDataError(PyQuartzError, java=("org.pyquartz.write.UnreadableDataException",)):
    """Job data can't be stored, or don't fit the parameters of the job's callable."""


class JobProcessError(PyQuartzError):
    """A job's process ended before the job did, or what the job takes or gives can't cross."""


class SchedulerStateError(PyQuartzError):
    """The scheduler is in a state in which that can't be done, such as started after a stop."""


class DeclarationError(PyQuartzError):
    """A file of jobs and triggers can't be read or applied; says the file, the line and why."""


class TaskError(PyQuartzError):
    """Task initialisers clash or failed."""


class JobTimeoutError(PyQuartzError):
    """A run took longer than its job's ``timeout``: it was interrupted, and counts as failed."""


class UnableToInterruptJobError(PyQuartzError, java=("org.quartz.UnableToInterruptJobException",)):
    """A running Java job is no InterruptableJob, or refused; Quartz's UnableToInterruptJob."""


class ListenerError(PyQuartzError):
    """A listener can't be registered as it is: an unknown event, or nothing to be told of."""


class JobExecutionError(PyQuartzError):
    """Raised by a job to tell Quartz what to do next; Quartz's JobExecutionException.

    ``refire_immediately`` runs the job again at once, without limit; ``unschedule_trigger`` ends
    the trigger that fired, ``unschedule_all_triggers`` all triggers of the job (their rows stay, in
    the state COMPLETE). Any other exception from a job counts as a failed run and changes nothing
    about its schedule.
    """

    def __init__(
        self,
        message: str = "",
        refire_immediately: bool = False,
        unschedule_trigger: bool = False,
        unschedule_all_triggers: bool = False,
    ) -> None:
        super().__init__(message)
        self.refire_immediately = refire_immediately
        self.unschedule_trigger = unschedule_trigger
        self.unschedule_all_triggers = unschedule_all_triggers

    @property
    def directs(self) -> bool:
        """Whether it tells Quartz to do anything."""
        return self.refire_immediately or self.unschedule_trigger or self.unschedule_all_triggers

    def __reduce__(self) -> tuple[type[JobExecutionError], tuple[str, bool, bool, bool]]:
        """Keep the directives when the error crosses from a job's own process."""
        return type(self), (
            str(self),
            self.refire_immediately,
            self.unschedule_trigger,
            self.unschedule_all_triggers,
        )


def error_for(java_names: Iterable[str]) -> type[PyQuartzError]:
    """Give the error for a Java exception, named by its class and then its parents in order."""
    for name in java_names:
        if name in _BY_JAVA_NAME:
            return _BY_JAVA_NAME[name]
    return PyQuartzError
