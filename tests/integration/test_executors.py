"""Jobs in executors of the user's: their bodies run there, and what comes of them comes back."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator

import pytest

from pyquartz import Scheduler, once
from tests.integration import executor_jobs as jobs
from tests.integration.conftest import Logged
from tests.support.waiting import wait_until

RESULTS: list[tuple[object, BaseException | None]] = []


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    RESULTS.clear()
    jobs.SEEN.clear()
    with Scheduler(name="executors", threads=4) as made:

        @made.on_job("was_executed")
        def note(event: object) -> None:
            RESULTS.append((event.result, event.error))  # type: ignore[attr-defined]

        yield made
        made.stop(timeout=5)


def result_of(scheduler: Scheduler, job: Callable[..., object], **data: object) -> object:
    scheduler.schedule_task(job, once(), data=data)
    wait_until(lambda: RESULTS)
    [(result, error)] = RESULTS
    if error is not None:
        raise error
    return result


def test_a_thread_pool(scheduler: Scheduler) -> None:
    assert result_of(scheduler, jobs.in_users_thread, number=3) == 4
    assert jobs.SEEN == [{"thread": "users_0", "name": "executors"}]


def test_a_process_pool(scheduler: Scheduler) -> None:
    process, number, name, fired = str(
        result_of(scheduler, jobs.in_users_process, number=3)
    ).split()
    assert (number, fired) == ("3", "True")
    assert name == f"{jobs.__name__}.in_users_process"
    assert int(process) != os.getpid()


def test_an_error_comes_back_with_its_traceback(scheduler: Scheduler, logged: Logged) -> None:
    scheduler.schedule_task(jobs.fails_there, once())
    [failed] = logged("boom over there", logging.ERROR)
    assert failed.exc_info is not None
    error = failed.exc_info[1]
    assert isinstance(error, LookupError)
    assert "in fails_there" in str(error.__cause__)


def test_anything_with_a_submit(scheduler: Scheduler) -> None:
    assert result_of(scheduler, jobs.in_own_executor, key="mine") == "mine"


def test_an_interrupt_cancels_what_has_not_begun(scheduler: Scheduler, logged: Logged) -> None:
    scheduler.schedule_task(jobs.blocks, once())
    wait_until(lambda: jobs.SEEN)
    scheduler.schedule_task(jobs.never_begins, once())
    wait_until(lambda: len(scheduler.executing()) == 2)
    scheduler.stop(timeout=0)
    logged("never_begins", logging.ERROR)
    assert jobs.SEEN == [{"blocks": True}]
    assert not jobs.THREADS.submit(len, ()).result(30), "the user's pool is not ours to end"
