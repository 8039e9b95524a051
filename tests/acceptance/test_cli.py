"""The commands that look at a store and change it, on an embedded file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.commands import error_of, json_of, run_command
from tests.support.processes import run_python

pytestmark = [pytest.mark.acceptance, pytest.mark.jvm]

FILL = """
import os
from datetime import datetime, timedelta, timezone
from pyquartz import (
    Job, JobKey, Scheduler, TriggerKey, WeeklyCalendar, cron, defjob, every, once
)

@defjob("acme.jobs.Clean", description="Removes what is old", durable=True)
def clean(days: int = 30): ...

@defjob("acme.jobs.Bill", concurrent=False, persist_data=True)
def bill(): ...

scheduler = Scheduler(os.environ["STORE"], name="ACME")
far = datetime(2090, 1, 1, tzinfo=timezone.utc)
scheduler.schedule_task(
    clean, cron("0 0 3 * * ?", tz="Europe/Berlin"), key="clean", data={"days": 7})
scheduler.schedule_task(
    bill, every(hours=1, start=far, key=TriggerKey("hourly.1", "b.ills")),
    key=JobKey("bill.all", "b.ills"))
scheduler.add_calendar("weekends", WeeklyCalendar(tz="Europe/Berlin"))
scheduler.stop()
"""


def fill(folder: Path) -> str:
    """Make a store in a folder, and give its address."""
    store = f"h2://{folder}/store"
    run_python(FILL, STORE=store).check()
    return store


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store that a module's tests only look at."""
    return fill(tmp_path_factory.mktemp("filled"))


@pytest.fixture
def store(filled: str, tmp_path: Path) -> str:
    """A copy of it, for a test that changes it."""
    source = Path(filled.removeprefix("h2://") + ".mv.db")
    (tmp_path / "store.mv.db").write_bytes(source.read_bytes())
    return f"h2://{tmp_path}/store"


def states(store: str) -> dict[str, str]:
    """The state of each trigger."""
    found = json_of("triggers", "--store", store, "--name", "ACME")
    return {trigger["key"]: trigger["state"] for trigger in found}


# -- looking --------------------------------------------------------------------------------------


def test_a_wide_table_has_every_column(filled: str) -> None:
    arguments = ("--store", filled, "--name", "ACME")
    _, head, _, *rows = run_command("triggers", "--wide", *arguments).check().stdout.splitlines()
    for column in ("Trigger", "When", "Kind", "Zone", "Start", "End", "Last", "Fired", "Priority",
                   "Calendar", "Data", "Description"):  # fmt: skip
        assert column in head
    (row,) = (row for row in rows if row.split()[:1] == ["clean"])
    assert "cron" in row
    assert "Europe/Berlin" in row
    assert "Kind" not in run_command("triggers", *arguments).check().stdout
    assert "Clustered" in run_command("info", *arguments).check().stdout


def test_a_wide_table_of_jobs_has_every_field(filled: str) -> None:
    arguments = ("--store", filled, "--name", "ACME")
    _, head, *_ = run_command("jobs", "--wide", *arguments).check().stdout.splitlines()
    for column in ("Job", "Class", "Flags", "Data", "Description", "Implemented by", "Durable",
                   "Concurrent", "Keeps data", "Recovers", "Trigger keys"):  # fmt: skip
        assert column in head
    assert "Implemented by" not in run_command("jobs", *arguments).check().stdout


def test_the_summary_names_the_calendars(filled: str) -> None:
    arguments = ("info", "--store", filled, "--name", "ACME")
    assert re.search(r"^Calendars +weekends$", run_command(*arguments).check().stdout, re.MULTILINE)
    assert json_of(*arguments)["calendars"]["weekends"]["words"].startswith("Leaves out Sun, Sat")


@pytest.mark.parametrize("command", ["info", "jobs", "triggers"])
def test_who_only_looks_needs_no_classes(filled: str, command: str) -> None:
    assert run_command(command, "--store", filled, "--name", "ACME").check().stderr == ""


def test_help_needs_no_jvm_and_little_else() -> None:
    program = """
        import sys, threading
        from pyquartz.cli.app import app
        try:
            app(["--help"])
        except SystemExit as ended:
            assert not ended.code
        assert not {"jpype", "_jpype", "sqlalchemy", "cron_descriptor"} & sys.modules.keys()
        assert threading.active_count() == 1
    """
    text = run_python(program).check().stdout
    for name in ("demo", "run", "info", "jobs", "triggers", "next", "trigger-now", "db"):
        assert re.search(rf"\b{name}\b", text)


