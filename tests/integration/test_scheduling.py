"""Writing schedules: what is added, replaced, left alone and deleted."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from pyquartz import (
    Group,
    InvalidTriggerError,
    Job,
    JobDataError,
    JobKey,
    JobNotFoundError,
    ObjectAlreadyExistsError,
    Scheduler,
    SchedulerEvent,
    TriggerInfo,
    TriggerKey,
    TriggerNotFoundError,
    calendar_every,
    cron,
    daily,
    every,
    once,
)
from tests.integration.conftest import Logged, Make, RunOf, Store, states
from tests.integration.suite_jobs import Run, counts, gated, needs, note, recovers, renamed
from tests.support.waiting import wait_until

NAME = "tests.integration.suite_jobs.note"
NIGHTLY = cron("0 0 3 * * ?", tz="Europe/Berlin")
LATER = datetime(2040, 1, 31, 12, tzinfo=timezone.utc)


@contextmanager
def nothing_written(scheduler: Scheduler, store: Store) -> Iterator[None]:
    """Fail when a row of jobs or triggers is written meanwhile, even with what was there."""
    rows = _versions(store)
    jobs, triggers = scheduler.jobs(), scheduler.triggers()
    yield
    # A trigger that is written anew starts anew.
    assert scheduler.jobs() == jobs
    assert scheduler.triggers() == triggers
    assert _versions(store) == rows


def _versions(store: Store) -> list[str]:
    """PostgreSQL says which transaction wrote each row."""
    if not store.kind.startswith("postgresql"):
        return []
    return [
        version
        for table in ("JOB_DETAILS", "TRIGGERS", "CRON_TRIGGERS", "SIMPLE_TRIGGERS")
        for version in sorted(
            store.query(f"SELECT xmin FROM QRTZ_{table} WHERE SCHED_NAME = '{{name}}'")
        )
    ]


def names(infos: list[TriggerInfo]) -> list[str]:
    """The names of triggers, without the job's."""
    return [info.key.name.removeprefix(NAME) for info in infos]


# -- schedule_task --------------------------------------------------------------------------------


def test_a_job_is_stored_with_its_triggers(scheduler: Scheduler) -> None:
    key = scheduler.schedule_task(
        note, NIGHTLY, every(hours=1, start=LATER), once(LATER), data={"days": 30}
    )
    assert key == JobKey(NAME)
    job = scheduler.job(note)
    assert (job.key, job.class_name, job.implemented_by) == (JobKey(NAME), NAME, "python")
    assert (job.durable, job.concurrent, job.persist_data, job.requests_recovery) == (
        False, True, False, False,
    )  # fmt: skip
    assert job.data == {"days": 30}
    assert names(scheduler.triggers(note)) == ["", "#2", "#once"]
    assert job.trigger_keys == tuple(info.key for info in scheduler.triggers(note))


def test_flags_and_words_of_the_definition_are_in_the_row(scheduler: Scheduler) -> None:
    scheduler.schedule_task(recovers, once(LATER))
    job = scheduler.job(recovers)
    assert (job.durable, job.requests_recovery, job.description) == (True, True, "recovers")
    scheduler.schedule_task(counts, once(LATER))
    assert scheduler.job(counts).persist_data
    assert not scheduler.job(counts).concurrent


def test_key_and_data_go_over_the_jobs_own(scheduler: Scheduler) -> None:
    job = Job(note, key="own", data={"a": 1, "b": 1}, description="words")
    key = scheduler.schedule_task(job, once(LATER), data={"b": 2}, key=JobKey("other", "g"))
    assert key == JobKey("other", "g")
    assert scheduler.job(key).data == {"a": 1, "b": 2}
    assert scheduler.job(key).description == "words"
    [trigger] = scheduler.triggers(key)
    assert trigger.key == TriggerKey("other#once", "g")


