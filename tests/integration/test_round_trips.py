"""What is read from a store is what was written, whatever that was: property tests on every store.

Data in a store with useProperties come back as strings. Equality there means: the string that
pyquartz writes for the value, out of which a job's annotated parameter gets the value again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, timezone
from decimal import Decimal
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pyquartz import (
    Job,
    JobContext,
    JobDataError,
    Scheduler,
    Trigger,
    TriggerKey,
    defjob,
    every,
    once,
)
from pyquartz._jvm.convert import to_string
from pyquartz.binding import coerce
from tests.integration.suite_jobs import note
from tests.support.strategies import (
    CALENDARS,
    SCALARS,
    datas,
    differences,
    fires,
    first_fire,
    same,
    texts,
    triggers,
)
from tests.support.waiting import wait_until

KINDS = (
    "ram",
    "h2",
    "h2-strings",
    "postgresql",
    "postgresql-strings",
    "mariadb",
    "mariadb-strings",
)
JOB = "round-trip"
# A store's round trip costs far more than an example: each one carries many values, and what came
# back wrong is named, so that nothing is gained by shrinking.
round_trips = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass(frozen=True)
class Place:
    """A scheduler in standby, and whether its store keeps strings."""

    scheduler: Scheduler
    keeps_strings: bool

    def as_stored(self, data: Any) -> dict[str, object]:
        """What shall come back."""
        if not self.keeps_strings:
            return dict(data)
        return {key: to_string(value) for key, value in data.items()}


@pytest.fixture(scope="module", params=[pytest.param(k, marks=pytest.mark.store) for k in KINDS])
def place(request: pytest.FixtureRequest, _urls: Callable[[str], str | None]) -> Iterator[Place]:
    """Each store in turn."""
    kind, _, strings = request.param.partition("-")
    properties = {"org.quartz.jobStore.useProperties": "true"} if strings else {}
    clustered = None if kind in ("ram", "h2") else False
    scheduler = Scheduler(
        _urls(kind), name=f"trips-{request.param}", clustered=clustered, properties=properties
    )
    for name, calendar in CALENDARS.items():
        scheduler.add_calendar(name, calendar)
    yield Place(scheduler, bool(strings))
    scheduler.stop()


@round_trips
@given(given_triggers=st.lists(triggers, min_size=5, max_size=20))
def test_a_trigger_comes_back_as_it_was_written(
    place: Place, given_triggers: list[Trigger]
) -> None:
    written = {
        TriggerKey(f"{number}", "trips"): trigger
        for number, trigger in enumerate(filter(fires, given_triggers))
    }
    if not written:
        return
    scheduler = place.scheduler
    zone = scheduler.info().zone
    scheduler.schedule_task(
        Job(note, JOB), *(replace(trigger, key=key) for key, trigger in written.items())
    )
    read = {info.key: info for info in scheduler.triggers(JOB)}
    scheduler.delete_task(JOB)
    assert read.keys() == written.keys()
    for key, trigger in written.items():
        info = read[key]
        assert info.unreadable is None
        assert info.trigger is not None
        # What was left open is said by the store: when it was stored, and the machine's zone.
        wanted: dict[str, Any] = {"key": key, "start": trigger.start or info.start}
        if getattr(trigger, "tz", "") is None:
            wanted["tz"] = zone
        assert replace(info.trigger, data={}) == replace(trigger, data={}, **wanted)
        assert differences(dict(info.trigger.data), place.as_stored(trigger.data)) == []
        assert info.next_fire_time == first_fire(info.trigger)


@round_trips
@given(data=st.dictionaries(texts, datas, min_size=1, max_size=25))
def test_data_come_back_as_they_were_written(place: Place, data: dict[str, Any]) -> None:
    place.scheduler.add_job(Job(note, JOB, data=data))
    read = place.scheduler.job(JOB).data
    place.scheduler.delete_task(JOB)
    assert differences(dict(read), place.as_stored(data)) == []


kinds = st.one_of(*(st.tuples(st.just(kind), values) for kind, values in SCALARS.items()))


@given(st.lists(kinds, max_size=20))
def test_a_parameter_gets_its_value_out_of_the_string(typed: list[tuple[type, Any]]) -> None:
    for kind, value in typed:
        made = coerce(to_string(value), kind, "parameter")
        if isinstance(value, datetime):
            # A text has the offset, no zone.
            assert isinstance(made, datetime)
            assert (made, made.utcoffset()) == (value, value.utcoffset())
        else:
            assert same(made, value)


@defjob("tests.round_trips.echo", persist_data=True, concurrent=False)
def echo(ctx: JobContext, **data: object) -> None:
    """Keep what it is given."""
    ctx.job_data["kept"] = {key: data[key] for key in data if key != "kept"}


@pytest.mark.parametrize("place", ["ram", "h2"], indirect=True)
def test_a_job_gets_and_keeps_what_was_written(place: Place) -> None:
    scheduler = place.scheduler

    @round_trips
    @given(data=datas)
    def gets_and_keeps(data: dict[str, Any]) -> None:
        job = Job(echo, JOB, data=data, durable=True)
        scheduler.schedule_task(job, once())
        wait_until(lambda: not scheduler.triggers(JOB) and "kept" in scheduler.job(JOB).data)
        kept = scheduler.job(JOB).data["kept"]
        scheduler.delete_task(JOB)
        assert isinstance(kept, dict)
        assert differences(kept, data) == []

    scheduler.start()
    gets_and_keeps()
    scheduler.standby()


# -- what can't be stored -------------------------------------------------------------------------


class Level(IntEnum):
    HIGH = 1


EAST, WEST = timezone(timedelta(hours=5)), timezone(timedelta(hours=-5))
REFUSED = {
    "object": object(),
    "set": {1},
    "complex": 1j,
    "bytearray": bytearray(b"x"),
    "test_round_trips.Level": Level.HIGH,
    "naive datetime": datetime(2030, 1, 1),
    "half a surrogate pair": "x\udc80",
    "a str, which has half a surrogate pair": {"x\ud800": 1},
    "time with a zone": time(8, tzinfo=timezone.utc),
    "decimal NaN": Decimal("NaN"),
    "decimal Infinity": Decimal("Infinity"),
    "a decimal with the exponent": Decimal("1E+3000000000"),
    "an int of more than 4300 digits": 10**4300,
    "outside of the years 1 to 9999": datetime.min.replace(tzinfo=EAST),
    "years 1 to 9999": datetime.max.replace(tzinfo=WEST),
    "key 1, which is not a string": {1: "x"},
}
"""By words of the message."""


@settings(deadline=None, phases=[Phase.explicit, Phase.generate], max_examples=30)
@given(
    words=st.sampled_from(list(REFUSED)),
    path=st.lists(st.booleans(), max_size=4),
    beside=datas,
    key=texts,
)
@pytest.mark.parametrize("place", ["ram", "h2", "h2-strings"], indirect=True)
def test_what_cant_be_stored_is_refused_before_anything_is_written(
    place: Place, words: str, path: list[bool], beside: dict[str, Any], key: str
) -> None:
    value: Any = REFUSED[words]
    for in_a_list in path:
        value = ["x", value] if in_a_list else {"inner": value}
    bad = {**beside, key: value}
    scheduler = place.scheduler
    named = f"{re.escape(repr(key))}.*{words}"
    with pytest.raises(JobDataError, match=named):
        scheduler.schedule_task(Job(note, "bad"), every(hours=1, data=beside), data=bad)
    with pytest.raises(JobDataError, match=named):
        scheduler.schedule_task(Job(note, "bad"), every(hours=1, data=bad))
    with pytest.raises(JobDataError, match=named):
        scheduler.add_job(Job(note, "bad", data=bad))
    assert [job.key.name for job in scheduler.jobs()] == []
    assert scheduler.triggers() == []
