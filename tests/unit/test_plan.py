"""What is wanted: the keys of a job's triggers."""

from __future__ import annotations

import pytest

from pyquartz import InvalidTriggerError, JobKey, Trigger, cron, every, once
from pyquartz.plan import default_keys

JOB = JobKey("j", "g")


def names(*triggers: Trigger) -> list[str]:
    """The default keys of some triggers, in order."""
    return [str(key) for key in default_keys(JOB, triggers)]


def test_triggers_are_named_after_their_job() -> None:
    assert names(every(hours=1)) == ["g.j"]
    assert names(every(hours=1), every(hours=2), cron("0 0 3 * * ?")) == ["g.j", "g.j#2", "g.j#3"]
    assert names(once(), every(hours=1)) == ["g.j#once", "g.j"]
    assert names(every(hours=1), every(hours=2, key="own"), every(hours=3)) == [
        "g.j", "DEFAULT.own", "g.j#2",
    ]  # fmt: skip


def test_two_triggers_of_one_key_are_refused() -> None:
    with pytest.raises(InvalidTriggerError, match=r"have the key g\.j#once; give key="):
        names(once(), once())


def test_what_is_no_trigger_is_refused() -> None:
    with pytest.raises(InvalidTriggerError, match="'0 0 3' is no trigger"):
        names("0 0 3")  # type: ignore[arg-type]
