"""What follows a run is neither lost nor doubled by a crash, whenever it comes."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.cluster.nodes import Cluster
from tests.support.waiting import wait_until

pytestmark = pytest.mark.cluster
JOBS = 8


def test_a_crash_takes_a_run_and_its_retry_or_neither(any_cluster: Cluster) -> None:
    cluster = any_cluster
    # In one transaction: the crash must not come before the last is there.
    declare = f"""
        s.schedule_tasks(
            (Job(flaky, key=f"flaky{{number}}"), once()) for number in range({JOBS})
        )
    """
    killed = cluster.runner("killed", declare)
    # Some have failed by then, some are about to be completed, some have not begun.
    cluster.wait_for_runs(JOBS // 2, "event = 'attempt1'")
    killed.kill()
    staying = cluster.runner("staying")
    cluster.wait_for_runs(JOBS, "event = 'attempt2'")
    _wait_until_nothing_is_left(cluster)
    staying.terminate()
    assert staying.returncode() == 143
    second = cluster.runs("event = 'attempt2'")
    assert Counter(run.job for run in second) == {f"flaky{number}": 1 for number in range(JOBS)}
    assert {run.node for run in second} == {"staying"}
    assert {run.event for run in cluster.runs()} == {"attempt1", "attempt2"}


def test_a_crash_takes_a_run_and_what_follows_it_or_neither(any_cluster: Cluster) -> None:
    cluster = any_cluster
    # Held back, so that the crash can't hit what follows, but only how it comes about.
    declare = f"""
        s.pause(Group("pyquartz.then"))
        s.schedule_tasks(
            (Job(first, key=f"first{{number}}"), once()) for number in range({JOBS})
        )
    """
    killed = cluster.runner("killed", declare)
    cluster.wait_for_runs(JOBS // 2, "event = 'first'")
    killed.kill()
    staying = cluster.runner("staying")
    following = "SELECT COUNT(*) FROM {TRIGGERS} WHERE TRIGGER_GROUP = 'pyquartz.then'"
    wait_until(
        lambda: (
            cluster.value("SELECT COUNT(*) FROM {TRIGGERS}") == JOBS
            and cluster.value(following) == JOBS
            and cluster.value("SELECT COUNT(*) FROM {FIRED_TRIGGERS}") == 0
        ),
        60,
        0.1,
    )
    resume = 's = scheduler()\ns.resume(Group("pyquartz.then"))\ns.stop()'
    cluster.node("resuming", resume).finish(30).check()
    cluster.wait_for_runs(JOBS, "event = 'run'")
    _wait_until_nothing_is_left(cluster)
    staying.terminate()
    assert staying.returncode() == 143
    assert len(cluster.runs("event = 'run'")) == JOBS


def _wait_until_nothing_is_left(cluster: Cluster) -> None:
    wait_until(
        lambda: (
            cluster.value("SELECT COUNT(*) FROM {TRIGGERS}") == 0
            and cluster.value("SELECT COUNT(*) FROM {FIRED_TRIGGERS}") == 0
        ),
        60,
        0.1,
    )
