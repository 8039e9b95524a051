"""When triggers fire: as Quartz computes it, and what becomes of what was missed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pyquartz import Scheduler, Trigger, calendar_every, cron, every
from tests.integration.conftest import Make
from tests.integration.suite_jobs import Run, note
from tests.support.waiting import wait_until

UTC = timezone.utc
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def local(trigger: Trigger, after: datetime, n: int) -> list[str]:
    """The next fires as a clock on the wall shows them."""
    return [f"{fire:%m-%d %H:%M %z}" for fire in trigger.next_fires(n, after)]


@pytest.mark.parametrize(
    ("trigger", "after", "fires"),
    [
        # Spring: 02:30 is not there, and that day is left out.
        (
            cron("0 30 2 * * ?", tz=NEW_YORK), datetime(2030, 3, 9, tzinfo=NEW_YORK),
            ["03-09 02:30 -0500", "03-11 02:30 -0400"],
        ),
        (
            cron("0 30 2 * * ?", tz=BERLIN), datetime(2030, 3, 30, tzinfo=BERLIN),
            ["03-30 02:30 +0100", "04-01 02:30 +0200"],
        ),
        # Autumn: of the hour that comes twice, Quartz's quarters skip one half.
        (
            cron("0 0/15 * * * ?", tz=NEW_YORK),
            datetime(2030, 11, 3, 1, 20, tzinfo=NEW_YORK),
            ["11-03 01:30 -0500", "11-03 01:45 -0500"],
        ),
        (
            cron("0 0 3 * * ?", tz=BERLIN), datetime(2030, 10, 26, tzinfo=BERLIN),
            ["10-26 03:00 +0200", "10-27 03:00 +0100"],
        ),
        # A calendar interval keeps its hour, and on the short day fires an hour later.
        (
            calendar_every(
                1, "day", tz=NEW_YORK, preserve_hour_of_day=True,
                start=datetime(2030, 3, 9, 2, 30, tzinfo=NEW_YORK),
            ),
            datetime(2030, 3, 9, tzinfo=NEW_YORK),
            ["03-09 02:30 -0500", "03-10 03:30 -0400", "03-11 02:30 -0400"],
        ),
    ],
)  # fmt: skip
def test_daylight_saving_is_quartz_own(trigger: Trigger, after: datetime, fires: list[str]) -> None:
    assert local(trigger, after, len(fires)) == fires


def test_the_next_fires_come_in_the_triggers_zone_and_end_with_it() -> None:
    after = datetime(2030, 1, 1, tzinfo=UTC)
    trigger = cron("0 0 3 * * ?", tz=BERLIN, start=after, end=after + timedelta(days=2))
    assert [str(fire) for fire in trigger.next_fires(9, after)] == [
        "2030-01-01 03:00:00+01:00", "2030-01-02 03:00:00+01:00",
    ]  # fmt: skip
    assert every(hours=1, repeat=1, start=after).next_fires(5, after - timedelta(1)) == [
        after, after + timedelta(hours=1),
    ]  # fmt: skip


def test_the_store_agrees_with_the_preview(scheduler: Scheduler) -> None:
    for number, trigger in enumerate(
        [cron("0 30 2 * * ?", tz=NEW_YORK), cron("0 0/7 8-17 ? * MON-FRI", tz=BERLIN)]
    ):
        scheduler.schedule_task(note, trigger, key=f"j{number}")
        [stored] = scheduler.triggers(f"j{number}")
        assert stored.start is not None
        before = stored.start - timedelta(milliseconds=1)
        assert stored.next_fire_time == trigger.next_fires(1, before)[0]


# -- what was missed ------------------------------------------------------------------------------

HOUR = timedelta(hours=1)


def missed(make: Make, late: Trigger) -> Scheduler:
    """A started scheduler that missed a trigger's firings while it stood by."""
    scheduler = make(properties={"org.quartz.jobStore.misfireThreshold": "1000"})
    scheduler.schedule_task(note, late)
    scheduler.start()
    return scheduler


def hours_ago(count: float) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - count * HOUR


def hourly_cron(misfire: str) -> Trigger:
    """Hourly since three and a half hours, at the minute of half an hour ago."""
    start = hours_ago(3.5)
    return cron(f"0 {start.minute} * * * ?", tz="UTC", start=start - HOUR / 60, misfire=misfire)


@pytest.mark.parametrize(
    ("make_trigger", "runs"),
    [
        (lambda: hourly_cron("do_nothing"), 0),
        (lambda: hourly_cron("fire_once_now"), 1),
        (lambda: hourly_cron("smart"), 1),
        (lambda: hourly_cron("ignore"), 4),
        (lambda: every(HOUR, start=hours_ago(3.5), misfire="next_with_existing_count"), 0),
        (lambda: every(HOUR, start=hours_ago(3.5), misfire="next_with_remaining_count"), 0),
        (lambda: every(HOUR, start=hours_ago(3.5), misfire="ignore"), 4),
        (lambda: every(HOUR, start=hours_ago(3.5), repeat=9, misfire="fire_now"), 1),
        (
            lambda: every(
                HOUR, start=hours_ago(3.5), repeat=9, misfire="now_with_existing_count"
            ),
            1,
        ),
        (
            lambda: every(
                HOUR, start=hours_ago(3.5), repeat=9, misfire="now_with_remaining_count"
            ),
            1,
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("store", ["ram", "h2", "postgresql-cluster"], indirect=True)
def test_what_was_missed_follows_the_policy(
    make: Make, seen: list[Run], make_trigger: Callable[[], Any], runs: int
) -> None:
    scheduler = missed(make, make_trigger())
    now = datetime.now(UTC)
    info = wait_until(
        lambda: [t for t in scheduler.triggers() if t.next_fire_time and t.next_fire_time > now],
        message=lambda: str(scheduler.triggers()),
    )[0]
    assert info.next_fire_time is not None
    assert info.next_fire_time <= now + HOUR + timedelta(minutes=1)
    wait_until(lambda: len(seen) >= runs, message=lambda: str(seen))
    wait_until(lambda: not scheduler.executing())
    assert len(seen) == runs
