"""What is wrong with a store is said in plain words, with Java's exception as the cause."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from urllib.parse import quote

import pytest

from pyquartz import PyQuartzError, Scheduler, StoreError
from tests.support.processes import PythonProcess
from tests.support.servers import PASSWORD, PostgresServer


def refused(make: Callable[[], object], *words: str) -> PyQuartzError:
    """The error of a call that must fail: it says these words, and never the password."""
    with pytest.raises(StoreError) as caught:
        make()
    message = str(caught.value)
    for word in words:
        assert word in message
    shown = "".join(traceback.format_exception(caught.value))
    assert PASSWORD not in shown
    assert quote(PASSWORD, safe="") not in shown
    return caught.value


def java_class(error: BaseException | None) -> str:
    """The name of the Java exception behind an error."""
    assert error is not None
    assert error.__cause__ is not None
    return str(type(error.__cause__))


def test_a_database_without_tables_says_how_to_make_them(postgres_database: str) -> None:
    refused(
        lambda: Scheduler(postgres_database), "has no tables", "QRTZ_TRIGGERS", "pyquartz db init"
    )


def test_a_server_that_is_not_there(postgres_server: PostgresServer) -> None:
    url = postgres_server.url("x").replace(str(postgres_server.port), "1")
    error = refused(lambda: Scheduler(url), "can't connect to jdbc:postgresql://127.0.0.1:1/x")
    assert "PSQLException" in java_class(error) or "SQLException" in java_class(error)


def test_a_wrong_password_is_not_shown(postgres_server: PostgresServer) -> None:
    url = postgres_server.url("postgres").replace(quote(PASSWORD, safe=""), "not-the-password")
    error = refused(lambda: Scheduler(url), "can't connect to", "password authentication failed")
    assert "SQLException" in java_class(error)
    assert "not-the-password" not in "".join(traceback.format_exception(error))


def test_a_file_that_another_process_uses(h2_file: str) -> None:
    program = (
        "import sys, pyquartz; s = pyquartz.Scheduler(sys.argv[1]); s.start(); "
        "print('open', flush=True); import threading; threading.Event().wait()"
    )
    with PythonProcess("-c", program, h2_file) as other:
        other.wait_for_line("open")
        error = refused(lambda: Scheduler(h2_file), "own")
        assert "SQL" in java_class(error)
