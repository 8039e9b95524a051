"""Compares a report with a baseline: ratios to stock Quartz, which two machines have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.report import UNTOLD

Report = Mapping[str, Any]

# On two busy cores a difference of a quarter is no difference.
TOLERATED = 0.25


def losses(report: Report, baseline: Report, tolerated: float = TOLERATED) -> list[str]:
    """Give a line for each ratio that is worse than the baseline's by more than that."""
    before = dict(_ratios(baseline))
    lost = []
    for key, (ratio, less_is_better) in _ratios(report):
        if key not in before:
            continue
        old = before[key][0]
        # How much of the old speed is left.
        left = old / ratio if less_is_better else ratio / old
        if left < 1 - tolerated:
            lost.append(
                f"{key[0]}, {key[1]}: {ratio:.3g} to stock, {old:.3g} in the baseline: "
                f"{1 - left:.0%} lost"
            )
    return lost


def compared(report: Report, baseline: Report) -> int:
    """Count the ratios that both have."""
    return len(dict(_ratios(report)).keys() & dict(_ratios(baseline)).keys())


def _ratios(report: Report) -> Iterator[tuple[tuple[str, str], tuple[float, bool]]]:
    """Give the ratios of pyquartz; those of another number of jobs are of another workload."""
    for workload in report["workloads"]:
        for name, measure in workload["measures"].items():
            ratio = measure["variants"].get("pyquartz", {}).get("to_stock")
            if ratio is not None and name not in UNTOLD:
                key = (f"{workload['name']} ({workload['jobs']} jobs)", name)
                yield key, (ratio, measure["less_is_better"])
