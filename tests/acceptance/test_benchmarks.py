"""The benchmarks run from end to end, on every variant and store; how fast is nobody's concern."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from benchmarks.check import compared, losses
from benchmarks.goals import GOALS, goals_table, outcomes
from benchmarks.report import numbers, summary, table
from benchmarks.soak import Counts, grown
from benchmarks.workloads import VARIANTS, Settings, Variant, Workload, workloads
from tests.support.missing import lacks
from tests.support.processes import PROJECT_ROOT, PythonProcess
from tests.support.servers import PostgresServer, ServerMissingError

pytestmark = [pytest.mark.acceptance, pytest.mark.jvm, pytest.mark.slow, pytest.mark.timeout(600)]
# One worker makes the report, and tests all of it.
of_the_report = pytest.mark.xdist_group("report")

THROUGHPUT = {"schedule", "bulk", "run", "run_cpu", "cold_run"}
# One of each kind; every further workload only costs time.
MEASURED = {
    "ram-coroutine": THROUGHPUT,
    "postgresql-crowd": THROUGHPUT,
    "latency": {"p50", "p99"},
    "start-file": {"start"},
    "idle-ram": {"memory"},
    "process-cpu": {"one_process", "two_processes"},
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command writes, run with the smallest numbers."""
    try:
        PostgresServer.find("postgres")
    except ServerMissingError as missing:
        lacks(missing)
    output = tmp_path_factory.mktemp("benchmarks") / "result.json"
    command = ["-m", "benchmarks", "--quick", "--output", str(output), "--only", *MEASURED]
    with PythonProcess(*command, cwd=PROJECT_ROOT) as process:
        done = process.finish(timeout=500).check()
    written: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    assert table(written) in done.stdout
    assert goals_table(written) in done.stdout
    return written


@of_the_report
def test_every_variant_gives_every_measure(report: dict[str, Any]) -> None:
    assert {each["name"]: set(each["measures"]) for each in report["workloads"]} == MEASURED
    for workload in report["workloads"]:
        for name, measure in workload["measures"].items():
            # APScheduler has no call that schedules many.
            wanted = set(VARIANTS) - ({"apscheduler"} if name == "bulk" else set())
            if workload["name"] == "process-cpu":
                wanted = {"pyquartz"}
            assert set(measure["variants"]) == wanted, (workload["name"], name)
            for values in measure["variants"].values():
                assert values["minimum"] <= values["median"] <= values["maximum"]


@of_the_report
def test_rates_are_positive_and_compared_with_stock(report: dict[str, Any]) -> None:
    for workload in report["workloads"]:
        for measure in workload["measures"].values():
            if measure["unit"] == "jobs/s" and "stock" in measure["variants"]:
                assert all(values["minimum"] > 0 for values in measure["variants"].values())
                assert measure["variants"]["stock"]["to_stock"] == 1
                assert measure["variants"]["pyquartz"]["to_stock"] > 0


@of_the_report
def test_the_machine_is_described_and_not_named(report: dict[str, Any]) -> None:
    assert report["machine"]["quartz"] == "2.5.2"
    assert report["machine"]["cores"] == os.cpu_count()
    assert {"java", "python", "postgresql", "apscheduler"} <= report["machine"].keys()
    assert os.uname().nodename not in report["machine"].values()
    assert str(PROJECT_ROOT) not in json.dumps(report)


def test_ratios_are_those_of_medians() -> None:
    runs: dict[Variant, list[dict[str, float]]] = {
        "pyquartz": [{"run": 10}, {"run": 50}, {"run": 20}],
        "stock": [{"run": 40}, {"run": 1}, {"run": 90}],
    }
    measure = summary(Workload("w", "title", "throughput"), runs)["measures"]["run"]
    assert measure["variants"]["pyquartz"] == {
        "minimum": 10,
        "median": 20,
        "maximum": 50,
        "to_stock": 0.5,
        "to_apscheduler": None,
    }


