"""Stubs are Python that registers, whatever a store has for names, keys and values."""

from __future__ import annotations

import inspect
import subprocess
import sys
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pyquartz.jobs
from pyquartz import JobKey, Opaque, TriggerKey
from pyquartz.jobs import JobRegistry
from pyquartz.migrate import PlannedJob, StoredTrigger, stubs
from pyquartz.migrate.reading import Data

NASTY = ("import", "ctx", "a-b", "ünï", "größe", "", '"""', "a\\", "\\", "x\ny", "self")
NASTY += ("str", "int", "None", "__debug__", "f'{1}'", "\u202e", "datetime", "class", "1st")


def trigger(data: dict[str, object], schedule: str = "Every hour") -> StoredTrigger:
    return StoredTrigger(
        TriggerKey("t"), JobKey("j"), "simple", schedule, "WAITING", None, None, None, 5, "smart",
        None, None, Data("properties", data), None,
    )  # fmt: skip


def job(name: str, data: dict[str, object], *triggers: StoredTrigger, **more: Any) -> PlannedJob:
    facts: dict[str, Any] = {"description": None, "durable": False, "concurrent": True}
    facts |= {"persist_data": False, "requests_recovery": False} | more
    return PlannedJob(
        key=JobKey("j"), class_name=name, implemented_by="nobody", where=None,
        data=Data("properties", data), triggers=triggers, **facts,
    )  # fmt: skip


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> JobRegistry:
    made = JobRegistry()
    monkeypatch.setattr(pyquartz.jobs, "registry", made)
    return made


def load(text: str) -> None:
    exec(compile(text, "stubs", "exec"), {"__name__": "stubs"})


def check_with_ruff(text: str, path: Path) -> None:
    path.write_text(text, "utf-8")
    for more in (["check"], ["check", "--select", "E,F,W,I,N,UP,D", "--ignore", "D203,D213,D413"]):
        command = [sys.executable, "-m", "ruff", *more, "--isolated", "--line-length", "200"]
        done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr + text
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_keys_become_typed_parameters_with_defaults_where_some_lack_them(
    registry: JobRegistry,
) -> None:
    when = datetime(2031, 1, 1, tzinfo=timezone.utc)
    first = job("acme.Job", {"days": 1, "limit": Decimal(1), "a-b": 1}, trigger({"when": when}))
    second = job("acme.Job", {"days": "2", "limit": Decimal(2), "a-b": 2}, trigger({}))
    load(stubs([first, second], "Jobs."))
    definition = registry.get("acme.Job")
    assert definition is not None
    parameters = inspect.signature(definition.function, eval_str=True).parameters
    assert {name: p.annotation for name, p in parameters.items() if name != "ctx"} == {
        "days": int | str,
        "limit": Decimal,
        "when": datetime | None,
    }
    assert parameters["when"].default is None
    assert parameters["days"].default is inspect.Parameter.empty
    assert 'ctx.data["a-b"]: int' in str(definition.function.__doc__)
    assert definition.bind({"days": 1, "limit": "2.5"})["limit"] == Decimal("2.5")
    with pytest.raises(NotImplementedError, match=r"acme\.Job is not ported yet"):
        definition.function(None, days=1, limit=Decimal(1))


def test_flags_and_schedules_are_those_of_the_rows(registry: JobRegistry) -> None:
    flags = {"concurrent": False, "persist_data": True, "durable": True, "description": "Cleans"}
    load(stubs([job("acme.A", {}, trigger({}, "At 03:00"), **flags)], "Jobs."))
    definition = registry.get("acme.A")
    assert definition is not None
    assert (definition.concurrent, definition.persist_data) == (False, True)
    assert (definition.durable, definition.requests_recovery) == (True, False)
    assert definition.description == "Cleans"
    assert "At 03:00" in str(definition.function.__doc__)


def test_names_that_meet_are_told_apart_and_what_no_class_can_be_is_left_out(
    registry: JobRegistry,
) -> None:
    names = ["a.Clean", "b.Clean", "c.import", "d.X$Inner", "e.my-job", "ü.Größe", "f.datetime"]
    text = stubs([job(name, {"days": 1}) for name in names], "Jobs.")
    load(text)
    told = {definition.name: definition.function.__name__ for definition in registry.definitions()}
    assert told.keys() == set(names) - {"e.my-job"}
    assert len(set(told.values())) == len(told)
    assert "# e.my-job" in text


def test_any_names_give_clean_code(registry: JobRegistry, tmp_path: Path) -> None:
    values = [1, "x", None, 1.5, b"x", [1], {"a": 1}, Opaque("a.B", "no"), Decimal(1), True]
    data = {key: values[n % len(values)] for n, key in enumerate(NASTY)}
    words = " ".join(NASTY) + "\\N{DASH} \\x"
    jobs = [job(f"acme.Job{n}", data, trigger({}, words), description=key or None)
            for n, key in enumerate(NASTY)]  # fmt: skip
    jobs.append(job("acme." + "x" * 90, {}))
    text = stubs(jobs, "Jobs.")
    load(text)
    assert len(registry.definitions()) == len(jobs)
    check_with_ruff(text, tmp_path / "stubs.py")


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    st.dictionaries(st.text(max_size=8), st.one_of(st.integers(), st.none(), st.text())),
    st.text(max_size=20),
    # Not with NUL, which no store takes.
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
)
def test_anything_stored_compiles_and_registers(
    monkeypatch: pytest.MonkeyPatch, data: dict[str, object], words: str, description: str
) -> None:
    registry = JobRegistry()
    monkeypatch.setattr(pyquartz.jobs, "registry", registry)
    load(stubs([job("acme.Job", data, trigger({}, words), description=description)], "Jobs."))
    definition = registry.get("acme.Job")
    assert definition is not None
    assert definition.bind(data).keys() <= data.keys()
