"""How often a day: the end of the day that it means is Quartz's own."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import jpype
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pyquartz import InvalidTriggerError, Scheduler, TriggerKey, daily
from pyquartz._jvm import launch
from pyquartz._jvm.convert import java
from tests.integration.suite_jobs import note

HOUR = timedelta(hours=1)


def quartz_end(count: int, first: time, seconds: int) -> time | None:
    """The end of the day that Quartz's builder computes; None when it refuses."""
    launch.ensure_jvm()
    starting = java("org.quartz.TimeOfDay")(first.hour, first.minute, first.second)
    builder = java("org.quartz.DailyTimeIntervalScheduleBuilder").dailyTimeIntervalSchedule()
    builder = builder.withIntervalInSeconds(seconds).startingDailyAt(starting)
    try:
        end = builder.endingDailyAfterCount(count).build().getEndTimeOfDay()
    except jpype.JException:
        return None
    return time(int(end.getHour()), int(end.getMinute()), int(end.getSecond()))


@settings(deadline=None)
@given(
    count=st.integers(0, 30) | st.integers(0, 86400),
    second=st.integers(0, 86399),
    interval=st.sampled_from([1, 60, 900, 3600, 7200, 43200]) | st.integers(1, 86400),
)
@example(count=23, second=0, interval=3600)
@example(count=24, second=0, interval=3600)
@example(count=1, second=86398, interval=1)
@example(count=1, second=0, interval=86399)
def test_the_end_of_the_day_is_the_one_that_quartz_computes(
    count: int, second: int, interval: int
) -> None:
    first = (datetime.min + timedelta(seconds=second)).time()
    wanted = quartz_end(count, first, interval)
    if wanted is None:
        with pytest.raises(InvalidTriggerError, match="times_a_day="):
            daily(every=timedelta(seconds=interval), from_=first, times_a_day=count)
        return
    trigger = daily(every=timedelta(seconds=interval), from_=first, times_a_day=count)
    assert trigger.to == wanted


def test_it_fires_so_often() -> None:
    trigger = daily(every=HOUR, from_="08:00", times_a_day=4)
    assert trigger == daily(every=HOUR, from_="08:00", to="11:00")


def test_it_may_be_once_a_day(scheduler: Scheduler) -> None:
    scheduler.schedule_task(note, daily(every=HOUR, from_="08:00", times_a_day=1, key="t"))
    first, second = (fire.time for fire in scheduler.next_fires(TriggerKey("t"), 2))
    assert second - first == timedelta(days=1)
    assert scheduler.trigger("t").trigger is not None


@pytest.mark.parametrize("count", [0, -1, 24, True, "3", 1.0])
def test_what_is_no_count_is_refused(count: int) -> None:
    with pytest.raises(InvalidTriggerError, match=r"times_a_day=.*1 to 23 times; to= can say"):
        daily(every=HOUR, times_a_day=count)


def test_it_takes_the_place_of_the_end() -> None:
    with pytest.raises(InvalidTriggerError, match="to= or times_a_day=, not both"):
        daily(every=HOUR, to="12:00", times_a_day=2)