def test_the_version_is_told() -> None:
    assert re.fullmatch(r"pyquartz \d+\.\d+\.\d+\S*\n", run_command("--version").check().stdout)


def test_jobs_are_listed(filled: str) -> None:
    env = {"PYQUARTZ_STORE": filled}
    jobs = {job["key"]: job for job in json_of("jobs", "--name", "ACME", env=env)}
    assert jobs.keys() == {"DEFAULT.clean", "b.ills.bill.all"}
    assert jobs["DEFAULT.clean"]["class_name"] == "acme.jobs.Clean"
    assert jobs["DEFAULT.clean"]["data"] == {"days": 7}
    assert jobs["DEFAULT.clean"]["description"] == "Removes what is old"
    assert jobs["b.ills.bill.all"]["concurrent"] is False
    text = run_command("jobs", "--name", "ACME", env=env).check().stdout
    assert "acme.jobs.Bill" in text
    assert "exclusive, keeps data" in text


def test_triggers_are_listed_of_one_job_too(filled: str) -> None:
    options = ("--store", filled, "--name", "ACME")
    assert states(filled) == {"DEFAULT.clean": "NORMAL", "b.ills.hourly.1": "NORMAL"}
    (one,) = json_of("triggers", "bill.all", "--group", "b.ills", *options)
    assert one["next_fire_time"] == "2090-01-01T00:00:00+00:00"
    text = run_command("triggers", "clean", *options).check().stdout
    assert "At 03:00 (Europe/Berlin)" in text
    assert "hourly" not in text


def test_info_tells_what_the_store_holds(filled: str) -> None:
    info = json_of("info", "--store", filled, "--name", "ACME")
    assert (info["name"], info["jobs"], info["triggers"]) == ("ACME", 2, {"NORMAL": 2})
    assert info["state"] == "standby"
    assert info["quartz_version"].startswith("2.5")
    assert "ACME" in run_command("info", "--store", filled, "--name", "ACME").check().stdout


def test_next_tells_the_coming_fires_of_a_store(filled: str) -> None:
    options = ("--store", filled, "--name", "ACME")
    fires = json_of("next", "bill.all", "--group", "b.ills", "-n", "3", *options)
    assert [fire["time"] for fire in fires] == [
        f"2090-01-01T0{hour}:00:00+00:00" for hour in range(3)
    ]
    (fire,) = json_of("next", "hourly.1", "--group", "b.ills", "--trigger", "-n", "1", *options)
    assert fire["job_key"] == "b.ills.bill.all"
    everything = json_of("next", "-n", "4", *options)
    assert {fire["trigger_key"] for fire in everything} == {"DEFAULT.clean"}
    assert [fire["time"] for fire in everything] == sorted(fire["time"] for fire in everything)


def test_next_tells_the_fires_of_an_expression_without_a_store() -> None:
    options = ("next", "--cron", "0 30 8 ? * MON-FRI", "--tz", "Europe/Berlin", "-n", "2")
    found = json_of(*options, "--after", "2030-01-04T12:00:00")
    assert found["fires"] == ["2030-01-07T08:30:00+01:00", "2030-01-08T08:30:00+01:00"]
    assert "Monday through Friday" in found["description"]
    text = run_command(*options).check().stdout
    assert len(text.splitlines()) == 3
    assert "Monday through Friday" in text


# -- changing -------------------------------------------------------------------------------------


def test_a_job_or_a_trigger_is_paused_and_resumed(store: str) -> None:
    options = ("--store", store, "--name", "ACME")
    assert run_command("pause", "clean", *options).check().stdout == ""
    assert states(store) == {"DEFAULT.clean": "PAUSED", "b.ills.hourly.1": "NORMAL"}
    run_command("pause", "hourly.1", "--group", "b.ills", "--trigger", *options).check()
    run_command("resume", "clean", *options).check()
    assert states(store) == {"DEFAULT.clean": "NORMAL", "b.ills.hourly.1": "PAUSED"}
    run_command("resume", "--all", *options).check()
    assert set(states(store).values()) == {"NORMAL"}


