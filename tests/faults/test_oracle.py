"""The oracle finds what is wrong in logs that are made up, and nothing in those that are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.faults.lines import Line
from tests.faults.oracle import Course, Evidence, Firing, Ghost, Judgement, Taken, judge
from tests.faults.plan import BY_NAME

PLAIN, SKIPPING, ONE, RECOVERED, EXCLUSIVE = (
    BY_NAME[name] for name in ("plain", "skipping", "once-now", "recovered", "one-of-two")
)
TIMES = tuple(range(10_000, 20_000, 1000))
NEXT = 20_000


def run(
    planned: object, time: int, at: int | None = None, ends: bool = True, **more: object
) -> list[Line]:
    """The lines of one run, which takes a tenth of a second."""
    assert hasattr(planned, "name")
    assert hasattr(planned, "job")
    begin = Line(
        event="begin",
        job=planned.job,
        trigger=planned.name,
        scheduled=time,
        at=time + 5 if at is None else at,
        node="a",
        instance=f"{planned.name}-{time}",
        recovering=False,
        idempotency_key=f"{planned.name}@{time}",
    )
    begin = replace(begin, **more)  # type: ignore[arg-type]
    return [begin, replace(begin, event="end", at=begin.at + 100)] if ends else [begin]


def all_but(planned: object, *left_out: int) -> list[Line]:
    return [line for time in TIMES if time not in left_out for line in run(planned, time)]


def judged(planned: object, lines: Sequence[Line], **more: object) -> Judgement:
    course = Course(planned, TIMES, NEXT)  # type: ignore[arg-type]
    return judge(Evidence((course,), tuple(lines), **more))  # type: ignore[arg-type]


def kinds(found: Judgement) -> dict[int, str]:
    """The firings that were not on time."""
    return {each.scheduled: each.kind for each in found.firings if each.kind != "on time"}


def test_all_on_time() -> None:
    found = judged(PLAIN, all_but(PLAIN))
    assert found.wrong == ()
    assert found.firings == tuple(Firing("plain", time, "on time") for time in TIMES)


def test_late_is_not_wrong() -> None:
    found = judged(PLAIN, all_but(PLAIN, 12_000) + run(PLAIN, 12_000, at=15_000))
    assert (kinds(found), found.wrong) == ({12_000: "late"}, ())


@pytest.mark.parametrize("planned", [PLAIN, SKIPPING, ONE])
def test_one_that_is_missing_is_missed(planned: object) -> None:
    # No misfire instruction explains it: the next came before the threshold was over.
    found = judged(planned, all_but(planned, 12_000))
    assert kinds(found) == {12_000: "missed"}
    assert len(found.wrong) == 1


def test_the_last_ones_are_missed_as_well() -> None:
    assert kinds(judged(PLAIN, all_but(PLAIN, 19_000))) == {19_000: "missed"}


def test_a_gap_is_a_misfire_only_where_the_instruction_leaves_times_out() -> None:
    gap = (12_000, 13_000, 14_000)
    assert judged(PLAIN, all_but(PLAIN, *gap)).wrong
    found = judged(SKIPPING, all_but(SKIPPING, *gap))
    assert (kinds(found), found.wrong) == (dict.fromkeys(gap, "misfired"), ())
    assert judged(ONE, all_but(ONE, *gap)).wrong


def test_one_firing_makes_up_for_a_gap() -> None:
    gap = (12_000, 13_000, 14_000)
    found = judged(ONE, all_but(ONE, *gap) + run(ONE, 14_321))
    assert (kinds(found), found.wrong) == (dict.fromkeys(gap, "misfired"), ())
    assert judged(SKIPPING, all_but(SKIPPING, *gap) + run(SKIPPING, 14_321)).wrong
    # Too early: by then nothing had been missed by the threshold.
    assert judged(ONE, all_but(ONE, 12_000, 13_000) + run(ONE, 13_321)).wrong


def test_a_firing_that_the_store_does_not_know_of_is_wrong() -> None:
    assert judged(PLAIN, all_but(PLAIN) + run(PLAIN, 20_000)).wrong


def test_twice_is_wrong_without_recovery() -> None:
    again = run(PLAIN, 12_000, instance="another")
    found = judged(PLAIN, all_but(PLAIN) + again)
    assert kinds(found) == {12_000: "doubled"}
    assert len(found.wrong) == 1
    assert judged(PLAIN, all_but(PLAIN) + run(PLAIN, 12_000, instance="r", recovering=True)).wrong


def test_twice_is_right_when_one_of_them_recovers() -> None:
    again = run(RECOVERED, 12_000, at=15_000, instance="another", recovering=True, node="b")
    found = judged(RECOVERED, all_but(RECOVERED) + again)
    assert (kinds(found), found.wrong) == ({12_000: "doubled"}, ())
    unasked = run(RECOVERED, 12_000, instance="another", node="b")
    assert judged(RECOVERED, all_but(RECOVERED) + unasked).wrong


def test_a_run_that_a_death_cut_off_is_recovered_where_that_was_asked_for() -> None:
    cut = run(RECOVERED, 12_000, ends=False)
    lines = all_but(RECOVERED, 12_000) + cut
    assert "lives" in judged(RECOVERED, lines).wrong[0]
    assert "not recovered" in judged(RECOVERED, lines, deaths={"a": 12_050}).wrong[0]
    made_up_for = run(RECOVERED, 12_000, instance="another", recovering=True, node="b")
    assert judged(RECOVERED, lines + made_up_for, deaths={"a": 12_050}).wrong == ()
    plain = all_but(PLAIN, 12_000) + run(PLAIN, 12_000, ends=False)
    assert judged(PLAIN, plain, deaths={"a": 12_050}).wrong == ()


def test_what_a_dead_node_had_only_taken_is_lost_or_recovered() -> None:
    taken = frozenset({Taken("plain", 12_000), Taken("recovered", 12_000)})
    found = judged(PLAIN, all_but(PLAIN, 12_000), taken=taken)
    assert (kinds(found), found.wrong) == ({12_000: "cut off"}, ())
    lost = all_but(RECOVERED, 12_000)
    assert kinds(judged(RECOVERED, lost, taken=taken)) == {12_000: "missed"}
    made_up_for = run(RECOVERED, 12_000, recovering=True)
    assert judged(RECOVERED, lost + made_up_for, taken=taken).wrong == ()


def test_runs_of_an_exclusive_job_that_meet_are_wrong_unless_one_is_a_ghosts() -> None:
    early = run(EXCLUSIVE, 12_000, at=12_950, node="b")
    lines = all_but(EXCLUSIVE, 12_000) + early
    assert "overlapped" in judged(EXCLUSIVE, lines).wrong[0]
    assert judged(EXCLUSIVE, lines, ghosts=(Ghost("b", 11_000, 12_960),)).wrong == ()
    assert judged(EXCLUSIVE, lines, ghosts=(Ghost("b", 11_000, 12_000),)).wrong
    dead = run(EXCLUSIVE, 12_000, ends=False, node="b")
    lines = all_but(EXCLUSIVE, 12_000) + dead
    assert judged(EXCLUSIVE, lines, deaths={"b": 12_900}).wrong == ()
    assert judged(EXCLUSIVE, lines, deaths={"b": 13_050}).wrong


def test_each_firing_has_one_key_of_its_own() -> None:
    other = run(RECOVERED, 12_000, instance="i", recovering=True, idempotency_key="new")
    assert "several" in judged(RECOVERED, all_but(RECOVERED) + other).wrong[0]
    same = run(PLAIN, 12_000, idempotency_key="plain@13000")
    assert "2 firings" in judged(PLAIN, all_but(PLAIN, 12_000) + same).wrong[0]


def test_a_line_of_nobodys_is_wrong() -> None:
    stray = run(PLAIN, 12_000, trigger="stray", idempotency_key="stray")
    assert "no known" in judged(PLAIN, all_but(PLAIN) + stray).wrong[0]
