"""Calendars in every store: what comes back, what they leave out, and what may be deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyquartz import (
    AnnualCalendar,
    Calendar,
    CalendarInUseError,
    CalendarNotFoundError,
    CronCalendar,
    DailyCalendar,
    HolidayCalendar,
    InvalidCalendarError,
    InvalidTriggerError,
    MonthlyCalendar,
    ObjectAlreadyExistsError,
    Opaque,
    Scheduler,
    TriggerNotFoundError,
    WeeklyCalendar,
    calendar_every,
    cron,
    daily,
    every,
    once,
)
from tests.integration.conftest import Make, Store
from tests.integration.suite_jobs import note
from tests.support.databases import Database

UTC = timezone.utc
BERLIN = ZoneInfo("Europe/Berlin")
# Zones whose days begin at one o'clock, come twice in part, or are half an hour off.
ZONES = ("UTC", "Europe/Berlin", "America/Santiago", "America/Havana", "Australia/Lord_Howe",
         "Asia/Beirut", "Pacific/Apia")  # fmt: skip
EACH_KIND = [
    Calendar(description="nothing"),
    AnnualCalendar(["12-25", "02-29"], tz="Europe/Berlin"),
    HolidayCalendar([date(2026, 9, 6), date(2030, 12, 25)], tz="America/Santiago"),
    HolidayCalendar(["2030-12-25"]),
    MonthlyCalendar([1, 31], description="ü"),
    WeeklyCalendar("MON", tz="America/New_York"),
    WeeklyCalendar([]),
    DailyCalendar("00:00", "23:59:59.999", tz="UTC"),
    DailyCalendar("08:00", "18:00:00.500", inverted=True, base=WeeklyCalendar(base=Calendar())),
    CronCalendar("* * 0-7,18-23 ? * *", tz="Europe/Berlin", base=MonthlyCalendar([13])),
]

_common = {
    "tz": st.sampled_from(ZONES),
    "description": st.none() | st.text(st.characters(blacklist_categories=["Cs"]), max_size=20),
}
_moments = st.integers(0, 86_399_999).map(
    lambda ms: (datetime.min + timedelta(milliseconds=ms)).time()
)
_days_of_year = st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda d: (d.month, d.day))


def _kinds(base: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    more: dict[str, Any] = {**_common, "base": st.none() | base}
    hours = st.lists(_moments, min_size=2, max_size=2, unique=True).map(sorted)
    return st.one_of(
        st.builds(Calendar, **more),
        st.builds(AnnualCalendar, st.lists(_days_of_year, max_size=9), **more),
        st.builds(
            HolidayCalendar, st.lists(st.dates(date(1960, 1, 1), date(2100, 1, 1))), **more
        ),
        st.builds(MonthlyCalendar, st.sets(st.integers(1, 31)), **more),
        st.builds(
            WeeklyCalendar,
            st.sets(st.sampled_from(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])),
            **more,
        ),
        st.builds(
            lambda hours, inverted, **rest: DailyCalendar(*hours, inverted, **rest),
            hours, st.booleans(), **more,
        ),
        st.builds(
            CronCalendar,
            st.sampled_from(["* * 0-7 ? * *", "0 0 12 L * ?", "* * * ? * 6#3 2030-2040"]),
            **more,
        ),
    )  # fmt: skip


calendars = st.recursive(_kinds(st.nothing()), _kinds, max_leaves=3)


@pytest.mark.parametrize("calendar", EACH_KIND, ids=lambda c: type(c).__name__)
def test_each_kind_comes_back_as_it_was_given(make: Make, store: Store, calendar: Calendar) -> None:
    scheduler = make()
    scheduler.add_calendar("c", calendar)
    assert scheduler.calendar("c") == calendar
    if store.is_jdbc:
        # Another scheduler has nothing in mind: it reads the row.
        assert make().calendars() == {"c": calendar}


@given(calendar=calendars)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_calendar_comes_back_as_it_was_given(
    ram: Callable[[], Scheduler], calendar: Calendar
) -> None:
    ram().add_calendar("c", calendar, replace=True)
    assert ram().calendar("c") == calendar


@pytest.fixture(scope="module")
def ram() -> Any:
    scheduler = Scheduler(name="calendars")
    yield lambda: scheduler
    scheduler.stop()


def test_what_is_left_out() -> None:
    def out(calendar: Calendar, *moments: str) -> list[bool]:
        whens = [datetime.fromisoformat(text).replace(tzinfo=BERLIN) for text in moments]
        return [not calendar.is_included(when) for when in whens]

    weekend = WeeklyCalendar(tz=BERLIN)
    saturday, monday = "2030-01-05T00:00", "2030-01-07T00:00"
    assert out(weekend, saturday, "2030-01-04T23:59:59", monday) == [True, False, False]
    annual = AnnualCalendar([(1, 7)], tz=BERLIN, base=weekend)
    assert out(annual, saturday, monday, "2031-01-07T12:00", "2031-01-08T12:00") == [
        True, True, True, False,
    ]  # fmt: skip
    holiday = HolidayCalendar(["2030-01-07"], tz=BERLIN)
    assert out(holiday, monday, "2030-01-07T23:59:59", "2031-01-07T12:00") == [True, True, False]
    assert out(MonthlyCalendar([7], tz=BERLIN), monday, "2030-02-07T05:00", saturday) == [
        True, True, False,
    ]  # fmt: skip
    hours = DailyCalendar("08:00", "10:00", tz=BERLIN)
    times = [f"2030-01-07T{clock}" for clock in ("07:59:59", "08:00", "10:00", "10:00:01")]
    assert out(hours, *times) == [False, True, True, False]
    inverted = DailyCalendar("08:00", time(10), inverted=True, tz=BERLIN)
    assert out(inverted, *times) == [True, False, False, True]
    # Quartz's own oddity, which the docstring tells.
    assert out(hours, monday) == [True]
    assert out(CronCalendar("* * 8 ? * *", tz=BERLIN), *times) == [False, True, False, False]


def test_a_stored_calendar_answers_by_its_name(scheduler: Scheduler) -> None:
    scheduler.add_calendar("weekend", WeeklyCalendar(tz="UTC"))
    saturday = datetime(2030, 1, 5, tzinfo=UTC)
    for calendar in ("weekend", WeeklyCalendar(tz="UTC")):
        assert not scheduler.is_included(calendar, saturday)
        assert scheduler.is_included(calendar, saturday + timedelta(days=2))
    for ask in (scheduler.calendar, lambda name: scheduler.is_included(name, saturday)):
        with pytest.raises(CalendarNotFoundError, match="'none'"):
            ask("none")
    with pytest.raises(InvalidCalendarError, match="aware"):
        scheduler.is_included("weekend", saturday.replace(tzinfo=None))


def test_a_calendar_that_quartz_refuses_is_not_stored(scheduler: Scheduler) -> None:
    with pytest.raises(InvalidCalendarError, match="FUN"):
        scheduler.add_calendar("bad", CronCalendar("* * * ? * FUN"))
    assert scheduler.calendars() == {}


def test_a_trigger_leaves_out_what_its_calendar_does(scheduler: Scheduler) -> None:
    scheduler.add_calendar("weekend", WeeklyCalendar(tz="UTC"))
    friday = datetime(2040, 1, 6, tzinfo=UTC)
    given = [
        cron("0 0 12 * * ?", tz="UTC", start=friday, calendar="weekend"),
        every(hours=24, start=friday, calendar="weekend"),
        calendar_every(1, "day", tz="UTC", start=friday, calendar="weekend"),
        once(friday),
    ]
    scheduler.schedule_task(note, *given)
    fires = scheduler.fires_between(friday, friday + timedelta(days=4))
    assert [(f"{fire.time:%a %H}", fire.trigger_key.name.partition("#")[2]) for fire in fires] == [
        ("Fri 00", "2"), ("Fri 00", "3"), ("Fri 00", "once"), ("Fri 12", ""),
        ("Mon 00", "2"), ("Mon 00", "3"), ("Mon 12", ""),
    ]  # fmt: skip
    assert {fire.job_key for fire in fires} == {scheduler.job(note).key}
    for info in scheduler.triggers(note):
        times = [fire.time for fire in fires if fire.trigger_key == info.key]
        assert info.next_fires(len(times)) == times
        assert info.may_fire_again
    assert [fire.time for fire in scheduler.next_fires(note, 7)] == [fire.time for fire in fires]
    assert given[0].next_fires(2, friday, WeeklyCalendar(tz="UTC")) == [
        friday + timedelta(hours=12), friday + timedelta(days=3, hours=12),
    ]  # fmt: skip


@pytest.mark.parametrize("update_triggers", [True, False])
def test_replacing_a_calendar_can_update_the_triggers(
    scheduler: Scheduler, update_triggers: bool
) -> None:
    scheduler.add_calendar("c", Calendar())
    with pytest.raises(ObjectAlreadyExistsError):
        scheduler.add_calendar("c", WeeklyCalendar())
    assert scheduler.calendar("c") == Calendar()
    saturday = datetime(2040, 1, 7, 12, tzinfo=UTC)
    for name in ("fires", "paused"):
        trigger = cron("0 0 12 * * ?", tz="UTC", start=saturday, calendar="c")
        scheduler.schedule_task(note, trigger, key=name)
    scheduler.pause("paused")
    scheduler.add_calendar("c", WeeklyCalendar(tz="UTC"), True, update_triggers)
    monday = saturday + timedelta(days=2)
    wanted = monday if update_triggers else saturday
    fires, paused = (scheduler.triggers(name)[0] for name in ("fires", "paused"))
    assert (fires.next_fire_time, paused.next_fire_time) == (wanted, wanted)
    assert (fires.state, paused.state) == ("NORMAL", "PAUSED")
    assert fires.next_fires(2)[1] == (monday + timedelta(days=1) if update_triggers else monday)


def test_a_calendar_that_is_used_is_not_deleted(scheduler: Scheduler) -> None:
    scheduler.add_calendar("c", WeeklyCalendar())
    scheduler.schedule_task(note, cron("0 0 12 * * ?", calendar="c"), key="user")
    with pytest.raises(CalendarInUseError, match=r"'c'.*DEFAULT\.user$"):
        scheduler.delete_calendar("c")
    assert scheduler.calendars() == {"c": WeeklyCalendar()}
    scheduler.delete_task("user")
    assert scheduler.delete_calendar("c")
    assert not scheduler.delete_calendar("c")
    assert scheduler.calendars() == {}


def test_an_unknown_calendar_is_an_error_before_anything_is_written(scheduler: Scheduler) -> None:
    scheduler.add_calendar("known", WeeklyCalendar())
    unknown = cron("0 0 12 * * ?", calendar="none")
    with pytest.raises(CalendarNotFoundError, match=r"'none'.*'known'"):
        scheduler.schedule_task(note, once(), unknown)
    assert scheduler.jobs() == []
    scheduler.schedule_task(note, cron("0 0 12 * * ?", calendar="known"), key="j")
    [before] = scheduler.triggers()
    for write in (
        lambda: scheduler.schedule_task(note, unknown, key="j"),
        lambda: scheduler.reschedule_task("j", unknown),
        lambda: scheduler.reschedule_trigger(cron("0 0 1 * * ?", key="j", calendar="none")),
    ):
        with pytest.raises(CalendarNotFoundError):
            write()
    assert scheduler.triggers() == [before]


def test_paused_triggers_do_not_fire_between(scheduler: Scheduler) -> None:
    now = datetime(2040, 1, 1, tzinfo=UTC)
    scheduler.schedule_task(note, every(hours=1, start=now), key="a")
    scheduler.schedule_task(note, every(hours=1, start=now + timedelta(minutes=30)), key="b")
    scheduler.pause("b")
    day = (now, now + timedelta(days=1))
    assert {fire.job_key.name for fire in scheduler.fires_between(*day)} == {"a"}
    assert len(scheduler.fires_between(*day)) == 24
    both = scheduler.fires_between(*day, include_paused=True)
    assert [fire.job_key.name for fire in both[:4]] == ["a", "b", "a", "b"]
    assert len(both) == 48
    assert len(scheduler.fires_between(*day, "b", include_paused=True)) == 24
    assert len(scheduler.fires_between(*day, scheduler.trigger("a").key)) == 24
    with pytest.raises(TriggerNotFoundError):
        scheduler.fires_between(*day, scheduler.trigger("a").key.__class__("none"))


def test_more_fires_than_the_limit_are_told(
    scheduler: Scheduler, caplog: pytest.LogCaptureFixture
) -> None:
    now = datetime(2040, 1, 1, tzinfo=UTC)
    scheduler.schedule_task(note, every(milliseconds=1, start=now))
    fires = scheduler.fires_between(now, now + timedelta(days=365), limit=1000)
    assert [fire.time - now for fire in fires[:2]] == [timedelta(0), timedelta(milliseconds=1)]
    assert len(fires) == 1000
    assert "limit=1000" in caplog.text
    caplog.clear()
    assert len(scheduler.fires_between(now, now + timedelta(seconds=1), limit=None)) == 1000
    assert "limit" not in caplog.text


def test_a_calendar_that_leaves_out_everything_does_not_hang() -> None:
    never = DailyCalendar("00:00", "23:59:59.999")
    assert every(milliseconds=1).next_fires(3, calendar=never) == []
    assert (
        cron("0 0 12 * * ?", tz="UTC").next_fires(3, calendar=MonthlyCalendar(range(1, 32))) == []
    )


def test_a_limited_daily_trigger_ends_after_its_repeats() -> None:
    start = datetime(2040, 1, 2, tzinfo=UTC)
    trigger = daily(every=timedelta(hours=1), from_="08:00", to="09:00", repeat=2, start=start)
    assert len(trigger.next_fires(9, start - timedelta(1))) == 3
    first, second, third = trigger.next_fires(3, start - timedelta(1))
    assert trigger.next_fires(9, second) == [third]
    assert trigger.next_fires(9, first) == [second, third]


def test_a_preview_without_a_start_is_of_a_trigger_stored_then() -> None:
    for year in (2001, 2040):
        then = datetime(year, 1, 1, 12, tzinfo=UTC)
        assert cron("0 0 3 * * ?", tz="UTC").next_fires(1, then)[0] == then + timedelta(hours=15)
        assert every(minutes=5, repeat=3).next_fires(9, then)[-1] == then + timedelta(minutes=15)


# -- what others have written ---------------------------------------------------------------------


def test_a_foreign_calendar_is_opaque_and_harms_nobody(make: Make, store: Store) -> None:
    if store.url is None:
        pytest.skip("nothing foreign is in the memory of this process")
    scheduler = make()
    scheduler.add_calendar("foreign", WeeklyCalendar())
    scheduler.add_calendar("good", WeeklyCalendar())
    scheduler.schedule_task(note, cron("0 0 12 * * ?", calendar="foreign"), key="victim")
    scheduler.schedule_task(note, cron("0 0 12 * * ?", calendar="good"), key="other")
    # A class of the same length that nobody has.
    name = b"org.quartz.impl.calendar.WeeklyCalendar"
    rename = b"com.acme.gone.VeryOwnWeekdaysCalendarXX"
    assert len(name) == len(rename)
    database = Database(store.url)
    where = f"SCHED_NAME = '{store.name}' AND CALENDAR_NAME = 'foreign'"
    [row] = database.rows("QRTZ_CALENDARS", where)
    blob = database.blob(bytes.fromhex(row["CALENDAR"]).replace(name, rename))
    database.execute(f"UPDATE QRTZ_CALENDARS SET CALENDAR = {blob} WHERE {where}")
    other = make()
    calendars = other.calendars()
    assert calendars["good"] == WeeklyCalendar()
    foreign = calendars["foreign"]
    assert isinstance(foreign, Opaque)
    assert foreign.class_name == rename.decode()
    assert "not on the allow list" in foreign.reason
    [victim] = other.triggers("victim")
    assert victim.unreadable is not None
    assert rename.decode() in victim.unreadable
    with pytest.raises(InvalidTriggerError, match="victim"):
        victim.next_fires()
    now = datetime.now(UTC)
    fires = other.fires_between(now, now + timedelta(days=9))
    assert {fire.job_key.name for fire in fires} == {"other"}
    other.add_calendar("foreign", WeeklyCalendar(), replace=True)
    assert other.triggers("victim")[0].unreadable is None


# -- the end of a trigger ------------------------------------------------------------------------


def test_the_final_fire_time_is_quartz_own(scheduler: Scheduler) -> None:
    start = datetime(2040, 1, 1, tzinfo=UTC)
    for key, trigger in {
        "limited": every(hours=1, repeat=3, start=start),
        "ended": every(hours=1, start=start, end=start + timedelta(hours=2, minutes=30)),
        "cron": cron("0 0 * * * ?", tz="UTC", start=start, end=start + timedelta(hours=5)),
        "endless": every(hours=1, start=start),
        "beyond all dates": every(timedelta(days=9999), repeat=2**31 - 1, start=start),
    }.items():
        scheduler.schedule_task(note, trigger, key=key)
    found = {info.key.name: info.final_fire_time for info in scheduler.triggers()}
    assert found == {
        "limited": start + timedelta(hours=3),
        "ended": start + timedelta(hours=2),
        "cron": start + timedelta(hours=5),
        "endless": None,
        "beyond all dates": None,
    }
    assert {info.times_triggered for info in scheduler.triggers()} == {0, None}
