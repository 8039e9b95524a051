"""The rules of the design, kept by tests: who may import what, and who may know what."""

from __future__ import annotations

import ast
import re
import tokenize

import pytest

import pyquartz
from tests.architecture.source import PACKAGE, Module, is_in, modules
from tests.support.processes import run_python

MODULES = {module.name: module for module in modules()}
DOOR = "pyquartz._jvm"
# What can be made, compared and passed on without a JVM, a store or a scheduler.
VALUES = (
    "binding",
    "calendars",
    "context",
    "cron",
    "cron_fields",
    "zones",
    "describe",
    "errors",
    "info",
    "jobdata",
    "keys",
    "trigger_settings",
    "triggers",
)
# What a value must not need: whoever imports a value would get all of it.
SERVICES = (
    "_jvm", "autoimport", "cli", "config", "contrib", "executors", "plan", "scheduler",
    "store", "tasks", "web", "worker", "writing",
)  # fmt: skip
MOST_LINES = 700


def offences(module: Module, *packages: str, lazy_too: bool = True) -> list[str]:
    """The imports of a module that lie in one of some packages."""
    return [
        f"{module.name}:{found.line} imports {found.target}"
        for found in module.imports
        if (lazy_too or not found.lazy) and any(is_in(found.target, name) for name in packages)
    ]


def test_the_rules_see_the_imports_that_there_are() -> None:
    # Without this, a fault in the reading of imports would make every rule below hold.
    assert offences(MODULES["pyquartz._jvm.launch"], "jpype")
    assert offences(MODULES["pyquartz.scheduler"], DOOR)
    assert not offences(MODULES["pyquartz.scheduler"], DOOR, lazy_too=False)


@pytest.mark.parametrize("name", [name for name in MODULES if not is_in(name, DOOR)])
def test_jpype_is_imported_behind_the_door_only(name: str) -> None:
    assert offences(MODULES[name], "jpype", "jpype1", "_jpype") == []


@pytest.mark.parametrize("name", [name for name in MODULES if is_in(name, DOOR)])
def test_the_door_knows_no_user_interface(name: str) -> None:
    above = [f"pyquartz.{part}" for part in ("cli", "web", "contrib", "scheduler", "tasks")]
    assert offences(MODULES[name], *above) == []


@pytest.mark.parametrize("name", [name for name in MODULES if not is_in(name, DOOR)])
def test_the_door_is_opened_only_when_something_is_called(name: str) -> None:
    assert offences(MODULES[name], DOOR, lazy_too=False) == []


@pytest.mark.parametrize("name", VALUES)
def test_values_import_no_service(name: str) -> None:
    found = offences(MODULES[f"pyquartz.{name}"], *(f"pyquartz.{s}" for s in SERVICES))
    if name == "calendars":
        # `is_included` needs Quartz's own arithmetic and asks the door when it is called.
        found = [offence for offence in found if f"imports {DOOR}" not in offence]
        assert not offences(MODULES["pyquartz.calendars"], DOOR, lazy_too=False)
    assert found == []


# A Java class is named by a package in lower case and a name that begins with a capital:
# org.quartz.impl.matchers.GroupMatcher. A property is anything else that begins with the prefix,
# the bare prefix included: org.quartz.jobStore.class, -Dorg.quartz.x=y, f"{...}org.quartz.".
_JAVA_CLASS = re.compile(r"org\.quartz(\.[a-z0-9]+)*\.[A-Z][\w$]*(?![\w.])")
_PREFIX = re.compile(r"org\.quartz\.")


def property_keys(text: str) -> list[str]:
    """The places in a string where a property of Quartz's is spelt."""
    return [
        text[found.start() :][:40]
        for found in _PREFIX.finditer(text)
        if not _JAVA_CLASS.match(text, found.start())
    ]


@pytest.mark.parametrize(
    ("text", "is_key"),
    [
        ("org.quartz.jobStore.class", True),
        ("org.quartz.", True),
        ("-Dorg.quartz.scheduler.skipUpdateCheck=true", True),
        ("org.quartz.JobKey", False),
        ("org.quartz.DateBuilder$IntervalUnit", False),
        ("org.quartz.impl.jdbcjobstore.JobStoreSupport", False),
        ("org/quartz/impl/jdbcjobstore/tables_h2.sql", False),
    ],
)
def test_properties_are_told_from_java_classes(text: str, is_key: bool) -> None:
    assert bool(property_keys(text)) is is_key


