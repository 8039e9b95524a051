"""Errors: one root, and the right one for a Java exception."""

from __future__ import annotations

import pickle

import pytest

from pyquartz import errors
from pyquartz.errors import JobExecutionError, PyQuartzError, error_for


@pytest.mark.parametrize(
    ("chain", "kind"),
    [
        (["org.quartz.ObjectAlreadyExistsException"], errors.ObjectAlreadyExistsError),
        (["org.quartz.JobPersistenceException"], errors.StoreError),
        (["org.postgresql.util.PSQLException", "java.sql.SQLException"], errors.StoreError),
        # The nearest wins: by the class itself before its parents.
        (
            ["org.quartz.ObjectAlreadyExistsException", "org.quartz.JobPersistenceException"],
            errors.ObjectAlreadyExistsError,
        ),
        (["java.lang.Error"], PyQuartzError),
        ([], PyQuartzError),
    ],
)
def test_a_java_exception_has_its_error(chain: list[str], kind: type[PyQuartzError]) -> None:
    assert error_for(chain) is kind


def test_directives_survive_the_way_out_of_a_process() -> None:
    error = pickle.loads(pickle.dumps(JobExecutionError("why", False, True, True)))
    assert str(error) == "why"
    assert (error.refire_immediately, error.unschedule_trigger, error.unschedule_all_triggers) == (
        False, True, True,
    )  # fmt: skip


def test_a_forked_process_is_told_what_to_do() -> None:
    assert "Start the scheduler after the fork" in str(errors.ForkedProcessError())
    assert "  " not in str(errors.ForkedProcessError())
    assert str(errors.ForkedProcessError("else")) == "else"


def test_an_existing_object_is_a_matter_of_the_store() -> None:
    assert issubclass(errors.ObjectAlreadyExistsError, errors.StoreError)
