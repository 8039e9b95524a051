"""The life of a scheduler: standby, started, stopped, from wherever it is asked."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest

from pyquartz import Scheduler, SchedulerStateError, cron, every, once
from tests.integration.conftest import Make, RunOf, Store
from tests.integration.suite_jobs import (
    GATE,
    Run,
    coroutine_that_waits,
    gated,
    note,
    stops,
)
from tests.support.waiting import wait_until


def test_it_is_made_in_standby_and_goes_through_its_states(make: Make, run_of: RunOf) -> None:
    scheduler = make()
    assert scheduler.state == "standby"
    scheduler.schedule_task(note, every(milliseconds=50))
    scheduler.start()
    assert scheduler.state == "started"
    run_of("note", 2)
    scheduler.standby()
    assert scheduler.state == "standby"
    scheduler.start()
    assert scheduler.state == "started"
    scheduler.stop()
    assert scheduler.state == "stopped"
    scheduler.stop()
    assert scheduler.state == "stopped"


def test_nothing_fires_in_standby(scheduler: Scheduler, seen: list[Run]) -> None:
    scheduler.schedule_task(note, once())
    scheduler.start()
    wait_until(lambda: len(seen) == 1)
    scheduler.standby()
    scheduler.add_job(note)
    scheduler.trigger_now(note)
    fired = threading.Event()
    assert not fired.wait(0.3)
    assert len(seen) == 1
    scheduler.start()
    wait_until(lambda: len(seen) == 2)


def test_what_runs_goes_on_to_its_end_in_standby(
    scheduler: Scheduler, run_of: RunOf, seen: list[Run]
) -> None:
    scheduler.schedule_task(gated, once())
    waits = scheduler.schedule_task(coroutine_that_waits, once())
    scheduler.start()
    run_of("gated")
    run_of("waits")
    scheduler.standby()
    assert len(scheduler.executing()) == 2
    GATE.set()
    run_of("ended")
    wait_until(lambda: [run.job_key for run in scheduler.executing()] == [waits])
    assert not any(run.name in {"interrupted", "cancelled"} for run in seen)
    # Neither is left in the store: a job goes with its last trigger.
    assert scheduler.interrupt(waits) == 1
    wait_until(lambda: scheduler.jobs() == [])
    assert scheduler.state == "standby"


def test_after_a_stop_everything_is_refused(scheduler: Scheduler) -> None:
    scheduler.schedule_task(note, cron("0 0 3 * * ?"))
    scheduler.stop()
    for call in (
        scheduler.start,
        scheduler.standby,
        scheduler.jobs,
        scheduler.info,
        scheduler.pause_all,
        lambda: scheduler.schedule_task(note, once()),
    ):
        with pytest.raises(SchedulerStateError, match="make a new Scheduler"):
            call()


def test_the_context_manager_starts_and_stops(make: Make, run_of: RunOf) -> None:
    with make() as scheduler:
        assert scheduler.state == "started"
        scheduler.schedule_task(note, once())
        run_of("note")
    assert scheduler.state == "stopped"


def test_a_delayed_start(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.schedule_task(note, once())
    begun = time.monotonic()
    scheduler.start(delay=timedelta(milliseconds=300))
    assert scheduler.state == "standby"
    run_of("note")
    assert time.monotonic() - begun >= 0.3
    assert scheduler.state == "started"


def test_stop_waits_for_what_runs(scheduler: Scheduler, run_of: RunOf, seen: list[Run]) -> None:
    scheduler.schedule_task(gated, once())
    scheduler.start()
    run_of("gated")
    stopper = threading.Thread(target=scheduler.stop)
    stopper.start()
    wait_until(lambda: scheduler.state == "stopped")
    assert stopper.is_alive(), "the job runs, and stop() waits for it"
    GATE.set()
    stopper.join(20)
    assert not stopper.is_alive()
    assert seen[-1].name == "ended"


def test_stop_interrupts_when_the_time_is_over(
    scheduler: Scheduler, run_of: RunOf, seen: list[Run]
) -> None:
    scheduler.schedule_task(gated, once())
    scheduler.schedule_task(coroutine_that_waits, once())
    scheduler.start()
    run_of("gated")
    run_of("waits")
    scheduler.stop(timeout=0.1)
    run_of("interrupted")
    run_of("cancelled")


def test_stop_without_waiting_interrupts_at_once(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.schedule_task(gated, once())
    scheduler.start()
    run_of("gated")
    scheduler.stop(wait=False)
    run_of("interrupted")


def test_a_job_may_stop_its_scheduler(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.schedule_task(stops, once())
    scheduler.start()
    run_of("stopped")
    assert scheduler.state == "stopped"


def test_many_threads_may_stop_it_at_once(scheduler: Scheduler) -> None:
    scheduler.start()
    threads = [threading.Thread(target=scheduler.stop) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert scheduler.state == "stopped"


def test_any_thread_may_schedule(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.start()
    threading.Thread(target=scheduler.schedule_task, args=(note, once())).start()
    run_of("note")


def test_a_schedule_outlives_its_scheduler(store: Store, make: Make, run_of: RunOf) -> None:
    first = make()
    first.schedule_task(note, cron("0 0 3 * * ?", tz="Europe/Berlin"), data={"days": 30})
    before = first.triggers()
    first.stop()
    second = make()
    if not store.is_jdbc:
        assert second.triggers() == []
        return
    assert second.triggers() == before
    second.start()
    second.trigger_now(note)
    assert run_of("note").data == {"days": 30}


def test_a_stop_leaves_nothing_of_the_node_behind(store: Store, make: Make, run_of: RunOf) -> None:
    if not store.is_jdbc:
        pytest.skip("nothing outlives a scheduler in memory")
    scheduler = make()
    scheduler.schedule_task(note, every(milliseconds=20))
    scheduler.start()
    run_of("note", 3)
    scheduler.stop()
    for table in ("SCHEDULER_STATE", "FIRED_TRIGGERS"):
        assert (
            store.query(f"SELECT SCHED_NAME FROM QRTZ_{table} WHERE SCHED_NAME = '{{name}}'") == []
        )
    states = store.query("SELECT TRIGGER_STATE FROM QRTZ_TRIGGERS WHERE SCHED_NAME = '{name}'")
    assert states == ["WAITING"]


def test_two_schedulers_in_one_process_do_not_meet(make: Make, run_of: RunOf) -> None:
    one, other = make(), make(name="other")
    one.schedule_task(note, once(), data={"who": "one"})
    assert other.jobs() == []
    other.start()
    one.start()
    assert run_of("note").thread.startswith(one.name)
    other.stop()
    one.add_job(note)
    one.trigger_now(note)
    run_of("note", 2)
