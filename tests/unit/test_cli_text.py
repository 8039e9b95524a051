"""What the command line says, without a JVM."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
import typer

from pyquartz import StoreError
from pyquartz.cli.change import _pair
from pyquartz.cli.demo_story import Missed, Story, acts
from pyquartz.cli.report import cell, sentence
from pyquartz.config import for_visit, from_properties
from pyquartz.store.url import parse_store


def failure(text: str, cause: BaseException | None = None) -> StoreError:
    error = StoreError(text)
    error.__cause__ = cause
    return error


def test_an_error_is_one_sentence_with_its_causes() -> None:
    error = failure("can't open the store", ValueError("the file is\n  a folder"))
    assert sentence(error) == "Error: can't open the store: the file is a folder"


def test_a_cause_that_was_told_is_not_told_again() -> None:
    java_like = RuntimeError("java.sql.SQLException: no route to host")
    error = failure("can't connect: no route to host", java_like)
    assert sentence(error) == "Error: can't connect: no route to host"


@pytest.mark.parametrize(
    ("text", "pair"),
    [("id=007", ("id", "007")), ("n:=7", ("n", 7)), ("on:=true", ("on", True)), ("e=", ("e", ""))],
)
def test_data_are_texts_or_json(text: str, pair: tuple[str, object]) -> None:
    assert _pair(text) == pair


@pytest.mark.parametrize("text", ["id", "=7", ":=7", "n:=seven"])
def test_data_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        _pair(text)


def test_an_instant_is_shown_in_its_own_zone() -> None:
    moment = datetime(2030, 7, 1, 3, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert cell(moment) == "2030-07-01 03:00:00 CEST"
    assert cell(None) == "-"
    assert cell(True) == "yes"


@pytest.mark.parametrize(
    "url",
    [
        "jdbc:postgresql://joe:s3cr%20et@db/quartz",
        "jdbc:oracle:thin:joe/s3cr et@//db/quartz",
        "jdbc:sqlserver://db;databaseName=quartz;user=joe;password=s3cr et",
    ],
)
def test_a_login_is_taken_out_of_a_jdbc_url(url: str) -> None:
    address = parse_store(url)
    assert (address.user, address.password) == ("joe", "s3cr et")
    assert "s3cr" not in f"{address} {address!r}"


def test_oracles_url_keeps_its_at() -> None:
    assert parse_store("jdbc:oracle:thin:joe/pw@//db/q").jdbc_url == "jdbc:oracle:thin:@//db/q"


def test_a_jdbc_url_without_login_is_left_alone() -> None:
    url = "jdbc:postgresql://db:5432/quartz"
    assert parse_store(url).jdbc_url == url


def test_a_visitor_is_nobody_of_the_cluster() -> None:
    q = "org.quartz."
    settings = from_properties(
        {
            f"{q}scheduler.instanceName": "ACME",
            f"{q}scheduler.instanceId": "node-1",
            f"{q}jobStore.class": f"{q}impl.jdbcjobstore.JobStoreTX",
            f"{q}jobStore.dataSource": "db",
            f"{q}jobStore.isClustered": "true",
            f"{q}dataSource.db.URL": "jdbc:postgresql://db/quartz",
            f"{q}plugin.jobs.class": "acme.LoadsJobs",
            f"{q}threadPool.threadCount": "50",
        }
    )
    visitor = for_visit(settings)
    assert visitor.scheduler_name == "ACME"
    assert visitor.is_clustered
    assert visitor.instance_id != "node-1"
    assert visitor.threads == 1
    assert not any(".plugin." in key for key in visitor.to_properties())
    assert for_visit(settings, "OTHER").scheduler_name == "OTHER"


def run(trigger: str, scheduled: datetime, at: datetime) -> dict[str, str]:
    facts = {"scheduled": scheduled.isoformat(), "at": at.isoformat()}
    return {"event": "ran", "trigger": trigger, "text": "", **facts}


def test_the_demo_tells_what_became_of_a_missed_run() -> None:
    now = datetime(2030, 1, 1, 12, 0, 0, tzinfo=timezone.utc)
    plan = [now + timedelta(seconds=2 * n) for n in range(1, 4)]
    story = Story("h2")
    story.take(
        {
            "event": "missed",
            "trigger": "late",
            "policy": "fire_once_now",
            "kind": "cron",
            "count": 3,
            "planned": [moment.isoformat() for moment in plan],
        }
    )
    missed = story.missed["late"]
    story.take(run("late", now, now))
    assert "3 missed, made up for by one run" in missed.outcome()
    assert "back in step" not in missed.outcome()
    story.take(run("late", plan[0], plan[0]))
    assert len(missed.made_up) == 1
    assert "back in step" in missed.outcome()


def test_the_demo_tells_that_nothing_was_made_up() -> None:
    missed = Missed("skip", "do_nothing", "cron", 4, frozenset())
    assert missed.outcome() == "4 missed, none made up for"
    assert missed.meaning == "skip what was missed"


def test_the_acts_of_the_demo_fit_into_its_time() -> None:
    assert sum(act.seconds for act in acts(20)) < 20
    # A misfire is one of more than a second: the break has to be longer.
    assert all(act.seconds > 2 for act in acts(8))
