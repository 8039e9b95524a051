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
    "expression",
    [
        "0 0 22-2 ? * FRI-MON",
        "0/5 */10 /2 ? JAN,MAR-MAY 2#5 2030/2",
        "59 59 23 31 12 ? 2199",
        "0 0 0 L,15W,L-30W,LW,1 * ?",
        "0 0 0 ? * FRIL",
        "0 0 0 ? JANUARY MONDAY 1970-2000/3",
        "0 0-30/99 0 1/31 1/12 ?",
        "00 007 0 01 * ?",
    ],
)
def test_what_the_documentation_of_quartz_allows_is_taken(expression: str) -> None:
    assert check_fields(expression) == expression


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        # Quartz takes these for "*", for "?", or leaves a part of them out.
        ("0 99 * ? * *", "minutes '99': 99 is out of range: 0-59"),
        ("99 0 0 ? * *", "seconds '99'"),
        ("0 0 99 ? * *", "hours '99'"),
        ("0 0 0 98 * ?", "day of month '98'"),
        ("0 0 0 1 99 ?", "month '99'"),
        ("0 0 0 ? * 99", "day of week '99'"),
        ("0 0 0 1 * ? 99", "year '99': 99 is out of range: 1970-2199"),
        ("0 */0 * ? * *", "the step '0' is no number from 1 on"),
        ("0 *5 * ? * *", "'\\*5' is none of 0-59"),
        ("0 5X * ? * *", "'5X' is none of 0-59"),
        ("0 0 0 0W * ?", "'0W' is none of 1-31"),
        ("0 0 0 5-0 * ?", "0 is out of range: 1-31"),
        ("0 0 0 5-10W * ?", "'10W'|'5-10W' is none of"),
        ("0 0 0 1 L ?", "month 'L'"),
        ("0 0 0 ? * 9#3", "'9#3' is none of"),
        ("0 0 0 ? * 6#3,2", "there can be one day only"),
        ("0 0 0 ? * MON-FRI/2", "Quartz knows no steps from a name"),
        ("0 0 0 ? * MONDAY-FRIDAY", "short names only: MON-FRI"),
        ("0 0 0 ? * MOON", "'MOON' is none of 1-7, SUN-SAT"),
        # These Quartz refuses as well; here it is said before anything is written.
        ("60 0 0 ? * *", "seconds '60'"),
        ("0 0 24 ? * *", "hours '24'"),
        ("0 0/60 0 ? * *", "the step 60 is longer than 59"),
        ("0 0 0 ? * L,2", "there can be one day only"),
        ("0 0 0 1 * ? 2031-2030", "'2031-2030' ends before it begins"),
        ("0 0 0 1,,2 * ?", "'' is none of 1-31"),
        ("0 0 0 ? * MON-5", "a name and a number"),
        ("٣ 0 0 1 * ?", "seconds"),
    ],
)
def test_a_field_out_of_its_range_is_refused(expression: str, words: str) -> None:
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
