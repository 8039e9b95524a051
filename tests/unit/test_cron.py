"""Cron's fields and Quartz's, told apart and turned into each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyquartz.cron import check_fields, from_crontab
from pyquartz.errors import InvalidTriggerError

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0 0 3 * * ?", "0 0 3 * * ?"),
        ("  0  0 3\t* * ? ", "0 0 3 * * ?"),
        ("0 0 12 ? * mon-fri 2030", "0 0 12 ? * MON-FRI 2030"),
        ("0 0 12 L * ?", "0 0 12 L * ?"),
    ],
)
def test_quartz_fields_are_kept_with_single_spaces(given: str, kept: str) -> None:
    assert check_fields(given) == kept


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 3 * * *", "five fields.*crontab\\('0 3 \\* \\* \\*'\\)"),
        ("0 3 *", "has 3 fields"),
        ("0 0 3 * * ? 2030 1", "has 8 fields"),
        ("", "has 0 fields"),
        ("0 0 3 * * *", "exactly one of day of month"),
        ("0 0 3 ? * ?", "exactly one of day of month"),
        (None, "is a string, not None"),
        (5, "is a string, not 5"),
    ],
)
def test_wrong_fields_are_refused_with_the_way_out(expression: str, words: str) -> None:
    with pytest.raises(InvalidTriggerError, match=words):
        check_fields(expression)


@pytest.mark.parametrize(
    ("crontab", "quartz"),
    [
        ("0 3 * * *", "0 0 3 * * ?"),
        ("*/5 * * * *", "0 */5 * * * ?"),
        ("0,30 9-17/2 * * *", "0 0,30 9-17/2 * * ?"),
        ("0 0 1 jan *", "0 0 0 1 JAN ?"),
        ("0 0 */2 * *", "0 0 0 */2 * ?"),
        ("0 9 * * 0", "0 0 9 ? * SUN"),
        ("0 9 * * 7", "0 0 9 ? * SUN"),
        ("0 9 * * 1", "0 0 9 ? * MON"),
        ("0 9 * * 6", "0 0 9 ? * SAT"),
        ("0 9 * * 1-5", "0 0 9 ? * MON,TUE,WED,THU,FRI"),
        ("0 9 * * mon-fri", "0 0 9 ? * MON,TUE,WED,THU,FRI"),
        ("0 9 * * 5-7", "0 0 9 ? * FRI,SAT,SUN"),
        ("0 9 * * fri-sun", "0 0 9 ? * FRI,SAT,SUN"),
        ("0 9 * * 6-2", "0 0 9 ? * SAT,SUN,MON,TUE"),
        ("0 9 * * 0-7", "0 0 9 ? * SUN,MON,TUE,WED,THU,FRI,SAT"),
        ("0 9 * * 1,3,5", "0 0 9 ? * MON,WED,FRI"),
        ("0 9 * * 0,7", "0 0 9 ? * SUN"),
        ("0 9 * * */2", "0 0 9 ? * SUN,TUE,THU,SAT"),
        ("0 9 * * 1-5/2", "0 0 9 ? * MON,WED,FRI"),
        ("0 9 * * 1/2", "0 0 9 ? * MON,WED,FRI"),
        ("0 9 * * wed,5-6", "0 0 9 ? * WED,FRI,SAT"),
        ("@yearly", "0 0 0 1 1 ?"),
        ("@annually", "0 0 0 1 1 ?"),
        ("@monthly", "0 0 0 1 * ?"),
        ("@weekly", "0 0 0 ? * SUN"),
        ("@daily", "0 0 0 * * ?"),
        ("@midnight", "0 0 0 * * ?"),
        (" @Hourly ", "0 0 * * * ?"),
    ],
)
def test_a_crontab_becomes_quartz_fields(crontab: str, quartz: str) -> None:
    assert from_crontab(crontab) == quartz


@pytest.mark.parametrize(
    ("crontab", "words"),
    [
        ("0 0 3 * * ?", "has 6 fields.*use cron\\(\\)"),
        ("@reboot", "has 1 fields"),
        ("0 9 1 * 1", "both a day of month and a day of week"),
        ("0 9 * * 8", "'8' is not a day of the week"),
        ("0 9 * * MOON", "'MOON' is not a day of the week"),
        ("0 9 * * 1,,2", "'' is not a day of the week"),
        ("0 9 * * 1/x", "'1/X' is not a day of the week"),
        ("0 9 * * */0", "'\\*/0' is not a day of the week"),
        ("0 9 * * */", "'\\*/' is not a day of the week"),
        ("0 9 * * 1-", "'' is not a day of the week"),
        ("0 9 * * 1/²", "'1/²' is not a day of the week"),
        (None, "is a string, not None"),
    ],
)
def test_a_wrong_crontab_is_refused(crontab: str, words: str) -> None:
    with pytest.raises(InvalidTriggerError, match=words):
        from_crontab(crontab)


numbers = st.integers(0, 7)
parts = st.one_of(
    st.just("*"),
    numbers.map(str),
    st.tuples(numbers, numbers).map(lambda pair: f"{min(pair)}-{max(pair)}"),
    st.sampled_from(DAYS),
)


def cron_days(part: str) -> set[int]:
    """What cron takes a list's item for: the days from Sunday = 0, written independently."""
    if part == "*":
        return set(range(7))
    ends = [DAYS.index(end) if end in DAYS else int(end) for end in part.split("-")]
    return {day % 7 for day in range(ends[0], ends[-1] + 1)}


@given(st.lists(parts, min_size=1, max_size=4))
def test_the_days_of_a_crontab_are_the_days_of_quartz(items: list[str]) -> None:
    quartz = from_crontab(f"0 9 * * {','.join(items)}").split()
    days = quartz[5]
    wanted = set().union(*map(cron_days, items))
    # `*` alone means that the day of month decides.
    named = set(range(7)) if days == "?" else {DAYS.index(day) for day in days.split(",")}
    assert named == wanted
    assert check_fields(" ".join(quartz)) == " ".join(quartz)
