"""Any order of calls leaves a scheduler as the model says, on every kind of store.

Each step is followed by a look at everything: jobs, triggers and their states, paused groups, and
how often each trigger ran. So nothing that is paused ever fires, and what fires once does so once.
"""

from __future__ import annotations

import functools
import itertools
import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pyquartz import (
    Group,
    Job,
    JobContext,
    JobKey,
    Scheduler,
    Trigger,
    TriggerKey,
    defjob,
    every,
    once,
)
from tests.integration.model import Model
from tests.support.waiting import NotInTimeError, wait_until

# Lives to live through, for a long run by hand: PYQUARTZ_LIVES=500 pytest tests/integration/...
SOAK = int(os.environ.get("PYQUARTZ_LIVES", "0"))
LIVES = settings(
    max_examples=SOAK or 6,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate] + [Phase.shrink] * bool(SOAK),
)
LATER = datetime(2040, 1, 31, tzinfo=timezone.utc)
GROUPS = ("alpha", "beta", "alphabet", "b_ta")
JOBS = [JobKey(name, group) for name in ("one", "two") for group in GROUPS[:2]]
FIRES = {"far": None, "once": 1, "thrice": 3}
RUNS: Counter[tuple[str, str]] = Counter()
_numbers = itertools.count(1)

groups = st.one_of(
    st.builds(Group, st.sampled_from(GROUPS), kind=st.sampled_from(["trigger", "job"])),
    st.builds(
        Group,
        st.sampled_from(["al", "a", "ta", "lph", "b"]),
        st.sampled_from(["starts_with", "ends_with", "contains"]),
        st.sampled_from(["trigger", "job"]),
    ),
    st.sampled_from(["trigger", "job"]).map(Group.any),
)


@defjob("tests.stateful.counted")
def counted(ctx: JobContext) -> None:
    """Count the runs of each trigger."""
    now = ctx.trigger_key.name.startswith("MT_")
    RUNS[ctx.scheduler.name, str(ctx.job_key) if now else ctx.trigger_key.name] += 1


