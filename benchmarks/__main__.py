"""The harness: `python -m benchmarks`, or `make bench`, which sets up what it needs first.

Each measurement is a fresh process. The variants take turns within each repetition, so that what
else the machine does meets all of them alike. It asserts nothing; ``--check`` compares the ratios
with those of a baseline, and fails where one has lost more than a quarter.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timezone
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.check import compared, losses
from benchmarks.goals import goals_table
from benchmarks.plot import plot
from benchmarks.processes import MeasurementError, Runner
from benchmarks.report import numbers, summary, table
from benchmarks.workloads import VARIANTS, Settings, Variant, Workload, workloads
from tests.support.servers import ServerMissingError
from tests.support.waiting import NotInTimeError

RESULTS = Path(__file__).parent / "results"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.report is not None:
        report = json.loads(options.report.read_text(encoding="utf-8"))
        print(f"{table(report)}\n\n{goals_table(report)}\n")
        return 0 if options.check is None else _check(report, options.check)
    settings = _settings(options)
    chosen = [w for w in workloads(settings) if not options.only or w.name in options.only]
    variants = [v for v in VARIANTS if not options.variants or v in options.variants]
    try:
        report = compare(chosen, variants, settings)
    except (MeasurementError, NotInTimeError, ServerMissingError) as error:
        print(error, file=sys.stderr)
        return 1
    output = options.output or RESULTS / f"{datetime.now(timezone.utc):%Y%m%d-%H%M%S}.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"\n{machine.sentence(report['machine'])}\n\n{table(report)}\n\n{goals_table(report)}\n")
    _progress(f"written to {output}")
    if find_spec("matplotlib"):
        plot(report, output.with_suffix(".png"))
        _progress(f"drawn in {output.with_suffix('.png')}")
    return 0 if options.check is None else _check(report, options.check)


def _check(report: Mapping[str, Any], path: Path) -> int:
    baseline = json.loads(path.read_text(encoding="utf-8"))
    lost = losses(report, baseline)
    _progress(f"{compared(report, baseline)} ratios compared with {path}")
    print("\n".join(lost) or "nothing lost")
    return 1 if lost else 0


def compare(
    chosen: Sequence[Workload], variants: Sequence[Variant], settings: Settings
) -> dict[str, Any]:
    """Run every workload on every variant, as often as asked; give the whole report."""
    runs: dict[str, dict[Variant, list[dict[str, float]]]] = {
        w.name: {v: [] for v in variants if v in w.variants} for w in chosen
    }
    described = machine.describe()
    with Runner(settings) as runner:
        for repetition in range(settings.repetitions):
            turn = repetition % len(variants)
            for workload in chosen:
                for variant in [*variants[turn:], *variants[:turn]]:
                    if variant not in workload.variants:
                        continue
                    _progress(f"{repetition + 1}/{settings.repetitions} {workload.name} {variant}")
                    found = runner.run(workload, variant)
                    described |= {k: found[k] for k in ("java", "quartz") if k in found}
                    runs[workload.name][variant].append(numbers(found))
    return {
        "date": f"{datetime.now(timezone.utc):%Y-%m-%d}",
        "machine": described,
        "settings": asdict(settings),
        "workloads": [summary(workload, runs[workload.name]) for workload in chosen],
    }


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    default = Settings()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = [workload.name for workload in workloads(default)]
    parser.add_argument("--quick", action="store_true", help="tiny numbers, once, under a minute")
    parser.add_argument("--only", nargs="+", choices=names, metavar="WORKLOAD", help=str(names))
    parser.add_argument("--variants", nargs="+", choices=list(VARIANTS), metavar="VARIANT")
    parser.add_argument("--ram-jobs", type=int, help=f"default {default.ram_jobs}")
    parser.add_argument("--postgres-jobs", type=int, help=f"default {default.postgres_jobs}")
    parser.add_argument("--workers", type=int, help=f"threads, default {default.workers}")
    parser.add_argument("--repetitions", type=int, help=f"default {default.repetitions}")
    parser.add_argument(
        "--no-fsync", action="store_true", help="PostgreSQL without its waits for the disk"
    )
    parser.add_argument("--output", type=Path, help="the JSON file, default in benchmarks/results/")
    parser.add_argument(
        "--check", type=Path, metavar="BASELINE", help="fail where a ratio is worse by a quarter"
    )
    parser.add_argument(
        "--report", type=Path, help="measure nothing: show (and check) a file written before"
    )
    return parser


def _settings(options: argparse.Namespace) -> Settings:
    settings = Settings().quick() if options.quick else Settings()
    named = ("ram_jobs", "postgres_jobs", "workers", "repetitions")
    given = {name: getattr(options, name) for name in named if getattr(options, name) is not None}
    return replace(settings, fsync=not options.no_fsync, **given)


if __name__ == "__main__":
    sys.exit(main())
