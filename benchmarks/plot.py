"""Draws a report: for each workload how pyquartz and APScheduler stand to stock Quartz."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.report import MEASURES, UNTOLD
from benchmarks.workloads import VARIANTS

_COLOURS = {"pyquartz": "#2a6fbb", "apscheduler": "#c8862a"}


def plot(report: Mapping[str, Any], path: Path) -> None:
    """Write the picture; the bars are as good as they are long."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows = _rows(report)
    figure, axes = pyplot.subplots(figsize=(9, 1 + 0.42 * len(rows)))
    for offset, variant in enumerate(_COLOURS):
        places = [n + 0.38 * offset for n in range(len(rows))]
        values = [ratios.get(variant) or 0 for _, ratios in rows]
        axes.barh(places, values, 0.36, color=_COLOURS[variant], label=VARIANTS[variant])
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    axes.set_yticks([n + 0.19 for n in range(len(rows))], [title for title, _ in rows])
    axes.invert_yaxis()
    axes.set_xlabel("times as good as stock Quartz in Java (medians; logarithmic)")
    axes.legend(loc="lower right")
    axes.set_title(f"{report['date']}, {report['machine']['cores']} cores")
    figure.savefig(path, dpi=110, bbox_inches="tight")
    pyplot.close(figure)


def _rows(report: Mapping[str, Any]) -> list[tuple[str, dict[str, float]]]:
    rows = []
    for workload in report["workloads"]:
        for name, measure in workload["measures"].items():
            ratios = {v: measure["variants"].get(v, {}).get("to_stock") for v in _COLOURS}
            good = {
                variant: 1 / ratio if measure["less_is_better"] else ratio
                for variant, ratio in ratios.items()
                if ratio
            }
            if good and name not in UNTOLD:
                rows.append((f"{workload['title']}: {MEASURES[name][0]}", good))
    return rows