def test_every_kind_of_trigger_comes_back_as_it_was_given(scheduler: Scheduler) -> None:
    start = LATER.replace(microsecond=123_000)
    common: dict[str, Any] = {
        "start": start, "end": start + timedelta(days=400), "priority": 7, "data": {"n": 1},
        "description": "words ü",
    }  # fmt: skip
    given = [
        cron("0 0/15 8-18 ? * MON-FRI", tz="America/New_York", misfire="do_nothing", **common),
        every(minutes=5, repeat=9, misfire="next_with_remaining_count", **common),
        every(timedelta(milliseconds=1500), misfire="ignore", **common),
        once(start, priority=1),
        calendar_every(
            2, "month", tz="Europe/Berlin", preserve_hour_of_day=True,
            skip_day_if_hour_missing=True, misfire="fire_once_now", **common,
        ),
        daily(
            every=timedelta(minutes=15), from_="08:00", to="18:00", days="MON-FRI", repeat=99,
            **common,
        ),
    ]  # fmt: skip
    scheduler.schedule_task(note, *given)
    kinds = set()
    for info in scheduler.triggers(note):
        wanted = given[0] if info.trigger is None else info.trigger
        assert info.unreadable is None
        kinds.add(info.kind)
        same = [t for t in given if t == _without_key(wanted)]
        assert len(same) == 1, info
        assert (info.start, info.priority, info.misfire) == (
            same[0].start, same[0].priority, same[0].misfire,
        )  # fmt: skip
        assert info.next_fire_time == same[0].next_fires(1)[0]
    assert kinds == {"cron", "simple", "calendar_interval", "daily_time_interval"}


def _without_key(trigger: Any) -> Any:
    return dataclasses.replace(trigger, key=None)


def test_a_second_start_writes_nothing_at_all(scheduler: Scheduler, store: Store) -> None:
    def start_up() -> None:
        scheduler.schedule_task(
            note, NIGHTLY, every(hours=1), once(LATER, data={"n": 1, "when": LATER}),
            data={"days": 30, "nested": {"a": [1, None, "x"]}, "span": timedelta(seconds=90)},
        )  # fmt: skip
        scheduler.schedule_task(recovers, calendar_every(1, "month", tz="UTC"))
        scheduler.schedule_task(counts, daily(every=timedelta(minutes=15), days="MON-FRI"))
        scheduler.add_job(needs)

    start_up()
    with nothing_written(scheduler, store):
        start_up()


def test_a_second_start_replaces_and_never_adds(scheduler: Scheduler) -> None:
    scheduler.schedule_task(note, NIGHTLY, every(hours=1, start=LATER))
    scheduler.schedule_task(note, cron("0 0 4 * * ?"), every(hours=2, start=LATER), data={"a": 1})
    one, two = scheduler.triggers(note)
    assert names([one, two]) == ["", "#2"]
    assert one.trigger == cron("0 0 4 * * ?", tz=scheduler.info().zone, key=NAME, start=one.start)
    assert two.trigger == every(hours=2, start=LATER, key=f"{NAME}#2")
    assert scheduler.job(note).data == {"a": 1}
    assert len(scheduler.jobs()) == 1


def test_a_once_stands_beside_the_regular_trigger(scheduler: Scheduler) -> None:
    scheduler.schedule_task(note, NIGHTLY)
    scheduler.schedule_task(note, once(LATER))
    assert names(scheduler.triggers(note)) == ["", "#once"]


def test_data_that_do_not_fit_are_refused_and_nothing_is_written(scheduler: Scheduler) -> None:
    for data, trigger in (
        ({}, NIGHTLY),
        ({"count": "many"}, NIGHTLY),
        ({"count": 1}, cron("0 0 3 * * ?", data={"count": "many"})),
    ):
        with pytest.raises(JobDataError, match="count"):
            scheduler.schedule_task(needs, trigger, data=data)
    assert scheduler.jobs() == []
    scheduler.schedule_task(needs, cron("0 0 3 * * ?", data={"count": 2}))


def test_a_trigger_that_never_fires_is_refused_and_nothing_is_written(
    scheduler: Scheduler,
) -> None:
    past = datetime(2001, 1, 1, tzinfo=timezone.utc)
    for trigger in (
        cron("0 0 3 * * ? 2001"),
        cron("0 0 3 31 2 ?"),
        cron("0 0 3 * * ?", start=past, end=past + timedelta(hours=1), tz="UTC"),
    ):
        with pytest.raises(InvalidTriggerError) as caught:
            scheduler.schedule_task(note, trigger)
        assert caught.value.__cause__ is not None
        assert "java" in str(type(caught.value.__cause__)) or "quartz" in str(
            type(caught.value.__cause__)
        )
    assert scheduler.jobs() == []


def test_a_trigger_key_of_another_job_is_not_taken_away(scheduler: Scheduler) -> None:
    scheduler.schedule_task(note, every(hours=1, key="taken"))
    with pytest.raises(ObjectAlreadyExistsError, match="taken") as caught:
        scheduler.schedule_task(gated, every(hours=2, key="taken"))
    assert caught.value.__cause__ is not None
    assert len(scheduler.jobs()) == 1
    assert scheduler.trigger("taken").job_key == JobKey(NAME)


