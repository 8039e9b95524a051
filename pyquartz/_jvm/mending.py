"""Repairs of a store's rows: under the lock that Quartz's own changes take, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any


class Mending:
    """Writes what a repair has to write."""

    def __init__(self, store: Any, calling: Callable[[str], AbstractContextManager[None]]) -> None:
        self._store = store
        self._calling = calling

    def run(self, statements: Sequence[tuple[str, Sequence[str]]]) -> list[int]:
        """Run statements with their values; give how many rows each of them hit."""
        if not statements:
            return []
        with self._calling("can't mend the store"):
            hit = self._store.mend([sql for sql, _ in statements], [list(v) for _, v in statements])
            self._store.lookAgain()
        return [int(count) for count in hit]
