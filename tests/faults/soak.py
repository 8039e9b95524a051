"""The long form of the fault suite: lives of clusters, one after the other, for some minutes.

`python -m tests.faults.soak --minutes 30`, or `make soak-faults`. Each life has a database of its
own, PostgreSQL and MariaDB in turn, and all faults in an order of its own. The table is printed and
written to build/faults/table.md; it fails when a firing was missed, stuck, or wrongly repeated.
"""

from __future__ import annotations

import argparse
import itertools
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.support.processes import PROJECT_ROOT
from tests.support.servers import MariaDBServer, PostgresServer, Server, running

from .faults import FAULTS
from .life import life
from .report import Table
from .running import run_faults

_ROUNDS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}", flush=True)
    order = random.Random(options.seed)
    begin = time.monotonic()
    with ExitStack() as stack:
        servers = [stack.enter_context(running(k)) for k in (PostgresServer, MariaDBServer)]
        tables = [Table(FAULTS) for _ in servers]
        wrong: list[str] = []
        for number in itertools.count():
            which = number % len(servers)
            wrong += _one_life(servers[which], f"life{number}", tables[which], order)
            _write(tables, begin, number + 1)
            if time.monotonic() - begin >= options.minutes * 60 and which == len(servers) - 1:
                break
    for each in wrong:
        print(f"WRONG: {each}")
    return 1 if wrong else 0


def _one_life(server: Server, name: str, table: Table, order: random.Random) -> list[str]:
    faults = list(FAULTS.items())
    order.shuffle(faults)
    with tempfile.TemporaryDirectory() as folder:
        with life(server, server.create_database(name), Path(folder)) as cluster:
            cluster.rounds, cluster.is_patient = _ROUNDS, True
            wrong = run_faults(cluster, dict(faults), table)
        if wrong:
            kept = PROJECT_ROOT / "build" / "faults" / name
            shutil.copytree(folder, kept, dirs_exist_ok=True)
            wrong = [f"{type(server).__name__}, {kept}: {each}" for each in wrong]
    server.drop_database(name)
    return wrong


def _write(tables: Sequence[Table], begin: float, lives: int) -> None:
    minutes = (time.monotonic() - begin) / 60
    text = f"{minutes:.0f} minutes, {lives} lives\n\n" + "\n\n".join(map(str, tables)) + "\n"
    path = PROJECT_ROOT / "build" / "faults" / "table.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
