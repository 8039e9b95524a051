"""All faults in one cluster's life, one after the other: nothing is missed, stuck, or done twice.

The long form is `make soak`; both write their table to build/faults.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.faults import FAULTS
from tests.faults.life import life
from tests.faults.report import Table
from tests.faults.running import run_faults
from tests.support.servers import Server

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.mark.parametrize("kind", ["postgres", "mariadb"])
def test_nothing_is_missed_doubled_or_stuck(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    server: Server = request.getfixturevalue(f"{kind}_server")
    table = Table(FAULTS)
    with life(server, request.getfixturevalue(f"{kind}_database"), tmp_path) as cluster:
        wrong = run_faults(cluster, FAULTS, table)
    print(table)
    assert wrong == []