def test_a_delay_before_its_time_has_no_ratio() -> None:
    runs: dict[Variant, list[dict[str, float]]] = {
        "pyquartz": [{"p50": 1.0}],
        "stock": [{"p50": -0.5}],
    }
    variants = summary(Workload("w", "title", "latency"), runs)["measures"]["p50"]["variants"]
    assert [values["to_stock"] for values in variants.values()] == [None, None]


def test_delays_leave_the_warm_up_out() -> None:
    delays = [1000.0] * 10 + [float(n) for n in range(90)]
    assert numbers({"delays": delays}) == {"p50": 45.0, "p99": 89.0}


def test_jobs_that_take_a_thread_are_fewer_in_java() -> None:
    (waiting,) = [each for each in workloads(Settings()) if each.name == "ram-waiting"]
    assert waiting.jobs_of("stock") == 20
    assert waiting.jobs_of("pyquartz") == waiting.jobs_of("apscheduler") == 10_000


def report_of(**ratios: float) -> dict[str, Any]:
    """A report in which stock's medians are 100, and pyquartz's the given times as much."""
    runs: dict[Variant, list[dict[str, float]]] = {
        "pyquartz": [{name: 100 * ratio for name, ratio in ratios.items()}],
        "stock": [dict.fromkeys(ratios, 100.0)],
    }
    return {"workloads": [summary(Workload("ram-plain", "title", "throughput", jobs=9), runs)]}


def test_a_loss_of_more_than_a_quarter_is_told() -> None:
    (line,) = losses(report_of(run=1.4, schedule=0.9), report_of(run=2.0, schedule=1.0))
    assert line.startswith("ram-plain (9 jobs), run: 1.4 to stock, 2 in the baseline: 30% lost")


def test_where_less_is_better_more_is_a_loss() -> None:
    assert losses(report_of(run_cpu=1.2), report_of(run_cpu=1.0)) == []
    assert len(losses(report_of(run_cpu=1.4), report_of(run_cpu=1.0))) == 1


def test_what_the_baseline_lacks_is_not_compared() -> None:
    assert losses(report_of(run=0.1), report_of(schedule=1.0)) == []
    assert compared(report_of(run=0.1), report_of(schedule=1.0)) == 0
    assert compared(report_of(run=0.1), report_of(run=1.0)) == 1


def test_goals_are_read_out_of_a_report() -> None:
    (found,) = [each for each in outcomes(report_of(run=1.9)) if each.goal.unit == "x stock"]
    assert (found.goal.wanted, found.found, found.reached) == (2, 1.9, False)
    (found,) = [each for each in outcomes(report_of(run=2.1)) if each.goal.unit == "x stock"]
    assert found.reached


def test_every_goal_can_be_read_from_a_whole_run() -> None:
    measures = {
        "throughput": THROUGHPUT - {"cold_run"},
        "latency": {"p50", "p99"},
        "processes": {"one_process", "two_processes"},
    }
    whole = {
        "workloads": [
            summary(
                each,
                {
                    variant: [dict.fromkeys(measures.get(each.measure, {each.measure}), 1.0)]
                    for variant in each.variants
                },
            )
            for each in workloads(Settings())
        ]
    }
    assert len(outcomes(whole)) == len(GOALS)


def test_a_soak_names_what_has_grown() -> None:
    before = Counts(10, 20, 30_000, 1_000, 4_000_000, 90.0)
    assert grown(before, Counts(10, 20, 30_100, 1_010, 4_100_000, 120.0)) == []
    assert grown(before, Counts(11, 21, 31_000, 1_100, 9_000_000, 90.0)) == [
        "threads: 10 before, 11 after",
        "files: 20 before, 21 after",
        "python_objects: 30,000 before, 31,000 after",
        "java_classes: 1,000 before, 1,100 after",
        "java_heap: 4,000,000 before, 9,000,000 after",
    ]


def test_nothing_is_left_of_some_thousand_firings() -> None:
    with PythonProcess("-m", "benchmarks.soak", "--firings", "4000", cwd=PROJECT_ROOT) as process:
        done = process.finish(timeout=120).check()
    assert json.loads(done.stdout)["grown"] == []
