"""Writing under the store's lock: what differs is written as a whole, and nothing due is lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from pyquartz import (
    CalendarNotFoundError,
    InvalidTriggerError,
    Job,
    JobDataError,
    JobKey,
    JobNotFoundError,
    ObjectAlreadyExistsError,
    Scheduler,
    TriggerInfo,
    TriggerKey,
    calendar_every,
    cron,
    daily,
    every,
    once,
)
from pyquartz.errors import PyQuartzError
from pyquartz.jobs import JobDefinition, registry
from tests.integration.conftest import Make, RunOf, Store
from tests.integration.suite_jobs import (
    GATE,
    RETRY_GROUP,
    THEN_GROUP,
    counts,
    gated_alone,
    needs,
    note,
)
from tests.support.waiting import wait_until

NOON = datetime(2040, 1, 31, 12, tzinfo=timezone.utc)
KEY = TriggerKey("t")
CRON = cron("0 0 3 * * ?", tz="UTC", start=NOON, key=KEY)
CRON_K = cron("0 0 3 * * ?", key="k")


def state(scheduler: Scheduler) -> str:
    """The state of the trigger that the tests hold against a wanted one."""
    return scheduler.trigger(KEY).state


# -- what is as wanted is not written -------------------------------------------------------------


def test_only_a_trigger_that_differs_is_written(scheduler: Scheduler) -> None:
    """A trigger that is written anew is no longer paused, as in Quartz: so it shows."""
    same = [CRON, cron("0 0 3 * * ?", key=KEY), cron("0  0 3 * * ?", tz="UTC", key=KEY)]
    differing = [
        cron("0 0 4 * * ?", key=KEY),
        cron("0 0 3 * * ?", tz="Europe/Berlin", key=KEY),
        cron("0 0 3 * * ?", priority=6, key=KEY),
        cron("0 0 3 * * ?", misfire="do_nothing", key=KEY),
        cron("0 0 3 * * ?", data={"a": 1}, key=KEY),
        cron("0 0 3 * * ?", description="new", key=KEY),
        cron("0 0 3 * * ?", end=NOON + timedelta(days=9), key=KEY),
        cron("0 0 3 * * ?", start=NOON + timedelta(days=1), key=KEY),
        every(hours=1, key=KEY),
    ]
    for wanted in (*same, *differing):
        scheduler.schedule_task(note, CRON)
        scheduler.pause(KEY)
        scheduler.reschedule_task(note, wanted)
        assert state(scheduler) == ("PAUSED" if wanted in same else "NORMAL"), wanted
        scheduler.delete_trigger(KEY)


def test_every_kind_and_value_is_known_again(scheduler: Scheduler) -> None:
    zone = ZoneInfo("Europe/Berlin")
    data = {
        "int": 1, "big": 2**40, "huge": 2**80, "float": 1.5, "text": "ü\n\u2028\U0001f600\"\\",
        "none": None, "yes": True, "when": datetime(2030, 1, 1, 12, tzinfo=zone), "raw": b"\0\xff",
        "day": NOON.date(), "span": timedelta(days=-1, microseconds=7), "nested": {"$": [1, {}]},
    }  # fmt: skip
    triggers = [
        CRON,
        every(hours=1, data=data),
        calendar_every(2, "week", tz="Europe/Berlin", preserve_hour_of_day=True),
        daily(every=timedelta(minutes=90), from_="08:00", to="18:00", days="MON-FRI", repeat=9),
    ]
    scheduler.schedule_task(Job(note, data=data), *triggers)
    scheduler.pause(note)
    scheduler.schedule_task(Job(note, data=data), *triggers)
    assert {info.state for info in scheduler.triggers(note)} == {"PAUSED"}


DOUBLED = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))


def test_data_are_the_same_to_whoever_reads_them(scheduler: Scheduler) -> None:
    same: list[tuple[object, object]] = [
        (float("nan"), float("nan")),
        (DOUBLED, DOUBLED.astimezone(timezone(timedelta(hours=2)))),
        (NOON, NOON.astimezone(ZoneInfo("UTC"))),
        ({"a": [1, {"b": None}], "c": 2}, {"c": 2, "a": [1, {"b": None}]}),
    ]
    differing: list[tuple[object, object]] = [
        (True, 1),
        (1, 1.0),
        (0.0, -0.0),
        (1, Decimal(1)),
        (Decimal("1.5"), Decimal("1.50")),
        (DOUBLED, DOUBLED.replace(fold=1)),
        (NOON, NOON.astimezone(DOUBLED.tzinfo)),
        ([[True]], [[1]]),
        ({"a": 0}, {"a": False}),
        (None, ""),
    ]
    for number, (one, other) in enumerate(same + differing):
        scheduler.schedule_task(note, every(hours=1, key=KEY, data={"k": one}))
        scheduler.pause(KEY)
        scheduler.schedule_task(note, every(hours=1, key=KEY, data={"k": other}))
        assert (state(scheduler) == "PAUSED") is (number < len(same)), (one, other)
        scheduler.delete_trigger(KEY)


@pytest.mark.parametrize(
    "changes",
    [{"description": "new"}, {"durable": True}, {"requests_recovery": True}, {"data": {"a": 2}}],
)
def test_a_job_that_differs_is_written(scheduler: Scheduler, changes: dict[str, object]) -> None:
    scheduler.schedule_task(Job(note, data={"a": 1}), CRON)
    before = scheduler.job(note)
    scheduler.schedule_task(Job(note, **{"data": {"a": 1}, **changes}), CRON)  # type: ignore[arg-type]
    after = scheduler.job(note)
    assert {name: getattr(after, name) for name in changes} == changes
    assert after.trigger_keys == before.trigger_keys


def test_a_start_up_that_adds_and_schedules_a_job_writes_it_once(scheduler: Scheduler) -> None:
    """add_job makes it durable; who says nothing of that leaves it as it is."""
    written: list[object] = []
    scheduler.on_scheduler("job_added")(lambda event: written.append(event.job_key))
    for _ in range(2):
        scheduler.add_job(note)
        scheduler.schedule_task(note, CRON)
        assert scheduler.job(note).durable
    assert len(written) == 1
    scheduler.schedule_task(Job(note, durable=False), CRON)
    assert not scheduler.job(note).durable
    scheduler.schedule_tasks(
        [(Job(note, key="k", durable=True), CRON_K), (Job(note, key="k"), CRON_K)]
    )
    assert scheduler.job("k").durable


def test_data_that_a_job_keeps_are_its_own(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.schedule_task(counts, once())
    scheduler.add_job(counts)
    scheduler.start()
    run_of("counts")
    kept = wait_until(lambda: scheduler.job(counts).data)
    scheduler.add_job(Job(counts, description="new"))
    assert scheduler.job(counts).description == "new"
    assert scheduler.job(counts).data == kept


def test_flags_of_the_row_follow_the_definition(scheduler: Scheduler, store: Store) -> None:
    """Peers that lack the class read them, so they are written when only they differ."""
    name = f"tests.flags.{store.name}"

    def define(concurrent: bool, persist_data: bool) -> None:
        registry.add(
            JobDefinition(
                name,
                note,
                concurrent=concurrent,
                persist_data=persist_data,
                context_names=frozenset({"ctx"}),
            )
        )

    def flags() -> tuple[bool, bool]:
        if not store.is_jdbc:
            return scheduler.job("flags").concurrent, scheduler.job("flags").persist_data
        sql = "SELECT {} FROM QRTZ_JOB_DETAILS WHERE SCHED_NAME = '{{name}}'"
        one, two = (
            store.query(sql.format(column))[0].lower() in ("1", "t", "true")
            for column in ("IS_NONCONCURRENT", "IS_UPDATE_DATA")
        )
        return not one, two

    define(True, False)
    scheduler.schedule_task(Job(name, key="flags"), CRON)
    for concurrent, persist_data in ((False, False), (False, True), (True, False)):
        define(concurrent, persist_data)
        scheduler.schedule_task(Job(name, key="flags"), CRON)
        assert flags() == (concurrent, persist_data)


# -- what is due is not lost ----------------------------------------------------------------------


def test_a_due_firing_stays_due_when_its_trigger_is_written_anew(
    scheduler: Scheduler, run_of: RunOf
) -> None:
    now = datetime.now(timezone.utc)
    minute = cron(f"{now.second} {now.minute} * * * ?", tz="UTC", start=now, key=KEY)
    scheduler.schedule_task(note, minute)
    due = scheduler.trigger(KEY).next_fire_time
    assert due is not None
    wait_until(lambda: datetime.now(timezone.utc) > due)
    scheduler.schedule_task(note, cron(minute.expression, tz="UTC", priority=7, key=KEY))
    assert scheduler.trigger(KEY).next_fire_time == due
    scheduler.start()
    assert run_of("note").scheduled == due


def test_a_trigger_that_fires_once_is_not_displaced(scheduler: Scheduler) -> None:
    scheduler.schedule_task(note, once(NOON))
    scheduler.schedule_task(note, CRON)
    assert {info.key.name for info in scheduler.triggers(note)} == {
        "t", "tests.integration.suite_jobs.note#once",
    }  # fmt: skip


def test_a_trigger_written_while_its_job_runs_waits_for_it(
    scheduler: Scheduler, run_of: RunOf
) -> None:
    scheduler.schedule_task(gated_alone, once(), every(hours=1, start=NOON, key=KEY))
    scheduler.start()
    run_of("gated_alone")
    scheduler.reschedule_task(gated_alone, every(hours=2, start=NOON, key=KEY))
    assert state(scheduler) == "BLOCKED"
    assert len(scheduler.executing()) == 1
    GATE.set()
    wait_until(lambda: state(scheduler) == "NORMAL")


# -- many at once ---------------------------------------------------------------------------------


def test_many_are_written_as_a_whole_or_not_at_all(scheduler: Scheduler) -> None:
    scheduler.schedule_task(Job(note, key="owner"), every(hours=1, key="taken"))
    for bad, error, words in (
        ((Job(note, key="bad"), every(hours=1, key="taken")), ObjectAlreadyExistsError, "taken"),
        ((Job(note, key="bad"), cron("0 0 3 31 2 ?")), InvalidTriggerError, "DEFAULT.bad"),
        ((Job(note, key="bad"), every(hours=1, calendar="none")), CalendarNotFoundError, "'none'"),
        ((Job(needs, key="bad"), CRON), JobDataError, "count"),
        (("nobody", CRON), JobNotFoundError, "nobody"),
    ):
        tasks = [(Job(note, key=f"good{n}"), every(hours=1)) for n in range(3)]
        with pytest.raises(error, match=words):
            scheduler.schedule_tasks([*tasks, bad, (Job(note, key="last"), every(hours=1))])  # type: ignore[list-item]
        assert [job.key.name for job in scheduler.jobs()] == ["owner"]


def test_many_new_and_old_ones_go_together(scheduler: Scheduler) -> None:
    def tasks(numbers: range, hours: int) -> list[tuple[Job, object]]:
        return [(Job(note, key=f"j{n:04}", data={"n": n}), every(hours=hours)) for n in numbers]

    scheduler.schedule_tasks(tasks(range(5), 1))  # type: ignore[arg-type]
    scheduler.pause("j0000")
    scheduler.schedule_tasks([*tasks(range(1), 1), *tasks(range(1, 700), 2)])  # type: ignore[list-item]
    infos = scheduler.triggers()
    assert len(infos) == len(scheduler.jobs()) == 700
    assert [getattr(info.trigger, "interval", None) for info in infos] == [
        timedelta(hours=1), *[timedelta(hours=2)] * 699,
    ]  # fmt: skip
    assert infos[0].state == "PAUSED"
    assert scheduler.job("j0699").data == {"n": 699}


def test_many_that_are_almost_alike_are_each_as_given(scheduler: Scheduler) -> None:
    """What consecutive tasks have alike crosses once: one that differs at all must not share it."""
    many = [(Job(needs, key=f"{n}", data={"count": n}), once()) for n in range(250)]
    calls = [
        *many,
        (Job(needs, key=JobKey("a", "g"), data={"count": 1}), once()),
        (Job(note, key="b", data={"days": 2}), once()),
        (Job(note, key="c", description="words"), once()),
        (Job(note, key="d", durable=True), once()),
        (Job(note, key="e", requests_recovery=True), once()),
        (Job("acme.Unknown", key="f", data={"$": "x"}), every(hours=1)),
        (Job(note, key="h"), every(hours=1)),
        (Job(note, key="i"), every(hours=2)),
        (Job(note, key="j"), every(hours=1, data={"flag": 1})),
        (Job(note, key="k"), every(hours=1, data={"flag": True})),
        (Job(note, key="l"), every(hours=1, key="own")),
        (Job(note, key="m"), every(hours=1)),
    ]
    keys = scheduler.schedule_tasks(calls)
    assert keys == [job.key for job, _ in calls]
    stored = {job.key: job for job in scheduler.jobs()}
    assert len(stored) == len(calls)
    triggers = {info.job_key: info for info in scheduler.triggers()}
    as_given = scheduler._engine.as_stored
    for job, trigger in calls:
        assert isinstance(job.key, JobKey)
        row, info = stored[job.key], triggers[job.key]
        definition = job.definition
        assert (row.class_name, row.data) == (job.class_name, as_given(job.data))
        assert row.description == (job.description or (definition and definition.description))
        assert row.durable == bool(job.durable)
        assert row.requests_recovery == bool(job.requests_recovery)
        suffix = "#once" if trigger.is_once else ""
        assert info.key == (trigger.key or TriggerKey(job.key.name + suffix, job.key.group))
        assert info.trigger is not None
        assert info.trigger.repeat == trigger.repeat  # type: ignore[union-attr]
        assert info.trigger.interval == trigger.interval  # type: ignore[union-attr]
        assert repr(info.data) == repr(as_given(trigger.data))


def test_a_definition_that_has_changed_is_followed(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One call after another shares what they have alike as well."""
    scheduler.schedule_task(Job(note, key="a"), once())
    definition = registry.of(note)
    changed = replace(definition, description="changed", durable=True)
    monkeypatch.setitem(registry._by_name, definition.name, changed)
    scheduler.schedule_task(Job(note, key="b"), once())
    row = scheduler.job("b")
    assert (row.description, row.durable) == ("changed", True)


