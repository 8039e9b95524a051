"""The calls by which listeners are registered, and whom they listen to."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, TypeVar, overload

from .jobs import job_key_of
from .keys import Matcher, TriggerKey, as_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from .events import (
        JobEventName,
        JobListener,
        Listener,
        SchedulerEventName,
        SchedulerListener,
        TriggerEventName,
        TriggerListener,
    )
    from .jobs import JobLike
    from .keys import Key
    from .listeners import Listeners

    JobMatch = JobLike | Matcher | Collection[JobLike | Matcher] | None
    TriggerMatch = TriggerKey | str | Matcher | Collection[TriggerKey | str | Matcher] | None

Heard = TypeVar("Heard", bound="Callable[..., Any]")
OfJobs = TypeVar("OfJobs", bound="JobListener")
OfTriggers = TypeVar("OfTriggers", bound="TriggerListener")
OfScheduler = TypeVar("OfScheduler", bound="SchedulerListener")


class Listening:
    """The calls by which listeners are registered; Scheduler and AsyncScheduler have them."""

    @property
    @abstractmethod
    def _listeners(self) -> Listeners: ...

    @overload
    def on_job(self, listener: OfJobs, /, *, jobs: JobMatch = None) -> OfJobs: ...
    @overload
    def on_job(
        self, /, *events: JobEventName, jobs: JobMatch = None
    ) -> Callable[[Heard], Heard]: ...
    def on_job(self, /, *wanted: object, jobs: JobMatch = None) -> Any:
        """Listen to the runs of jobs: decorate a function, or register a JobListener.

        ``@s.on_job("was_executed", jobs=Group.starts_with("etl"))`` decorates a function or
        coroutine that takes a JobEvent; no name means every event. ``jobs`` are a job, a key, a
        Group or Name, or several of which any may match; None means every job.
        ``remove_listener`` takes it back. Raises ListenerError.
        """
        return self._listeners.add("job", wanted, job_matchers(jobs))

    @overload
    def on_trigger(
        self, listener: OfTriggers, /, *, triggers: TriggerMatch = None
    ) -> OfTriggers: ...
    @overload
    def on_trigger(
        self, /, *events: TriggerEventName, triggers: TriggerMatch = None
    ) -> Callable[[Heard], Heard]: ...
    def on_trigger(self, /, *wanted: object, triggers: TriggerMatch = None) -> Any:
        """Listen to firings: decorate a function that takes a TriggerEvent, or register an object.

        ``"veto_job_execution"`` keeps the job from running when its listener says True.
        ``triggers`` are a key, a Group or Name, or several; None means every trigger.
        """
        return self._listeners.add("trigger", wanted, trigger_matchers(triggers))

    @overload
    def on_scheduler(self, listener: OfScheduler, /) -> OfScheduler: ...
    @overload
    def on_scheduler(self, /, *events: SchedulerEventName) -> Callable[[Heard], Heard]: ...
    def on_scheduler(self, /, *wanted: object) -> Any:
        """Listen to the scheduler's own life: decorate a function, or register an object."""
        return self._listeners.add("scheduler", wanted)

    def remove_listener(self, listener: Callable[..., Any] | Listener) -> bool:
        """Take back a listener, in all its registrations; False when there was none."""
        return self._listeners.remove(listener)


def job_matchers(given: JobMatch) -> tuple[Key | Matcher, ...]:
    """Make matchers of jobs, keys, groups and names; none at all means every job."""
    return tuple(item if isinstance(item, Matcher) else job_key_of(item) for item in _each(given))


def trigger_matchers(given: TriggerMatch) -> tuple[Key | Matcher, ...]:
    """Make matchers of keys, groups and names; none at all means every trigger."""
    return tuple(
        item if isinstance(item, Matcher) else as_key(TriggerKey, item) for item in _each(given)
    )


def _each(given: Any) -> Iterable[Any]:
    if given is None:
        return ()
    return given if isinstance(given, (list, tuple, set, frozenset)) else (given,)
