"""Two nodes on one database: each scheduled time fires once, on one of them."""

from __future__ import annotations

import signal
from collections import Counter
from itertools import groupby, pairwise

import pytest

from tests.cluster.nodes import Cluster, Run

pytestmark = pytest.mark.cluster

ONCE, REPEATING, REPEATS, EXCLUSIVE = 120, 4, 25, 15
PLAN = f"""
    s = scheduler()
    for number in range({ONCE}):
        s.schedule_task(count, once(soon(6000 + number * 25)), key=f"once{{number}}")
    for number in range({REPEATING}):
        s.schedule_task(count, every(milliseconds=120, repeat={REPEATS - 1}, start=soon(6000)),
                        key=f"repeating{{number}}")
    both = [every(milliseconds=150, repeat={EXCLUSIVE - 1}, start=soon(6000), key=f"exclusive{{n}}")
            for n in range(2)]
    s.schedule_task(exclusive, *both, key="exclusive")
    s.stop()
"""

# A visitor, which fires nothing.
RENAMES = """
    s = scheduler()
    s.schedule_task(count, every(milliseconds=150, key="tick"), key="key0")
    for n in range(5):
        wait_until(lambda: len(noted(f"key{n}")) >= 5)
        s.rename_job(f"key{n}", f"key{n + 1}", wait=30)
    s.stop()
"""


def check_once(runs: list[Run]) -> None:
    """No scheduled time of a trigger fired twice, and no fire instance ran twice."""
    fired = Counter((run.trigger, run.scheduled) for run in runs)
    assert [time for time, number in fired.items() if number > 1] == []
    assert len({run.instance for run in runs}) == len(runs)


def check_no_overlap(runs: list[Run]) -> None:
    """Each begin is followed by its own end."""
    for begin, end in zip(runs[::2], runs[1::2], strict=True):
        assert (begin.event, end.event) == ("begin", "end")
        assert begin.instance == end.instance


def test_each_time_once_and_the_exclusive_job_never_overlaps(any_cluster: Cluster) -> None:
    cluster = any_cluster
    nodes = [cluster.runner("a"), cluster.runner("b")]
    for node in nodes:
        node.wait_for_line("ready")
    cluster.node("plan", PLAN).finish(60).check()
    runs = cluster.wait_for_runs(ONCE + REPEATING * REPEATS, "event = 'run'")
    exclusive = cluster.wait_for_runs(2 * 2 * EXCLUSIVE, "event <> 'run'")
    for node in nodes:
        node.terminate()
    assert [node.returncode() for node in nodes] == [143, 143]

    assert cluster.runs("event = 'run'") == runs
    check_once(runs)
    assert Counter(run.trigger[:4] for run in runs) == {"once": ONCE, "repe": REPEATING * REPEATS}
    check_once([run for run in exclusive if run.event == "begin"])
    check_no_overlap(exclusive)
    assert len(exclusive) == 2 * 2 * EXCLUSIVE
    assert {run.node for run in runs} == {"a", "b"}
    assert cluster.value("SELECT COUNT(*) FROM {FIRED_TRIGGERS}") == 0
    assert cluster.value("SELECT COUNT(*) FROM {SCHEDULER_STATE}") == 0
    assert cluster.value("SELECT COUNT(*) FROM {TRIGGERS}") == 0


def test_nodes_that_redeclare_their_jobs_double_and_lose_nothing(postgres_cluster: Cluster) -> None:
    cluster = postgres_cluster
    declare = """
        for number in range(4):
            s.schedule_task(count, every(milliseconds=100), key=f"job{number}")
    """
    nodes = [cluster.runner("first", declare)]
    cluster.wait_for_runs(8)
    for name in ("second", "third"):
        nodes.append(cluster.runner(name, declare))
        nodes[-1].wait_for_line("ready")
        cluster.wait_for_runs(8, f"node = '{name}'")
        nodes.pop(0).terminate()
    nodes[0].send_signal(signal.SIGTERM)
    assert nodes[0].returncode() == 143
    check_once(cluster.runs())
    check_nothing_missed(cluster.runs(), 100)


