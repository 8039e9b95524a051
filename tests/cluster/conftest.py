"""A cluster on each server that can have one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.nodes import Cluster, cluster
from tests.support.servers import MariaDBServer, PostgresServer


@pytest.fixture
def postgres_cluster(
    postgres_server: PostgresServer, postgres_database: str, tmp_path: Path
) -> Iterator[Cluster]:
    """A cluster on PostgreSQL."""
    with cluster(postgres_server, postgres_database, tmp_path) as made:
        yield made


@pytest.fixture
def mariadb_cluster(
    mariadb_server: MariaDBServer, mariadb_database: str, tmp_path: Path
) -> Iterator[Cluster]:
    """A cluster on MariaDB."""
    with cluster(mariadb_server, mariadb_database, tmp_path) as made:
        yield made


@pytest.fixture(params=["postgres", "mariadb"])
def any_cluster(request: pytest.FixtureRequest) -> Cluster:
    """A cluster on each server in turn."""
    made: Cluster = request.getfixturevalue(f"{request.param}_cluster")
    return made
