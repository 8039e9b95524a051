"""Fixtures for every ring of tests.

Servers start when the first test asks for one and serve the whole session; each test gets a
database of its own. Tests that need no server run first, so that simple faults show early.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import pytest

from tests.support.servers import MariaDBServer, PostgresServer, Server, running

RINGS = ("unit", "architecture", "integration", "jvm", "cluster", "faults", "acceptance")
SERVERS = frozenset({"postgres_server", "mariadb_server"})

_numbers = itertools.count(1)

# No start leaves work behind that goes on beside the next test, or in the user's cache folder; the
# tests of the archive turn it on.
os.environ["PYQUARTZ_ARCHIVE"] = "off"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests from the fast rings to the slow ones, and within each likewise."""

    def cost(item: pytest.Item) -> tuple[int, bool]:
        folders = item.path.parts
        ring = next((n for n, name in enumerate(RINGS) if name in folders), len(RINGS))
        return ring, not SERVERS.isdisjoint(getattr(item, "fixturenames", ()))

    items.sort(key=cost)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The session's PostgreSQL."""
    with running(PostgresServer) as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDBServer]:
    """The session's MariaDB."""
    with running(MariaDBServer) as server:
        yield server


@pytest.fixture
def postgres_database(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty PostgreSQL database, dropped after the test."""
    yield from _fresh_database(postgres_server)


@pytest.fixture
def mariadb_database(mariadb_server: MariaDBServer) -> Iterator[str]:
    """The URL of an empty MariaDB database, dropped after the test."""
    yield from _fresh_database(mariadb_server)


def _fresh_database(server: Server) -> Iterator[str]:
    # A test that killed the server and then failed must not take the others with it.
    server.start()
    url = server.create_database(f"test_{next(_numbers)}")
    yield url
    server.start()
    server.drop_database(url)
