"""From what the processes printed to minimum, median, maximum and ratios: as JSON, as a table."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.workloads import VARIANTS, Variant, Workload

# What is told of each measure: its key, its title, its unit.
MEASURES = {
    "schedule": ("scheduling, one at a time", "jobs/s"),
    "bulk": ("scheduling, in one call", "jobs/s"),
    "run": ("running", "jobs/s"),
    "cold_run": ("running, first time", "jobs/s"),
    "run_cpu": ("running, CPU for each", "µs"),
    "p50": ("delay, p50", "ms"),
    "p99": ("delay, p99", "ms"),
    "one_process": ("running, one process", "jobs/s"),
    "two_processes": ("running, two processes", "jobs/s"),
    "start": ("process start to started", "ms"),
    "memory": ("resident memory", "MB"),
    "import": ("beyond the interpreter's own", "ms"),
}
# In the JSON alone: how long the JVM takes to warm up is no matter of tables and pictures, and too
# much one of chance to be compared.
UNTOLD = {"cold_run"}
_TEXTS = 3  # the table's columns that hold no number
# The first delays are those of code that the JVM still interprets.
_WARM_UP = 0.1


def numbers(found: Mapping[str, Any]) -> dict[str, float]:
    """Give the measures of one process, by key, in the order of the report."""
    if "delays" in found:
        delays = sorted(found["delays"][round(len(found["delays"]) * _WARM_UP) :])
        return {"p50": _percentile(delays, 50), "p99": _percentile(delays, 99)}
    for single in ("start", "memory", "import"):
        if single in found:
            return {single: found[single]}
    if "processes" in found:
        return {"one_process": found["processes"][0], "two_processes": found["processes"][1]}
    cold, *_, warm = found["rounds"]
    bulk = {"bulk": found["bulk"]} if "bulk" in found else {}
    return {"schedule": warm["schedule"], **bulk, **_running(warm), "cold_run": cold["run"]}


def _running(warm: Mapping[str, float]) -> dict[str, float]:
    return {key: warm[key] for key in ("run", "run_cpu")}


def _percentile(ordered: Sequence[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def summary(
    workload: Workload, runs: Mapping[Variant, Sequence[Mapping[str, float]]]
) -> dict[str, Any]:
    """Put one workload's repetitions together."""
    keys = [key for key in MEASURES if any(key in run for each in runs.values() for run in each)]
    return {
        "name": workload.name,
        "title": workload.title,
        "jobs": workload.jobs,
        "measures": {
            key: _compared(
                MEASURES[key][1],
                {v: [run[key] for run in each if key in run] for v, each in runs.items()},
            )
            for key in keys
        },
    }


def _compared(unit: str, values: Mapping[Variant, list[float]]) -> dict[str, Any]:
    there = {variant: each for variant, each in values.items() if each}
    medians = {variant: statistics.median(each) for variant, each in there.items()}
    return {
        "unit": unit,
        "less_is_better": unit != "jobs/s",
        "variants": {
            variant: {
                "minimum": round(min(each), 3),
                "median": round(medians[variant], 3),
                "maximum": round(max(each), 3),
                "to_stock": _ratio(medians, variant, "stock"),
                "to_apscheduler": _ratio(medians, variant, "apscheduler"),
            }
            for variant, each in there.items()
        },
    }


def _ratio(medians: Mapping[Variant, float], one: Variant, other: Variant) -> float | None:
    # Quartz fires up to 2 ms early, so a delay can be zero or less; that has no ratio.
    if other not in medians or medians[one] <= 0 or medians[other] <= 0:
        return None
    return round(medians[one] / medians[other], 4)


def table(report: Mapping[str, Any]) -> str:
    """Write the report as a Markdown table that also reads well in a terminal."""
    head = ["workload", "measure", "variant", "min", "median", "max", "to stock", "to APScheduler"]
    rows = [head]
    for workload in report["workloads"]:
        for key, measure in workload["measures"].items():
            if key in UNTOLD:
                continue
            title, unit = MEASURES[key]
            for variant, values in measure["variants"].items():
                rows.append(
                    [
                        workload["title"],
                        f"{title}, {unit}",
                        VARIANTS[variant],
                        *(_number(values[name]) for name in ("minimum", "median", "maximum")),
                        *(_number(values[name]) for name in ("to_stock", "to_apscheduler")),
                    ]
                )
    widths = [max(len(row[n]) for row in rows) for n in range(len(head))]
    lines = [_line(row, widths) for row in rows]
    rule = [("-" * (w + 1) + ("-" if n < _TEXTS else ":")) for n, w in enumerate(widths)]
    return "\n".join([lines[0], "|" + "|".join(rule) + "|", *lines[1:]])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        text.ljust(width) if n < _TEXTS else text.rjust(width)
        for n, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    return "| " + " | ".join(cells) + " |"


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