def test_one_job_may_come_twice(scheduler: Scheduler) -> None:
    scheduler.schedule_tasks(
        [(note, CRON), (note, once(NOON)), (note, cron("0 0 4 * * ?", key=KEY))]
    )
    found = {info.key.name.rpartition(".")[2]: info.trigger for info in scheduler.triggers(note)}
    assert set(found) == {"t", "note#once"}
    assert getattr(found["t"], "expression", None) == "0 0 4 * * ?"


def test_what_is_new_is_paused_with_its_group(scheduler: Scheduler, store: Store) -> None:
    scheduler.schedule_task(note, CRON)
    scheduler.pause_all()
    if store.is_jdbc:
        scheduler.schedule_tasks([(Job(note, key=JobKey("j", "other")), every(hours=1))])
        assert {info.state for info in scheduler.triggers()} == {"PAUSED"}
        assert set(scheduler.info().paused_groups) >= {"DEFAULT", "other"}
    scheduler.schedule_tasks([(Job(note, key=f"j{n}"), every(hours=1)) for n in range(3)])
    assert {info.state for info in scheduler.triggers()} == {"PAUSED"}


def test_nodes_that_start_together_neither_double_nor_fail(make: Make, store: Store) -> None:
    if not store.is_clustered:
        pytest.skip("one node alone")
    nodes = [make(instance_id=f"n{n}") for n in range(4)]
    barrier = threading.Barrier(len(nodes))
    failed: list[PyQuartzError] = []

    def start_up(node: Scheduler, hours: int) -> None:
        barrier.wait()
        try:
            for n in range(5):
                node.schedule_task(Job(note, key=f"j{n}"), every(hours=hours), once(NOON))
        except PyQuartzError as error:
            failed.append(error)

    threads = [
        threading.Thread(target=start_up, args=(node, n + 1)) for n, node in enumerate(nodes)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(nodes[0].jobs()) == 5
    assert len(nodes[0].triggers()) == 10


def test_what_was_made_for_one_firing_is_no_regular_trigger(scheduler: Scheduler) -> None:
    regular = [TriggerKey("t"), TriggerKey("MT_1", "mine"), TriggerKey("recover_n1_7")]
    passing = [TriggerKey("t", group) for group in (RETRY_GROUP, THEN_GROUP, "RECOVERING_JOBS")]
    passing.append(TriggerKey("MT_1"))
    keys = [*regular, *passing]
    scheduler.schedule_task(note, *(every(hours=1, key=key) for key in keys))
    assert {info.key for info in scheduler.triggers() if info.regular} == set(regular)


# -- zones ----------------------------------------------------------------------------------------


def zones(infos: list[TriggerInfo]) -> dict[str, str | None]:
    """The zone of each trigger, by the end of its name."""
    return {info.key.name: getattr(info.trigger, "tz", None) for info in infos}


def test_all_zones_of_a_job_change_at_once(scheduler: Scheduler) -> None:
    start = datetime(2020, 1, 1, 9, tzinfo=ZoneInfo("UTC"))
    scheduler.schedule_task(
        note,
        cron("0 0 9 * * ?", tz="UTC", key="cron"),
        cron("0 30 9 * * ?", tz="UTC", key="paused"),
        calendar_every(1, "day", tz="UTC", preserve_hour_of_day=True, start=start, key="calendar"),
        daily(every=timedelta(hours=1), key="daily"),
        every(hours=1, key="every"),
    )
    scheduler.pause(TriggerKey("paused"))
    before = {info.key.name: info for info in scheduler.triggers(note)}
    assert scheduler.update_timezone(note, "Asia/Tokyo") == 3
    after = {info.key.name: info for info in scheduler.triggers(note)}
    assert zones(list(after.values())) == {
        "cron": "Asia/Tokyo", "paused": "Asia/Tokyo", "calendar": "Asia/Tokyo",
        "daily": None, "every": None,
    }  # fmt: skip
    assert {name: info.state for name, info in after.items()} == {
        "cron": "NORMAL", "paused": "PAUSED", "calendar": "NORMAL", "daily": "NORMAL",
        "every": "NORMAL",
    }  # fmt: skip
    for name in ("cron", "paused"):
        fire = after[name].next_fire_time
        assert fire is not None
        assert fire.astimezone(ZoneInfo("Asia/Tokyo")).hour == 9
    assert all(after[name] == before[name] for name in ("daily", "every"))
    assert all(after[name].start == before[name].start for name in before)
    assert scheduler.update_timezone(note, ZoneInfo("Asia/Tokyo")) == 0
    assert {info.key.name: info for info in scheduler.triggers(note)} == after


def test_a_zone_or_a_job_that_nobody_knows_changes_nothing(scheduler: Scheduler) -> None:
    scheduler.schedule_task(note, CRON)
    before = scheduler.triggers()
    with pytest.raises(InvalidTriggerError, match="no time zone 'Mars/Olympus'"):
        scheduler.update_timezone(note, "Mars/Olympus")
    with pytest.raises(JobNotFoundError, match=r"no job DEFAULT\.nobody"):
        scheduler.update_timezone("nobody", "UTC")
    assert scheduler.triggers() == before


def test_a_change_of_zone_keeps_what_was_fired(scheduler: Scheduler, run_of: RunOf) -> None:
    scheduler.schedule_task(note, cron("* * * * * ?", tz="UTC", key=KEY))
    scheduler.start()
    run_of("note", 2)
    scheduler.standby()
    fired = wait_until(lambda: scheduler.trigger(KEY).previous_fire_time)
    scheduler.update_timezone(note, "Asia/Kathmandu")
    after = scheduler.trigger(KEY)
    assert after.previous_fire_time is not None
    assert after.previous_fire_time >= fired
    assert zones([after]) == {"t": "Asia/Kathmandu"}
    scheduler.start()
    run_of("note", 4)


def test_a_firing_that_is_due_stays_due_in_another_zone(
    scheduler: Scheduler, run_of: RunOf
) -> None:
    now = datetime.now(timezone.utc)
    scheduler.schedule_task(
        note, cron(f"{now.second} {now.minute} {now.hour} * * ?", tz="UTC", start=now, key=KEY)
    )
    due = scheduler.trigger(KEY).next_fire_time
    assert due is not None
    wait_until(lambda: datetime.now(timezone.utc) > due)
    scheduler.update_timezone(note, "Asia/Kathmandu")
    scheduler.start()
    assert run_of("note").scheduled == due
    following = wait_until(lambda: scheduler.trigger(KEY).next_fire_time)
    local = following.astimezone(ZoneInfo("Asia/Kathmandu"))
    assert (local.hour, local.minute) == (now.hour, now.minute)
