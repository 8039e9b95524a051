"""What Java says, as Python's values; no JVM is needed to read it."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from pyquartz import Opaque
from pyquartz._jvm.convert import decode


def java(kind: str, text: str, *more: str) -> Any:
    """A value as org.pyquartz.inspect.Json writes it, in the data of a job beside another."""
    tag = {"$": kind, "v": text} | ({"w": more[0]} if more else {})
    return decode(json.dumps({"bad": tag, "good": 1}))


@pytest.mark.parametrize(
    ("kind", "text", "more"),
    [
        ("instant", "+10000-01-01T00:00:00Z", []),
        ("instant", "-0001-01-01T00:00:00Z", []),
        ("zoned", "0000-12-31T22:00:00Z", ["Europe/Berlin"]),
        ("zoned", "2030-01-31T12:00:00Z", ["Moon/Tranquility"]),
        ("datetime", "+10000-01-01T00:00:00+01:00", []),
        ("date", "+999999999-12-31", []),
        ("duration", "9223372036854775807.0", []),
    ],
)
def test_what_python_has_no_value_for_harms_only_itself(
    kind: str, text: str, more: list[str]
) -> None:
    read = java(kind, text, *more)
    assert read["good"] == 1
    assert isinstance(read["bad"], Opaque)
    assert text in read["bad"].reason


def test_the_moment_of_a_zone_is_kept() -> None:
    moment = java("zoned", "2030-01-31T12:00:00.5Z", "Europe/Berlin")["bad"]
    assert moment == datetime(2030, 1, 31, 12, 0, 0, 500_000, timezone.utc)
    assert moment.tzinfo.key == "Europe/Berlin"
