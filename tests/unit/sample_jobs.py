"""Callables that become jobs in the tests: in a module, as jobs have to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyquartz import JobContext, rerun_on_error

if TYPE_CHECKING:
    from nowhere import Unknown  # type: ignore[import-not-found]

    from pyquartz.context import JobContext as HiddenJobContext


def plain(days: int = 30) -> None: ...


def with_contexts(ctx: Any, given: JobContext, days: int = 1) -> None: ...


def with_hidden_context(told: HiddenJobContext, days: int = 1) -> None: ...


def with_unknown_type(value: Unknown) -> None: ...


def positional(days: int, /) -> None: ...


async def coroutine() -> None: ...


@rerun_on_error
def rerun() -> None:
    raise ValueError("once more")


@rerun_on_error()
def rerun_with_parentheses() -> None:
    raise ValueError("once more")


@rerun_on_error
async def rerun_coroutine() -> None:
    raise ValueError("once more")


@rerun_on_error()
async def rerun_coroutine_with_parentheses() -> None:
    raise ValueError("once more")


class Maintenance:
    @staticmethod
    def sweep() -> None: ...


class CallableObject:
    def __call__(self) -> None: ...
