"""The pool of processes: what it keeps, what a death harms, and what comes back."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pyquartz import Job, JobContext, JobKey, Scheduler, every, once
from pyquartz.config import ProcessLimits
from pyquartz.errors import JobProcessError
from pyquartz.jobs import registry
from pyquartz.processes import ProcessPool
from tests.integration import process_jobs as jobs
from tests.integration.conftest import Logged
from tests.support.processes import alive
from tests.support.waiting import wait_until

FACTS = {"job": ("j", "g"), "trigger": ("t", "g"), "data": {}, "job_data": {}}

Pool = Callable[..., ProcessPool]


@pytest.fixture
def make_pool() -> Iterator[Pool]:
    made: list[ProcessPool] = []

    def make(size: int, *limits: int | None) -> ProcessPool:
        made.append(ProcessPool(size, ProcessLimits(*limits)))
        return made[-1]

    yield make
    for pool in made:
        pool.close()


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    with Scheduler(name="processes", processes=1, threads=4) as made:
        yield made
        made.stop(timeout=5)


def context() -> JobContext:
    return JobContext(lambda: dict(FACTS, fire_instance_id="1"), logger="pyquartz.job.test")


def run(pool: ProcessPool, job: Callable[..., object], **arguments: object) -> object:
    return pool.run(registry.of(job), context(), arguments)


def who(pool: ProcessPool, path: Path) -> int:
    """The process that runs the next job."""
    run(pool, jobs.who, path=str(path), ctx=None)
    return int(path.read_text().splitlines()[-1].split()[0])


def read(path: Path) -> str:
    return wait_until(lambda: path.exists() and path.read_text())


def test_a_process_is_started_when_needed_and_kept(make_pool: Pool, tmp_path: Path) -> None:
    pool = make_pool(2)
    first = who(pool, tmp_path / "who")
    assert first != os.getpid()
    assert who(pool, tmp_path / "who") == first
    pool.close()
    assert not alive(first)


def test_after_max_tasks_a_process_is_replaced(make_pool: Pool, tmp_path: Path) -> None:
    pool = make_pool(1, 2)
    numbers = [who(pool, tmp_path / "who") for _ in range(4)]
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]
    assert not alive(numbers[0])


@pytest.mark.parametrize(("how", "told"), [("kill", "by SIGKILL"), ("3", "with exit code 3")])
def test_a_death_is_one_failed_run(how: str, told: str, make_pool: Pool, tmp_path: Path) -> None:
    pool = make_pool(1)
    first = who(pool, tmp_path / "who")
    with pytest.raises(JobProcessError, match=f"process, {first}, ended {told}"):
        run(pool, jobs.dies, how=how)
    assert who(pool, tmp_path / "who") != first


def test_a_death_while_idle_harms_nobody(make_pool: Pool, tmp_path: Path) -> None:
    pool = make_pool(1)
    first = who(pool, tmp_path / "who")
    os.kill(first, signal.SIGKILL)
    assert who(pool, tmp_path / "who") != first


def test_a_death_that_leaves_a_child_with_the_pipe_is_seen(make_pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(JobProcessError, match="SIGKILL"):
        run(make_pool(1), jobs.leaves_a_child, path=str(tmp_path / "go"))
    (tmp_path / "go").touch()


def test_sys_exit_is_the_runs_end_only(make_pool: Pool, tmp_path: Path) -> None:
    pool = make_pool(1)
    first = who(pool, tmp_path / "who")
    with pytest.raises(SystemExit, match="enough"):
        run(pool, jobs.exits)
    assert who(pool, tmp_path / "who") == first


def test_a_memory_limit_fails_the_job_and_replaces_the_process(
    make_pool: Pool, tmp_path: Path
) -> None:
    pool = make_pool(1, None, 400 * 1024 * 1024)
    first = who(pool, tmp_path / "who")
    assert run(pool, jobs.hungry, megabytes=50) == 50 * 1024 * 1024
    with pytest.raises(MemoryError):
        run(pool, jobs.hungry, megabytes=1000)
    assert who(pool, tmp_path / "who") != first


def test_a_job_in_a_process_may_use_multiprocessing(make_pool: Pool, tmp_path: Path) -> None:
    run(make_pool(1), jobs.has_processes, path=str(tmp_path / "touched"))
    assert (tmp_path / "touched").exists()


def test_what_cannot_cross_is_told(make_pool: Pool, tmp_path: Path) -> None:
    pool = make_pool(1)
    first = who(pool, tmp_path / "who")
    with pytest.raises(JobProcessError, match="its result, a lock, can't be sent back"):
        run(pool, jobs.gives_the_unsendable)
    with pytest.raises(JobProcessError, match=r"process_jobs.who.*can't be sent to a process"):
        run(pool, jobs.who, path=(n for n in ()))
    assert who(pool, tmp_path / "who") == first


@pytest.mark.parametrize("job", [jobs.deaf, jobs.talks_and_runs_on])
def test_an_interrupt_ends_a_process_that_does_not_listen(
    job: Callable[..., object], scheduler: Scheduler, tmp_path: Path,
    logged: Logged,
) -> None:  # fmt: skip
    logging.getLogger("acme.noise").disabled = True
    scheduler.schedule_task(job, once(), data={"path": str(tmp_path / "number")})
    number = int(read(tmp_path / "number"))
    scheduler.stop(timeout=0)
    logged("the job was interrupted, and its process ended by SIG", logging.ERROR)
    wait_until(lambda: not alive(number))


def test_an_interrupt_is_seen_by_the_context_first(scheduler: Scheduler, tmp_path: Path) -> None:
    path = tmp_path / "path"
    scheduler.schedule_task(jobs.sees_the_interrupt, once(), data={"path": str(path)})
    assert read(path) == "begun"
    scheduler.stop(timeout=0)
    assert path.read_text() == "ended by itself"


def test_one_that_waits_for_a_process_is_interrupted_too(
    scheduler: Scheduler, tmp_path: Path, logged: Logged
) -> None:
    data = {"path": str(tmp_path / "path"), "go": str(tmp_path / "go")}
    scheduler.schedule_task(jobs.waits, once(), data=data)
    read(tmp_path / "path")
    scheduler.schedule_task(jobs.who, once(), data={"path": str(tmp_path / "who")})
    wait_until(lambda: len(scheduler.executing()) == 2)
    scheduler.stop(timeout=0)
    logged("interrupted before a process was free for it", logging.ERROR)
    assert not (tmp_path / "who").exists()


def test_progress_and_log_come_as_they_are_told(
    scheduler: Scheduler, tmp_path: Path, logged: Logged
) -> None:
    scheduler.schedule_task(jobs.reports, once(), data={"go": str(tmp_path / "go")})
    [record] = logged("half of")
    assert record.name == f"pyquartz.job.{jobs.__name__}.reports"
    assert record.process != os.getpid()
    assert record.levelno == logging.INFO
    wait_until(lambda: [run.progress for run in scheduler.executing()] == [0.5])
    assert len(logged("from a library")) == 1
    assert not [r for r in logged("half of") if "nobody asked" in r.getMessage()]
    (tmp_path / "go").touch()


def test_directives_and_persisted_data_come_back(scheduler: Scheduler, tmp_path: Path) -> None:
    key = scheduler.add_job(Job(jobs.keeps, data={"count": 1}))
    scheduler.trigger_now(key)
    wait_until(lambda: scheduler.job(key).data["count"] == 2)
    scheduler.schedule_task(jobs.directs, every(seconds=1))
    wait_until(lambda: scheduler.triggers(jobs.directs)[0].state == "COMPLETE")


def test_jobs_wait_for_their_turn(scheduler: Scheduler, tmp_path: Path) -> None:
    for number in range(4):
        scheduler.schedule_task(
            jobs.who, once(), key=JobKey(f"n{number}"), data={"path": str(tmp_path / "who")}
        )
    lines = wait_until(
        lambda: (
            (tmp_path / "who").exists()
            and len(found := (tmp_path / "who").read_text().splitlines()) == 4
            and found
        )
    )
    assert len({line.split()[0] for line in lines}) == 1, "processes=1"
    assert len({line.split()[1] for line in lines}) == 4
