"""How often a schedule crosses into Java, and what of it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from pyquartz import Job, cron, defjob, every, once
from pyquartz.jobs import registry
from pyquartz.writing import Writing


@defjob
def plain(days: int) -> None: ...


@pytest.fixture
def crossed() -> list[str]:
    """What has crossed."""
    return []


@pytest.fixture
def writing(crossed: list[str]) -> Writing:
    engine: Any = SimpleNamespace(as_strings=False, write=crossed.append)
    return Writing(engine, registry, (), False)


def test_a_task_crosses_once_however_many_triggers_it_has(
    writing: Writing, crossed: list[str]
) -> None:
    writing.schedule_task(plain, [cron("0 0 3 * * ?"), every(hours=1), once()], {"days": 1})
    assert len(crossed) == 1
    writing.reschedule_task(plain, [every(hours=2)])
    assert len(crossed) == 2


def test_many_tasks_cross_at_once_and_what_they_have_alike_a_few_times(
    writing: Writing, crossed: list[str]
) -> None:
    keys = writing.schedule_tasks(
        (Job(plain, f"job-{n}", data={"days": n}), once()) for n in range(1000)
    )
    assert len(keys) == 1000
    (packed,) = crossed
    rows = json.loads(packed)
    assert [name for row in rows for name in row[-2]] == [key.name for key in keys]
    assert len(rows) == 10
