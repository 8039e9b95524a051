"""Jobs: the registry in which a stored class name finds its Python callable.

A Quartz store names a class in each job's row. ``@defjob`` gives a callable such a name; the
registry takes a definition whole or not at all, and refuses what could not be found by its name.
"""

from __future__ import annotations

import inspect
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, TypeVar, overload

from .errors import JobDefinitionError, JobExecutionError
from .job_checks import (
    check_description,
    check_flags,
    check_nameable,
    checked_place,
    checked_retry,
    checked_timeout,
    context_names,
)
from .jobdata import check_data
from .keys import JobKey, as_key
from .retry import Retry

if TYPE_CHECKING:
    from .job_checks import RunsIn

F = TypeVar("F", bound=Callable[..., Any])
_CLASS_NAME = re.compile(r"[^\W\d][\w$]*(\.[^\W\d][\w$]*)*")


@dataclass(frozen=True)
class JobDefinition:
    """A callable as a job: its stored name, and what its class and row shall say."""

    name: str
    function: Callable[..., Any]
    aliases: tuple[str, ...] = ()
    concurrent: bool = True
    persist_data: bool = False
    durable: bool | None = None
    requests_recovery: bool = False
    description: str | None = None
    runs_in: RunsIn = "thread"
    context_names: frozenset[str] = frozenset()
    timeout: timedelta | None = None
    retry: Retry | None = None
    then: tuple[JobLike, ...] = ()

    @cached_property
    def bind(self) -> Callable[[Mapping[str, object]], dict[str, object]]:
        """Fills the callable's parameters from merged job data; JobDataError if they don't fit."""
        from .binding import Binder

        return Binder(self.function, self.context_names).bind

    @cached_property
    def needs_data(self) -> bool:
        """Whether the callable has parameters beside the context."""
        return len(inspect.signature(self.function).parameters) > len(self.context_names)

    @cached_property
    def is_direct_call(self) -> bool:
        """Whether a run is one call on the worker's thread, with no time limit."""
        return self.runs_in == "thread" and self.timeout is None

    @cached_property
    def is_plain_call(self) -> bool:
        """Whether there is nothing to bind, either."""
        return self.is_direct_call and not (self.needs_data or self.context_names)

    @property
    def place(self) -> str:
        """Where the callable stands, for messages."""
        code = getattr(inspect.unwrap(self.function), "__code__", None)
        where = f" ({code.co_filename}:{code.co_firstlineno})" if code else ""
        return f"{self.function.__module__}.{self.function.__qualname__}{where}"


def is_class_name(name: str) -> bool:
    """Say whether a name can be registered as a stored class name."""
    return _CLASS_NAME.fullmatch(name) is not None


class JobRegistry:
    """The stored names that Python implements in this process. Safe from any thread."""

    def __init__(self) -> None:
        self._by_name: dict[str, JobDefinition] = {}
        #: Gives the definition that a stored name, or an alias, stands for, else None.
        self.get: Callable[[str], JobDefinition | None] = self._by_name.get
        self._watchers: list[Callable[[JobDefinition], None]] = []
        self._lock = threading.Lock()

    def add(self, definition: JobDefinition) -> None:
        """Register a definition under its name and aliases, all of them or none.

        The same callable again (a module imported anew) replaces the older one.
        """
        names = (definition.name, *definition.aliases)
        for name in names:
            if not isinstance(name, str) or not is_class_name(name):
                raise JobDefinitionError(
                    f"{name!r} can't be a stored class name: names joined by dots, such as "
                    "'acme.jobs.Cleanup'"
                )
        with self._lock:
            for name in names:
                other = self._by_name.get(name)
                if other and not _same_place(other.function, definition.function):
                    raise JobDefinitionError(
                        f"the stored name {name!r} is claimed twice: by {other.place} and by "
                        f"{definition.place}"
                    )
            self._by_name.update(dict.fromkeys(names, definition))
            watchers = list(self._watchers)
        for watch in watchers:
            watch(definition)

    def of(self, function: Callable[..., Any]) -> JobDefinition:
        """Give the definition of a callable that ``@defjob`` has decorated."""
        definition = getattr(function, "__pyquartz_job__", None)
        if isinstance(definition, JobDefinition):
            return definition
        if not callable(function):
            raise JobDefinitionError(
                f"{function!r} is no job: a callable that @defjob has decorated, a Job, a key or a "
                "stored name"
            )
        name = getattr(function, "__qualname__", repr(function))
        raise JobDefinitionError(f"{name} is not a job: decorate it with @defjob")

    def definitions(self) -> list[JobDefinition]:
        """Give all definitions, each once."""
        with self._lock:
            return list({id(d): d for d in self._by_name.values()}.values())

    def watch(self, watcher: Callable[[JobDefinition], None]) -> None:
        """Call a function for each definition there is, and for each that will come."""
        with self._lock:
            if watcher in self._watchers:
                return
            self._watchers.append(watcher)
        for definition in self.definitions():
            watcher(definition)


