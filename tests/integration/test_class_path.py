"""Jobs of Java's and Clojure's in this process, beside Python's, and how one moves to Python."""

from __future__ import annotations

import itertools
import logging
import subprocess
from pathlib import Path

import pytest

from pyquartz import Job, JobEvent, every
from pyquartz._jvm.launch import JARS
from pyquartz.jobs import defjob
from tests.integration.conftest import Logged, Make
from tests.support.java import compile_java, stock_jar
from tests.support.processes import PROJECT_ROOT
from tests.support.waiting import wait_until

JAVA = """
public class NAME implements org.quartz.Job {
    public void execute(org.quartz.JobExecutionContext context) { context.setResult("java"); }
}
"""
CLOJURE = """
(ns {name}.nightly-jobs
  (:require [clojure.string :as string])
  (:import (org.quartz Job JobExecutionContext)))
(defn answer [] (string/upper-case "{name}"))
(defrecord Cleanup []
  Job
  (execute [_ context] (.setResult ^JobExecutionContext context (answer))))
"""
_numbers = itertools.count(1)


def moved() -> str:
    """What takes the place of Java's job."""
    return "python"


def test_a_job_moves_to_python_by_its_name(make: Make, tmp_path: Path) -> None:
    name = f"MovingJob{next(_numbers)}"
    compile_java(tmp_path, name, JAVA.replace("NAME", name))
    results: list[object] = []
    scheduler = make(class_path=[tmp_path])
    scheduler.on_job("was_executed")(lambda event: results.append(event.result))
    with scheduler:
        scheduler.schedule_task(Job(name, key="moving"), every(milliseconds=50))
        wait_until(lambda: "java" in results)
        assert scheduler.job("moving").implemented_by == "java"
        defjob(name)(moved)
        wait_until(lambda: "python" in results)
        assert scheduler.job("moving").implemented_by == "python"
        assert scheduler.job("moving").class_name == name
    assert set(results) == {"java", "python"}, "the trigger went on, and nothing failed"


@pytest.mark.slow
@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "source"])
def test_clojures_jobs_run_with_their_namespace(make: Make, tmp_path: Path, compiled: bool) -> None:
    stock_jar()
    clojure = sorted((PROJECT_ROOT / "build/clojure").glob("*.jar"))
    app = "compiled_app" if compiled else "source_app"
    name = app.replace("_", "-")
    source, classes = tmp_path / "source", tmp_path / "classes"
    (source / app).mkdir(parents=True)
    classes.mkdir()
    (source / app / "nightly_jobs.clj").write_text(CLOJURE.format(name=name))
    if compiled:
        path = ":".join(map(str, [source, classes, *clojure, f"{JARS}/*"]))
        form = f'(binding [*compile-path* "{classes}"] (compile \'{name}.nightly-jobs))'
        subprocess.run(["java", "-cp", path, "clojure.main", "-e", form], check=True)
    events: list[JobEvent] = []
    scheduler = make(class_path=[classes if compiled else source, *clojure])
    scheduler.on_job("was_executed")(events.append)
    with scheduler:
        job = Job(f"{app}.nightly_jobs.Cleanup", key="cleanup")
        scheduler.schedule_task(job, every(milliseconds=50))
        wait_until(lambda: len(events) >= 2, 60)
        assert scheduler.job("cleanup").implemented_by == "java"
    assert {(event.error, event.result) for event in events} == {(None, name.upper())}


@pytest.mark.parametrize("store", ["ram"], indirect=True)
def test_a_namespace_that_cannot_be_loaded_says_why(
    make: Make, logged: Logged, tmp_path: Path
) -> None:
    stock_jar()
    clojure = sorted((PROJECT_ROOT / "build/clojure").glob("*.jar"))
    app = tmp_path / "lacking_app"
    app.mkdir()
    (app / "base.clj").write_text("(ns lacking-app.base)\n(def now org.joda.time.DateTime)\n")
    (app / "jobs.clj").write_text("(ns lacking-app.jobs (:require [lacking-app.base :as base]))\n")
    scheduler = make(class_path=[tmp_path, *clojure])
    with scheduler:
        scheduler.schedule_task(Job("lacking_app.jobs.Cleanup", key="x"), every(hours=1))
        [record] = logged("namespace of lacking_app.jobs can't be loaded", logging.ERROR)
    assert "ClassNotFoundException: org.joda.time.DateTime" in record.getMessage()
