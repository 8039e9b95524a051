"""What an examination asks of the surroundings of the rows: nodes, clocks, zones, pools."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from ..triggers import DailyTimeIntervalTrigger
from ..zones import zone_of
from .case import Case
from .finding import Finding

# Quartz asks for clocks that are within a second; what was read took some time too.
_SKEW = 2_000
_STOCK_ID = re.compile(r"^.*[^\d]\d{13}$")


def dead_nodes(case: Case) -> Iterator[Finding]:
    """Find nodes that no longer check in, and work that they left behind."""
    left: dict[str, int] = {}
    for fired in case.evidence.fired:
        left[fired.node] = left.get(fired.node, 0) + 1
    for node in case.evidence.nodes:
        if case.is_overdue(node):
            ago = timedelta(milliseconds=case.evidence.now - node.last_checkin)
            yield Finding(
                "node_overdue",
                node.name,
                "warning",
                f"it last checked in {_words(ago)} ago, and does so every {node.interval} ms; "
                f"{left.get(node.name, 0)} runs of its are in the store",
                "a live node takes its work over within seconds; if none lives, start one",
            )
    checked_in = {node.name for node in case.evidence.nodes}
    for name, count in sorted(left.items()):
        if name in checked_in or name in case.live:
            continue
        if case.is_dead(name):
            yield Finding(
                "fired_orphaned",
                name,
                "warning",
                f"{count} runs are of a node that has no row in SCHEDULER_STATE",
                "a node recovers them when it starts, not while it runs: start one",
            )
        else:
            yield Finding(
                "fired_unknown",
                name,
                "info",
                f"{count} runs are of a node that never checks in: it is not clustered, and the "
                "store can't tell whether it lives",
                "if its process has ended, start it again: that recovers its work",
            )


def clocks(case: Case) -> Iterator[Finding]:
    """Find clocks that differ: this machine's, the database's, and those of nodes ahead of it."""
    evidence = case.evidence
    clock = evidence.database_clock
    if clock is not None and abs(clock - evidence.now) > _SKEW:
        side = "ahead of" if clock > evidence.now else "behind"
        yield Finding(
            "clock_skew",
            "database",
            "warning",
            f"the database's clock is {abs(clock - evidence.now) / 1000:.1f} s {side} this one's",
            "have all machines follow a time server: Quartz asks for a second at most",
        )
    for node in evidence.nodes:
        if node.last_checkin - evidence.now > _SKEW:
            ahead = (node.last_checkin - evidence.now) / 1000
            yield Finding(
                "clock_skew",
                node.name,
                "warning",
                f"it checked in {ahead:.1f} s in the future of this machine's clock",
                "have all machines follow a time server: nodes take one that is behind for dead",
            )


def zones(case: Case) -> Iterator[Finding]:
    """Find daily triggers whose next time was reckoned in another zone than this JVM's."""
    now = datetime.fromtimestamp(case.evidence.now / 1000, timezone.utc)
    for info in case.triggers.values():
        trigger, fire = info.trigger, info.next_fire_time
        if not isinstance(trigger, DailyTimeIntervalTrigger) or fire is None or fire <= now:
            continue
        if not _fits(trigger, fire.astimezone(zone_of(case.zone))):
            yield Finding(
                "zone_differs",
                info.key,
                "warning",
                f"its next fire {fire:%Y-%m-%d %H:%M:%S %Z} fits none of its times of day in this "
                f"JVM's zone {case.zone}: the node that reckoned it has another",
                "give the JVMs of all nodes one zone (-Duser.timezone, or TZ)",
            )


def _fits(trigger: DailyTimeIntervalTrigger, local: datetime) -> bool:
    begin = datetime.combine(local.date(), trigger.from_, local.tzinfo)
    if begin.utcoffset() != local.utcoffset():
        return True  # the clocks change on that day, and Quartz goes by what has passed
    passed = local - begin
    last = datetime.combine(local.date(), trigger.to, local.tzinfo)
    return begin <= local <= last and not passed % trigger.interval


def surroundings(case: Case) -> Iterator[Finding]:
    """Find a pool that is too small, and nodes that look like plain Quartz."""
    if case.connections is not None:
        connections, threads = case.connections
        if connections < threads + 3:
            yield Finding(
                "pool_small",
                "maxConnections",
                "warning",
                f"{connections} connections for {threads} threads: runs wait for one another's",
                f"set maxConnections to {threads + 3} at least: threads, and Quartz's own three",
            )
    for node in case.evidence.nodes:
        if node.name in case.live and _STOCK_ID.match(node.name):
            yield Finding(
                "peer_unknown",
                node.name,
                "info",
                "its id is of the form that plain Quartz makes. The store doesn't say whether it "
                "has pyquartz-bridge, or acquires within the lock",
                "see that it has pyquartz-bridge, or jobStore.acquireTriggersWithinLock=true; "
                "without the first it sets triggers of Python's jobs to ERROR, without the other "
                "a firing can be doubled",
            )


def _words(span: timedelta) -> str:
    return str(timedelta(seconds=span // timedelta(seconds=1)))
