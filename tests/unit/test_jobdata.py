"""Job data: the closed set, and how it meets a callable's parameters."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import IntEnum
from typing import Any, Optional, Union
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyquartz.binding import Binder, coerce
from pyquartz.errors import JobDataError
from pyquartz.jobdata import check_data

NOON = datetime(2030, 1, 31, 12, tzinfo=timezone.utc)
ID = UUID("12345678-1234-5678-1234-567812345678")


class Text(str):
    __slots__ = ()


class Level(IntEnum):
    HIGH = 1


scalars = st.one_of(
    st.none(),
    st.text(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.datetimes(timezones=st.timezones()),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.uuids(),
    st.binary(),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), values, max_size=4))
def test_every_value_of_the_set_is_taken_as_it_is(data: dict[str, object]) -> None:
    assert check_data(data, "data") == data


def test_no_data_are_no_data() -> None:
    assert check_data(None, "data") == {}


def test_tuples_become_lists() -> None:
    assert check_data({"a": (1, (2,))}, "data") == {"a": [1, [2]]}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2030, 1, 1), "'k' is a naive datetime"),
        (time(1, tzinfo=timezone.utc), "time with a zone"),
        (NOON.replace(tzinfo=timezone(timedelta(hours=20))), "offset of 20:00:00"),
        (NOON.replace(tzinfo=timezone(timedelta(seconds=1.5))), "offset of 0:00:01.5"),
        (Decimal("NaN"), "the decimal NaN"),
        (Decimal("-Infinity"), "the decimal -Infinity"),
        (object(), "'k' is a builtins.object, which can't be stored; what can: str, bool"),
        ({1, 2}, "'k' is a builtins.set"),
        (1j, "builtins.complex"),
        (Text("a"), "test_jobdata.Text"),
        (Level.HIGH, "test_jobdata.Level"),
        ([1, [object()]], "'k'\\[1\\]\\[0\\] is a builtins.object"),
        ({"a": {"b": object()}}, "'k'\\['a'\\]\\['b'\\] is a"),
        ({"a": {1: 2}}, "'k'\\['a'\\] has the key 1, which is not a string"),
        ("\ud800", "'k' is a str, which has half a surrogate pair"),
    ],
)
def test_what_is_outside_the_set_is_refused_where_it_stands(value: Any, words: str) -> None:
    with pytest.raises(JobDataError, match=words):
        check_data({"k": value}, "data")


def test_what_contains_itself_is_refused() -> None:
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(JobDataError, match="nested more than 32 deep"):
        check_data({"k": loop}, "data")


@pytest.mark.parametrize("data", [[1], "text", 5])
def test_data_are_a_mapping(data: Any) -> None:
    with pytest.raises(JobDataError, match="are a mapping of names to values"):
        check_data(data, "the data of job x")


def test_names_are_strings() -> None:
    with pytest.raises(JobDataError, match="the key 1 is not a string"):
        check_data({1: 2}, "data")  # type: ignore[dict-item]


# -- binding --------------------------------------------------------------------------------------


def job(ctx: Any, count: int, name: str = "x", *rest: Any, flag: bool = False) -> None: ...


def open_job(count: int, **others: Any) -> None: ...


def test_parameters_are_filled_by_name() -> None:
    data = {"count": 1, "flag": True, "unknown": 3, "ctx": "not the context", "rest": [1]}
    assert Binder(job, frozenset({"ctx"})).bind(data) == {"count": 1, "flag": True}


def test_the_rest_goes_to_the_keywords() -> None:
    assert Binder(open_job, frozenset()).bind({"count": 1, "a": 2, "b": 3}) == {
        "count": 1, "a": 2, "b": 3,
    }  # fmt: skip


def test_a_value_that_does_not_fit_names_function_and_parameter() -> None:
    with pytest.raises(JobDataError, match=r"test_jobdata\.job: 'count' is 'x', and"):
        Binder(job, frozenset({"ctx"})).bind({"count": "x"})


def test_a_missing_value_names_function_and_parameter() -> None:
    with pytest.raises(JobDataError, match=r"test_jobdata\.job needs 'count'.*no default"):
        Binder(job, frozenset({"ctx"})).bind({"name": "a"})


def test_none_is_a_value() -> None:
    assert Binder(job, frozenset({"ctx"})).bind({"count": None}) == {"count": None}


@pytest.mark.parametrize(
    ("value", "wanted", "result"),
    [
        ("5", int, 5),
        (" 5 ", int, 5),
        ("5", str, "5"),
        ("true", bool, True),
        ("False", bool, False),
        ("1.5", float, 1.5),
        (2, float, 2.0),
        ("1.50", Decimal, Decimal("1.50")),
        (str(ID), UUID, ID),
        ("AAE=", bytes, b"\x00\x01"),
        ("2030-01-31T12:00:00+00:00", datetime, NOON),
        ("2030-01-31T12:00:00Z", datetime, NOON),
        ("2030-01-31", date, date(2030, 1, 31)),
        (NOON, date, NOON),
        ("08:30:00", time, time(8, 30)),
        ("90.5", timedelta, timedelta(seconds=90.5)),
        ("[1, 2]", list, [1, 2]),
        ("[1, 2]", list[int], [1, 2]),
        ('{"a": 1}', dict, {"a": 1}),
        ('{"a": 1}', dict[str, int], {"a": 1}),
        ([1], list[int], [1]),
        ("5", Optional[int], 5),  # noqa: UP045 - the older spelling must do as well
        ("5", int | None, 5),
        (None, int | None, None),
        # A store with useProperties keeps None as an empty string.
        ("", int | None, None),
        ("", str | None, ""),
        ("x", Union[int, str], "x"),  # noqa: UP007 - the older spelling must do as well
        ("5", int | str, "5"),
        ("1.5", int | float, 1.5),
        ("5", float | int, 5),
        ("2031-01-01", datetime | date | None, date(2031, 1, 1)),
        (
            "2031-01-01T08:00:00+00:00",
            date | datetime,
            datetime(2031, 1, 1, 8, tzinfo=timezone.utc),
        ),
        (5, Any, 5),
        (5, object, 5),
        ("HIGH", Level, "HIGH"),
    ],
)
def test_a_value_becomes_what_the_parameter_wants(
    value: object, wanted: Any, result: object
) -> None:
    made = coerce(value, wanted, "p")
    assert made == result
    assert type(made) is type(result)


@pytest.mark.parametrize(
    ("value", "wanted", "words"),
    [
        ("five", int, "'p' is 'five', and the job's parameter wants int"),
        (1.5, int, "wants int"),
        (True, int, "wants int"),
        (1, bool, "wants bool"),
        ("yes", bool, "wants bool"),
        (5, str, "wants str"),
        ("x", float, "wants float"),
        ("x", Decimal, "wants Decimal"),
        ("x", UUID, "wants UUID"),
        ("x", bytes, "wants bytes"),
        ("tomorrow", datetime, "wants datetime"),
        ("x", timedelta, "wants timedelta"),
        ("inf", timedelta, "wants timedelta"),
        ('{"a": 1}', list, "wants list"),
        ("[1]", dict, "wants dict"),
        ("x", int | None, "wants int or None$"),
        ([1], dict, "wants dict"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(value: object, wanted: Any, words: str) -> None:
    with pytest.raises(JobDataError, match=words):
        coerce(value, wanted, "p")
