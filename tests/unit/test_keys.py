"""Keys: names in groups."""

from __future__ import annotations

import pytest

from pyquartz import Group, InvalidKeyError, JobKey, TriggerKey
from pyquartz.keys import as_key


def test_a_string_is_a_name_in_the_default_group() -> None:
    assert as_key(JobKey, "a") == JobKey("a", "DEFAULT")
    assert as_key(TriggerKey, TriggerKey("a", "g")) == TriggerKey("a", "g")


def test_a_key_prints_as_quartz_prints_it() -> None:
    assert f"{JobKey('a', 'g')}" == "g.a"
    assert str(TriggerKey("a")) == "DEFAULT.a"


def test_keys_of_two_kinds_are_never_equal() -> None:
    keys: set[object] = {JobKey("a"), TriggerKey("a"), JobKey("a")}
    assert len(keys) == 2
    with pytest.raises(InvalidKeyError, match="expected a TriggerKey"):
        as_key(TriggerKey, JobKey("a"))  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "group"), [("", "g"), ("a", ""), (None, "g"), ("a", 3)])
def test_a_key_without_a_name_or_group_is_refused(name: str, group: str) -> None:
    with pytest.raises(InvalidKeyError, match="not empty"):
        JobKey(name, group)


def test_keys_sort_by_name() -> None:
    assert sorted([JobKey("b", "a"), JobKey("a", "z")])[0] == JobKey("a", "z")


def test_groups_match_by_name_or_all() -> None:
    assert Group("billing") == Group("billing", "equals", "trigger")
    assert Group.any("job").operator == "anything"
