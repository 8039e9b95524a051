"""What can be a job, and how it is declared: each fault is told where ``@defjob`` stands."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from .context import JobContext
from .errors import JobDefinitionError
from .keys import check_text
from .retry import Retry

if TYPE_CHECKING:
    from concurrent.futures import Executor

    RunsIn = Literal["thread", "loop", "process"] | Executor


def check_description(description: object) -> None:
    """Refuse a description that is no text."""
    if description is None:
        return
    if not isinstance(description, str):
        raise JobDefinitionError(f"description={description!r} is no string")
    check_text(description, "description", JobDefinitionError)


def check_flags(flags: Mapping[str, object], or_none: bool = False) -> None:
    """Refuse flags that say neither yes nor no."""
    for name, value in flags.items():
        if not isinstance(value, bool) and not (or_none and value is None):
            raise JobDefinitionError(f"{name}={value!r} is neither True nor False")


def checked_retry(retry: Retry | None) -> Retry | None:
    """Refuse a number where a Retry is wanted."""
    if retry is not None and not isinstance(retry, Retry):
        raise JobDefinitionError(f"retry={retry!r} is no Retry, such as Retry(attempts=5)")
    return retry


def checked_timeout(timeout: timedelta | None) -> timedelta | None:
    """Refuse a timeout that is no span of time."""
    if timeout is not None and not isinstance(timeout, timedelta):
        raise JobDefinitionError(
            f"timeout={timeout!r} is no timedelta, such as timedelta(minutes=5)"
        )
    if timeout is not None and timeout <= timedelta(0):
        raise JobDefinitionError(f"timeout={timeout} is not longer than nothing")
    return timeout


def check_nameable(function: Callable[..., Any]) -> None:
    """Refuse what no stored name could find, and what runs nothing when it is called."""
    name = getattr(function, "__qualname__", None)
    if name is None or getattr(function, "__module__", None) is None:
        raise JobDefinitionError(
            f"{function!r} has no name of its own (a partial, an object?): wrap it in a function"
        )
    if inspect.isclass(function):
        raise JobDefinitionError(
            f"{name} is a class: decorate a function that makes one and uses it"
        )
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise JobDefinitionError(f"{name} is a generator: calling it runs nothing of its body")
    if "<lambda>" in name:
        raise JobDefinitionError(f"a lambda can't be found by name: make {name} a def in a module")
    if "<locals>" in name:
        raise JobDefinitionError(
            f"{name} is inside a function, where a stored name can't find it: move it to its module"
        )


def checked_place(function: Callable[..., Any], runs_in: RunsIn | None) -> RunsIn:
    """Say where a callable runs; refuse where it can't."""
    is_async = inspect.iscoroutinefunction(function)
    if runs_in is None:
        return "loop" if is_async else "thread"
    if runs_in not in ("thread", "loop", "process") and not callable(
        getattr(runs_in, "submit", None)
    ):
        raise JobDefinitionError(
            f"runs_in={runs_in!r} is none of 'thread', 'loop', 'process', and no executor"
        )
    if is_async != (runs_in == "loop"):
        raise JobDefinitionError(
            f"{function.__qualname__} is {'' if is_async else 'not '}an async def and can't run in "
            f"{runs_in!r}"
        )
    return runs_in


def context_names(function: Callable[..., Any]) -> frozenset[str]:
    """Give the names of the parameters that receive the context."""
    try:
        hints = typing.get_type_hints(function)
    except NameError:
        hints = {}
    parameters = inspect.signature(function).parameters
    for parameter in parameters.values():
        if parameter.kind is parameter.POSITIONAL_ONLY:
            raise JobDefinitionError(
                f"{function.__qualname__}: {parameter.name!r} is positional-only, and job data are "
                "given by name"
            )
    return frozenset(
        name
        for name, parameter in parameters.items()
        if name == "ctx" or _is_context(hints.get(name, parameter.annotation))
    )


def _is_context(hint: object) -> bool:
    # A string where the name is imported for type checkers only.
    return hint is JobContext or (isinstance(hint, str) and hint.endswith("JobContext"))
