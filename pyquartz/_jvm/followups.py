"""What follows a run, put down with its store, which writes it with the run's completion."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..errors import StoreError
from ..keys import JobKey
from .builders import job_key
from .convert import to_millis
from .packing import to_data_map
from .runs import Runs


class FollowUps:
    """The triggers that the runs of one scheduler leave behind."""

    def __init__(self, store: Any, runs: Runs, as_strings: bool) -> None:
        self._store = store
        self._runs = runs
        self._as_strings = as_strings

    def retry(self, ticket: int, when: datetime, attempt: int) -> None:
        """Have a run's job run once more, as that attempt. Raises StoreError."""
        self._of_store().retry(self._runs.context(ticket), to_millis(when), attempt)

    def then(self, ticket: int, key: JobKey, detail: Any, data: Mapping[str, object]) -> None:
        """Have a job run once after a run; ``detail`` is stored if the store has no such job.

        Raises StoreError.
        """
        values = to_data_map(data, self._as_strings)
        self._of_store().then(self._runs.context(ticket), job_key(key), detail, values)

    def _of_store(self) -> Any:
        if not hasattr(self._store, "followUps"):
            raise StoreError(
                f"a job store of the class {self._store.getClass().getName()} can't keep what "
                "follows a run (retry=, then=): leave the class of the store to pyquartz"
            )
        return self._store.followUps()