class Life(RuleBasedStateMachine):
    """A scheduler and its model, side by side."""

    def __init__(self, url: str | None, clustered: bool) -> None:
        super().__init__()
        self.name = f"life{next(_numbers)}"
        self.make = functools.partial(Scheduler, url, name=self.name, clustered=clustered)
        self.scheduler = self.make()
        self.model = Model(jdbc=url is not None)

    def teardown(self) -> None:
        self.scheduler.stop(timeout=10)
        self._has_the_right_runs()

    def check(self) -> None:
        """Wait until all is as the model says; it stays so until the next step."""
        self.model.settle()
        wanted = self.model.snapshot()
        try:
            wait_until(lambda: self.look() == wanted, 15)
        except NotInTimeError:
            assert self.look() == wanted

    def look(self) -> dict[str, Any]:
        triggers, info = self.scheduler.triggers(), self.scheduler.info()
        return {
            "jobs": {job.key: job.durable for job in self.scheduler.jobs()},
            "triggers": {info.key: (info.job_key, info.state) for info in triggers},
            "paused": (set(info.paused_groups), info.all_paused),
            "runs": self.runs(),
        }

    def runs(self) -> Counter[str]:
        return Counter({key: n for (name, key), n in list(RUNS.items()) if name == self.name})

    def _has_the_right_runs(self) -> None:
        assert self.runs() == self.model.runs

    def trigger(self, data: st.DataObject) -> TriggerKey:
        return data.draw(st.sampled_from(sorted(self.model.triggers)))

    def job(self, data: st.DataObject) -> JobKey:
        return data.draw(st.sampled_from(sorted(self.model.jobs)))

    @staticmethod
    def schedule_of(kind: str, key: TriggerKey) -> Trigger:
        if kind == "far":
            # Never the same again, so that rescheduling always writes.
            return every(hours=1, start=LATER + timedelta(seconds=next(_numbers)), key=key)
        if kind == "once":
            return once(key=key)
        return every(milliseconds=1, repeat=2, misfire="ignore", key=key)

    # -- the life

    @initialize()
    def begin(self) -> None:
        self.check()

    @rule()
    def start(self) -> None:
        self.scheduler.start()
        self.model.started = True
        self.check()

    @rule()
    def standby(self) -> None:
        self.scheduler.standby()
        self.model.started = False
        self.check()

    @rule()
    def restart(self) -> None:
        self.scheduler.stop(timeout=10)
        self.scheduler = self.make()
        self.model.restart()
        self.check()

    # -- what is stored

    @rule(
        job=st.sampled_from(JOBS),
        group=st.sampled_from(GROUPS),
        kind=st.sampled_from(list(FIRES)),
        durable=st.booleans(),
    )
    def schedule(self, job: JobKey, group: str, kind: str, durable: bool) -> None:
        key = TriggerKey(f"{kind}{next(_numbers)}", group)
        model = self.model
        durable = model.jobs.setdefault(job, durable)
        spare = sorted(key for key in model.of_job(job) if model.triggers[key].left != 1)
        self.scheduler.schedule_task(
            Job(counted, job, durable=durable), self.schedule_of(kind, key)
        )
        if spare and kind != "once":
            # It takes the place of one that the job has.
            del model.triggers[spare[0]]
        model.store(key, job, FIRES[kind])
        self.check()

    @precondition(lambda self: self.model.triggers)
    @rule(data=st.data(), kind=st.sampled_from(list(FIRES)))
    def reschedule(self, data: st.DataObject, kind: str) -> None:
        key = self.trigger(data)
        self.scheduler.reschedule_trigger(self.schedule_of(kind, key))
        self.model.store(key, self.model.triggers[key].job, FIRES[kind])
        self.check()

    @rule(job=st.sampled_from(JOBS))
    def add_job(self, job: JobKey) -> None:
        self.scheduler.add_job(Job(counted, job))
        self.model.jobs[job] = True
        self.check()

    @precondition(lambda self: self.model.jobs)
    @rule(data=st.data())
    def delete_job(self, data: st.DataObject) -> None:
        job = self.job(data)
        assert self.scheduler.delete_task(job)
        self.model.delete_job(job)
        self.check()

    @precondition(lambda self: self.model.triggers)
    @rule(data=st.data())
    def delete_trigger(self, data: st.DataObject) -> None:
        key = self.trigger(data)
        assert self.scheduler.delete_trigger(key)
        self.model.delete_trigger(key)
        self.check()

    @precondition(lambda self: self.model.jobs and self.model.started)
    @rule(data=st.data())
    def trigger_now(self, data: st.DataObject) -> None:
        job = self.job(data)
        if self.model.starts_paused(TriggerKey("MT_"), job):
            # Quartz stores a trigger for it, which is paused as any other would be.
            return
        self.scheduler.trigger_now(job)
        self.model.runs[str(job)] += 1
        self.check()

    # -- pauses

    @precondition(lambda self: self.model.triggers)
    @rule(data=st.data(), paused=st.booleans())
    def pause_or_resume_a_trigger(self, data: st.DataObject, paused: bool) -> None:
        key = self.trigger(data)
        (self.scheduler.pause if paused else self.scheduler.resume)(key)
        self.model.set_paused([key], paused)
        self.check()

    @precondition(lambda self: self.model.jobs)
    @rule(data=st.data(), paused=st.booleans())
    def pause_or_resume_a_job(self, data: st.DataObject, paused: bool) -> None:
        job = self.job(data)
        (self.scheduler.pause if paused else self.scheduler.resume)(job)
        self.model.set_paused(self.model.of_job(job), paused)
        self.check()

    @rule(group=groups)
    def pause_groups(self, group: Group) -> None:
        self.scheduler.pause(group)
        self.model.pause(group)
        self.check()

    @rule(group=groups)
    def resume_groups(self, group: Group) -> None:
        self.scheduler.resume(group)
        self.model.resume(group)
        self.check()

    @rule(paused=st.booleans())
    def pause_or_resume_all(self, paused: bool) -> None:
        if paused:
            self.scheduler.pause_all()
            self.model.pause_all()
        else:
            self.scheduler.resume_all()
            self.model.resume_all()
        self.check()


@pytest.fixture(
    params=[pytest.param(k, marks=pytest.mark.store) for k in ("ram", "h2", "postgresql")]
)
def make_life(
    request: pytest.FixtureRequest, _urls: Callable[[str], str | None]
) -> Callable[[], Life]:
    """What begins a new life on each store; on a server it is that of a cluster's node."""
    return functools.partial(Life, _urls(request.param), request.param == "postgresql")


@pytest.mark.timeout(0 if SOAK else 180)
def test_any_life_is_as_the_model_says(make_life: Callable[[], Life]) -> None:
    run_state_machine_as_test(make_life, settings=LIVES)
