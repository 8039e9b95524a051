"""Modules are imported when a stored name asks for them, and only out of named packages."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from pyquartz import Job, JobKey, Scheduler, TriggerKey, once
from pyquartz.keys import as_key
from pyquartz.plan import JobSpec
from tests.support.waiting import wait_until

pytestmark = pytest.mark.jvm

MODULE = """
from pathlib import Path
from pyquartz import defjob

@defjob
def leave_a_note(path: str) -> None:
    Path(path).touch()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for package in ("named", "unnamed"):
        module = tmp_path / f"{package}_{tmp_path.name}"
        module.mkdir()
        (module / "__init__.py").touch()
        (module / "jobs.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def by_name(package: str, folder: Path) -> Job:
    """A job by its stored name, as another program may have put it into the store."""
    name = f"{package}_{folder.name}.jobs.leave_a_note"
    return Job(name, key=package, data={"path": str(folder / f"{package}.note")})


def test_a_name_that_is_stored_while_it_runs_is_imported(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = f"h2:{folder}/store"
    with Scheduler(store, autoimport=[f"named_{folder.name}"]) as scheduler:
        # Quartz asks on its own thread, which Python is never entered from.
        store_as_a_peer_would(scheduler, by_name("named", folder))
        wait_until((folder / "named.note").exists)
        with caplog.at_level(logging.INFO, "pyquartz.java"):
            scheduler.schedule_task(by_name("unnamed", folder), once())
            wait_until(lambda: "Nothing ran for trigger" in caplog.text)
    assert f"unnamed_{folder.name}.jobs" not in sys.modules
    assert not (folder / "unnamed.note").exists()


def test_stored_names_are_imported_at_the_start(folder: Path) -> None:
    store = f"h2:{folder}/store"
    first = Scheduler(store)
    first.schedule_task(by_name("named", folder), once())
    first.stop()
    assert f"named_{folder.name}.jobs" not in sys.modules
    with Scheduler(store, autoimport=[f"named_{folder.name}"]):
        wait_until((folder / "named.note").exists)


def store_as_a_peer_would(scheduler: Scheduler, job: Job) -> None:
    """Without the import that schedule_task() itself makes."""
    key = as_key(JobKey, job.key or "")
    spec = JobSpec(key, job.class_name, (), job.data, None, durable=False, requests_recovery=False)
    scheduler._writing.put([(key, spec, {TriggerKey(key.name): once()}, "set")])
