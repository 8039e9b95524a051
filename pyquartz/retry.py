"""Retries: how often, and after what time, a failed run of a job is tried again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from .errors import JobDefinitionError, JobExecutionError

# A hundred years, where a datetime ends long after.
_LONGEST = 100 * 365 * 86400.0


@dataclass(frozen=True)
class Retry:
    """Try a failed run again, later, a few times: ``@defjob(retry=Retry(attempts=5))``.

    ``attempts`` counts all runs, the first included. The first wait is ``wait``, each later one
    ``backoff`` times the one before, at most ``max_wait``; each is made longer by a random part of
    up to ``jitter`` (0.1: ten per cent), so that what failed together is not tried together again.
    ``on`` names the exceptions that are worth another try. Raises JobDefinitionError.
    """

    attempts: int = 5
    wait: timedelta = timedelta(seconds=10)
    backoff: float = 2.0
    jitter: float = 0.1
    max_wait: timedelta | None = None
    on: type[BaseException] | tuple[type[BaseException], ...] = Exception

    def __post_init__(self) -> None:
        self._check_types()
        kinds = self.on if isinstance(self.on, tuple) else (self.on,)
        faults = {
            f"attempts={self.attempts} is less than 1": self.attempts < 1,
            f"wait={self.wait} is negative": self.wait < timedelta(0),
            f"max_wait={self.max_wait} is less than wait={self.wait}": (
                self.max_wait is not None and self.max_wait < self.wait
            ),
            f"backoff={self.backoff} is less than 1": not self.backoff >= 1,
            f"jitter={self.jitter} is not from 0 to 1": not 0 <= self.jitter <= 1,
            f"on={self.on!r} holds what is no exception": not all(
                isinstance(kind, type) and issubclass(kind, BaseException) for kind in kinds
            ),
        }
        found = [text for text, wrong in faults.items() if wrong]
        if found:
            raise JobDefinitionError(f"Retry: {'; '.join(found)}")

    def _check_types(self) -> None:
        for name in ("attempts", "backoff", "jitter"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise JobDefinitionError(f"Retry: {name}={value!r} is no number")
        for name, value in (("wait", self.wait), ("max_wait", self.max_wait or self.wait)):
            if not isinstance(value, timedelta):
                raise JobDefinitionError(
                    f"Retry: {name}={value!r} is no timedelta, such as timedelta(seconds=10)"
                )

    def wait_after(self, attempt: int, error: BaseException | None) -> timedelta | None:
        """Say how long to wait after an attempt (the first is 1) failed; None: try no more.

        An error that tells Quartz what to do (``refire_immediately`` and its kin) is not retried on
        top of that; no error at all means that the run was cut off.
        """
        if attempt >= self.attempts or (error is not None and not self._is_worth(error)):
            return None
        import random

        longest = self.max_wait.total_seconds() if self.max_wait else _LONGEST
        try:
            factor = float(self.backoff) ** (attempt - 1)
        except OverflowError:
            factor = math.inf
        seconds = min(self.wait.total_seconds() * factor, longest) if self.wait else 0.0
        return timedelta(seconds=seconds * (1 + self.jitter * random.random()))

    def _is_worth(self, error: BaseException) -> bool:
        directs = isinstance(error, JobExecutionError) and error.directs
        return isinstance(error, self.on) and not directs
