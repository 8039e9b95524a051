"""Groups and matchers: what is paused, what is listed, and what becomes of triggers added later."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from pyquartz import Group, Job, JobKey, Scheduler, TriggerKey, every
from tests.integration.conftest import Store
from tests.integration.suite_jobs import note

LATER = datetime(2040, 1, 31, 12, tzinfo=timezone.utc)
GROUPS = ("billing", "bills", "ops_x", "opsAx", "mail")
MATCHES: list[tuple[str, Any, set[str]]] = [
    ("billing", "equals", {"billing"}),
    # Neither a wildcard of SQL's nor another case.
    ("ops_x", "equals", {"ops_x"}),
    ("ops_", "starts_with", {"ops_x"}),
    ("bill", "starts_with", {"billing", "bills"}),
    ("x", "ends_with", {"ops_x", "opsAx"}),
    ("il", "contains", {"billing", "bills", "mail"}),
    ("", "anything", set(GROUPS)),
    ("nobody", "equals", set()),
]


def add(scheduler: Scheduler, group: str, name: str = "one", job_group: str = "") -> TriggerKey:
    """Store a job with one trigger, both in a group unless the job's is given."""
    key = TriggerKey(name, group)
    job = Job(note, JobKey(name, job_group or group))
    scheduler.schedule_task(job, every(hours=1, start=LATER, key=key))
    return key


def paused(scheduler: Scheduler) -> set[str]:
    """The groups of the triggers that are paused."""
    return {info.key.group for info in scheduler.triggers() if info.state == "PAUSED"}


@pytest.fixture
def filled(scheduler: Scheduler) -> Scheduler:
    """A scheduler with a job and a trigger in each group."""
    for group in GROUPS:
        add(scheduler, group)
    return scheduler


@pytest.mark.parametrize("kind", ["trigger", "job"])
def test_each_matcher_pauses_and_resumes_what_it_matches(filled: Scheduler, kind: Any) -> None:
    for value, operator, groups in MATCHES:
        filled.pause(Group(value, operator, kind))
        assert paused(filled) == groups, (value, operator)
        filled.resume(Group(value, operator, kind))
        assert paused(filled) == set(), (value, operator)
        assert filled.info().paused_groups == ()


def test_paused_groups_of_triggers_are_listed_by_name(filled: Scheduler) -> None:
    filled.pause(Group("bill", "starts_with"))
    filled.pause(Group("to-come"))
    assert filled.info().paused_groups == ("billing", "bills", "to-come")
    filled.resume(Group("l", "contains"))
    assert filled.info().paused_groups == ("to-come",)


def test_what_is_added_to_a_paused_group_is_paused(filled: Scheduler) -> None:
    filled.pause(Group("bill", "starts_with"))
    filled.pause(Group("to-come"))
    for group in ("billing", "to-come", "bill", "mail"):
        add(filled, group, "two")
    added = {i.key.group: i.state for i in filled.triggers() if i.key.name == "two"}
    # A matcher pauses the groups that there are; only a name is kept for what is still to come.
    assert added == {"billing": "PAUSED", "to-come": "PAUSED", "bill": "NORMAL", "mail": "NORMAL"}


def test_a_trigger_that_was_resumed_is_paused_again_with_its_group(filled: Scheduler) -> None:
    key = TriggerKey("one", "mail")
    for group in (Group("mail"), Group("mail", kind="job")):
        filled.pause(group)
        filled.resume(key)
        assert filled.trigger(key).state == "NORMAL"
        filled.pause(group)
        assert filled.trigger(key).state == "PAUSED"
        filled.resume(group)


def test_only_memory_remembers_a_paused_group_of_jobs(filled: Scheduler, store: Store) -> None:
    filled.pause(Group("mail", kind="job"))
    key = add(filled, "elsewhere", "two", job_group="mail")
    assert filled.trigger(key).state == ("NORMAL" if store.is_jdbc else "PAUSED")
    assert filled.info().paused_groups == ()
    assert filled.info().paused_job_groups == (() if store.is_jdbc else ("mail",))
    # In memory the trigger's group can't undo what was said of the job's.
    filled.pause(Group("elsewhere"))
    filled.resume(Group("elsewhere"))
    assert filled.trigger(key).state == ("NORMAL" if store.is_jdbc else "PAUSED")
    filled.resume(Group("mail", kind="job"))
    assert paused(filled) == set()
    assert filled.info().paused_job_groups == ()


def test_only_a_database_remembers_that_all_is_paused(filled: Scheduler, store: Store) -> None:
    filled.pause_all()
    assert paused(filled) == set(GROUPS)
    key = add(filled, "to-come")
    assert filled.trigger(key).state == ("PAUSED" if store.is_jdbc else "NORMAL")
    info = filled.info()
    assert set(info.paused_groups) == set(GROUPS) | ({"to-come"} if store.is_jdbc else set())
    assert info.all_paused == store.is_jdbc
    filled.resume_all()
    assert paused(filled) == set()
    assert filled.info().paused_groups == ()
    assert not filled.info().all_paused
    assert filled.trigger(add(filled, "later")).state == "NORMAL"


def test_a_database_keeps_the_pause_of_a_group_that_is_empty(
    filled: Scheduler, store: Store
) -> None:
    filled.pause(Group("to-come"))
    filled.resume_all()
    assert filled.info().paused_groups == (("to-come",) if store.is_jdbc else ())
    filled.resume(Group.any())
    assert filled.info().paused_groups == ()


def test_the_summary_has_all_that_quartz_says_of_a_scheduler(
    scheduler: Scheduler, store: Store
) -> None:
    scheduler.start()
    info = scheduler.info()
    assert info.persistent == store.is_jdbc
    assert info.clustered == store.is_clustered
    kind = "BridgeJobStore" if store.is_jdbc else "BridgeRamStore"
    assert info.job_store == f"org.pyquartz.store.{kind}"
    assert info.thread_pool == "org.pyquartz.bridge.WorkerPool"
    for word in (info.name, info.instance_id, info.quartz_version, "started", "4 threads", kind):
        assert word in info.summary()
    assert json.loads(json.dumps(info.as_json()))["threads"] == 4
    for node in info.nodes:
        assert node.age.total_seconds() >= 0
        assert node.alive


def test_rescheduling_follows_the_group_and_not_the_trigger(filled: Scheduler) -> None:
    alone, grouped = TriggerKey("one", "mail"), TriggerKey("one", "bills")
    filled.pause(alone)
    filled.pause(Group("bills"))
    for key in (alone, grouped):
        filled.reschedule_trigger(every(hours=2, start=LATER, key=key))
    assert filled.trigger(alone).state == "NORMAL"
    assert filled.trigger(grouped).state == "PAUSED"
