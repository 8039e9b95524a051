"""A node that stops hands over at once; one that is killed is recovered by its peer."""

from __future__ import annotations

import pytest

from tests.cluster.nodes import Cluster
from tests.cluster.test_firing_once import check_nothing_missed, check_once

pytestmark = pytest.mark.cluster


def test_a_node_that_stops_leaves_nothing_behind_and_the_other_goes_on(
    any_cluster: Cluster,
) -> None:
    cluster = any_cluster
    declare = """
        for number in range(6):
            s.schedule_task(count, every(milliseconds=100), key=f"job{number}")
    """
    leaving, staying = cluster.runner("leaving", declare), cluster.runner("staying")
    for name in ("leaving", "staying"):
        cluster.wait_for_runs(10, f"node = '{name}'")
    leaving.terminate()
    assert leaving.returncode() == 143
    mine = "INSTANCE_NAME = 'leaving'"
    assert cluster.value(f"SELECT COUNT(*) FROM {{SCHEDULER_STATE}} WHERE {mine}") == 0
    assert cluster.value(f"SELECT COUNT(*) FROM {{FIRED_TRIGGERS}} WHERE {mine}") == 0
    cluster.wait_for_runs(len(cluster.runs()) + 30, timeout=20)
    staying.terminate()
    assert staying.returncode() == 143
    check_once(cluster.runs())
    check_nothing_missed(cluster.runs(), 100)


def test_what_a_killed_node_ran_is_recovered_where_it_asked_for_it(any_cluster: Cluster) -> None:
    cluster = any_cluster
    killed = cluster.runner(
        "killed",
        """
        s.schedule_task(recoverable, once(), key="recoverable")
        s.schedule_task(lost, once(), key="lost")
        s.schedule_task(count, every(milliseconds=200), key="count")
        """,
    )
    for job in ("recoverable", "lost"):
        killed.wait_for_line(f"cut off: {job}")
    staying = cluster.runner("staying")
    staying.wait_for_line("ready")
    killed.kill()
    (recovered,) = cluster.wait_for_runs(1, "event = 'recovered'")
    assert (recovered.node, recovered.job) == ("staying", "recoverable")
    assert recovered.trigger == "recoverable#once"
    cluster.wait_for_runs(len(cluster.runs()) + 5, timeout=30)
    staying.terminate()
    assert staying.returncode() == 143

    ends = cluster.runs("job IN ('recoverable', 'lost')")
    assert [(run.job, run.event) for run in ends if run.event == "recovered"] == [
        ("recoverable", "recovered")
    ]
    assert len(ends) == 3
    check_once(cluster.runs("job = 'count'"))
    assert cluster.value("SELECT COUNT(*) FROM {FIRED_TRIGGERS}") == 0
    assert cluster.value("SELECT COUNT(*) FROM {SCHEDULER_STATE}") == 0
    assert cluster.value("SELECT COUNT(*) FROM {TRIGGERS} WHERE JOB_NAME <> 'count'") == 0