def test_a_job_or_a_trigger_is_deleted(store: str) -> None:
    options = ("--store", store, "--name", "ACME")
    run_command("delete", "bill.all", "--group", "b.ills", *options).check()
    run_command("delete", "clean", "--trigger", *options).check()
    assert states(store) == {}
    assert [job["key"] for job in json_of("jobs", *options)] == ["DEFAULT.clean"]


def test_a_job_or_a_trigger_gets_another_key(store: str) -> None:
    options = ("--store", store, "--name", "ACME")
    run_command("pause", "clean", *options).check()
    told = run_command("rename", "clean", "sweep", "--to-group", "house", *options).check()
    assert "Job DEFAULT.clean is house.sweep now. Its triggers: house.sweep." in told.stderr
    run_command("rename", "hourly.1", "hourly", "--group", "b.ills", "--trigger", *options).check()
    assert states(store) == {"house.sweep": "PAUSED", "b.ills.hourly": "NORMAL"}
    assert "house.sweep" in [job["key"] for job in json_of("jobs", *options)]


def test_trigger_now_stores_a_fire_and_leaves_it_to_the_nodes(store: str) -> None:
    options = ("--store", store, "--name", "ACME")
    run_command("trigger-now", "clean", "-d", "days:=3", "-d", "who=me", *options).check()
    (fire,) = [
        trigger
        for trigger in json_of("triggers", "clean", *options)
        if trigger["key"] != "DEFAULT.clean"
    ]
    assert fire["data"] == {"days": 3, "who": "me"}
    assert fire["state"] == "NORMAL"


# -- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("delete", "nobody"), "the store has no job DEFAULT.nobody"),
        (
            ("rename", "nobody", "x"),
            "can't rename job DEFAULT.nobody: the store has no job DEFAULT.nobody",
        ),
        (("trigger-now", "nobody"), "the store has no job DEFAULT.nobody"),
        (("pause", "nobody", "--trigger"), "the store has no trigger DEFAULT.nobody"),
        (("next", "nobody"), "the store has no job DEFAULT.nobody"),
    ],
)
def test_what_is_not_there_is_told(filled: str, arguments: tuple[str, ...], told: str) -> None:
    told_all = error_of(*arguments, "--store", filled, "--name", "ACME")
    assert told_all.splitlines() == [f"Error: {told}"]


def test_a_wrong_name_is_answered_with_those_that_are_there(filled: str) -> None:
    ended = run_command("jobs", "--store", filled, "--json").check()
    assert json.loads(ended.stdout) == []
    assert "'ACME'" in ended.stderr
    assert "'ACME'" in error_of("pause", "clean", "--store", filled)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("jobs",), "--store"),
        (("pause", "--store", "h2:///nowhere"), "NAME"),
        (("trigger-now", "x", "-d", "days", "--store", "h2:///nowhere"), "NAME=TEXT"),
        (("next", "x", "--cron", "0 0 3 * * ?"), "--cron"),
        (("jobs", "--nonsense"), "--nonsense"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...], told: str) -> None:
    assert told in error_of(*arguments, code=2)


def test_looking_never_makes_a_file(tmp_path: Path) -> None:
    for arguments in (("jobs",), ("info",), ("db", "check"), ("pause", "--all")):
        assert "db init" in error_of(*arguments, "--store", f"h2://{tmp_path}/typo")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "sqlite:///x.db",
        "postgresql://joe:geheim99@127.0.0.1:1/quartz",
        "jdbc:postgresql://joe:geheim99@127.0.0.1:1/quartz",
        "missing.properties",
        "joe:geheim99@nowhere",
    ],
)
def test_a_wrong_store_is_told_without_its_password(address: str) -> None:
    told = error_of("jobs", "--store", address)
    assert told.startswith("Error: ")
    assert "geheim99" not in told


def test_the_traceback_is_in_the_debug_log_without_a_password() -> None:
    store = "postgresql://joe:geheim99@127.0.0.1:1/quartz"
    for arguments in (("-v", "jobs"), ("jobs", "-v")):
        ended = run_command(*arguments, "--store", store)
        assert ended.returncode == 1
        assert "Traceback" in ended.stderr
        assert "geheim99" not in ended.stderr


def test_a_wrong_expression_is_told() -> None:
    assert "crontab(" in error_of("next", "--cron", "0 3 * * *")
    assert "Mars/Olympus" in error_of("next", "--cron", "0 0 3 * * ?", "--tz", "Mars/Olympus")
