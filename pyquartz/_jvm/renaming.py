"""Other keys for stored jobs and triggers: one crossing, one lock and one transaction each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from ..keys import JobKey, TriggerKey


class Renaming:
    """Gives stored jobs and triggers other keys."""

    def __init__(self, writer: Any, calling: Callable[[str], AbstractContextManager[None]]) -> None:
        self._writer = writer
        self._calling = calling

    def job(self, old: JobKey, new: JobKey, keep_trigger_keys: bool) -> None:
        """Give a job another key, and unless they keep theirs, the triggers that bear its name."""
        with self._calling(f"can't rename job {old}"):
            self._writer.renameJob(old.name, old.group, new.name, new.group, keep_trigger_keys)

    def trigger(self, old: TriggerKey, new: TriggerKey) -> None:
        """Give a trigger another key."""
        with self._calling(f"can't rename trigger {old}"):
            self._writer.renameTrigger(old.name, old.group, new.name, new.group)
