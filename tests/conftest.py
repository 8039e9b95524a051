"""Fixtures for every ring of tests.

Servers start when the first test asks for one and serve the whole session; each test gets a
database of its own. Tests that need no server run first, so that simple faults show early.

Several workers (`pytest -n 4`) have servers of their own each, for a test may crash one. They begin
with what takes longest, so that none of them has a long test left when the others are done.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.once import FOLDER, once_a_run
from tests.support.processes import run_python
from tests.support.servers import MariaDBServer, PostgresServer, Server, running
from tests.support.waiting import wait_until

RINGS = ("unit", "architecture", "integration", "jvm", "cluster", "faults", "acceptance")
SERVERS = frozenset({"postgres_server", "mariadb_server"})

_numbers = itertools.count(1)

# The rings without a JVM.
PLAIN = frozenset({"unit", "architecture"})
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a cache folder of its own: none of its starts writes into the user's."""
    if IS_WORKER:
        return
    cache = tempfile.TemporaryDirectory(prefix="pyquartz-cache-", ignore_cleanup_errors=True)
    config.add_cleanup(cache.cleanup)
    os.environ[FOLDER] = cache.name
    # Hundreds of programs would compile the same modules, each for itself.
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ["PYTHONPYCACHEPREFIX"] = f"{cache.name}/python"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests from the fast rings to the slow ones, and within each likewise."""

    def cost(item: pytest.Item) -> tuple[int, bool]:
        ring = next((n for n, name in enumerate(RINGS) if name in item.path.parts), len(RINGS))
        return ring, not SERVERS.isdisjoint(getattr(item, "fixturenames", ()))

    def length(item: pytest.Item) -> tuple[bool, int]:
        return item.get_closest_marker("slow") is not None, cost(item)[0]

    if IS_WORKER:
        items.sort(key=length, reverse=True)
    else:
        items.sort(key=cost)


@pytest.fixture(scope="session", autouse=True)
def _archive_of_classes(request: pytest.FixtureRequest) -> None:
    """Have the archive of Java's classes made first, so that no start makes it beside a test."""
    if not all(PLAIN.intersection(item.path.parts) for item in request.session.items):
        once_a_run("archive", _make_archive)


def _make_archive() -> None:
    run_python("from pyquartz._jvm.launch import ensure_jvm\nensure_jvm()")
    cache = Path(os.environ[FOLDER], "pyquartz")
    wait_until(lambda: not any(cache.glob("*.making")), 90, message="no archive was made")


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
