"""`pyquartz migrate` as a user runs it, on the stores that Java programs filled."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_migration import ACME, PROPS, Make, check_in, make, rows_of
from tests.support.commands import error_of, json_of, run_command
from tests.support.databases import KINDS
from tests.support.processes import PROJECT_ROOT, run_python
from tests.support.stores import expected

__all__ = ["make"]
pytestmark = [pytest.mark.acceptance, pytest.mark.jvm]


@pytest.mark.parametrize("kind", KINDS)
def test_stubs_of_each_dump_register_every_class(kind: str, make: Make, tmp_path: Path) -> None:
    store = make(kind, filled=True)
    module = tmp_path / "acme_stubs.py"
    path = f"{tmp_path}{os.pathsep}{PROJECT_ROOT}"
    at = ("--store", store.url, "--name", ACME)
    run_command("migrate", "stubs", *at, "-o", module).check()
    holds = expected(store.dump)[ACME]
    done = run_python(
        """
        import inspect, json
        import acme_stubs
        from pyquartz.jobs import registry
        print(json.dumps({
            d.name: [d.concurrent, d.persist_data, sorted(inspect.signature(d.function).parameters)]
            for d in registry.definitions()
        }))
        """,
        PYTHONPATH=path,
    ).check()
    found: dict[str, Any] = json.loads(done.stdout)
    assert found.keys() == {job["class"] for job in holds["jobs"]}
    assert found["com.acme.jobs.ReminderJob"] == [False, True, ["ctx", "runs"]]
    assert {"amount", "when", "limit", "run"} <= set(found["com.acme.jobs.InvoiceJob"][2])
    text = module.read_text("utf-8")
    assert "At 02:30, Monday through Friday (Europe/Berlin)" in text
    assert "is there already" in error_of("migrate", "stubs", *at, "-o", str(module))
    plan = json_of("migrate", "plan", *at, "--import", "acme_stubs", env={"PYTHONPATH": path})
    assert plan["counts"]["jobs"] == {"python": len(holds["jobs"])}


def test_a_scheduler_is_planned_copied_and_renamed(make: Make) -> None:
    source, target = make("h2", filled=True), make("h2")
    at = ("--store", source.url)
    assert "several schedulers, 'AcmeProps', 'AcmeScheduler'" in error_of("migrate", "plan", *at)
    before = rows_of(source, ACME)
    shown = run_command("migrate", "plan", *at, "--name", ACME).check().stdout
    assert "13 nobody" in shown
    assert "goes to ERROR at 2031-03-09 06:00:00+00:00" in shown
    check_in(source, age_seconds=1)
    copy = ("migrate", "apply", *at, "--name", ACME, "--to", target.url)
    assert "runs on node-7: stop it first" in error_of(*copy)
    check_in(source, age_seconds=3600)
    assert "nothing was written" in run_command(*copy, "--dry-run").check().stderr
    assert not any(rows_of(target, ACME).values())
    report = json_of(*copy)
    assert report["verified"] == sum(map(len, before.values()))
    assert rows_of(target, ACME) == before
    assert "Nothing to do" in run_command(*copy).check().stderr
    run_command("migrate", "apply", "--store", target.url, "--rename", "New").check()
    assert rows_of(target, "New") == before
    assert not any(rows_of(target, ACME).values())


def test_one_job_moves_by_its_key_and_a_conflict_is_named(make: Make) -> None:
    source, target = make("h2", filled=True), make("h2")
    move = ("migrate", "apply", "--store", source.url, "--name", PROPS, "--to", target.url)
    report = json_of(*move, "--job", "props.import", "--move")
    assert report["deleted"] == {"JOB_DETAILS": 1, "TRIGGERS": 1, "CRON_TRIGGERS": 1}
    assert "'import' is no job of 'AcmeProps': props.counter" in error_of(*move, "--job", "import")
    run_command(*move).check()
    target.execute("UPDATE QRTZ_SIMPLE_TRIGGERS SET REPEAT_INTERVAL = 7")
    assert "SIMPLE_TRIGGERS props.counter (REPEAT_INTERVAL)" in error_of(*move)
    assert run_command(*move, "--dry-run").returncode == 1
    run_command(*move, "--overwrite").check()
    assert rows_of(target, PROPS)["SIMPLE_TRIGGERS"] == rows_of(source, PROPS)["SIMPLE_TRIGGERS"]


def test_a_properties_file_says_store_prefix_and_name(make: Make, tmp_path: Path) -> None:
    store = make("h2", filled=True)
    file = tmp_path / "quartz.properties"
    key, source = "org.quartz.jobStore", "org.quartz.dataSource.main"
    file.write_text(
        f"org.quartz.scheduler.instanceName = {PROPS}\n"
        f"{key}.class = org.quartz.impl.jdbcjobstore.JobStoreTX\n"
        f"{key}.dataSource = main\n{key}.tablePrefix = qrtz_\n"
        f"{source}.driver = org.h2.Driver\n{source}.URL = {store.address.jdbc_url}\n"
        f"{source}.user = sa\n"
    )
    plan = json_of("migrate", "plan", "--store", str(file))
    assert plan["scheduler"] == PROPS
    assert [job["key"] for job in plan["jobs"]] == ["props.counter", "props.import"]