def test_a_stored_job_is_found_by_key_to_get_triggers(scheduler: Scheduler) -> None:
    scheduler.add_job(Job(note, key="own", data={"a": 1}))
    scheduler.schedule_task("own", every(hours=1))
    assert names(scheduler.triggers("own")) == ["own"]
    assert scheduler.job("own").data == {"a": 1}
    assert scheduler.job("own").durable
    with pytest.raises(JobNotFoundError, match=r"no job DEFAULT\.nobody"):
        scheduler.schedule_task("nobody", every(hours=1))


def test_many_jobs_at_once(scheduler: Scheduler) -> None:
    keys = scheduler.schedule_tasks(
        (Job(note, key=f"many{number}"), every(hours=1)) for number in range(3)
    )
    assert keys == [JobKey("many0"), JobKey("many1"), JobKey("many2")]
    assert [job.key for job in scheduler.jobs()] == keys


# -- rescheduling ---------------------------------------------------------------------------------


def test_the_trigger_of_the_same_key_is_replaced(scheduler: Scheduler, store: Store) -> None:
    scheduler.schedule_task(note, every(hours=1), every(hours=2, start=LATER, key="other"))
    before = scheduler.trigger("other")
    scheduler.reschedule_task(note, every(hours=3))
    assert names(scheduler.triggers(note)) == ["other", ""]
    replaced = scheduler.trigger(NAME).trigger
    assert getattr(replaced, "interval", None) == timedelta(hours=3)
    assert scheduler.trigger("other") == before
    with nothing_written(scheduler, store):
        scheduler.reschedule_task(note, every(hours=3))


def test_else_one_trigger_is_replaced_with_a_warning(scheduler: Scheduler, logged: Logged) -> None:
    scheduler.schedule_task(note, every(hours=1, key="old"))
    scheduler.reschedule_task(note, every(hours=2, key="new"))
    assert names(scheduler.triggers(note)) == ["new"]
    [record] = logged("takes the place of", logging.WARNING)
    assert "DEFAULT.new takes the place of trigger DEFAULT.old" in record.getMessage()


def test_a_firing_that_was_asked_for_is_never_displaced(scheduler: Scheduler) -> None:
    scheduler.add_job(note)
    scheduler.trigger_now(note)
    (manual,) = scheduler.triggers(note)
    scheduler.reschedule_task(note, every(hours=2, key="new"))
    scheduler.reschedule_task(note, every(hours=2, key="one"), every(hours=3, key="two"))
    assert manual.key in {info.key for info in scheduler.triggers(note)}


def test_else_it_is_added(scheduler: Scheduler) -> None:
    scheduler.add_job(note)
    scheduler.reschedule_task(note, every(hours=1))
    assert names(scheduler.triggers(note)) == [""]
    with pytest.raises(JobNotFoundError):
        scheduler.reschedule_task(gated, every(hours=1))


def test_a_once_never_replaces_a_trigger_of_another_key(scheduler: Scheduler) -> None:
    scheduler.schedule_task(note, every(hours=1))
    scheduler.reschedule_task(note, once(LATER))
    assert names(scheduler.triggers(note)) == ["", "#once"]


def test_several_triggers_become_the_whole_set(scheduler: Scheduler) -> None:
    scheduler.schedule_task(note, *(every(hours=n, key=f"t{n}") for n in (1, 2, 3)))
    scheduler.reschedule_task(note, every(hours=4, key="t2"), every(hours=5, key="t5"))
    found = {info.key.name: getattr(info.trigger, "interval", None) for info in
             scheduler.triggers(note)}  # fmt: skip
    assert found == {"t2": timedelta(hours=4), "t5": timedelta(hours=5)}


def test_a_trigger_gets_a_new_schedule_under_its_key(scheduler: Scheduler) -> None:
    scheduler.schedule_task(note, every(hours=1, key="t"))
    scheduler.reschedule_trigger(cron("0 0 3 * * ?", key="t"))
    assert scheduler.trigger("t").kind == "cron"
    assert scheduler.trigger("t").job_key == JobKey(NAME)
    with pytest.raises(TriggerNotFoundError, match=r"no trigger DEFAULT\.nobody"):
        scheduler.reschedule_trigger(every(hours=1, key="nobody"))
    with pytest.raises(InvalidTriggerError, match="by key="):
        scheduler.reschedule_trigger(every(hours=1))


# -- jobs without triggers, deleting --------------------------------------------------------------


def test_a_job_without_triggers_is_durable_and_written_when_it_differs(
    scheduler: Scheduler, store: Store
) -> None:
    scheduler.add_job(Job(note, data={"a": 1}))
    assert scheduler.job(note).durable
    with nothing_written(scheduler, store):
        scheduler.add_job(Job(note, data={"a": 1}))
    scheduler.add_job(Job(note, data={"a": 2}, description="new"))
    assert scheduler.job(note).data == {"a": 2}
    assert scheduler.job(note).description == "new"


