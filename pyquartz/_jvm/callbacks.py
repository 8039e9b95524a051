"""What Java calls: one method, on a thread that Python owns, for each run of a job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import jpype

from ..context import Facts
from .convert import from_millis, java, scrub, to_data_map

_TIMES = ("fire_time", "scheduled_fire_time", "previous_fire_time", "next_fire_time")


class Run:
    """One run as the JVM knows it: a typed handle on Quartz's JobExecutionContext."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def facts(self) -> Facts:
        """Give all that is known of the run, in one crossing."""
        from .convert import decode

        facts: dict[str, Any] = decode(java("org.pyquartz.inspect.Inspect").run(self._context))
        return facts | {name: from_millis(facts[name]) for name in _TIMES}

    def fire_instance_id(self) -> str:
        """Give the name of this firing."""
        return str(self._context.getFireInstanceId())

    def write_job_data(
        self, changed: dict[str, object], removed: set[str], as_strings: bool
    ) -> None:
        """Change the job's data, which Quartz stores after the run."""
        data = self._context.getJobDetail().getJobDataMap()
        data.putAll(to_data_map(changed, as_strings))
        for key in removed:
            data.remove(key)

    def set_result(self, value: object) -> None:
        """Give listeners the job's result."""
        from .convert import to_java

        self._context.setResult(to_java(value))


class Runner(Protocol):
    """Runs one job: gives None when it went well, else directives, a line break and the report."""

    def __call__(self, class_name: str, run: Run) -> str | None:
        """Run the callable of a stored class name."""


def install(runner: Runner) -> None:
    """Have Java call this for each run of a Python job."""
    java("org.pyquartz.bridge.PythonJob").setRunner(_proxy(runner))


def _proxy(runner: Runner) -> Any:
    @jpype.JImplements("org.pyquartz.bridge.Runner")
    class Proxy:
        @jpype.JOverride  # type: ignore[untyped-decorator]  # jpype has no types
        def run(self, class_name: Any, context: Any) -> str | None:
            failure = runner(str(class_name), Run(context))
            return None if failure is None else scrub(failure)

    proxy: Callable[[], Any] = Proxy
    return proxy()
