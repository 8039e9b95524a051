"""The faults, each a function that makes it in a cluster that runs, and waits until it is over."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pymysql  # type: ignore[import-untyped]

from tests.faults.life import FREEZE_SECONDS, PATIENCE, Life, Node, now
from tests.faults.oracle import Ghost
from tests.faults.plan import MISFIRE_THRESHOLD
from tests.faults.proxy import Cut
from tests.support.missing import lacks
from tests.support.servers import PostgresServer
from tests.support.waiting import wait_until

Fault = Callable[[Life], None]
_CUTS = 2
_SIGNALS = 20
# Less than the misfire threshold: what a clock that is further off does is told in docs/stores.md.
_SKEW = MISFIRE_THRESHOLD - 500


# -- nodes that die -------------------------------------------------------------------------------


def kill(life: Life) -> None:
    node = life.nodes[0]
    node.process.kill()
    _replace_dead(life, node)


def exit_in_job(life: Life) -> None:
    node = life.nodes[0]
    life.tell(node, "exit")
    _replace_dead(life, node)


def abort_in_listener(life: Life) -> None:
    node = life.nodes[0]
    life.tell(node, "abort")
    _replace_dead(life, node)


def _replace_dead(life: Life, node: Node) -> None:
    life.died(node)
    life.start_node()
    if life.is_patient:
        life.wait_for_recovery(node.name)


# -- nodes that stand still -----------------------------------------------------------------------


def stopped_too_long(life: Life) -> None:
    """SIGSTOP until the peers have taken the node for dead, then SIGCONT."""
    node, begin = life.nodes[0], now()
    node.process.send_signal(signal.SIGSTOP)
    try:
        life.wait_for_recovery(node.name)
    finally:
        node.process.send_signal(signal.SIGCONT)
    _end_of_ghost(life, node, begin)


def frozen_network(life: Life) -> None:
    """Nothing passes between a node and its database until the peers have taken it for dead."""
    node, begin = life.nodes[0], now()
    node.proxy.freeze()
    try:
        life.wait_for_recovery(node.name)
    finally:
        node.proxy.thaw()
    _end_of_ghost(life, node, begin)


def _end_of_ghost(life: Life, node: Node, begin: int) -> None:
    """Wait until the node takes part again; until then its peers can't have known what it does."""
    seen = now()
    wait_until(
        lambda: any(line.node == node.name and line.scheduled > seen for line in life.lines()),
        PATIENCE,
        0.1,
        f"{node.name} does not come back",
    )
    life.ghosts.append(Ghost(node.name, begin, now()))


def frozen_interpreter(life: Life) -> None:
    """A job's C call holds the interpreter's lock; Java's threads go on, check-ins with them."""
    node, begin = life.nodes[0], now()
    life.tell(node, "freeze")
    file = life.folder / f"freeze-{node.name}"
    wait_until(lambda: not file.exists(), PATIENCE, 0.1, "no job froze")
    over = begin + FREEZE_SECONDS * 1000
    wait_until(
        lambda: any(line.node == node.name and line.at > over for line in life.lines()),
        PATIENCE,
        0.1,
    )


# -- the database ---------------------------------------------------------------------------------


def database_restarted(life: Life) -> None:
    life.server.kill()
    life.server.start()


def backends_killed(life: Life) -> None:
    for _ in range(life.rounds):
        if isinstance(life.server, PostgresServer):
            life.server.query(
                life.url,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
        else:
            users = "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE()"
            for (connection,) in life.server.query(life.url, users):
                with suppress(pymysql.err.OperationalError):  # It may have ended by itself.
                    life.server.execute(life.server.admin_database, f"KILL {connection}")
        life.goes_on()


def cut(how: Cut) -> Fault:
    """Cut a node's connections at its next commits."""

    def make(life: Life) -> None:
        node = life.nodes[0]
        before = node.proxy.cuts
        for _ in range(life.rounds):
            done = node.proxy.cuts
            node.proxy.cut(how, _CUTS)
            wait_until(lambda done=done: node.proxy.cuts >= done + _CUTS, PATIENCE, 0.05)
            life.goes_on()
        assert node.proxy.cuts == before + _CUTS * life.rounds

    return make


# -- starts and stops -----------------------------------------------------------------------------


def sigterm_storm(life: Life) -> None:
    """A node that has just begun is asked to stop, again and again; its replacement, too."""
    for _ in range(life.rounds):
        node = life.start_node()
        for _ in range(_SIGNALS):
            if node.process.running:
                node.process.terminate()
        life.ended(node)


def redeclared(life: Life) -> None:
    """Each node is replaced, as a rolling restart does it; all declare all their jobs anew."""
    for node in list(life.nodes):
        life.start_node()
        life.stop_node(node)


def upgraded(life: Life) -> None:
    """Old code has jobs that new code lacks, and the other way round; one has got a new name."""
    life.code_start = now() // 1000 + 2
    old = life.start_node("old")
    life.triggers |= {"only-old", "named"}
    life.goes_on()
    new = life.start_node("new")
    life.triggers |= {"only-new"}
    life.goes_on()
    # By its alias the new code goes on with the job of the old name, and nobody has the old one's.
    life.stop_node(old)
    life.retire("only-old")
    again = life.start_node("new")
    life.stop_node(new)
    life.goes_on()
    life.stop_node(again)
    life.retire("named")
    life.retire("only-new")


def clock_off(life: Life) -> None:
    """One node's clock is fast and another's slow, by less than the misfire threshold."""
    life.skew = _SKEW
    nodes = [life.begin_node(**_clock(skew)) for skew in (_SKEW, -_SKEW)]
    for node in nodes:
        life.join(node)
    for _ in range(life.rounds):
        life.goes_on()
    life.stop_node(nodes[0])
    nodes[1].process.kill()
    life.died(nodes[1])
    if life.is_patient:
        life.wait_for_recovery(nodes[1].name)


def _clock(skew: int) -> dict[str, str]:
    libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    if not libraries:
        lacks(FileNotFoundError("libfaketime is not here; install the package `libfaketime`"))
    return {
        "LD_PRELOAD": str(libraries[0]),
        "FAKETIME": f"{skew / 1000:+}s",
        # Java waits by the monotonic clock, which is right; "mended" it would spin.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        "SKEW": str(skew),
    }


FAULTS: dict[str, Fault] = {
    "kill -9": kill,
    "SIGSTOP, then SIGCONT": stopped_too_long,
    "network frozen": frozen_network,
    "SIGTERM storm": sigterm_storm,
    "database restarted": database_restarted,
    "backends killed": backends_killed,
    "cut before COMMIT": cut("before"),
    "cut after COMMIT": cut("after"),
    "cut with COMMIT on its way": cut("late"),
    "C call holds the GIL": frozen_interpreter,
    "exit in a job": exit_in_job,
    "abort in a listener": abort_in_listener,
    "clocks off": clock_off,
    "all redeclared": redeclared,
    "rolling upgrade": upgraded,
}
