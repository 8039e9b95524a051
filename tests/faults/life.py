"""One cluster's life under faults: its nodes, each behind a proxy, and what is known of them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from pyquartz import Scheduler
from pyquartz.store.schema import init
from pyquartz.store.url import parse_store
from tests.faults.lines import Line, read
from tests.faults.oracle import LATE, Course, Evidence, Firing, Ghost, Judgement, Taken, judge
from tests.faults.plan import BY_NAME, PLAN, Planned
from tests.faults.proxy import MariaDBCommits, PostgresCommits, Proxy
from tests.support.processes import PROJECT_ROOT, PythonProcess
from tests.support.servers import MariaDBServer, PostgresServer, Server
from tests.support.waiting import wait_until

# Peers take a node for dead 8.5 s after its last check-in; a busy machine takes longer.
PATIENCE = 90
# How long a node's interpreter stands still when it is told to freeze.
FREEZE_SECONDS = 4
# A node that stands still may have the store's lock, and all others wait: the server then ends it.
_IDLE: dict[type[Server], str] = {
    PostgresServer: "SET idle_in_transaction_session_timeout = '3s'",
    MariaDBServer: "SET SESSION idle_transaction_timeout = 3",
}
_NODE = Path(__file__).with_name("node.py")


@dataclass
class Node:
    """A process that fires, and the proxy between it and the database."""

    name: str
    process: PythonProcess
    proxy: Proxy


@dataclass(frozen=True)
class Phase:
    """The time in which a fault was made, until firing went on as if nothing had been."""

    fault: str
    begin: int
    end: int


@dataclass
class Life:
    """A database, the nodes on it, and the evidence of what they did."""

    server: Server
    url: str
    folder: Path
    # How often some faults are made in one phase; whether each phase waits for its dead.
    rounds: int = 1
    is_patient: bool = False
    start: int = field(default_factory=lambda: int(time.time()) + 2)
    nodes: list[Node] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    deaths: dict[str, int] = field(default_factory=dict)
    taken: set[Taken] = field(default_factory=set)
    ghosts: list[Ghost] = field(default_factory=list)
    courses: dict[str, Course] = field(default_factory=dict)
    left_over: list[str] = field(default_factory=list)
    skew: int = 0
    # When the triggers begin that only some code has, and all that fire by now.
    code_start: int = 0
    triggers: set[str] = field(
        default_factory=lambda: {planned.name for planned in PLAN if planned.code == "base"}
    )
    _names: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _open: ExitStack = field(default_factory=ExitStack)

    # -- nodes ------------------------------------------------------------------------------------

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def begin_node(self, code: str = "base", **env: str) -> Node:
        """Start a node and don't wait for it."""
        name = f"node{next(self._names)}"
        finder = PostgresCommits if isinstance(self.server, PostgresServer) else MariaDBCommits
        proxy = Proxy(self.server.port, finder)
        parts = urlsplit(self.url)
        netloc = f"{parts.netloc.rpartition(':')[0]}:{proxy.port}"
        settings = {
            "PYQUARTZ_STORE": urlunsplit(parts._replace(netloc=netloc)),
            "NODE": name,
            "LOG": str(self.log),
            "START": str(self.start),
            "CODE_START": str(self.code_start),
            "FREEZE_SECONDS": str(FREEZE_SECONDS),
            "PYTHONPATH": str(PROJECT_ROOT),
            "IDLE": _IDLE[type(self.server)],
        }
        process = PythonProcess(_NODE, code, env=settings | env, cwd=self.folder)
        self._open.callback(proxy.close)
        self._open.callback(process.close)
        return Node(name, process, proxy)

    def join(self, node: Node) -> Node:
        """Wait until a node fires."""
        node.process.wait_for_line("^ready", timeout=PATIENCE)
        self.nodes.append(node)
        return node

    def start_node(self, code: str = "base", **env: str) -> Node:
        """Start a node, which declares all jobs of its code."""
        return self.join(self.begin_node(code, **env))

    def tell(self, node: Node, what: str) -> None:
        """Have a node do something in its next job, or in its listener."""
        (self.folder / f"{what}-{node.name}").touch()

    def stop_node(self, node: Node) -> None:
        """Ask a node to stop, in order."""
        node.process.terminate()
        self.ended(node)

    def ended(self, node: Node) -> None:
        """Wait until a node that was asked to has ended in order, and hold it to that."""
        assert node.process.returncode(PATIENCE) == 143, node.process.report()
        self.nodes.remove(node)
        self._keep_output(node)

    def died(self, node: Node) -> None:
        """Note that a node is dead, and what it had begun by its rows."""
        node.process.returncode(PATIENCE)
        self.deaths[node.name] = now()
        self.nodes.remove(node)
        self._keep_output(node)
        group = "RECOVERING_JOBS"
        for trigger, trigger_group, scheduled in self.rows(
            "SELECT TRIGGER_NAME, TRIGGER_GROUP, SCHED_TIME FROM {FIRED_TRIGGERS}"
            f" WHERE INSTANCE_NAME = '{node.name}' AND STATE = 'EXECUTING'"
        ):
            if trigger_group != group:
                self.taken.add(Taken(trigger, scheduled))

    def is_recovered(self, name: str) -> bool:
        """Whether nothing is left of a dead node's rows."""
        where = f"WHERE INSTANCE_NAME = '{name}'"
        tables = ("{FIRED_TRIGGERS}", "{SCHEDULER_STATE}")
        return not any(self.rows(f"SELECT 1 FROM {table} {where}") for table in tables)

    def wait_for_recovery(self, name: str) -> None:
        """Wait until the peers have found out that a node is dead."""
        wait_until(lambda: self.is_recovered(name), PATIENCE, 0.1, f"{name}'s rows stay")

    def _keep_output(self, node: Node) -> None:
        (self.folder / f"{node.name}.out").write_text(node.process.report())

    # -- what happens -----------------------------------------------------------------------------

    @contextmanager
    def phase(self, fault: str) -> Iterator[None]:
        """Make a fault inside; it is over when every trigger has fired again since."""
        begin = now()
        yield
        self.goes_on()
        self.phases.append(Phase(fault, begin, now()))

    def goes_on(self) -> None:
        """Wait until each trigger has fired at a time after now; one that doesn't is stuck."""
        since = now()

        def waiting() -> list[str]:
            fired = {line.trigger for line in self.lines() if line.scheduled >= since}
            return sorted(self.triggers - fired)

        wait_until(lambda: not waiting(), PATIENCE, 0.2, lambda: f"stuck: {waiting()}")

    def lines(self) -> list[Line]:
        return read(self.log) if self.log.exists() else []

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query; {name} stands for a table of Quartz's."""
        case = str.lower if isinstance(self.server, PostgresServer) else str.upper
        names = ("TRIGGERS", "FIRED_TRIGGERS", "SCHEDULER_STATE")
        return self.server.query(self.url, sql.format(**{n: case(f"QRTZ_{n}") for n in names}))

    # -- the end ----------------------------------------------------------------------------------

    def retire(self, name: str) -> None:
        """Note all times of a trigger, and delete its job, as who deploys new code does it."""
        self._close_course(BY_NAME[name])
        self.triggers.remove(name)
        visitor = Scheduler(self.url, name="faults")
        visitor.delete_task(BY_NAME[name].job)
        visitor.stop()

    def _close_course(self, planned: Planned) -> None:
        sql = f"SELECT NEXT_FIRE_TIME FROM {{TRIGGERS}} WHERE TRIGGER_NAME = '{planned.name}'"
        next_time = int(self.rows(sql)[0][0])
        seconds = self.start if planned.code == "base" else self.code_start
        start = datetime.fromtimestamp(seconds, timezone.utc)
        trigger, after = planned.trigger(start), start - timedelta(seconds=1)
        times: list[int] = []
        while not times or times[-1] < next_time:
            more = trigger.next_fires(1000, after)
            times += [round(time.timestamp() * 1000) for time in more]
            after = more[-1]
        before = tuple(time for time in times if time < next_time)
        self.courses[planned.name] = Course(planned, before, next_time)

    def end(self) -> Judgement:
        """Stop all nodes once nothing is left of the dead, look at the rows, and judge."""
        for name in self.deaths:
            self.wait_for_recovery(name)
        for node in self.nodes:
            node.process.terminate()
        for node in list(self.nodes):
            self.ended(node)
        for name in self.triggers:
            self._close_course(BY_NAME[name])
        self.left_over = self._left_over()
        return judge(self.evidence())

    def evidence(self) -> Evidence:
        return Evidence(
            courses=tuple(self.courses.values()),
            lines=tuple(self.lines()),
            deaths=self.deaths,
            taken=frozenset(self.taken),
            ghosts=tuple(self.ghosts),
            skew=self.skew,
        )

    def _left_over(self) -> list[str]:
        """Name the rows that nobody would ever see to again."""
        triggers = (
            "SELECT TRIGGER_NAME, TRIGGER_GROUP, TRIGGER_STATE FROM {TRIGGERS}"
            " WHERE TRIGGER_STATE <> 'WAITING' OR TRIGGER_GROUP = 'RECOVERING_JOBS'"
        )
        fired = "SELECT INSTANCE_NAME, TRIGGER_NAME, STATE FROM {FIRED_TRIGGERS}"
        nodes = "SELECT INSTANCE_NAME FROM {SCHEDULER_STATE}"
        return [f"{row}" for sql in (triggers, fired, nodes) for row in self.rows(sql)]

    def close(self) -> None:
        """End all that is left."""
        for node in self.nodes:
            self._keep_output(node)
        self._open.close()

    def phase_of(self, firing: Firing) -> str:
        """The fault in whose time a firing was due, or ran: a fault hits runs that it finds."""
        for phase in self.phases:
            if phase.begin <= firing.scheduled + LATE < phase.end:
                return phase.fault
        return "none"


@contextmanager
def life(server: Server, url: str, folder: Path) -> Iterator[Life]:
    """A cluster without a node, whose triggers begin to fire in a moment."""
    init(parse_store(url))
    made = Life(server, url, folder)
    try:
        yield made
    finally:
        made.close()


def now() -> int:
    return time.time_ns() // 1_000_000
