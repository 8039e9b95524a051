"""What `migrate.plan` says of the stores that Java programs filled, held against their contents."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pyquartz import JobKey, Opaque, TriggerKey, declare
from pyquartz.cli.stores import visit
from pyquartz.jobs import JobDefinition, JobRegistry
from pyquartz.migrate import Implementers, MigrationPlan, Place, plan
from tests.integration.test_migration import ACME, PROPS, Make, check_in, make
from tests.support.databases import KINDS
from tests.support.processes import run_python
from tests.support.servers import PostgresServer
from tests.support.stores import POSTGRES_DUMP, expected, load_dump

__all__ = ["make"]
pytestmark = pytest.mark.store


def trigger_of(found: MigrationPlan, name: str, group: str) -> Any:
    (trigger,) = [t for job in found.jobs for t in job.triggers if t.key == TriggerKey(name, group)]
    return trigger


def millis(moment: Any) -> int:
    return -1 if moment is None else round(moment.timestamp() * 1000)


@pytest.mark.parametrize("kind", KINDS)
def test_every_job_and_trigger_of_the_dump_is_told(kind: str, make: Make) -> None:
    store = make(kind, filled=True)
    for name in (ACME, PROPS):
        found = plan(Place(store.url), name, Implementers(jobs=JobRegistry()))
        holds = expected(store.dump)[name]
        told = {
            (j.key.group, j.key.name): (
                j.class_name, j.description, j.durable, not j.concurrent, j.persist_data,
                j.requests_recovery,
            )
            for j in found.jobs
        }  # fmt: skip
        fields = ("class", "description", "durable", "nonconcurrent", "update_data")
        assert told == {
            (j["group"], j["name"]): (*(j[f] for f in fields), j["requests_recovery"])
            for j in holds["jobs"]
        }
        for held in holds["triggers"]:
            trigger = trigger_of(found, held["name"], held["group"])
            assert trigger.job_key == JobKey(held["job_name"], held["job_group"])
            assert trigger.state == held["state"]
            assert millis(trigger.next_fire_time) == held["next_fire_time"]
            assert (trigger.priority, trigger.calendar) == (held["priority"], held["calendar"])
            if held["type"] == "CRON":
                assert trigger.tz == held["tz"]
            assert bool(trigger.unreadable) is (held["type"] == "BLOB")
        assert found.paused_groups == tuple(holds["paused_groups"])
        assert set(found.calendars) == {held["name"] for held in holds["calendars"]}
        assert found.counts["jobs"] == {"nobody": len(holds["jobs"])}
    json.dumps(found.as_json())


def test_schedules_are_told_in_words_and_in_their_zones(make: Make) -> None:
    found = plan(Place(make("h2", filled=True).url), ACME)
    berlin = trigger_of(found, "invoice-berlin", "billing")
    assert berlin.schedule.startswith("At 02:30, Monday through Friday (Europe/Berlin)")
    assert berlin.next_fire_time.isoformat() == "2031-03-10T02:30:00+01:00"
    offset = trigger_of(found, "trigger 1; -- ünï", "grp with space/ünï")
    assert "on the last Friday of the month (GMT+05:30), from 2031-03-08" in offset.schedule
    assert offset.next_fire_time.isoformat().endswith("+05:30")
    daily = trigger_of(found, "nightly-daily", "ops")
    assert daily.schedule.startswith("Every 45 minutes from 08:00 to 17:30 on Mon, Tue")
    assert found.errors == (TriggerKey("slow-cron", "ops"),)


def test_properties_are_read_here_and_serialised_data_where_java_may(make: Make) -> None:
    from pyquartz._jvm.blobs import read_map

    place = Place(make("h2", filled=True).url)
    data = {job.key.name: job.data for job in plan(place, PROPS).jobs}
    held = {"path": "/data/in", "retries": "3", "text": "Grüße, 世界", "empty": ""}
    assert (data["import"].form, data["import"].values) == ("properties", held)
    found = {job.key.name: job.data for job in plan(place, ACME).jobs}
    assert (found["invoice"].form, found["invoice"].values) == ("serialised", None)
    assert (found["null-data"].form, found["null-data"].values) == ("none", {})
    read = {job.key.name: job.data for job in plan(place, ACME, read_map=read_map).jobs}
    assert read["invoice"].values is not None
    assert read["invoice"].values["nested"] == {"depth": 2, "list": [1, 2, "three"]}
    assert read["ledger"].values is not None
    batch = read["ledger"].values["batch"]
    assert isinstance(batch, Opaque)
    assert batch.class_name == "com.acme.model.InvoiceBatch"


def test_data_that_cannot_be_read_are_named(make: Make) -> None:
    from pyquartz._jvm.blobs import read_map

    store = make("h2", filled=True)
    cut = store.blob(b"\xac\xed\x00\x05cut")
    store.execute(f"UPDATE QRTZ_JOB_DETAILS SET JOB_DATA = {cut} WHERE JOB_NAME = 'invoice'")
    found = plan(Place(store.url), ACME, read_map=read_map)
    assert any("the data of the job billing.invoice" in reason for reason in found.unreadable)


def test_who_implements_a_class_is_found_without_loading_it(make: Make, tmp_path: Path) -> None:
    jar = tmp_path / "acme.jar"
    with zipfile.ZipFile(jar, "w") as made:
        made.writestr("com/acme/jobs/InvoiceJob.class", b"no class at all")
        made.writestr("com/acme/jobs/SlowJob.class", b"no class at all")
    registry = JobRegistry()
    definition = JobDefinition("com.acme.jobs.SlowJob", trigger_of)
    registry.add(definition)
    place = Place(make("h2", filled=True).url)
    found = plan(place, ACME, Implementers([jar], jobs=registry))
    by = {job.key.name: job for job in found.jobs}
    assert (by["invoice"].implemented_by, by["invoice"].where) == ("class path", str(jar))
    assert (by["slow"].implemented_by, by["slow"].where) == ("python", definition.place)
    assert by["ledger"].implemented_by == "nobody"
    assert {job.key.name for job in found.of_nobody} == by.keys() - {"invoice", "slow"}
    assert all(not t.policies for job in (by["invoice"], by["slow"]) for t in job.triggers)


def test_what_each_policy_does_is_told_for_what_nobody_has(make: Make) -> None:
    store = make("h2", filled=True)

    def policies(name: str, group: str) -> dict[str, str]:
        trigger = trigger_of(plan(Place(store.url), ACME), name, group)
        return dict(trigger.policies)

    retired = policies("retired-cron", "legacy")
    assert retired["leave"].endswith("no node is up")
    assert retired["noop"].startswith("fires at 2031-03-09 06:00:00+00:00 and runs nothing")
    assert retired["error"] == "goes to ERROR at 2031-03-09 06:00:00+00:00"
    assert set(policies("frozen-1", "frozen").values()) == {"stays paused"}
    assert set(policies("slow-cron", "ops").values()) == {"stays in ERROR until it is reset"}
    check_in(store, age_seconds=1)
    assert "fires on node-7" in policies("retired-cron", "legacy")["leave"]
    found = plan(Place(store.url), ACME)
    assert [(node.instance_id, node.alive) for node in found.nodes] == [("node-7", True)]


def test_no_jvm_starts_for_a_server(
    postgres_server: PostgresServer, postgres_database: str
) -> None:
    load_dump(postgres_server, postgres_database, POSTGRES_DUMP)
    run_python(
        f"""
        import sys
        from pyquartz.migrate import Place, plan
        found = plan(Place({postgres_database!r}), {ACME!r})
        assert len(found.jobs) == 13, found
        assert "jpype" not in sys.modules
        """
    ).check()


@pytest.mark.parametrize(
    "kinds", [("h2", "postgresql"), ("postgresql", "mariadb"), ("mariadb", "h2")]
)
def test_as_yaml_a_java_store_comes_back_with_the_values_of_its_triggers(
    make: Make, kinds: tuple[str, str]
) -> None:
    source, target = make(kinds[0], filled=True), make(kinds[1])
    with visit(source.url, ACME) as first:
        made = declare.export(first)
        exported = {info.key: info for info in first.triggers()}
        jobs = {job.key: job for job in first.jobs()}
    with visit(target.url, ACME) as second:
        declare.apply(second, declare.plan(second, declare.read(made.text)))
        imported = {info.key: info for info in second.triggers()}
        assert declare.plan(second, declare.read(made.text)).is_empty
        copies = {job.key: job for job in second.jobs()}
    # A trigger and a value of the company's own classes: told, and for `migrate apply` to take.
    own = {TriggerKey("jitter-blob", "ops"), TriggerKey("ledger-once", "billing")}
    assert exported.keys() - imported.keys() == own
    assert [reason.split(":")[0].split(" and ")[0] for reason in sorted(made.left_out)] == [
        "job billing.ledger",
        "trigger ops.jitter-blob",
    ]
    for key, info in imported.items():
        assert info.trigger == exported[key].trigger
    for key, job in copies.items():
        assert (job.class_name, job.data) == (jobs[key].class_name, jobs[key].data)
