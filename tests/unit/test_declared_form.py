"""Files of jobs and triggers: what a text means, and what is said of one that means nothing."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyquartz import (
    JobKey,
    TriggerKey,
    calendar_every,
    cron,
    crontab,
    daily,
    declare,
    every,
    once,
)
from pyquartz.declare.data import read_duration, read_value, write_duration, write_value
from pyquartz.errors import DeclarationError

NOON = datetime(2031, 3, 8, 11, tzinfo=timezone.utc)


def one(text: str) -> Any:
    """The only job of a text, whose class and name are given."""
    body = "".join(f"    {line}\n" for line in text.splitlines())
    made = declare.read(f"pyquartz: 1\njobs:\n  - class: acme.J\n    name: j\n{body}", "f.yaml")
    return made.jobs[0]


def test_a_job_has_what_the_file_says() -> None:
    job = one("group: g\ndescription: text\ndurable: true\nrecovery: false\ndata: {a: 1}")
    assert job.key == JobKey("j", "g")
    assert (job.job.class_name, job.job.description) == ("acme.J", "text")
    assert (job.job.durable, job.job.requests_recovery, job.job.data) == (True, False, {"a": 1})
    assert job.place == "f.yaml:3, jobs[0]"


def test_a_job_of_few_words_is_durable_and_named_by_its_class() -> None:
    made = declare.read("pyquartz: 1\ngroup: g\njobs: [{class: acme.J}]")
    assert made.jobs[0].key == JobKey("acme.J", "g")
    assert made.jobs[0].job.durable
    assert made.owns == frozenset()


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("cron: 0 0 3 * * ?\ntz: Europe/Berlin", cron("0 0 3 * * ?", tz="Europe/Berlin")),
        ("crontab: 30 2 * * 1-5", crontab("30 2 * * 1-5")),
        ("every: 1h30m\nrepeat: 3", every(minutes=90, repeat=3)),
        ("once: 2031-03-08T12:00:00+01:00", once(NOON)),
        ("calendar_every: 2 months\ntz: UTC", calendar_every(2, "month", tz="UTC")),
        ("calendar_every: 1 day\npreserve_hour_of_day: true\nskip_day_if_hour_missing: true",
         calendar_every(1, "day", preserve_hour_of_day=True, skip_day_if_hour_missing=True)),
        ("daily: 15m\nfrom: 08:00\nto: 18:00:30\ndays: MON-FRI\nrepeat: 4",
         daily(every=timedelta(minutes=15), from_="08:00", to="18:00:30", days="MON-FRI",
               repeat=4)),
        ("every: 5s\nstart: 2031-03-08T11:00Z\nend: 2032-03-08 11:00:00+00:00\npriority: 7\n"
         "misfire: fire_now\ndescription: d\ndata: {x: y}",
         every(seconds=5, start=NOON, end=NOON.replace(year=2032), priority=7, misfire="fire_now",
               description="d", data={"x": "y"})),
    ],
)  # fmt: skip
def test_every_form_of_trigger_is_the_value_of_the_same_name(text: str, trigger: Any) -> None:
    lines = text.splitlines()
    body = "\n".join(["triggers:", f"- {lines[0]}", *(f"  {line}" for line in lines[1:])])
    assert one(body).triggers == {TriggerKey("j#once" if "once" in text else "j"): trigger}


def test_triggers_have_the_default_keys_or_their_own() -> None:
    forms = ["{every: 1s}", "{every: 2s}", "{every: 3s, name: mine}",
             "{every: 4s, name: n, group: other}"]  # fmt: skip
    job = one("group: g\ntriggers: [" + ", ".join(forms) + "]")
    keys = [("j", "g"), ("j#2", "g"), ("mine", "g"), ("n", "other")]
    assert list(job.triggers) == [TriggerKey(*key) for key in keys]


def test_yaml_is_read_as_json_is() -> None:
    text = (
        "data: {a: yes, b: on, c: 08:30, d: 2031-01-01, e: 010, f: 1e3, g: true, h: null, i: 1.5,"
        " j: '7', k: 0x1f, l: 1_000}"
    )
    assert one(text).job.data == {
        "a": "yes", "b": "on", "c": "08:30", "d": "2031-01-01", "e": 10, "f": 1000.0, "g": True,
        "h": None, "i": 1.5, "j": "7", "k": "0x1f", "l": "1_000",
    }  # fmt: skip


def test_a_file_may_be_json(tmp_path: Path) -> None:
    path = tmp_path / "jobs.json"
    form = {"pyquartz": 1, "jobs": [{"class": "acme.J", "triggers": [{"every": "5m"}]}]}
    path.write_text(json.dumps(form))
    assert list(declare.load(path).jobs[0].triggers.values()) == [every(minutes=5)]


def test_aliases_and_merges_are_yamls() -> None:
    text = "data: &d {a: 1}\ntriggers:\n- {every: 1s, data: *d}\n- {<<: {every: 2s}, priority: 3}"
    job = one(text)
    assert [t.priority for t in job.triggers.values()] == [5, 3]
    assert job.triggers[TriggerKey("j")].data == {"a": 1}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "f.yaml:1: there is nothing in it"),
        ("a: [", "f.yaml:1: this is no YAML"),
        ("pyquartz: 2", "f.yaml:1, pyquartz: 1 was expected"),
        ("jobs: []", "f.yaml:1: 'pyquartz' is a required property"),
        ("pyquartz: 1\njob: []", "f.yaml:1: 'job' is unknown here; did you mean 'jobs'"),
        ("pyquartz: 1\ngroup: a\ngroup: b", "'group' stands here twice"),
        ("pyquartz: 1\njobs:\n- class: a\n  clas: b",
         "f.yaml:3, jobs[0]: 'clas' is unknown here; did you mean 'class'"),
        ("pyquartz: 1\njobs:\n- class: a\n- class: a",
         "f.yaml:4, jobs[1]: the job DEFAULT.a stands in f.yaml:3, jobs[0] already"),
        ("pyquartz: 1\njobs:\n- {class: a, durable: false}", "has to be durable"),
        ("pyquartz: 1\njobs:\n- {class: not a name}", "can't be a stored class name"),
        ("pyquartz: 1\nx: &a [*a]", "an alias stands for itself"),
        ("pyquartz: 1\njobs: !!python/object:os.system {}", "python/object:os.system has no"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line(text: str, words: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        declare.read(text, "f.yaml")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("crom: x", "f.yaml:6, jobs[0].triggers[0]: it must have one of cron, crontab, every, once,"
         " calendar_every, daily, and one only; did you mean 'cron'"),
        ("{every: 5m, cron: x}", "and one only"),
        ("every: 5 minutes", "f.yaml:6, jobs[0].triggers[0].every: '5 minutes' is not a duration"),
        ("{every: 5m, tz: x}", "'tz' is unknown here; known are every, repeat"),
        ("cron: 0 3 * * *", "f.yaml:6, jobs[0].triggers[0]: cron('0 3 * * *') has five fields"),
        ("once: 2031-01-01T00:00", "is not an instant with its offset, such as 2031-03-08T12"),
        ("once: 2031-13-01T00:00Z", "month must be in 1..12"),
        ("{every: 5m, misfire: do_nothing}", "'do_nothing' is not one of ['smart', 'ignore'"),
        ("{every: 5m, priority: high}", "'high' is not of type 'integer'"),
        ("{every: 5m, group: g}", "a trigger with a group needs a name too"),
        ("{every: 5m, data: {a: {$dat: x}}}", "known are $datetime, $date"),
        ("{every: 5m, data: {a: {$decimal: x}}}", "$decimal: 'x' can't be read"),
        ("{cron: '0 0 3 * * ?', tz: Mars/Base}", "there is no time zone 'Mars/Base'"),
    ],
)  # fmt: skip
def test_a_fault_in_a_trigger_is_told_by_its_kind(form: str, words: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        one(f"triggers:\n- {form}")
    assert words in str(caught.value)


def test_all_faults_of_a_file_are_told_at_once() -> None:
    forms = "\n".join("- {clas: a}" for _ in range(8))
    with pytest.raises(DeclarationError) as caught:
        declare.read(f"pyquartz: 1\njobs:\n{forms}", "f.yaml")
    lines = str(caught.value).splitlines()
    assert len(lines) == 11
    assert lines[-1] == "and 6 more"


def test_a_bomb_of_aliases_is_refused() -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(DeclarationError, match="stands for itself, or for too much"):
        declare.read("\n".join(["pyquartz: 1", "a0: &a0 [x]", *levels]))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"can't read .*none\.yaml"):
        declare.load(tmp_path / "none.yaml")


# -- values ---------------------------------------------------------------------------------------

VALUES = {
    "text": "yes",
    "moment": datetime(2031, 3, 8, 12, 0, 0, 5000, tzinfo=timezone(timedelta(hours=1))),
    "day": date(2031, 3, 8),
    "time": time(8, 30),
    "span": timedelta(days=-1, milliseconds=5),
    "amount": Decimal("12.50"),
    "id": UUID(int=7),
    "raw": b"\x00\xff",
    "nested": {"list": [1, None, {"$date": "no date"}], "one": {"$x": Decimal(1)}},
}


def test_each_type_of_job_data_has_a_form_and_comes_back() -> None:
    written = write_value(VALUES)
    assert written["amount"] == {"$decimal": "12.50"}
    assert written["nested"]["one"] == {"$mapping": {"$x": {"$decimal": "1"}}}
    assert read_value(json.loads(json.dumps(written))) == VALUES


@given(st.timedeltas())
def test_durations_come_back(span: timedelta) -> None:
    assert read_duration(write_duration(span)) == span


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON))
def test_any_data_come_back_from_their_form(data: dict[str, Any]) -> None:
    assert read_value(write_value(data)) == data
