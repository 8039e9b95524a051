"""Wait for something to become true: the only place in the tests that sleeps for that.

A fixed sleep is either too short on a busy machine or too long on every other one. A condition
that is asked again and again is neither, and it can say what it was waiting for.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class NotInTimeError(AssertionError):
    """What a test waited for did not happen within its time."""


def wait_until(
    condition: Callable[[], T | None],
    timeout: float = 30.0,
    interval: float = 0.02,
    message: str | Callable[[], str] = "the condition did not come true",
) -> T:
    """Ask until the condition's value is true, and return that value.

    Times are in seconds. What the condition raises ends the waiting at once. A message that is a
    callable is made only when it is needed, so that it can show the state at the end.
    """
    deadline = time.monotonic() + timeout
    while True:
        late = time.monotonic() >= deadline
        value = condition()
        if value:
            return value
        # The condition was asked once more after the deadline: a process that got no CPU
        # meanwhile must not fail for a thing that has long happened.
        if late:
            text = message if isinstance(message, str) else message()
            raise NotInTimeError(f"not within {timeout:g} s: {text} (last value: {value!r})")
        time.sleep(interval)


async def until(condition: Callable[[], object], interval: float = 0.01) -> None:
    """Ask on an event loop, which goes on meanwhile; whoever runs the loop bounds the time."""
    while not condition():
        await asyncio.sleep(interval)
