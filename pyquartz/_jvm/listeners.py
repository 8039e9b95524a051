"""Listeners behind the door: Quartz's matchers made of ours, and its callbacks as plain facts.

A callback that Quartz makes on one of Java's own threads comes through ``HandOver``: one thread of
Python's lends itself to those, for Python is never entered from a thread that Java owns.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

import jpype

from ..errors import JobExecutionError, PyQuartzError
from ..info import TriggerInfo
from ..keys import Combined, Group, JobKey, Key, Matcher, Name, TriggerKey
from . import launch
from .builders import job_key, string_matcher, trigger_key
from .convert import decode, from_millis, java, scrub

Kind = Literal["job", "trigger", "scheduler"]
Tell = Callable[[str, dict[str, Any]], bool]
_MATCHERS = {
    "and": "org.quartz.impl.matchers.AndMatcher",
    "or": "org.quartz.impl.matchers.OrMatcher",
    "not": "org.quartz.impl.matchers.NotMatcher",
    "key": "org.quartz.impl.matchers.KeyMatcher",
    "any": "org.quartz.impl.matchers.EverythingMatcher",
}
_HAND_OVER = "org.pyquartz.events.HandOver"
_WAIT_MILLIS = 300
_TIMES = ("fire_time", "scheduled_fire_time", "previous_fire_time", "next_fire_time")
_FROM_RUN = ("fire_instance_id", "data", "refire_count", "recovering", "attempt")

_lock = threading.Lock()


class _Late(threading.local):
    """What came out of a listener on this thread, until the call that it was told of ends."""

    error: BaseException | None = None


_late = _Late()
_names = 0
_dispatcher: threading.Thread | None = None


def add(
    quartz: Any,
    kind: Kind,
    callbacks: Sequence[str],
    matchers: Sequence[Key | Matcher],
    tell: Tell,
    describe_trigger: Callable[[Mapping[str, Any]], TriggerInfo],
) -> Callable[[], None]:
    """Register a listener with Quartz, and give what removes it."""
    _start_dispatcher()
    name = _next_name()
    wanted = {_camel(callback): callback for callback in callbacks}

    def deliver(text: str) -> bool:
        event = decode(text)
        callback = wanted[event["callback"]]
        try:
            return tell(callback, _facts(kind, event, describe_trigger))
        except BaseException as error:
            _late.error = error
            return False

    manager, factory = quartz.getListenerManager(), java("org.pyquartz.events.Listener")
    names, sink = jpype.JArray(jpype.JString)(list(wanted)), _proxy(deliver)
    if kind == "scheduler":
        listener = factory.ofScheduler(name, names, sink)
        manager.addSchedulerListener(listener)
    elif kind == "job":
        manager.addJobListener(factory.ofJobs(name, names, sink), _any_of(matchers, kind))
    else:
        manager.addTriggerListener(factory.ofTriggers(name, names, sink), _any_of(matchers, kind))

    def remove() -> None:
        launch.enter_thread()
        if kind == "scheduler":
            manager.removeSchedulerListener(listener)
        elif kind == "job":
            manager.removeJobListener(name)
        else:
            manager.removeTriggerListener(name)

    return remove


def raise_late() -> None:
    """Raise what came out of a listener within a call into Java, where Quartz would swallow it."""
    error = _late.error
    if error is not None:
        _late.error = None
        raise error


def _next_name() -> str:
    global _names
    with _lock:
        _names += 1
        return f"pyquartz.listener-{_names}"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    if rest == ["shutting", "down"]:
        rest = ["shuttingdown"]  # as Quartz spells it
    return first + "".join(word.capitalize() for word in rest)


def _proxy(deliver: Callable[[str], bool]) -> Any:
    @jpype.JImplements("org.pyquartz.events.Sink")
    class Proxy:
        @jpype.JOverride  # type: ignore[untyped-decorator]  # jpype has no types
        def tell(self, event: Any) -> bool:
            return deliver(str(event))

    proxy: Callable[[], Any] = Proxy
    return proxy()


# -- matchers -------------------------------------------------------------------------------------


def _any_of(matchers: Sequence[Key | Matcher], kind: Literal["job", "trigger"]) -> Any:
    built = java("java.util.ArrayList")()
    for matcher in matchers or (Group.any(),):
        built.add(_matcher(matcher, kind))
    return built


def _matcher(matcher: Key | Matcher, kind: Literal["job", "trigger"]) -> Any:
    if isinstance(matcher, Combined):
        parts = [_matcher(part, kind) for part in matcher.of]
        if matcher.how == "not":
            return java(_MATCHERS["not"]).not_(parts[0])
        joined = java(_MATCHERS[matcher.how])
        whole = parts[0]
        for part in parts[1:]:
            whole = getattr(joined, f"{matcher.how}_")(whole, part)
        return whole
    if isinstance(matcher, Key):
        key = job_key(matcher) if isinstance(matcher, JobKey) else trigger_key(_trigger(matcher))
        return java(_MATCHERS["key"]).keyEquals(key)
    assert isinstance(matcher, (Group, Name))
    if matcher.operator == "anything":
        return java(_MATCHERS["any"]).allJobs()
    return string_matcher(matcher, kind)


def _trigger(key: Key) -> TriggerKey:
    assert isinstance(key, TriggerKey)
    return key


# -- facts ----------------------------------------------------------------------------------------


def _facts(
    kind: Kind,
    event: Mapping[str, Any],
    describe_trigger: Callable[[Mapping[str, Any]], TriggerInfo],
) -> dict[str, Any]:
    if kind == "job":
        return _job_facts(event)
    info = describe_trigger(event["trigger"]) if "trigger" in event else None
    if kind == "trigger":
        assert info is not None
        return _trigger_facts(event, info)
    return _scheduler_facts(event, info)


def _run_facts(run: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: from_millis(run[name]) if name in _TIMES else run[name] for name in names}


def _job_facts(event: Mapping[str, Any]) -> dict[str, Any]:
    run = event["run"]
    facts = _run_facts(run, (*_TIMES, *_FROM_RUN)) | {
        "job_key": JobKey(*run["job"]),
        "trigger_key": TriggerKey(*run["trigger"]),
    }
    if event["callback"] == "jobWasExecuted":
        facts["result"] = event["result"]
        facts["run_time"] = timedelta(milliseconds=event["run_time"])
        if "error" in event:
            facts["error"] = JobExecutionError(scrub(event["error"]), *event["directives"])
    return facts


def _trigger_facts(event: Mapping[str, Any], info: TriggerInfo) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "trigger_key": info.key,
        "job_key": info.job_key,
        "trigger": info.trigger,
        "previous_fire_time": info.previous_fire_time,
        "next_fire_time": info.next_fire_time,
    }
    if "run" in event:
        names = ("fire_instance_id", "fire_time", "scheduled_fire_time", "data")
        facts |= _run_facts(event["run"], names)
    if "instruction" in event:
        facts["instruction"] = event["instruction"].lower()
    return facts


def _scheduler_facts(event: Mapping[str, Any], info: TriggerInfo | None) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if info is not None:
        facts |= {"trigger": info.trigger, "trigger_key": info.key, "job_key": info.job_key}
    if "job_key" in event:
        facts["job_key"] = JobKey(*event["job_key"])
    if "trigger_key" in event:
        facts["trigger_key"] = TriggerKey(*event["trigger_key"])
    if "error" in event:
        facts |= {"message": scrub(event["text"]), "error": PyQuartzError(scrub(event["error"]))}
    elif "text" in event:
        facts["group"] = event["text"]
    return facts


# -- callbacks on Java's own threads --------------------------------------------------------------


def _start_dispatcher() -> None:
    global _dispatcher
    with _lock:
        if _dispatcher is None:
            _dispatcher = threading.Thread(target=_run, name="pyquartz-listeners", daemon=True)
            launch.at_exit(_stop)
            _dispatcher.start()


def _run() -> None:
    launch.enter_thread()
    queue = java(_HAND_OVER)
    while not launch.is_ending():
        # In short waits: a thread inside Java can't be ended.
        queue.deliver(_WAIT_MILLIS)
    queue.close()


def _stop() -> None:
    if _dispatcher is not None and _dispatcher is not threading.current_thread():
        _dispatcher.join(4 * _WAIT_MILLIS / 1000)
