"""Files of jobs and triggers against real stores: the plan, what it does, and the way back."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from pyquartz import Job, JobKey, Scheduler, TriggerKey, cron, declare, defjob, every
from pyquartz.errors import DeclarationError
from tests.integration.conftest import Make

FILE = """
pyquartz: 1
group: billing
owns: [billing]
calendars:
  weekends: {weekly: "SAT,SUN", tz: Europe/Berlin}
  quiet:
    daily: 00:00-06:00
    description: Nobody is there
    base: {annual: [12-25, 12-26], base: {cron: "* * 0-7 ? * *", tz: UTC}}
  holidays: {holiday: [2031-12-25], tz: Europe/Berlin}
  month: {monthly: [1, 31]}
jobs:
  - class: acme.jobs.Clean
    name: clean
    description: Old sessions
    data: {days: 7, amount: {$decimal: "12.50"}, since: {$date: 2031-01-01}}
    triggers:
      - {cron: "0 0 3 * * ?", tz: Europe/Berlin, misfire: do_nothing, calendar: weekends}
      - {every: 90s, repeat: 3, start: 2091-03-08T12:00:00+01:00, data: {days: 8}}
      - once: 2091-03-08T12:00:00+01:00
      - {calendar_every: 1 month, tz: UTC, preserve_hour_of_day: true}
      - {daily: 15m, from: 08:00, to: 18:00, days: MON-FRI, priority: 7}
  - class: acme.jobs.Alone
"""


@defjob("suite.Declared", aliases=["suite.OldDeclared"])
def declared_job(days: int) -> None: ...


def apply(scheduler: Scheduler, text: str, prune: bool = False) -> declare.Plan:
    plan = declare.plan(scheduler, declare.read(text, "f.yaml"), prune)
    declare.apply(scheduler, plan)
    return plan


def lines(plan: declare.Plan, *actions: str) -> list[str]:
    return [f"{c.action} {c.kind} {c.name}" for c in plan.changes if c.action in actions]


def test_a_file_is_applied_once_and_then_there_is_nothing_to_do(scheduler: Scheduler) -> None:
    plan = apply(scheduler, FILE)
    assert (plan.count("add"), len(plan.to_do)) == (11, 11)
    job = scheduler.job(JobKey("clean", "billing"))
    assert job.description == "Old sessions"
    assert not job.durable
    assert scheduler.job(JobKey("acme.jobs.Alone", "billing")).durable
    trigger = scheduler.trigger(TriggerKey("clean", "billing"))
    assert trigger.trigger == cron(
        "0 0 3 * * ?", tz="Europe/Berlin", misfire="do_nothing", calendar="weekends",
        key=trigger.key, start=trigger.start,
    )  # fmt: skip
    again = apply(scheduler, FILE)
    assert again.is_empty
    assert {change.action for change in again.changes} == {"keep"}


def test_only_what_differs_is_changed(scheduler: Scheduler) -> None:
    apply(scheduler, FILE)
    before = {info.key: info for info in scheduler.triggers()}
    text = FILE.replace("0 0 3 * * ?", "0 0 4 * * ?").replace('"SAT,SUN"', '"SUN"')
    plan = apply(scheduler, text.replace("Old sessions", "Older sessions"))
    assert lines(plan, "add", "change", "delete") == [
        "change calendar weekends", "change job billing.clean", "change trigger billing.clean",
    ]  # fmt: skip
    details = {change.name: change.details for change in plan.to_do}
    assert details["billing.clean"] == ("expression: '0 0 3 * * ?' -> '0 0 4 * * ?'",)
    assert "description: 'Old sessions' -> 'Older sessions'" in str(plan)
    after = {info.key: info for info in scheduler.triggers()}
    changed = {key for key in after if after[key] != before[key]}
    assert changed == {TriggerKey("clean", "billing")}


def test_nothing_is_deleted_without_prune_and_only_what_the_file_owns(
    scheduler: Scheduler,
) -> None:
    apply(scheduler, FILE)
    theirs = scheduler.schedule_task(Job("acme.jobs.Other", key="theirs"), every(hours=1))
    short = FILE[: FILE.index("      - once")]
    plan = declare.plan(scheduler, declare.read(short))
    gone = ["trigger billing.clean#3", "trigger billing.clean#4", "trigger billing.clean#once",
            "job billing.acme.jobs.Alone"]  # fmt: skip
    assert plan.is_empty
    assert lines(plan, "leave") == [f"leave {name}" for name in gone]
    pruned = apply(scheduler, short, prune=True)
    assert lines(pruned, "delete") == [f"delete {name}" for name in gone]
    assert {job.key for job in scheduler.jobs()} == {theirs, JobKey("clean", "billing")}
    # A file that owns nothing deletes nothing.
    none = FILE.replace("owns: [billing]\n", "")[: FILE.index("jobs:")]
    assert declare.plan(scheduler, declare.read(none.split("jobs:")[0]), prune=True).is_empty


def test_what_has_passed_is_not_stored_again(scheduler: Scheduler) -> None:
    text = """
