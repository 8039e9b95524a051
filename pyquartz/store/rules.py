"""What rows mean by Quartz's own rules, for all who read them: examinations, moves, lists of nodes.

Times are milliseconds since 1970, as the rows have them.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

from ..info import Node

# By this name a database remembers that groups to come are paused.
ALL_PAUSED = "_$_ALL_GROUPS_PAUSED_$_"
# The table that holds the rest of a trigger of each type.
SUBTYPES = {
    "SIMPLE": "SIMPLE_TRIGGERS",
    "CRON": "CRON_TRIGGERS",
    "CAL_INT": "SIMPROP_TRIGGERS",
    "DAILY_I": "SIMPROP_TRIGGERS",
    "BLOB": "BLOB_TRIGGERS",
}
SUBTYPE_TABLES = tuple(dict.fromkeys(SUBTYPES.values()))
# States that only a run ends, and what they become when that run is no more.
AT_REST = {"ACQUIRED": "WAITING", "BLOCKED": "WAITING", "PAUSED_BLOCKED": "PAUSED"}
# What a node may be late with its check-in before the others take it for dead.
_GRACE = 7_500
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def is_overdue(last_checkin: int, interval: int, now: int) -> bool:
    """Say whether a node failed to check in."""
    return last_checkin + interval + _GRACE < now


def now_millis() -> int:
    """Give this machine's clock."""
    return int(time.time() * 1000)


def node_now(instance_id: str, last_checkin: int, interval: int) -> Node:
    """Make a node of its row in SCHEDULER_STATE, seen by this machine's clock."""
    now = now_millis()
    return Node(
        instance_id=instance_id,
        last_checkin=_EPOCH + timedelta(milliseconds=last_checkin),
        interval=timedelta(milliseconds=interval),
        alive=not is_overdue(last_checkin, interval, now),
        age=timedelta(milliseconds=now - last_checkin),
    )
