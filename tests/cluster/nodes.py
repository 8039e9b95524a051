"""Nodes of a cluster as processes of their own, and the log that their jobs write.

Each run of a job adds lines to a table in the cluster's own database, over a connection that has
nothing to do with Quartz: what is in there has really happened, in that order.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.processes import PythonProcess
from tests.support.servers import PostgresServer, Server
from tests.support.waiting import wait_until

MODULE = """\
import os, sys, signal, threading, time, logging
from datetime import datetime, timedelta, timezone
import psycopg, pymysql
from sqlalchemy.engine import make_url
from pyquartz import Group, Job, JobContext, Retry, Scheduler, defjob, every, once
from tests.support.waiting import wait_until

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
STORE, NODE = os.environ["PYQUARTZ_STORE"], os.environ["NODE"]
begun, local = threading.Event(), threading.local()

def scheduler():
    # Failures of a node are seen after a check-in and Quartz's grace of 7.5 s.
    fast = {"org.quartz.jobStore.clusterCheckinInterval": "1000",
            "org.quartz.scheduler.idleWaitTime": "2000"}
    return Scheduler(STORE, name="cluster", instance_id=NODE, threads=6, properties=fast)

def cursor():
    if not hasattr(local, "cursor"):
        url = make_url(STORE)
        login = {"host": url.host, "port": url.port, "user": url.username, "password": url.password}
        if url.drivername.startswith("postgresql"):
            local.cursor = psycopg.connect(dbname=url.database, autocommit=True, **login).cursor()
        else:
            local.cursor = pymysql.connect(
                database=url.database, autocommit=True, ssl_disabled=True, **login).cursor()
    return local.cursor

def note(ctx, event):
    cursor().execute(
        "INSERT INTO runs (node, event, job, trigger_name, scheduled, instance)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (NODE, event, ctx.job_key.name,
         ctx.recovering_trigger_key.name if ctx.recovering else ctx.trigger_key.name,
         ctx.scheduled_fire_time.timestamp() * 1000, ctx.fire_instance_id))

def noted(job):
    cursor().execute("SELECT id FROM runs WHERE job = %s", (job,))
    return cursor().fetchall()

@defjob("cluster.Count")
def count(ctx: JobContext):
    note(ctx, "run")
    begun.set()

@defjob("cluster.Exclusive", concurrent=False)
def exclusive(ctx: JobContext):
    note(ctx, "begin")
    threading.Event().wait(0.02)
    note(ctx, "end")

def until_killed(ctx):
    note(ctx, "recovered" if ctx.recovering else "begin")
    if not ctx.recovering:
        print("cut off:", ctx.job_key.name, flush=True)
        threading.Event().wait()

@defjob("cluster.Recoverable", requests_recovery=True)
def recoverable(ctx: JobContext):
    until_killed(ctx)

@defjob("cluster.Lost")
def lost(ctx: JobContext):
    until_killed(ctx)

@defjob("cluster.Flaky", requests_recovery=True,
        retry=Retry(attempts=3, wait=timedelta(seconds=4)))
def flaky(ctx: JobContext):
    note(ctx, f"attempt{ctx.attempt}")
    if ctx.attempt == 1:
        raise ValueError("the first attempt fails")

@defjob("cluster.First", requests_recovery=True, then=count)
def first(ctx: JobContext):
    note(ctx, "first")

def soon(milliseconds):
    return datetime.now(timezone.utc) + timedelta(milliseconds=milliseconds)
"""


@dataclass(frozen=True)
class Run:
    """One line of the log."""

    id: int
    node: str
    event: str
    job: str
    trigger: str
    scheduled: int
    instance: str


@dataclass
class Cluster:
    """A database with Quartz's tables and the log, and the processes that run on it."""

    server: Server
    url: str
    folder: Path
    processes: ExitStack = field(default_factory=ExitStack)

    def node(self, name: str, body: str) -> PythonProcess:
        """A process whose main part is the body, after the jobs' definitions."""
        program = self.folder / f"{name}.py"
        main = textwrap.indent(textwrap.dedent(body), "    ")
        program.write_text(f'from cluster_jobs import *\nif __name__ == "__main__":\n{main}')
        return self.process(name, program)

    def process(self, name: str, *arguments: str | os.PathLike[str]) -> PythonProcess:
        """A process with the jobs' module at hand."""
        path = os.pathsep.join([str(Path.cwd()), str(self.folder)])
        env = {"PYQUARTZ_STORE": self.url, "NODE": name, "PYTHONPATH": path}
        return self.processes.enter_context(PythonProcess(*arguments, env=env, cwd=self.folder))

    def runner(self, name: str, body: str = "") -> PythonProcess:
        """A node that fires until it gets SIGTERM; it prints "ready" when it does."""
        text = textwrap.indent(textwrap.dedent(body), "    ")
        return self.node(
            name,
            "s = scheduler()\nwith s:\n"
            + text
            + '\n    print("ready", flush=True)\n    threading.Event().wait()\n',
        )

    def runs(self, where: str = "1 = 1") -> list[Run]:
        """The log's lines, in the order in which they were written."""
        columns = "id, node, event, job, trigger_name, scheduled, instance"
        sql = f"SELECT {columns} FROM runs WHERE {where} ORDER BY id"
        return [Run(*row) for row in self.server.query(self.url, sql)]

    def wait_for_runs(self, number: int, where: str = "1 = 1", timeout: float = 60) -> list[Run]:
        """Wait until the log has so many lines."""
        return wait_until(
            lambda: found if len(found := self.runs(where)) >= number else None,
            timeout,
            0.1,
            lambda: f"{len(self.runs(where))} of {number} runs where {where}",
        )

    def value(self, sql: str) -> object:
        """The first value of a query; {name} stands for a table of Quartz's."""
        case = str.lower if isinstance(self.server, PostgresServer) else str.upper
        tables = ("TRIGGERS", "FIRED_TRIGGERS", "SCHEDULER_STATE", "JOB_DETAILS")
        names = {name: case(f"QRTZ_{name}") for name in tables}
        return self.server.query(self.url, sql.format(**names))[0][0]


@contextmanager
def cluster(server: Server, url: str, folder: Path) -> Iterator[Cluster]:
    """A new cluster without a node."""
    serial = "SERIAL" if isinstance(server, PostgresServer) else "INT AUTO_INCREMENT"
    server.execute(
        url,
        f"CREATE TABLE runs (id {serial} PRIMARY KEY, node VARCHAR(40), event VARCHAR(20),"
        " job VARCHAR(80), trigger_name VARCHAR(80), scheduled BIGINT, instance VARCHAR(120))",
    )
    # Once: a process that starts must not find it half written for the next.
    (folder / "cluster_jobs.py").write_text(MODULE)
    made = Cluster(server, url, folder)
    with made.processes:
        made.process("tables", "-m", "pyquartz", "db", "init").finish(60).check()
        yield made
