"""Running jobs: what reaches the callable, what comes back, and what a failure does."""

from __future__ import annotations

import logging
import os
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from pyquartz import Job, Scheduler, every, once
from tests.integration.conftest import Logged, Make, RunOf, Store, states
from tests.integration.suite_jobs import (
    SEEN,
    coroutine,
    coroutine_that_fails,
    counts,
    directs,
    exclusive,
    fails,
    in_process,
    needs,
    note,
    process_that_dies,
    process_that_fails,
    rerun_decorated,
    rerun_inside,
    typed,
)
from tests.support.waiting import wait_until

DATA: dict[str, Any] = {
    "text": "Grüße \U0001f600 \n\t\\",
    "empty": "",
    "flag": True,
    "small": -(2**31),
    "long": 2**63 - 1,
    "huge": 10**40,
    "real": 0.1,
    "infinite": float("-inf"),
    "nothing": None,
    "utc": datetime(2030, 1, 31, 12, 0, 0, 123456, tzinfo=timezone.utc),
    "zoned": datetime(2030, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
    "offset": datetime(1899, 1, 1, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
    "day": date(1, 1, 1),
    "hour": time(23, 59, 59, 999999),
    "span": timedelta(days=-1, microseconds=1),
    "long_span": timedelta(days=999_999),
    "decimal": Decimal("-1.2300E-10"),
    "uuid": UUID(int=2**128 - 1),
    "raw": bytes(range(256)),
    "items": [1, [None, "x"], {"a": 1.5}, date(2030, 1, 1)],
    "table": {"a": {"b": [True, Decimal("1.50")]}, "$": "v", "": ""},
}
EMPTY: dict[str, Any] = {"items": [], "table": {}, "raw": b""}


def test_every_kind_of_data_comes_back_as_it_was(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.schedule_task(note, once(data=EMPTY), data=DATA)
    assert scheduler.job(note).data == DATA
    assert scheduler.triggers(note)[0].data == EMPTY
    assert _types(scheduler.job(note).data) == _types(DATA)
    scheduler.start()
    given = run_of("note").data
    assert given == DATA | EMPTY
    assert _types(given) == _types(DATA | EMPTY)


def _types(value: Any) -> Any:
    """A value's types, all the way down."""
    if isinstance(value, dict):
        return {key: _types(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_types(item) for item in value]
    return type(value)


def test_a_store_that_keeps_strings_gives_typed_values(
    store: Store, make: Make, run_of: RunOf
) -> None:
    if not store.is_jdbc:
        pytest.skip("a store in memory keeps objects")
    scheduler = make(properties={"org.quartz.jobStore.useProperties": "true"})
    data = {
        "text": "ü", "flag": True, "number": 3, "real": 1.5, "nothing": None,
        "moment": DATA["utc"], "day": date(2030, 1, 31), "hour": time(8, 30),
        "span": timedelta(seconds=90, microseconds=1), "decimal": Decimal("1.50"),
        "uuid": UUID(int=5), "raw": b"\x00\xff", "items": [1, 2], "table": {"a": "b"},
    }  # fmt: skip
    trigger = every(hours=1, data={"number": 4})
    scheduler.schedule_task(typed, trigger, data=data)
    stored = scheduler.job(typed).data
    assert all(isinstance(value, str) for value in stored.values())
    assert (stored["number"], stored["flag"]) == ("3", "true")
    before = scheduler.triggers()
    scheduler.schedule_task(typed, trigger, data=data)
    assert scheduler.triggers() == before, "what is stored as wanted is not written"
    scheduler.start()
    assert run_of("typed").data == data | {"number": 4}


def test_defaults_and_the_triggers_data_fill_parameters(
    scheduler: Scheduler, run_of: RunOf
) -> None:
    scheduler.schedule_task(needs, once(data={"count": 2}), data={"count": 1})
    scheduler.start()
    assert run_of("needs").data == {"count": 2, "name": "nobody"}


def test_a_run_knows_its_times_and_keys(scheduler: Scheduler, run_of: RunOf) -> None:
    start = datetime.now(timezone.utc).replace(microsecond=0)
    scheduler.schedule_task(Job(note, key="mine"), every(milliseconds=50, start=start))
    scheduler.start()
    run, following = run_of("note"), run_of("note", 2)
    assert (str(run.job), str(run.trigger)) == ("DEFAULT.mine", "DEFAULT.mine")
    assert run.next is not None
    assert (run.scheduled - start) % timedelta(milliseconds=50) == timedelta(0)
    assert run.fired >= run.scheduled
    # Two workers may note their runs in either order.
    assert following.scheduled != run.scheduled
    assert run.thread.startswith(f"{scheduler.name}_Worker-")


def test_changes_of_job_data_are_kept(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.schedule_task(
        counts, every(milliseconds=30, repeat=2), data={"gone": "x", "kept": [1]}
    )
    scheduler.start()
    third = run_of("counts", 3)
    assert third.data == {"count": 2, "gone": ""}
    assert run_of("counts").data == {"count": 0, "gone": "x"}


def test_kept_data_survive_a_second_start(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.schedule_task(counts, every(hours=1), data={"kept": 1})
    scheduler.start()
    run_of("counts")
    wait_until(lambda: scheduler.job(counts).data.get("count") == 1)
    scheduler.schedule_task(counts, every(hours=1), data={"kept": 1})
    data = scheduler.job(counts).data
    assert (data["count"], data["kept"]) == (1, 1)
    assert data["when"] == run_of("counts").scheduled


def test_runs_of_an_exclusive_job_do_not_overlap(scheduler: Scheduler, run_of: RunOf) -> None:
    triggers = [every(milliseconds=10, key=f"t{number}", repeat=4) for number in range(2)]
    scheduler.schedule_task(exclusive, *triggers)
    scheduler.start()
    run_of("exclusive", 6)
    assert {run.data["together"] for run in SEEN} == {1}


# -- failures -------------------------------------------------------------------------------------


def test_a_failure_is_logged_once_and_the_trigger_goes_on(
    scheduler: Scheduler, run_of: RunOf, logged: Logged
) -> None:
    scheduler.schedule_task(fails, every(milliseconds=50, repeat=1))
    scheduler.start()
    run_of("fails", 2)
    wait_until(lambda: not scheduler.executing())
    records = wait_until(
        lambda: [r for r in [logged("boom for the log", logging.ERROR)] if len(r) == 2]
    )[0]
    for record in records:
        assert record.name == "pyquartz.worker"
        assert record.exc_info is not None
        assert isinstance(record.exc_info[1], ValueError)
        assert record.job == f"DEFAULT.{fails.__module__}.fails"  # type: ignore[attr-defined]
    # Quartz's own report of the same failure would be a second one.
    assert len(logged("boom for the log")) == 2


def test_refire_immediately_runs_again_at_once(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.schedule_task(directs, once(data={"refire_immediately": True, "times": 2}))
    scheduler.start()
    assert [run_of("directs", n).refires for n in (1, 2, 3)] == [0, 1, 2]
    wait_until(lambda: not scheduler.triggers())


@pytest.mark.parametrize("job", [rerun_decorated, rerun_inside])
def test_rerun_on_error(scheduler: Scheduler, run_of: RunOf, job: Any) -> None:
    scheduler.schedule_task(job, once())
    scheduler.start()
    assert run_of("rerun", 3).refires == 2


def test_unschedule_trigger_ends_the_one_that_fired(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.add_job(directs)
    fired = every(hours=1, key="fired", data={"unschedule_trigger": True})
    scheduler.schedule_task(directs, fired, every(hours=1, key="other", start=_later()))
    scheduler.start()
    run_of("directs")
    wait_until(lambda: "NORMAL" not in states(scheduler).get("fired", ""))
    assert states(scheduler).get("fired") == "COMPLETE"
    assert states(scheduler)["other"] == "NORMAL"


def test_unschedule_all_triggers_ends_them_all(scheduler: Scheduler, run_of: RunOf) -> None:
    fired = every(hours=1, key="fired", data={"unschedule_all_triggers": True})
    scheduler.schedule_task(directs, fired, every(hours=1, key="other", start=_later()))
    scheduler.schedule_task(note, every(hours=1, key="else", start=_later()))
    scheduler.start()
    run_of("directs")
    wait_until(lambda: set(states(scheduler).values()) == {"COMPLETE", "NORMAL"})
    assert states(scheduler) == {"fired": "COMPLETE", "other": "COMPLETE", "else": "NORMAL"}


def _later() -> datetime:
    return datetime(2040, 1, 1, tzinfo=timezone.utc)


# -- loops and processes --------------------------------------------------------------------------


def test_coroutines_run_on_the_loop(scheduler: Scheduler, run_of: RunOf, logged: Logged) -> None:
    scheduler.schedule_task(coroutine, once(), data={"number": 4})
    scheduler.schedule_task(coroutine_that_fails, once())
    scheduler.start()
    assert {run_of("coroutine", n).thread for n in (1, 2)} == {"pyquartz-loop"}
    [record] = logged("boom in the loop", logging.ERROR)
    assert record.exc_info is not None


@pytest.mark.parametrize("store", ["ram", "h2"], indirect=True)
def test_a_process_runs_a_job(scheduler: Scheduler, tmp_path: Path) -> None:
    path = tmp_path / "note"
    scheduler.schedule_task(in_process, once(), data={"path": str(path), "number": 3})
    scheduler.start()
    wait_until(lambda: path.exists() and path.read_text())
    pid, number, job, trigger = path.read_text().split()
    assert int(pid) != os.getpid()
    assert number == "3"
    assert job.endswith("suite_jobs.in_process")
    assert trigger == job + "#once"


@pytest.mark.parametrize("store", ["ram"], indirect=True)
def test_a_process_that_fails_or_dies_is_a_failure_with_its_traceback(
    scheduler: Scheduler, logged: Logged
) -> None:
    scheduler.schedule_task(process_that_fails, once())
    scheduler.schedule_task(process_that_dies, once())
    scheduler.start()
    [failed] = logged("boom in a process", logging.ERROR)
    assert failed.exc_info is not None
    error = failed.exc_info[1]
    assert isinstance(error, LookupError)
    assert 'raise LookupError("boom in a process")' in str(error.__cause__)
    [died] = logged("ended with exit code 7", logging.ERROR)
    assert "process_that_dies" in died.getMessage()