def test_a_task_is_deleted_with_its_triggers(scheduler: Scheduler) -> None:
    scheduler.schedule_task(note, NIGHTLY, every(hours=1))
    assert scheduler.delete_task(note)
    assert not scheduler.delete_task(note)
    assert (scheduler.jobs(), scheduler.triggers()) == ([], [])
    with pytest.raises(JobNotFoundError, match=r"no job DEFAULT\.tests"):
        scheduler.job(note)


@pytest.mark.parametrize("durable", [False, True])
def test_a_task_is_deleted_whose_trigger_ends_meanwhile(
    scheduler: Scheduler, durable: bool
) -> None:
    scheduler.schedule_task(Job(note, durable=durable), NIGHTLY, every(hours=1))

    @scheduler.on_scheduler("job_unscheduled")
    def end_the_others(event: SchedulerEvent) -> None:
        scheduler.remove_listener(end_the_others)
        scheduler.delete_triggers_of(note)

    assert scheduler.delete_task(note)
    assert (scheduler.jobs(), scheduler.triggers()) == ([], [])


def test_the_last_trigger_takes_a_job_that_is_not_durable_with_it(scheduler: Scheduler) -> None:
    scheduler.schedule_task(note, every(hours=1, key="t"))
    scheduler.schedule_task(recovers, every(hours=1, key="u"), every(hours=2, key="v"))
    assert scheduler.delete_trigger("t")
    assert not scheduler.delete_trigger("t")
    assert scheduler.delete_triggers_of(recovers) == 2
    assert [job.class_name.rpartition(".")[2] for job in scheduler.jobs()] == ["recovers"]
    with pytest.raises(TriggerNotFoundError, match=r"no trigger DEFAULT\.t"):
        scheduler.trigger("t")


# -- firing, pausing ------------------------------------------------------------------------------


