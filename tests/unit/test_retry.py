"""Retry: what is tried again, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pyquartz import JobDefinitionError, JobExecutionError, Retry

SECOND = timedelta(seconds=1)


def waits(retry: Retry, attempts: int) -> list[timedelta | None]:
    return [retry.wait_after(attempt, ValueError()) for attempt in range(1, attempts + 1)]


def test_each_wait_is_longer_than_the_one_before() -> None:
    retry = Retry(attempts=5, wait=SECOND, backoff=3, jitter=0)
    assert waits(retry, 5) == [SECOND, 3 * SECOND, 9 * SECOND, 27 * SECOND, None]


def test_no_wait_is_longer_than_the_longest() -> None:
    retry = Retry(attempts=9999, wait=SECOND, backoff=2, jitter=0, max_wait=5 * SECOND)
    assert waits(retry, 4)[1:] == [2 * SECOND, 4 * SECOND, 5 * SECOND]
    assert retry.wait_after(9998, ValueError()) == 5 * SECOND
    endless = Retry(attempts=9999, wait=SECOND, jitter=0).wait_after(9998, ValueError())
    assert endless is not None
    assert endless > timedelta(days=365)


def test_jitter_makes_a_wait_longer_by_a_part() -> None:
    retry = Retry(wait=SECOND, backoff=1, jitter=0.5)
    found = {wait for _ in range(100) if (wait := retry.wait_after(1, ValueError()))}
    assert len(found) > 1
    assert min(found) >= SECOND
    assert max(found) <= 1.5 * SECOND


def test_no_wait_at_all_stays_none() -> None:
    assert Retry(wait=timedelta(0), jitter=1).wait_after(2, ValueError()) == timedelta(0)


def test_only_what_is_worth_it_is_tried_again() -> None:
    retry = Retry(on=(KeyError, OSError))
    assert retry.wait_after(1, KeyError())
    assert retry.wait_after(1, FileNotFoundError())
    assert retry.wait_after(1, ValueError()) is None
    assert Retry().wait_after(1, KeyboardInterrupt()) is None
    assert retry.wait_after(1, None)


def test_what_tells_quartz_something_is_not_tried_on_top() -> None:
    assert Retry().wait_after(1, JobExecutionError("x", refire_immediately=True)) is None
    assert Retry().wait_after(1, JobExecutionError("x", unschedule_trigger=True)) is None
    assert Retry().wait_after(1, JobExecutionError("x"))


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"attempts": 0}, "attempts=0"),
        ({"wait": -SECOND}, "negative"),
        ({"wait": SECOND, "max_wait": SECOND / 2}, "max_wait"),
        ({"backoff": 0.5}, "backoff"),
        ({"backoff": float("nan")}, "backoff"),
        ({"jitter": 2}, "jitter"),
        ({"on": (ValueError, "x")}, "no exception"),
    ],
)
def test_what_makes_no_sense_is_refused(settings: dict[str, Any], text: str) -> None:
    with pytest.raises(JobDefinitionError, match=text):
        Retry(**settings)
