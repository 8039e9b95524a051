"""The table of a fault run, as docs/reliability.md shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .oracle import Firing

COLUMNS = ("on time", "late", "misfired", "cut off", "doubled", "missed", "stuck")


@dataclass
class Row:
    """What became of the firings that were due while one fault was made."""

    runs: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def expected(self) -> int:
        return sum(number for kind, number in self.kinds.items() if kind != "stuck")


class Table:
    """One row for each fault, over any number of runs."""

    def __init__(self, faults: Iterable[str]) -> None:
        self._rows = {fault: Row() for fault in faults}

    def ran(self, fault: str, stuck: int = 0) -> None:
        self._rows[fault].runs += 1
        self._rows[fault].kinds["stuck"] += stuck

    def add(self, fault: str, firing: Firing) -> None:
        if fault in self._rows:
            self._rows[fault].kinds[firing.kind] += 1

    def __str__(self) -> str:
        total = Row(
            sum(row.runs for row in self._rows.values()),
            sum((row.kinds for row in self._rows.values()), Counter()),
        )
        rows = [
            ["fault", "runs", "expected", *COLUMNS],
            ["---", *["---:"] * (2 + len(COLUMNS))],
            *(_cells(fault, row) for fault, row in self._rows.items() if row.runs),
            _cells("all", total),
        ]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(name: str, row: Row) -> Sequence[str]:
    numbers = [row.runs, row.expected, *(row.kinds[kind] for kind in COLUMNS)]
    return [name, *(f"{number:,}" for number in numbers)]
