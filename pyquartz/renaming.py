"""Other keys for stored jobs and triggers, if need be when what runs has ended.

Quartz writes the end of a run by the keys it began with, on whichever node it is, so nothing is
renamed under a run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from .config import span
from .errors import JobRunningError
from .keys import JobKey, TriggerKey

if TYPE_CHECKING:
    from ._jvm.quartz import Engine

# Runs on other nodes tell nobody when they end: the store is asked.
_ASK_EVERY = 0.1


def rename_job(
    engine: Engine,
    old: JobKey,
    new: JobKey,
    keep_trigger_keys: bool,
    wait: timedelta | float | None,
) -> JobKey:
    """Give a job another key as soon as it doesn't run, and give that key."""
    _between_runs(lambda: engine.renaming.job(old, new, keep_trigger_keys), wait)
    return new


def rename_trigger(
    engine: Engine, old: TriggerKey, new: TriggerKey, wait: timedelta | float | None
) -> TriggerKey:
    """Give a trigger another key as soon as no run of it is under way, and give that key."""
    _between_runs(lambda: engine.renaming.trigger(old, new), wait)
    return new


def _between_runs(rename: Callable[[], None], wait: timedelta | float | None) -> None:
    end = time.monotonic() + (span("wait", wait) or timedelta(0)).total_seconds()
    while True:
        try:
            return rename()
        except JobRunningError:
            left = end - time.monotonic()
            if left <= 0:
                raise
            time.sleep(min(left, _ASK_EVERY))
