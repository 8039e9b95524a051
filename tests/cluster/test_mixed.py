"""Nodes of Java, Clojure and Python on one store: each job runs only where its code is.

The Java nodes are a program on Quartz 2.3.2 and one on 2.5.2; they and the Clojure node have
pyquartz's jar and the properties that docs/mixing.md names, and no code for it. The short form runs
until each job has run some times; PYQUARTZ_SOAK=seconds makes it so much longer.
"""

from __future__ import annotations

import os
import zipfile
from collections import Counter

import pytest
from sqlalchemy.engine import make_url

from pyquartz._jvm.launch import JARS
from tests.cluster.nodes import Cluster
from tests.cluster.test_firing_once import check_nothing_missed, check_once
from tests.support.java import stock_class_path, stock_jar
from tests.support.processes import PROJECT_ROOT, PythonProcess

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

MILLIS = 400
RUNS = max(12, int(os.environ.get("PYQUARTZ_SOAK", "0")) * 1000 // MILLIS)
RUNS_ON = {
    "first": "java232",
    "second": "java252",
    "third": "clojure",
    "X": "pythonX",
    "Y": "pythonY",
}
PROPERTIES = """
org.quartz.scheduler.instanceName = cluster
org.quartz.scheduler.instanceId = {node}
org.quartz.scheduler.idleWaitTime = 2000
org.quartz.scheduler.classLoadHelper.class = org.pyquartz.bridge.BridgeClassLoadHelper
org.quartz.threadPool.threadCount = 3
org.quartz.jobStore.class = org.pyquartz.store.BridgeJobStore
org.quartz.jobStore.driverDelegateClass = org.pyquartz.store.BridgeDelegate
org.quartz.jobStore.missingJobs = leave
org.quartz.jobStore.isClustered = true
org.quartz.jobStore.clusterCheckinInterval = 1000
org.quartz.jobStore.acquireTriggersWithinLock = true
org.quartz.jobStore.dataSource = mixed
org.quartz.dataSource.mixed.provider = hikaricp
org.quartz.dataSource.mixed.driver = org.postgresql.Driver
org.quartz.dataSource.mixed.URL = {url}
"""
PYTHON = """
    global mine, shared
    @defjob("mixed.Only{0}")
    def mine(ctx: JobContext):
        note(ctx, "run")
    @defjob("mixed.Shared")
    def shared(ctx: JobContext):
        note(ctx, "run")
    with scheduler() as s:
        print("ready", flush=True)
        threading.Event().wait()
"""
PLAN = f"""
    from pyquartz import Job
    s = scheduler()
    classes = {{"first": "com.acme.mixed.First", "second": "com.acme.mixed.Second",
               "third": "acme_mixed.jobs.Third", "X": "mixed.OnlyX", "Y": "mixed.OnlyY",
               "shared": "mixed.Shared"}}
    for key, name in classes.items():
        s.schedule_task(Job(name, key=key), every(milliseconds={MILLIS}))
    s.stop()
"""


def jdbc_url(url: str) -> str:
    """The store's address with its login, as plain JDBC has it."""
    parts = make_url(url)
    login = f"user={parts.username}&password={parts.password}"
    return f"jdbc:postgresql://{parts.host}:{parts.port}/{parts.database}?{login}"


def java_node(cluster: Cluster, name: str, quartz: str, own: str, *main: str) -> PythonProcess:
    """A JVM with pyquartz's jar, and of the company's classes only its own."""
    folder = cluster.folder / name
    with zipfile.ZipFile(stock_jar()) as jar:
        for entry in ("com/acme/mixed/Node.class", own):
            jar.extract(entry, folder)
    properties = folder / "quartz.properties"
    properties.write_text(PROPERTIES.format(node=name, url=jdbc_url(cluster.url)))
    jars = stock_class_path(quartz).split(":")[1:]
    clojure = sorted((PROJECT_ROOT / "build/clojure").glob("*.jar")) if name == "clojure" else []
    bridge = JARS / "pyquartz-bridge.jar"
    path = ":".join(map(str, [folder, bridge, *jars, *clojure]))
    java = ["java", "-cp", path, f"-Druns={jdbc_url(cluster.url)}", f"-Dnode={name}"]
    run = "import os, sys; os.execvp(sys.argv[1], sys.argv[1:])"
    return cluster.process(name, "-c", run, *java, *main, str(properties))


def test_each_job_runs_where_its_code_is(postgres_cluster: Cluster) -> None:
    cluster = postgres_cluster
    node = "com.acme.mixed.Node"
    nodes = [
        java_node(cluster, "java232", "2.3.2", "com/acme/mixed/First.class", node),
        java_node(cluster, "java252", "2.5.2", "com/acme/mixed/Second.class", node),
        java_node(
            cluster,
            "clojure",
            "2.5.2",
            "acme_mixed/jobs.clj",
            "clojure.main",
            "-m",
            "acme-mixed.jobs",
        ),
        *(cluster.node(f"python{name}", PYTHON.format(name)) for name in ("X", "Y")),
    ]
    for each in nodes:
        each.wait_for_line("ready")
    cluster.node("plan", PLAN).finish(60).check()
    for job in (*RUNS_ON, "shared"):
        cluster.wait_for_runs(RUNS, f"job = '{job}'", timeout=60 + RUNS * MILLIS / 1000)
    for each in nodes:
        each.terminate()
    assert [each.returncode() for each in nodes] == [143] * 5

    runs = cluster.runs()
    check_once(runs)
    check_nothing_missed(runs, MILLIS)
    where = {(run.job, run.node) for run in runs if run.job != "shared"}
    assert where == set(RUNS_ON.items())
    assert {run.node for run in runs if run.job == "shared"} <= {"pythonX", "pythonY"}
    assert Counter(run.event for run in runs) == {"run": len(runs)}
    assert cluster.value("SELECT COUNT(*) FROM {TRIGGERS} WHERE TRIGGER_STATE <> 'WAITING'") == 0
    assert cluster.value("SELECT COUNT(*) FROM {TRIGGERS}") == len(RUNS_ON) + 1
    assert cluster.value("SELECT COUNT(*) FROM {FIRED_TRIGGERS}") == 0