registry = JobRegistry()


@overload
def defjob(function: F, /) -> F: ...
@overload
def defjob(
    name: str | None = None,
    /,
    *,
    aliases: Iterable[str] = (),
    concurrent: bool = True,
    persist_data: bool = False,
    durable: bool | None = None,
    requests_recovery: bool = False,
    description: str | None = None,
    runs_in: RunsIn | None = None,
    timeout: timedelta | None = None,
    retry: Retry | None = None,
    then: JobLike | Iterable[JobLike] = (),
) -> Callable[[F], F]: ...


def defjob(
    name: Any = None,
    /,
    *,
    aliases: Iterable[str] = (),
    concurrent: bool = True,
    persist_data: bool = False,
    durable: bool | None = None,
    requests_recovery: bool = False,
    description: str | None = None,
    runs_in: RunsIn | None = None,
    timeout: timedelta | None = None,
    retry: Retry | None = None,
    then: JobLike | Iterable[JobLike] = (),
) -> Any:
    """Make a callable a job that a store can name; the callable itself stays what it was.

    ``name`` is the stored class name, "<module>.<qualname>" by default; ``aliases`` are older names
    in stored rows that mean this job. ``concurrent=False`` is Quartz's
    @DisallowConcurrentExecution, ``persist_data`` its @PersistJobDataAfterExecution. ``durable``
    keeps the job's row when its last trigger is gone, and left out it leaves a stored job as it
    is; ``requests_recovery`` runs a job again that a crash cut off. ``runs_in`` is "thread", "loop"
    (an async def, the default there), "process", or an executor of yours: anything with the
    ``submit`` of concurrent.futures.

    A run that takes longer than ``timeout`` is interrupted and counts as failed (JobTimeoutError);
    ``retry`` says whether a failed run is tried again. ``then`` are jobs that run once each time
    this one has run well: a decorated callable, a Job, or the key of a stored job.

    Raises JobDefinitionError for what can't be named: lambdas, functions inside functions.
    """
    flags = {
        "concurrent": concurrent,
        "persist_data": persist_data,
        "requests_recovery": requests_recovery,
    }

    def define(function: F) -> F:
        check_nameable(function)
        check_flags(flags)
        check_flags({"durable": durable}, or_none=True)
        check_description(description)
        stored = name if isinstance(name, str) else f"{function.__module__}.{function.__qualname__}"
        definition = JobDefinition(
            name=stored,
            function=function,
            aliases=(aliases,) if isinstance(aliases, str) else tuple(aliases),
            concurrent=concurrent,
            persist_data=persist_data,
            durable=durable,
            requests_recovery=requests_recovery,
            description=description,
            runs_in=checked_place(function, runs_in),
            context_names=context_names(function),
            timeout=checked_timeout(timeout),
            retry=checked_retry(retry),
            then=_each(then),
        )
        registry.add(definition)
        function.__pyquartz_job__ = definition  # type: ignore[attr-defined]  # how of() finds it
        return function

    if name is not None and not isinstance(name, str) and not callable(name):
        raise JobDefinitionError(f"defjob takes a name or a callable, not {name!r}")
    return define(name) if callable(name) else define


