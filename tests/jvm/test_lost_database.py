"""A database that is away: errors in bounded time, and firing resumes by itself."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jvm.programs import check_unharmed, run, started
from tests.support.servers import PostgresServer

pytestmark = [pytest.mark.jvm, pytest.mark.slow]

FAST = """{"org.quartz.jobStore.dbRetryInterval": "500",
           "org.quartz.scheduler.dbFailureRetryInterval": "500",
           "org.quartz.jobStore.clusterCheckinInterval": "1000",
           "org.quartz.dataSource.pyquartz.connectionTimeout": "1000"}"""
BOUND = 40.0


@pytest.fixture
def database(postgres_server: PostgresServer, postgres_database: str) -> Iterator[str]:
    """A database with Quartz's tables."""
    run(
        f"""
        from pyquartz.store.schema import init
        from pyquartz.store.url import parse_store
        init(parse_store({postgres_database!r}))
        """
    ).check()
    yield postgres_database
    postgres_server.start()


def test_firing_resumes_when_the_database_is_back(
    database: str, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    body = f"""
        with Scheduler({database!r}, properties={FAST}) as s:
            s.schedule_task(tick, every(milliseconds=100))
            threading.Event().wait()
    """
    with started(body, tmp_path) as process:
        process.wait_for_line("tick", nth=3)
        postgres_server.kill()
        process.wait_for_line("(ERROR|WARNING) pyquartz.java")
        postgres_server.start()
        process.wait_for_line("tick", nth=process.stdout.count("tick") + 20, timeout=60)
        process.terminate()
        result = process.finish(BOUND)
    check_unharmed(result)
    assert result.returncode == 143


@pytest.mark.parametrize("job", ["patient", "tick"])
def test_stop_ends_without_the_database(
    job: str, database: str, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    body = f"""
        go_on = threading.Event()
        signal.signal(signal.SIGUSR1, lambda *ignored: go_on.set())
        s = Scheduler({database!r}, properties={FAST})
        s.schedule_task({job}, every(hours=1))
        s.start()
        begun.wait()
        print("ready", flush=True)
        # Not go_on.wait(): CPython can miss a signal that comes just as it begins to wait.
        wait_until(go_on.is_set, 60)
        s.stop(timeout=1)
        print("stopped", flush=True)
    """
    with started(body, tmp_path) as process:
        process.wait_for_line("ready")
        postgres_server.kill()
        process.send_signal(signal.SIGUSR1)
        result = process.finish(BOUND)
    check_unharmed(result.check())
    assert "stopped" in result.stdout


def test_start_up_without_the_database_is_a_store_error(
    database: str, postgres_server: PostgresServer
) -> None:
    postgres_server.kill()
    result = run(
        f"""
        try:
            Scheduler({database!r})
        except StoreError as error:
            print("StoreError:", error)
        """,
        timeout=BOUND,
    ).check()
    assert "StoreError: can't connect to" in result.stdout
    assert "p@ss" not in result.stdout + result.stderr
