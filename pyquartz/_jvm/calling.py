"""The guard of each call to one scheduler: what goes wrong in there comes out as an error of ours.

Classes, and no generators: scheduling makes many short calls.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any

from ..errors import PyQuartzError, SchedulerStateError
from . import launch, listeners
from .convert import translated


class Calling:
    """``with calling("can't do this"):`` stands around each call to a scheduler of Quartz's."""

    def __init__(self, quartz: Any) -> None:
        self.ended = False
        self._quartz = quartz

    def __call__(self, doing: str) -> _Call:
        """Guard one call; ``doing`` begins the message of what it raises."""
        return _Call(self, doing)

    def is_shut_down(self) -> bool:
        """Whether Quartz has shut the scheduler down."""
        return bool(self._quartz.isShutdown())


class _Call:
    __slots__ = ("_calling", "_doing")

    def __init__(self, calling: Calling, doing: str) -> None:
        self._calling = calling
        self._doing = doing

    def __enter__(self) -> None:
        launch.enter_thread()
        if self._calling.ended:
            raise SchedulerStateError(self._stopped())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            listeners.raise_late()
            if error is not None:
                with translated(self._doing):
                    raise error
        except PyQuartzError as failure:
            if self._calling.is_shut_down():  # while the call was under way
                raise SchedulerStateError(self._stopped()) from failure.__cause__
            raise

    def _stopped(self) -> str:
        return f"{self._doing}: it has stopped, for good; make a new Scheduler"