pyquartz: 1
jobs:
  - class: acme.jobs.Past
    triggers: [{once: 2001-01-01T00:00:00Z}]
  - class: acme.jobs.Half
    triggers: [{every: 1h, end: 2001-01-01T00:00:00Z, name: a}, {every: 1h, name: b}]
"""
    plan = apply(scheduler, text)
    assert lines(plan, "leave") == ["leave job DEFAULT.acme.jobs.Past", "leave trigger DEFAULT.a"]
    assert [job.key.name for job in scheduler.jobs()] == ["acme.jobs.Half"]
    assert apply(scheduler, text).is_empty


def test_an_export_makes_the_same_store_again(make: Make, store: object) -> None:
    first = make()
    apply(first, FILE)
    text = declare.export(first).text
    assert apply(first, text).is_empty
    other = make(name=f"{first.name}-copy")
    apply(other, text)
    assert declare.export(other).text == text
    assert other.triggers() == [
        # What is stored beside the schedule is counted anew.
        info for info in other.triggers() if info.trigger == first.trigger(info.key).trigger
    ]  # fmt: skip
    assert other.job(JobKey("clean", "billing")).data == first.job(JobKey("clean", "billing")).data
    assert declare.export(first, ["none"]).text.endswith("jobs: []\n")


def test_a_python_jobs_data_are_checked_and_its_alias_is_kept(scheduler: Scheduler) -> None:
    text = "pyquartz: 1\njobs:\n- class: suite.Declared\n  triggers:\n  - every: 1h\n"
    with pytest.raises(DeclarationError, match=r"f.yaml:5, .*: suite|needs 'days'") as caught:
        declare.plan(scheduler, declare.read(text, "f.yaml"))
    assert "jobs[0].triggers[0]" in str(caught.value)
    named = text.replace("suite.Declared", "suite.Declared\n  name: d\n  data: {days: 1}")
    scheduler.schedule_task(
        Job("suite.OldDeclared", key="d", data={"days": 1}), every(hours=1), key="d"
    )
    assert apply(scheduler, named).is_empty
    assert scheduler.job("d").class_name == "suite.OldDeclared"


def test_what_the_file_leaves_open_stays(scheduler: Scheduler) -> None:
    job = Job("acme.J", key="j", durable=True, requests_recovery=True, description="theirs")
    start = datetime.now(timezone.utc) - timedelta(hours=1)
    scheduler.schedule_task(job, every(hours=1, start=start), data={"a": Decimal(1)})
    text = "pyquartz: 1\njobs:\n- class: acme.J\n  name: j\n  data: {a: {$decimal: '1'}}\n"
    assert apply(scheduler, f"{text}  triggers: [every: 1h]\n").is_empty
    assert not apply(scheduler, f"{text}  durable: false\n  triggers: [every: 1h]\n").is_empty
    assert not scheduler.job("j").durable


def test_triggers_of_other_jobs_and_calendars_of_nobody_are_refused(scheduler: Scheduler) -> None:
    scheduler.schedule_task(Job("acme.Other", key="other"), every(hours=1, key="taken"))
    text = "pyquartz: 1\njobs:\n- class: acme.J\n  triggers:\n  - {every: 1h, name: taken}\n"
    with pytest.raises(DeclarationError, match="taken is in the store and belongs to the job"):
        declare.plan(scheduler, declare.read(text))
    text = "pyquartz: 1\njobs:\n- class: acme.J\n  triggers:\n  - {every: 1h, calendar: none}\n"
    with pytest.raises(DeclarationError, match="there is no calendar 'none'"):
        declare.plan(scheduler, declare.read(text))


def test_a_plan_that_the_store_has_overtaken_writes_none_of_its_jobs(
    scheduler: Scheduler,
) -> None:
    triggers = "{name: NAME, class: acme.J, triggers: [every: 1h]}"
    jobs = "\n".join(f"- {triggers.replace('NAME', name)}" for name in ("first", "j"))
    plan = declare.plan(scheduler, declare.read(f"pyquartz: 1\njobs:\n{jobs}"))
    scheduler.schedule_task(Job("acme.J", key="j"), every(hours=2))
    with pytest.raises(DeclarationError, match="stored by somebody else since the plan was made"):
        declare.apply(scheduler, plan)
    assert [job.key.name for job in scheduler.jobs()] == ["j"]
    assert scheduler.trigger("j").trigger.interval == timedelta(hours=2)