@dataclass(frozen=True, eq=False, init=False)
class Job:
    """One stored job; Quartz's JobDetail.

    ``implementation`` is a callable that ``@defjob`` has decorated, or a stored class name, such as
    that of a Java class. What is None is taken from the definition. The key defaults to the
    stored class name, in the group DEFAULT.
    """

    implementation: Callable[..., Any] | str
    key: JobKey | str | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    description: str | None = None
    durable: bool | None = None
    requests_recovery: bool | None = None

    def __init__(
        self,
        implementation: Callable[..., Any] | str,
        key: JobKey | str | None = None,
        data: Mapping[str, object] | None = None,
        description: str | None = None,
        durable: bool | None = None,
        requests_recovery: bool | None = None,
    ) -> None:
        # What most jobs leave out is not checked; they are made by the thousand.
        if isinstance(implementation, str):
            name = implementation
            if not _CLASS_NAME.fullmatch(name):
                raise JobDefinitionError(f"{name!r} can't be a stored class name")
        else:
            name = registry.of(implementation).name
        if description is not None:
            check_description(description)
        if durable is not None or requests_recovery is not None:
            flags = {"durable": durable, "requests_recovery": requests_recovery}
            check_flags(flags, or_none=True)
        fields = self.__dict__
        fields["implementation"] = implementation
        fields["_class_name"] = name
        fields["key"] = key = as_key(JobKey, key or name)
        fields["data"] = check_data(data, "the data of job", key)
        fields["description"] = description
        fields["durable"] = durable
        fields["requests_recovery"] = requests_recovery

    @property
    def class_name(self) -> str:
        """The class name that the job's row holds."""
        name: str = self.__dict__["_class_name"]
        return name

    @property
    def definition(self) -> JobDefinition | None:
        """The Python definition behind it, None for a class of Java's or one that nobody has."""
        return registry.get(self.class_name)


JobLike = Callable[..., Any] | Job | JobKey | str


def job_key_of(job: JobLike) -> JobKey:
    """Give the key of a job that is named, keyed, or given as a callable."""
    if isinstance(job, (JobKey, str)):
        return as_key(JobKey, job)
    key = (job if isinstance(job, Job) else Job(job)).key
    assert isinstance(key, JobKey)
    return key


class NoOpJob:
    """What a stored job becomes whose class nobody has: nothing runs, and its trigger lives on.

    It is a Java class; this name stands for it where Python looks at a job.
    """

    class_name = "org.pyquartz.bridge.NoOpJob"


class rerun_on_error:  # noqa: N801 - it reads as a verb, like contextlib's
    """Log what the job raises and run it again at once; Quartz's refire-immediately.

    As a decorator (``@rerun_on_error``) or around a part of the job (``with rerun_on_error():``).
    There is no limit and no pause: a job that always fails runs for ever.
    """

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """Decorate at once when given the function, as ``@rerun_on_error`` does."""
        return super().__new__(cls) if function is None else _rerunning(function)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate, as ``@rerun_on_error()`` does."""
        return _rerunning(function)

    def __enter__(self) -> rerun_on_error:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, JobExecutionError):
            raise JobExecutionError(
                f"run again after: {error!r}", refire_immediately=True
            ) from error


def _rerunning(function: Callable[..., Any]) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(function):

        @wraps(function)
        async def rerun_async(*args: Any, **kwargs: Any) -> Any:
            with rerun_on_error():
                return await function(*args, **kwargs)

        return rerun_async

    @wraps(function)
    def rerun(*args: Any, **kwargs: Any) -> Any:
        with rerun_on_error():
            return function(*args, **kwargs)

    return rerun


def _each(then: JobLike | Iterable[JobLike]) -> tuple[JobLike, ...]:
    if isinstance(then, (str, JobKey, Job)) or not isinstance(then, Iterable):
        then = (then,)
    jobs = tuple(then)
    for job in jobs:
        job_key_of(job)
    return jobs


def _same_place(one: Callable[..., Any], other: Callable[..., Any]) -> bool:
    return (one.__module__, one.__qualname__) == (other.__module__, other.__qualname__)
