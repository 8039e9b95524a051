"""Runs faults in a cluster's life, and makes one judgement and one table of them."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.waiting import NotInTimeError

from .faults import Fault
from .life import Life
from .report import Table

_NODES = 2


def run_faults(life: Life, faults: Mapping[str, Fault], table: Table) -> list[str]:
    """Make all faults, one after the other; give all that is wrong in the end."""
    for node in [life.begin_node() for _ in range(_NODES)]:
        life.join(node)
    life.goes_on()
    for name, fault in faults.items():
        try:
            with life.phase(name):
                fault(life)
        except NotInTimeError as error:
            table.ran(name, stuck=1)
            return [f"{name}: {error}"]
        table.ran(name)
    try:
        judgement = life.end()
    except NotInTimeError as error:
        return [f"at the end: {error}"]
    for firing in judgement.firings:
        table.add(life.phase_of(firing), firing)
    return [*judgement.wrong, *(f"left over: {row}" for row in life.left_over)]
