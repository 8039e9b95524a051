"""The benchmarks run from end to end, on every variant and store; how fast is nobody's concern."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from benchmarks.report import numbers, summary, table
from benchmarks.workloads import VARIANTS, Variant, Workload
from tests.support.processes import PROJECT_ROOT, PythonProcess
from tests.support.servers import PostgresServer, ServerMissingError

pytestmark = [pytest.mark.acceptance, pytest.mark.jvm, pytest.mark.slow]

THROUGHPUT = {"schedule", "bulk", "run", "cold_run"}
# One of each kind; every further workload only costs time.
MEASURED = {
    "ram-coroutine": THROUGHPUT,
    "postgresql": THROUGHPUT,
    "latency": {"p50", "p99"},
    "start-file": {"start"},
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command writes, run with the smallest numbers."""
    try:
        PostgresServer.find("postgres")
    except ServerMissingError as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))
    output = tmp_path_factory.mktemp("benchmarks") / "result.json"
    command = ["-m", "benchmarks", "--quick", "--output", str(output), "--only", *MEASURED]
    with PythonProcess(*command, cwd=PROJECT_ROOT) as process:
        done = process.finish(timeout=150).check()
    written: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    assert table(written) in done.stdout
    return written


def test_every_variant_gives_every_measure(report: dict[str, Any]) -> None:
    assert {each["name"]: set(each["measures"]) for each in report["workloads"]} == MEASURED
    for workload in report["workloads"]:
        for name, measure in workload["measures"].items():
            # APScheduler has no call that schedules many.
            wanted = set(VARIANTS) - ({"apscheduler"} if name == "bulk" else set())
            assert set(measure["variants"]) == wanted, (workload["name"], name)
            for values in measure["variants"].values():
                assert values["minimum"] <= values["median"] <= values["maximum"]


def test_rates_are_positive_and_compared_with_stock(report: dict[str, Any]) -> None:
    for workload in report["workloads"]:
        for measure in workload["measures"].values():
            if measure["unit"] == "jobs/s":
                assert all(values["minimum"] > 0 for values in measure["variants"].values())
                assert measure["variants"]["stock"]["to_stock"] == 1
                assert measure["variants"]["pyquartz"]["to_stock"] > 0


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
