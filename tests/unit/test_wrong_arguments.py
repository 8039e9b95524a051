"""What can't be is refused where it is given, by an error of ours that says what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, cast

import pytest

from pyquartz import (
    ConfigurationError,
    Group,
    InvalidKeyError,
    InvalidTriggerError,
    Job,
    JobDefinitionError,
    JobKey,
    Name,
    PyQuartzError,
    Retry,
    Scheduler,
    TriggerKey,
    calendar_every,
    cron,
    crontab,
    daily,
    defjob,
    every,
    once,
)

HOUR = timedelta(hours=1)


def numbers() -> Iterator[int]:
    yield 1


class Work:
    """Its instances might do something; making one does nothing."""


def body() -> None: ...


REFUSED: dict[str, tuple[Callable[[], object], type[PyQuartzError], str]] = {
    "a misspelled unit": (
        lambda: every(minute=5),
        InvalidTriggerError,
        r"every\(\) has no setting 'minute'; did you mean minutes\?",
    ),
    "a setting of another's": (
        lambda: cron("0 0 3 * * ?", timezone="UTC"),
        InvalidTriggerError,
        r"cron\(\) has no setting 'timezone'; it has tz, key, start",
    ),
    "a misspelled setting of a crontab": (
        lambda: crontab("0 3 * * *", priorty=5),
        InvalidTriggerError,
        r"crontab\(\) has no setting 'priorty'; did you mean priority\?",
    ),
    "a misspelled setting of once": (
        lambda: once(strat=None),
        InvalidTriggerError,
        r"once\(\) has no setting 'strat'; did you mean start\?",
    ),
    "a misspelled setting of calendar_every": (
        lambda: calendar_every(1, "day", preserve_hour=True),
        InvalidTriggerError,
        r"did you mean preserve_hour_of_day\?",
    ),
    "a zone for daily": (
        lambda: daily(every=HOUR, tz="UTC"),
        InvalidTriggerError,
        r"daily\(\) has no setting 'tz': Quartz stores no zone for it.*PYQUARTZ_TIMEZONE",
    ),
    "a number that is a text": (
        lambda: every(minutes=cast(Any, "5")),
        InvalidTriggerError,
        r"every\(\) takes numbers: .*minutes",
    ),
    "more time than there is": (
        lambda: every(weeks=1e12),
        InvalidTriggerError,
        r"every\(\) takes numbers: ",
    ),
    "an interval that is a number": (
        lambda: daily(every=cast(Any, 15)),
        InvalidTriggerError,
        "every= is a timedelta, not 15",
    ),
    "unit and interval exchanged": (
        lambda: calendar_every(cast(Any, "month"), cast(Any, 1)),
        InvalidTriggerError,
        "unit 1 is none of second, ",
    ),
    "an interval beyond Java's int": (
        lambda: calendar_every(2**31, "year"),
        InvalidTriggerError,
        "an interval of 2147483648 year: 1 at least, 2147483647 at most",
    ),
    "a description that is no text": (
        lambda: once(description=cast(Any, 5)),
        InvalidTriggerError,
        "description=5 is no string",
    ),
    "a key that is a number": (
        lambda: once(key=cast(Any, 5)),
        InvalidKeyError,
        "expected a TriggerKey or a string, not 5",
    ),
    "a job's key for a trigger": (
        lambda: once(key=cast(Any, JobKey("a"))),
        InvalidKeyError,
        "expected a TriggerKey or a string",
    ),
    "a key without a name": (lambda: JobKey(""), InvalidKeyError, "a key needs a name"),
    "a key without a group": (
        lambda: TriggerKey("a", cast(Any, None)),
        InvalidKeyError,
        "a key's group is a string",
    ),
    "a key with half a character": (
        lambda: Job("acme.Job", key=JobKey("a\ud800")),
        InvalidKeyError,
        "a key's name, .*, has NUL or half a surrogate pair in it",
    ),
    "a group with NUL": (
        lambda: once(key=TriggerKey("a", "\0")),
        InvalidKeyError,
        "a key's group, .*, has NUL",
    ),
    "a matcher with NUL": (lambda: Group("\0"), InvalidKeyError, "Group, .*, has NUL"),
    "a description with NUL": (
        lambda: once(description="\0"),
        InvalidTriggerError,
        "description, .*, has NUL",
    ),
    "a job's description with NUL": (
        lambda: Job("acme.Job", description="\0"),
        JobDefinitionError,
        "description, .*, has NUL",
    ),
    "an operator that matches nothing": (
        lambda: Group("a", cast(Any, "like")),
        InvalidKeyError,
        "operator='like' is none of 'equals', 'starts_with', 'ends_with', 'contains', 'anything'",
    ),
    "a kind of groups that there isn't": (
        lambda: Group("a", kind=cast(Any, "jobs")),
        InvalidKeyError,
        "kind='jobs' is neither 'trigger' nor 'job'",
    ),
    "a group that is a number": (
        lambda: Group(cast(Any, 5)),
        InvalidKeyError,
        "Group takes a string, not 5",
    ),
    "an operator of a name": (
        lambda: Name("a", cast(Any, "anything")),
        InvalidKeyError,
        "operator='anything' is none of 'equals', 'starts_with', 'ends_with', 'contains'",
    ),
    "a job's description that is no text": (
        lambda: Job("acme.Job", description=cast(Any, 5)),
        JobDefinitionError,
        "description=5 is no string",
    ),
    "a flag that is a text": (
        lambda: Job("acme.Job", durable=cast(Any, "yes")),
        JobDefinitionError,
        "durable='yes' is neither True nor False",
    ),
    "a job that is a number": (
        lambda: Job(cast(Any, 5)),
        JobDefinitionError,
        "5 is no job: a callable that @defjob has decorated, a Job, a key or a stored name",
    ),
    "a flag of defjob": (
        lambda: defjob("a.flag", concurrent=cast(Any, "no"))(body),
        JobDefinitionError,
        "concurrent='no' is neither True nor False",
    ),
    "a timeout in seconds": (
        lambda: defjob("a.timeout", timeout=cast(Any, 5))(body),
        JobDefinitionError,
        r"timeout=5 is no timedelta, such as timedelta\(minutes=5\)",
    ),
    "a retry that is a number": (
        lambda: defjob("a.retry", retry=cast(Any, 5))(body),
        JobDefinitionError,
        r"retry=5 is no Retry, such as Retry\(attempts=5\)",
    ),
    "what follows is a number": (
        lambda: defjob("a.then", then=cast(Any, 5))(body),
        JobDefinitionError,
        "5 is no job: ",
    ),
    "an alias that is a number": (
        lambda: defjob("a.alias", aliases=cast(Any, [5]))(body),
        JobDefinitionError,
        "5 can't be a stored class name",
    ),
    "a generator": (
        lambda: defjob("a.generator")(numbers),
        JobDefinitionError,
        "numbers is a generator: calling it runs nothing",
    ),
    "a class": (
        lambda: defjob("a.class")(Work),
        JobDefinitionError,
        "Work is a class: decorate a function",
    ),
    "a wait in seconds": (
        lambda: Retry(wait=cast(Any, 5)),
        JobDefinitionError,
        r"Retry: wait=5 is no timedelta",
    ),
    "attempts that are a text": (
        lambda: Retry(attempts=cast(Any, "3")),
        JobDefinitionError,
        r"Retry: attempts='3' is no number",
    ),
    "a scheduler without a name": (
        lambda: Scheduler(name=""),
        ConfigurationError,
        "name='': a string that is not empty",
    ),
    "a name that is a number": (
        lambda: Scheduler(name=cast(Any, 5)),
        ConfigurationError,
        "name=5: a string that is not empty",
    ),
    "an id that is a number": (
        lambda: Scheduler(instance_id=cast(Any, 5)),
        ConfigurationError,
        "instance_id=5: a string that is not empty",
    ),
    "processes that are a text": (
        lambda: Scheduler(processes=cast(Any, "2")),
        ConfigurationError,
        "processes='2': an int of 1 or more, or None",
    ),
    "one path instead of several": (
        lambda: Scheduler(class_path="x.jar"),
        ConfigurationError,
        r"class_path='x.jar' is one string: give a list, \['x.jar'\]",
    ),
    "one package instead of several": (
        lambda: Scheduler(autoimport="acme"),
        ConfigurationError,
        r"autoimport='acme' is one string: give a list, \['acme'\]",
    ),
    "one class instead of several": (
        lambda: Scheduler(allow_classes="com.acme.Batch"),
        ConfigurationError,
        r"allow_classes='com.acme.Batch' is one string: give a list",
    ),
    "properties that are a text": (
        lambda: Scheduler(properties=cast(Any, "x")),
        ConfigurationError,
        "properties='x': a mapping of names to strings",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_with_a_word_on_what_can(name: str) -> None:
    make, error, words = REFUSED[name]
    with pytest.raises(error, match=words):
        make()
