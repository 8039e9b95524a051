"""Each field of a cron expression means to Quartz what is written there, or it is refused here."""

from __future__ import annotations

import re

import jpype
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pyquartz import InvalidTriggerError
from pyquartz._jvm import launch
from pyquartz._jvm.convert import java
from pyquartz.cron import check_fields
from tests.support.strategies import DAYS, MONTHS, expressions

# Quartz's name of each field, its least and its greatest number, and where it stands.
FIELDS = {
    "seconds": (0, 59, "{} 0 0 1 1 ?"),
    "minutes": (0, 59, "0 {} 0 1 1 ?"),
    "hours": (0, 23, "0 0 {} 1 1 ?"),
    "daysOfMonth": (1, 31, "0 0 0 {} 1 ?"),
    "months": (1, 12, "0 0 0 1 {} ?"),
    "daysOfWeek": (1, 7, "0 0 0 ? 1 {}"),
    "years": (1970, 2199, "0 0 0 1 1 ? {}"),
}
_numbers = st.integers(0, 120).map(str) | st.sampled_from(["1969", "2030", "2060", "2199", "2200"])
_words = st.sampled_from(["*", "", "L", "W", *DAYS, *MONTHS, "MONDAY"])
_ends = _numbers | _words
_items = st.builds(
    lambda first, last, step: first + last + step,
    _ends,
    st.just("") | _ends.map("-{}".format),
    st.just("") | _numbers.map("/{}".format),
)
_lists = st.lists(_items, min_size=1, max_size=3).map(",".join)


@pytest.fixture(autouse=True, scope="module")
def _jvm() -> None:
    launch.ensure_jvm()


def quartz_reads(expression: str) -> dict[str, str] | None:
    """What Quartz's parser makes of each field; None when it refuses the expression."""
    try:
        summary = str(java("org.quartz.CronExpression")(expression).getExpressionSummary())
    except jpype.JException:
        return None
    return dict(re.findall(r"^(\w+): (.*)$", summary, re.MULTILINE))


def meant(field: str, text: str) -> set[int]:
    """The numbers that a field names by the documentation, without L, W and #."""
    least, most, _ = FIELDS[field]
    names = {"daysOfWeek": DAYS, "months": MONTHS}.get(field, ())

    def number(word: str) -> int:
        return names.index(word[:3]) + 1 if word.isalpha() else int(word)

    found: set[int] = set()
    for item in text.split(","):
        span, _, step = item.partition("/")
        first, dash, last = span.partition("-")
        begin = least if first in ("*", "") else number(first)
        whole = first in ("*", "") or step
        end = number(last) if dash else most if whole else begin
        if end < begin:
            end += most - least + 1
        numbers = range(begin, end + 1, int(step or 1))
        found |= {(n - least) % (most - least + 1) + least for n in numbers}
    return found


@settings(deadline=None, max_examples=400)
@given(field=st.sampled_from(list(FIELDS)), text=_lists)
@example(field="minutes", text="99")
@example(field="daysOfWeek", text="MON-FRI/2")
@example(field="daysOfWeek", text="MONDAY-FRIDAY")
def test_what_is_taken_means_to_quartz_what_is_written(field: str, text: str) -> None:
    expression = FIELDS[field][2].format(text)
    try:
        check_fields(expression)
    except InvalidTriggerError:
        return
    if "L" in text.replace("JUL", "") or "W" in text.replace("WED", ""):
        return
    read = quartz_reads(expression)
    wanted = meant(field, text)
    if field == "years":
        # Quartz fills no more than a hundred years from now.
        assert read is None or read[field] == "*" or set(map(int, read[field].split(","))) <= wanted
        return
    assert read is not None
    if read[field] == "*":
        assert "*" in text.split(",")
    else:
        assert set(map(int, read[field].split(","))) == wanted


@settings(deadline=None)
@given(expressions)
def test_what_the_documentation_allows_is_taken_here_and_there(expression: str) -> None:
    taken = check_fields(expression)
    assert quartz_reads(taken) is not None
