"""What inspection gives, as JSON."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

from pyquartz import Execution, JobInfo, JobKey, Node, Opaque, TriggerKey, cron
from pyquartz.info import to_json

NOON = datetime(2030, 1, 31, 12, tzinfo=timezone.utc)


def test_every_value_has_a_form_that_json_takes() -> None:
    data = {
        "text": "ü", "flag": True, "int": 1, "float": 1.5, "none": None, "datetime": NOON,
        "date": date(2030, 1, 31), "time": time(8, 30), "delta": timedelta(minutes=1.5),
        "decimal": Decimal("1.50"), "uuid": UUID(int=1), "bytes": b"\x00\xff",
        "list": [1, (NOON,)], "dict": {"a": {1: b"x"}},
        "opaque": Opaque("com.acme.Batch", "why"),
    }  # fmt: skip
    read = json.loads(json.dumps(to_json(data)))
    assert read == {
        "text": "ü", "flag": True, "int": 1, "float": 1.5, "none": None,
        "datetime": "2030-01-31T12:00:00+00:00", "date": "2030-01-31", "time": "08:30:00",
        "delta": 90.0, "decimal": "1.50", "uuid": str(UUID(int=1)), "bytes": "00ff",
        "list": [1, ["2030-01-31T12:00:00+00:00"]], "dict": {"a": {"1": "78"}},
        "opaque": {"class_name": "com.acme.Batch", "reason": "why"},
    }  # fmt: skip


def test_a_job_is_json() -> None:
    info = JobInfo(
        key=JobKey("j", "g"), class_name="acme.X", implemented_by="nobody", description=None,
        durable=True, concurrent=False, persist_data=True, requests_recovery=False,
        data={"day": date(2030, 1, 31)}, trigger_keys=(TriggerKey("t"),),
    )  # fmt: skip
    read = json.loads(json.dumps(info.as_json()))
    assert read["key"] == "g.j"
    assert read["data"] == {"day": "2030-01-31"}
    assert read["trigger_keys"] == ["DEFAULT.t"]
    assert read["unreadable"] is None


def test_an_execution_and_a_node_are_json() -> None:
    execution = Execution("f", JobKey("j"), TriggerKey("t"), "n", NOON, None, False, 0.5)
    assert json.loads(json.dumps(execution.as_json()))["progress"] == 0.5
    node = Node("n", NOON, timedelta(seconds=7.5), alive=True, age=timedelta(seconds=2))
    assert json.loads(json.dumps(to_json(node))) == {
        "instance_id": "n", "last_checkin": "2030-01-31T12:00:00+00:00", "interval": 7.5,
        "alive": True, "age": 2.0,
    }  # fmt: skip


def test_a_description_of_its_own_does_not_take_the_sentences_place() -> None:
    trigger = cron("0 0 3 * * ?", description="nightly")
    found = to_json(trigger)
    assert (found["words"], found["description"]) == (trigger.describe(), "nightly")


def test_a_trigger_is_json_with_its_sentence() -> None:
    trigger = cron("0 0 3 * * ?", tz="UTC", key="k", start=NOON, data={"delta": timedelta(1)})
    assert json.loads(json.dumps(to_json(trigger))) == {
        "words": trigger.describe(), "key": "DEFAULT.k", "start": "2030-01-31T12:00:00+00:00",
        "data": {"delta": 86400.0}, "expression": "0 0 3 * * ?", "tz": "UTC",
    }  # fmt: skip