@pytest.mark.parametrize("name", [name for name in MODULES if not is_in(name, "pyquartz.config")])
def test_config_alone_spells_quartz_properties(name: str) -> None:
    spelt = [(line, key) for line, text in MODULES[name].strings for key in property_keys(text)]
    assert spelt == []


@pytest.mark.parametrize("name", MODULES)
def test_each_module_says_its_job(name: str) -> None:
    if MODULES[name].path.stat().st_size:
        assert ast.get_docstring(MODULES[name].tree), f"{name} has no docstring"


@pytest.mark.parametrize("name", MODULES)
def test_no_module_grows_without_end(name: str) -> None:
    with tokenize.open(MODULES[name].path) as file:
        lines = sum(1 for _ in file)
    assert lines <= MOST_LINES, f"{name} has {lines} lines: split it"


def test_importing_pyquartz_imports_nothing_of_it() -> None:
    run_python(
        """
        import sys, threading
        import pyquartz
        assert [name for name in sys.modules if name.startswith("pyquartz.")] == []
        assert pyquartz.__version__ and "Scheduler" in dir(pyquartz)
        assert threading.active_count() == 1, threading.enumerate()
        """
    ).check()


def test_to_define_jobs_and_triggers_little_is_imported() -> None:
    run_python(
        """
        import sys, threading
        from pyquartz import JobContext, Retry, Scheduler, cron, crontab, defjob, every, once
        from pyquartz import task_init
        assert cron("0 0 3 * * ?") == crontab("0 3 * * *")

        @defjob("acme.Report", retry=Retry())
        def report(ctx: JobContext, days: int = 30) -> None: ...

        heavy = ["jpype", "_jpype", "sqlalchemy", "rich", "typer", "click", "cron_descriptor"]
        heavy += ["asyncio", "multiprocessing", "concurrent.futures", "subprocess"]
        heavy += ["socket", "ssl", "hashlib", "zipfile", "tempfile", "numpy", "starlette", "yaml"]
        heavy += ["difflib", "random", "zoneinfo", "decimal", "json", "uuid", "urllib.parse"]
        heavy += ["pathlib"]
        services = "binding calendars config events info previews store worker".split()
        heavy += [f"pyquartz.{name}" for name in services]
        found = [name for name in heavy if name in sys.modules]
        assert not found, found
        assert not any(name.startswith("pyquartz._jvm") for name in sys.modules)
        assert threading.active_count() == 1, threading.enumerate()
        """
    ).check()


@pytest.mark.parametrize(
    "name", sorted(set(pyquartz.__all__) & {p.stem for p in PACKAGE.iterdir()})
)
def test_a_module_does_not_take_the_place_of_the_name_that_it_shares(name: str) -> None:
    run_python(
        f"""
        import sys
        import pyquartz.{name}
        from pyquartz import {name}
        assert callable({name}) and pyquartz.{name} is {name}
        assert sys.modules["pyquartz.{name}"] is not {name}
        """
    ).check()


def test_each_public_name_has_its_home() -> None:
    assert set(pyquartz._HOMES) == set(pyquartz.__all__)


def test_a_name_that_is_none_is_told() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Schedular'"):
        pyquartz.Schedular  # type: ignore[attr-defined]  # noqa: B018 - to look it up is the test


@pytest.mark.jvm
def test_a_start_on_ram_imports_what_it_needs_alone() -> None:
    # JPype itself imports numpy where it is installed.
    run_python(
        """
        import sys
        from pyquartz import Scheduler, defjob, once
        with Scheduler() as scheduler:
            heavy = ["sqlalchemy", "rich", "typer", "click", "cron_descriptor", "yaml"]
            heavy += ["asyncio", "multiprocessing", "socket", "ssl", "hashlib", "zipfile"]
            found = [name for name in heavy if name in sys.modules]
        assert not found, found
        """
    ).check()


def test_the_package_is_marked_as_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()
