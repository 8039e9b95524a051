"""What a running job is told."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from pyquartz import JobContext, JobKey, TriggerKey

NOON = datetime(2030, 1, 31, 12, tzinfo=timezone.utc)
FACTS = {
    "job": ["j", "g"], "trigger": ["t", "h"], "data": {"a": 2, "b": 3}, "job_data": {"a": 1},
    "trigger_data": {"a": 2}, "fire_time": NOON, "scheduled_fire_time": NOON,
    "previous_fire_time": None, "next_fire_time": None, "fire_instance_id": "n1",
    "refire_count": 2, "recovering": True, "recovering_trigger": ["r", "rg"],
}  # fmt: skip


def test_facts_are_fetched_once_and_only_when_asked_for() -> None:
    calls = []

    def fetch() -> dict[str, Any]:
        calls.append(1)
        return FACTS

    context = JobContext(fetch)
    assert not calls
    assert context.job_key == JobKey("j", "g")
    assert context.trigger_key == TriggerKey("t", "h")
    assert (context.data, context.job_data, context.trigger_data) == (
        {"a": 2, "b": 3}, {"a": 1}, {"a": 2},
    )  # fmt: skip
    assert (context.fire_time, context.scheduled_fire_time) == (NOON, NOON)
    assert (context.previous_fire_time, context.next_fire_time) == (None, None)
    assert (context.fire_instance_id, context.refire_count) == ("n1", 2)
    assert context.recovering
    assert context.recovering_trigger_key == TriggerKey("r", "rg")
    assert len(calls) == 1


def test_the_idempotency_key_is_that_of_the_first_firing() -> None:
    def key(*firing: object) -> str:
        return JobContext(lambda: {"first_firing": list(firing)}).idempotency_key

    # Users have stored such keys: what is the same firing now has to be so for ever.
    assert key("s", "t", "g", 1_900_000_000_000) == "91ee0c1b-84fc-5baf-a713-7bc3b80b319e"
    others = [
        key("s2", "t", "g", 1_900_000_000_000),
        key("s", "t.g", "g", 1_900_000_000_000),
        key("s", "t", "g.g", 1_900_000_000_000),
        key("s", "t", "g", 1_900_000_000_001),
    ]
    assert len({*others, key("s", "t", "g", 1_900_000_000_000)}) == 5


def test_a_run_that_recovers_nothing_names_no_trigger() -> None:
    assert JobContext(dict).recovering_trigger_key is None


def test_progress_is_a_fraction() -> None:
    context = JobContext(lambda: FACTS)
    assert context.reported_progress is None
    context.progress(0.5, "half")
    assert context.reported_progress == 0.5
    for wrong in (-0.1, 1.1):
        with pytest.raises(ValueError, match=r"from 0\.0 to 1\.0"):
            context.progress(wrong)


def test_a_process_has_no_scheduler() -> None:
    with pytest.raises(AttributeError, match="process of its own"):
        _ = JobContext(lambda: FACTS).scheduler


def test_an_interrupt_sets_the_event_and_ends_what_runs() -> None:
    context = JobContext(lambda: FACTS)
    ended: list[str] = []
    with context.on_interrupt(lambda: ended.append("a")):
        context.interrupt()
    assert context.interrupted.is_set()
    assert ended == ["a"]
    context.interrupt()
    assert ended == ["a"], "what has ended is not ended again"
    # One that comes too late for the interrupt hears of it at once.
    with context.on_interrupt(lambda: ended.append("b")):
        assert ended == ["a", "b"]


def test_the_logger_is_named_after_the_job() -> None:
    assert JobContext(lambda: FACTS, logger="pyquartz.job.acme.X").log.name == "pyquartz.job.acme.X"