def test_what_gets_another_key_while_nodes_fire_it_is_neither_doubled_nor_lost(
    any_cluster: Cluster,
) -> None:
    cluster = any_cluster
    nodes = [cluster.runner("a"), cluster.runner("b")]
    for node in nodes:
        node.wait_for_line("ready")
    cluster.node("renamer", RENAMES).finish(120).check()
    last = cluster.wait_for_runs(10, "job = 'key5'")
    for node in nodes:
        node.terminate()
    assert [node.returncode() for node in nodes] == [143, 143]
    runs = cluster.runs()
    check_once(runs)
    check_nothing_missed(runs, 150)
    assert {run.trigger for run in runs} == {"tick"}
    assert [job for job, _ in groupby(run.job for run in runs)] == [f"key{n}" for n in range(6)]
    assert len(runs) >= len(last) + 25
    assert cluster.value("SELECT COUNT(*) FROM {FIRED_TRIGGERS}") == 0
    assert cluster.value("SELECT TRIGGER_STATE FROM {TRIGGERS}") == "WAITING"


def check_nothing_missed(runs: list[Run], interval: int) -> None:
    """The scheduled times of each trigger follow one another at its interval."""
    for trigger in {run.trigger for run in runs}:
        times = sorted(run.scheduled for run in runs if run.trigger == trigger)
        assert [b - a for a, b in pairwise(times)] == [interval] * (len(times) - 1)


def test_each_node_runs_only_what_it_has(postgres_cluster: Cluster) -> None:
    cluster = postgres_cluster
    only = """
        global mine
        @defjob("cluster.Only{0}")
        def mine(ctx: JobContext):
            note(ctx, "run")
        with scheduler() as s:
            s.schedule_task(mine, every(milliseconds=100), key="{0}")
            print("ready", flush=True)
            threading.Event().wait()
    """
    nodes = [cluster.node(name, only.format(name)) for name in ("X", "Y")]
    for name in ("X", "Y"):
        cluster.wait_for_runs(20, f"job = '{name}'")
    for node in nodes:
        node.terminate()
    assert [node.returncode() for node in nodes] == [143, 143]
    runs = cluster.runs()
    assert {(run.node, run.job) for run in runs} == {("X", "X"), ("Y", "Y")}
    check_once(runs)
    check_nothing_missed(runs, 100)
    assert cluster.value("SELECT COUNT(*) FROM {TRIGGERS} WHERE TRIGGER_STATE <> 'WAITING'") == 0


def test_the_command_run_is_a_node_and_leaves_in_order(postgres_cluster: Cluster) -> None:
    cluster = postgres_cluster
    (cluster.folder / "service.py").write_text(
        "from pyquartz import every, task_init\n"
        "from cluster_jobs import count\n"
        '@task_init("Count")\n'
        "def plan(s):\n"
        "    for number in range(6):\n"
        "        s.schedule_task(count, every(milliseconds=100), key=f'job{number}')\n"
    )
    command = ("-m", "pyquartz", "run", "service", "--name", "cluster")
    nodes = [cluster.process(name, *command) for name in ("a", "b")]
    for name in ("a", "b"):
        cluster.wait_for_runs(5, f"node = '{name}'")
    nodes[0].terminate()
    assert nodes[0].returncode() == 0
    assert cluster.value("SELECT COUNT(*) FROM {SCHEDULER_STATE}") == 1
    cluster.wait_for_runs(len(cluster.runs()) + 10)
    nodes[1].terminate()
    assert nodes[1].returncode() == 0
    check_once(cluster.runs())
    check_nothing_missed(cluster.runs(), 100)
    assert cluster.value("SELECT COUNT(*) FROM {SCHEDULER_STATE}") == 0
