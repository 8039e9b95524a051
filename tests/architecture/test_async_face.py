"""AsyncScheduler has all of Scheduler, with the same signatures; and what it has is typed."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from pyquartz import AsyncScheduler, Scheduler
from tests.architecture.source import ROOT

# What can't block stays plain.
LISTENING = {"on_job", "on_trigger", "on_scheduler", "remove_listener"}
PLAIN = {"name", "instance_id", "state", "from_properties"} | LISTENING
PUBLIC = {name for name in dir(Scheduler) if not name.startswith("_")}


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_public_name_of_the_scheduler_is_there(name: str) -> None:
    assert name in dir(AsyncScheduler), f"{name} = _call(Scheduler.{name}) is missing in aio.py"
    assert inspect.getdoc(getattr(AsyncScheduler, name))


@pytest.mark.parametrize("name", sorted(PUBLIC - PLAIN))
def test_a_call_is_a_coroutine_with_the_same_signature(name: str) -> None:
    call = getattr(AsyncScheduler, name)
    assert inspect.iscoroutinefunction(call)
    assert inspect.signature(call) == inspect.signature(getattr(Scheduler, name))


@pytest.mark.parametrize("name", sorted(LISTENING))
def test_a_listener_is_registered_as_with_the_scheduler(name: str) -> None:
    call = getattr(AsyncScheduler, name)
    assert inspect.signature(call) == inspect.signature(getattr(Scheduler, name))


def test_it_is_made_like_the_scheduler() -> None:
    assert inspect.signature(AsyncScheduler) == inspect.signature(Scheduler)
    assert inspect.signature(AsyncScheduler.from_properties).parameters == (
        inspect.signature(Scheduler.from_properties).parameters
    )
    with pytest.raises(TypeError, match="unexpected keyword argument 'thread'"):
        AsyncScheduler(thread=4)  # type: ignore[call-arg]


def test_it_has_little_of_its_own() -> None:
    assert {name for name in vars(AsyncScheduler) if not name.startswith("_")} - PUBLIC == {"of"}


def test_type_checkers_see_the_signatures(tmp_path: Path) -> None:
    program = tmp_path / "user.py"
    program.write_text(
        """
from pyquartz import (
    AsyncScheduler, JobEvent, JobInfo, JobKey, JobListener, Scheduler, TriggerListener, once,
)

class Audit(JobListener):
    async def job_was_executed(self, event: JobEvent) -> None: ...
    def job_to_be_executed(self, event: int) -> None: ...  # [override]

def listen(core: Scheduler) -> None:
    @core.on_job("was_executed", jobs=["a", JobKey("b")])
    def heard(event: JobEvent) -> int:
        return 1
    text: str = heard  # [assignment]
    audit: Audit = core.on_job(Audit())
    later = AsyncScheduler.of(core)
    audit = later.on_job(Audit(), jobs="a")
    listener: TriggerListener = later.on_trigger(Audit())  # [call-overload]
    later.on_scheduler("executed")  # [call-overload]
    @later.on_trigger("fired")
    def told(event: JobEvent) -> int:
        return 1
    text = told  # [assignment]
    core.on_job("executed")  # [call-overload]
    core.on_job(TriggerListener())  # [call-overload]

async def user(core: Scheduler) -> list[JobInfo]:
    async with AsyncScheduler("h2:///x", threads=3) as s:
        key: JobKey = await s.schedule_task("a.B", once(), data={"n": 1}, key="k")
        await s.stop(timeout=3)
        await AsyncScheduler.of(core).pause(key)
        await AsyncScheduler.from_properties("quartz.properties").start()
        s.jobs()  # [unused-coroutine]
        await s.schedule_task("a.B")  # [call-arg]
        await s.pause(1)  # [arg-type]
        AsyncScheduler(thread=3)  # [call-arg]
        n: int = s.state  # [assignment]
        return await s.jobs()
"""
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--enable-error-code=unused-awaitable",
         "--cache-dir", tmp_path / "cache", program],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    lines = program.read_text().splitlines()
    expected = {n for n, line in enumerate(lines, 1) if "# [" in line}
    found = {
        int(line.split(":")[1]): line
        for line in done.stdout.splitlines()
        if line.startswith(str(program)) and ": error:" in line
    }
    assert found.keys() == expected, done.stdout
    for number, message in found.items():
        assert lines[number - 1].split("# ")[1] in message