def test_a_job_is_fired_now_with_data_over_its_own(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.add_job(Job(note, data={"a": 1, "b": 1}))
    scheduler.start()
    scheduler.trigger_now(note, data={"b": 2})
    assert run_of("note").data == {"a": 1, "b": 2}
    assert scheduler.job(note).data == {"a": 1, "b": 1}
    with pytest.raises(JobNotFoundError):
        scheduler.trigger_now("nobody")
    scheduler.add_job(needs)
    with pytest.raises(JobDataError, match="needs 'count'"):
        scheduler.trigger_now(needs)


def test_jobs_triggers_and_groups_are_paused_and_resumed(scheduler: Scheduler) -> None:
    t1, t2 = TriggerKey("t1", "ops"), TriggerKey("t2", "ops")
    scheduler.schedule_task(Job(note, key="j1"), every(hours=1, key=t1), every(hours=2, key=t2))
    scheduler.schedule_task(Job(note, key="j2"), every(hours=1, key="t3"))
    scheduler.pause("j1")
    assert states(scheduler) == {"t1": "PAUSED", "t2": "PAUSED", "t3": "NORMAL"}
    scheduler.resume(t1)
    assert states(scheduler) == {"t1": "NORMAL", "t2": "PAUSED", "t3": "NORMAL"}
    scheduler.resume(JobKey("j1"))
    scheduler.pause(every(hours=1, key="t3"))
    assert states(scheduler) == {"t1": "NORMAL", "t2": "NORMAL", "t3": "PAUSED"}
    scheduler.resume(every(hours=1, key="t3"))
    scheduler.pause(Group("ops"))
    assert states(scheduler) == {"t1": "PAUSED", "t2": "PAUSED", "t3": "NORMAL"}
    assert scheduler.info().paused_groups == ("ops",)
    scheduler.resume(Group("ops"))
    assert scheduler.info().paused_groups == ()
    scheduler.pause_all()
    assert set(states(scheduler).values()) == {"PAUSED"}
    scheduler.resume_all()
    assert set(states(scheduler).values()) == {"NORMAL"}
    for missing, kind in (("nobody", JobNotFoundError), (TriggerKey("x"), TriggerNotFoundError)):
        with pytest.raises(kind):
            scheduler.pause(missing)  # type: ignore[arg-type]


def test_a_group_matches_by_its_very_name(scheduler: Scheduler) -> None:
    for number, group in enumerate(("ops_x", "opsAx", "ops%x", "ops")):
        key = JobKey(f"j{number}", group)
        scheduler.schedule_task(Job(note, key=key), every(hours=1))
    scheduler.pause(Group("ops_x"))
    assert states(scheduler) == {"j0": "PAUSED", "j1": "NORMAL", "j2": "NORMAL", "j3": "NORMAL"}
    scheduler.resume(Group("ops_x"))
    scheduler.pause(Group("ops_", "starts_with"))
    assert states(scheduler) == {"j0": "PAUSED", "j1": "NORMAL", "j2": "NORMAL", "j3": "NORMAL"}
    scheduler.resume(Group("ops_", "starts_with"))
    scheduler.pause(Group("ops_x", kind="job"))
    assert states(scheduler) == {"j0": "PAUSED", "j1": "NORMAL", "j2": "NORMAL", "j3": "NORMAL"}
    scheduler.resume(Group("ops_x", kind="job"))
    scheduler.pause(Group("%x", "ends_with"))
    assert states(scheduler) == {"j0": "NORMAL", "j1": "NORMAL", "j2": "PAUSED", "j3": "NORMAL"}
    scheduler.resume(Group.any())
    assert set(states(scheduler).values()) == {"NORMAL"}


def test_a_paused_trigger_does_not_fire(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.schedule_task(note, every(milliseconds=20, key="t"))
    scheduler.schedule_task(gated, every(hours=1, start=LATER))
    scheduler.start()
    run_of("note")
    scheduler.pause(TriggerKey("t"))
    wait_until(lambda: not scheduler.executing())
    paused = scheduler.trigger("t")
    scheduler.add_job(Job(note, key="other"))
    scheduler.trigger_now("other", {"mark": 1})
    wait_until(lambda: any(run.data.get("mark") for run in _seen()))
    assert scheduler.trigger("t").next_fire_time == paused.next_fire_time


def _seen() -> list[Run]:
    from tests.integration.suite_jobs import SEEN

    return list(SEEN)


# -- looking --------------------------------------------------------------------------------------


def test_what_runs_is_seen_with_its_progress(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.schedule_task(gated, once(), data={"fraction": 0.25})
    scheduler.start()
    run = run_of("gated")
    [execution] = wait_until(scheduler.executing)
    assert (execution.job_key, execution.trigger_key) == (run.job, run.trigger)
    assert execution.instance_id == scheduler.instance_id
    assert execution.progress == 0.25
    assert not execution.recovering
    assert execution.scheduled_fire_time == run.scheduled


def test_the_summary_of_a_scheduler(scheduler: Scheduler, store: Store, run_of: RunOf) -> None:
    before = scheduler.info()
    assert (before.name, before.instance_id, before.state, before.started_at, before.executed) == (
        store.name, scheduler.instance_id, "standby", None, 0,
    )  # fmt: skip
    assert (before.clustered, before.threads) == (store.is_clustered, 4)
    assert before.quartz_version.startswith("2.5.2")
    scheduler.schedule_task(note, every(milliseconds=20, repeat=2))
    scheduler.start()
    run_of("note", 3)
    wait_until(lambda: scheduler.info().executed == 3)
    after = scheduler.info()
    assert after.state == "started"
    assert after.started_at is not None
    assert "p@ss" not in repr(after)
    assert (after.store == "RAM") is (store.kind == "ram")


def test_a_cluster_shows_its_nodes(store: Store, make: Make) -> None:
    if not store.is_clustered:
        pytest.skip("not a cluster")
    nodes = [make(instance_id="one"), make(instance_id="two")]
    for node in nodes:
        node.start()
    found = wait_until(
        lambda: [n for n in [nodes[0].info().nodes] if len(n) == 2], message="two nodes"
    )[0]
    assert {node.instance_id for node in found} == {"one", "two"}
    assert all(node.alive for node in found)
    nodes[1].stop()
    assert {node.instance_id for node in nodes[0].info().nodes} == {"one"}


def test_an_alias_keeps_the_rows_name(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.schedule_task(Job("acme.old.Cleanup", key="cleanup"), every(hours=1))
    scheduler.start()
    run_of("renamed")
    # A start-up of the new code changes the schedule, and not the name that a peer needs.
    scheduler.schedule_task(Job(renamed, key="cleanup"), every(hours=2), data={})
    job = scheduler.job("cleanup")
    assert (job.class_name, job.implemented_by) == ("acme.old.Cleanup", "python")
    scheduler.pause("cleanup")
    scheduler.resume("cleanup")
    scheduler.reschedule_task("cleanup", every(hours=3))
    scheduler.trigger_now("cleanup")
    run_of("renamed", 2)
    assert scheduler.job("cleanup").class_name == "acme.old.Cleanup"
