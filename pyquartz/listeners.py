"""Who listens to a scheduler: registered with Quartz itself, told through one guarded call.

Quartz keeps the order, the matching and the vetoes. A listener that raises is logged and harms
nothing; one that is a coroutine runs on the event loop, and only its veto is waited for.
"""

from __future__ import annotations

import inspect
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Literal

from .errors import ListenerError, SchedulerStateError
from .events import (
    JobEvent,
    JobListener,
    SchedulerEvent,
    SchedulerListener,
    TriggerEvent,
    TriggerListener,
)
from .keys import Key, Matcher

if TYPE_CHECKING:
    from ._jvm.quartz import Engine
    from .context import JobContext
    from .executors import Executors
    from .scheduler import Scheduler

log = logging.getLogger("pyquartz.listeners")
Kind = Literal["job", "trigger", "scheduler"]
Callback = Callable[[Any], Any]
VETO = "veto_job_execution"
_EXECUTED = "job_was_executed"
# How long coroutines of listeners have to end when the scheduler stops.
_LAST_CALL = 10.0

_BASES: dict[Kind, type] = {
    "job": JobListener,
    "trigger": TriggerListener,
    "scheduler": SchedulerListener,
}
_EVENTS: dict[Kind, type] = {"job": JobEvent, "trigger": TriggerEvent, "scheduler": SchedulerEvent}
# The callbacks of each kind by the names that decorators take.
_CALLBACKS: dict[Kind, dict[str, str]] = {
    kind: {
        name.removeprefix(f"{kind}_"): name
        for name, member in vars(base).items()
        if inspect.isfunction(member)
    }
    for kind, base in _BASES.items()
}


class Listeners:
    """The listeners of one scheduler. Safe from any thread."""

    def __init__(self, scheduler: Scheduler, engine: Engine, executors: Executors) -> None:
        self._scheduler = scheduler
        self._engine = engine
        self._executors = executors
        self._registered: list[tuple[object, Callable[[], None]]] = []
        self._pending: set[Future[Any]] = set()
        # How runs went that Quartz has not told of yet, and under which ticket each is kept.
        self._outcomes: dict[str, dict[str, Any]] = {}
        self._kept: dict[int, str] = {}
        #: Whether anybody is told how runs went.
        self.hears_outcomes = False
        self._lock = threading.Lock()

    def add(
        self, kind: Kind, wanted: Sequence[object], matchers: Sequence[Key | Matcher] = ()
    ) -> Any:
        """Register an object, or give the decorator that registers a callable for some events."""
        if len(wanted) == 1 and isinstance(wanted[0], _BASES[kind]):
            listener = wanted[0]
            callbacks = {
                name: getattr(listener, name)
                for name in _CALLBACKS[kind].values()
                if getattr(type(listener), name) is not getattr(_BASES[kind], name)
            }
            self._register(kind, listener, callbacks, matchers)
            return listener
        names = [self._callback(kind, name) for name in wanted or _CALLBACKS[kind]]

        def decorate(function: Callback) -> Callback:
            self._register(kind, function, dict.fromkeys(names, function), matchers)
            return function

        return decorate

    @staticmethod
    def _callback(kind: Kind, name: object) -> str:
        known = _CALLBACKS[kind]
        if not isinstance(name, str) or name not in known:
            raise ListenerError(
                f"on_{kind}() takes a {_BASES[kind].__name__} or names of events, not {name!r}: "
                f"{', '.join(known)}"
            )
        return known[name]

    def _register(
        self,
        kind: Kind,
        listener: object,
        callbacks: Mapping[str, Callback],
        matchers: Sequence[Key | Matcher],
    ) -> None:
        if not callbacks:
            raise ListenerError(
                f"{listener!r} overrides no callback of {_BASES[kind].__name__}: "
                f"{', '.join(_CALLBACKS[kind].values())}"
            )

        def tell(name: str, facts: dict[str, Any]) -> bool:
            return self._tell(kind, name, callbacks[name], facts)

        self.hears_outcomes |= _EXECUTED in callbacks
        remove = self._engine.add_listener(kind, tuple(callbacks), matchers, tell)
        with self._lock:
            self._registered.append((listener, remove))

    def remove(self, listener: object) -> bool:
        """Remove what was registered with an object or a callable; False when there was nothing."""
        with self._lock:
            found = [remove for known, remove in self._registered if known is listener]
            self._registered = [entry for entry in self._registered if entry[0] is not listener]
        for remove in found:
            remove()
        return bool(found)

    def keep(self, ticket: int, context: JobContext, error: BaseException | None) -> None:
        """Keep how a run of Python's went, until Quartz has told of it.

        Through Java only a result that can be stored would come, and no exception.
        """
        self._kept[ticket] = context.fire_instance_id
        self._outcomes[context.fire_instance_id] = {"result": context.result, "error": error}

    def forget(self, ticket: int) -> None:
        """Forget how a run went, if it was kept."""
        fire_instance_id = self._kept.pop(ticket, None)
        if fire_instance_id is not None:
            self._outcomes.pop(fire_instance_id, None)

    def finish(self) -> None:
        """Give the coroutines of listeners a moment to end."""
        with self._lock:
            pending = set(self._pending)
        if self._executors.waited_in_vain(pending, _LAST_CALL):
            log.warning("Listeners that are coroutines did not end in time and are cancelled")

    def _tell(self, kind: Kind, name: str, callback: Callback, facts: dict[str, Any]) -> bool:
        if name == _EXECUTED:
            facts |= self._outcomes.get(facts["fire_instance_id"], {})
        try:
            event = _EVENTS[kind](
                name=name.removeprefix(f"{kind}_"), scheduler=self._scheduler, **facts
            )
            answer = callback(event)
            if inspect.iscoroutine(answer):
                answer = self._on_loop(name, callback, answer)
            return name == VETO and bool(answer)
        except BaseException as error:
            if not isinstance(error, Exception) and _is_main():
                raise  # Ctrl-C, and it came while the listener ran.
            _report(name, callback)
            return False

    def _on_loop(self, name: str, callback: Callback, answer: Coroutine[Any, Any, Any]) -> Any:
        if name == VETO and self._executors.runs_here():
            answer.close()
            raise ListenerError("a veto that is a coroutine can't be waited for on its own loop")
        future = self._executors.start(_guarded(name, callback, answer))
        with self._lock:
            self._pending.add(future)
        future.add_done_callback(self._done)
        try:
            return self._executors.result(future) if name == VETO else None
        except SchedulerStateError:
            self._done(future)  # nobody else ends it: its loop is closed
            raise

    def _done(self, future: Future[Any]) -> None:
        with self._lock:
            self._pending.discard(future)


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


async def _guarded(name: str, callback: Callback, answer: Coroutine[Any, Any, Any]) -> Any:
    try:
        return await answer
    except Exception:
        _report(name, callback)
        return False


def _report(name: str, callback: Callback) -> None:
    log.exception(  # noqa: LOG004 - called where the exception is handled
        "A listener failed in %s, and everything goes on without it: %s",
        name,
        getattr(callback, "__qualname__", callback),
        extra={"action": "listener_failed"},
    )
