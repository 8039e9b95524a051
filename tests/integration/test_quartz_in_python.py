"""docs/quartz-in-python.md leaves nothing of Quartz out, and names only what exists."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from functools import cache

import pytest

import pyquartz
from pyquartz._jvm import launch
from pyquartz._jvm.convert import java
from pyquartz.triggers import CalendarIntervalTrigger
from tests.support.processes import PROJECT_ROOT

PAGE = (PROJECT_ROOT / "docs/quartz-in-python.md").read_text(encoding="utf-8")
HEAD = re.compile(r"^## `(org\.quartz[\w.]*)`$", re.MULTILINE)
CLASSES = {
    "org.quartz.Scheduler", "org.quartz.JobBuilder", "org.quartz.TriggerBuilder",
    "org.quartz.CronScheduleBuilder", "org.quartz.SimpleScheduleBuilder",
    "org.quartz.CalendarIntervalScheduleBuilder", "org.quartz.DailyTimeIntervalScheduleBuilder",
    "org.quartz.DateBuilder", "org.quartz.ListenerManager", "org.quartz.JobListener",
    "org.quartz.TriggerListener", "org.quartz.SchedulerListener",
    "org.quartz.impl.StdSchedulerFactory", "org.quartz.SchedulerMetaData", "org.quartz.Job",
    "org.quartz.InterruptableJob", "org.quartz.JobExecutionContext",
    "org.quartz.JobExecutionException", "org.quartz.JobDataMap",
    "org.quartz.utils.StringKeyDirtyFlagMap", "org.quartz.utils.DirtyFlagMap",
    "org.quartz.JobDetail", "org.quartz.Trigger", "org.quartz.CronTrigger",
    "org.quartz.SimpleTrigger", "org.quartz.CalendarIntervalTrigger",
    "org.quartz.DailyTimeIntervalTrigger",
    *(f"org.quartz.impl.matchers.{name}Matcher" for name in (
        "Group", "Name", "Key", "Everything", "And", "Or", "Not",
    )),
}  # fmt: skip


def rows(section: str) -> Iterator[tuple[list[str], str, str]]:
    """Each row of a section's table: Quartz's names, the Python form, the tests."""
    for line in section.splitlines():
        cells = re.split(r"(?<!\\)\|", line)[1:-1]
        if len(cells) == 3 and cells[0].strip().startswith("`"):
            yield re.findall(r"`(\w+)`", cells[0]), cells[1].strip(), cells[2].strip()


@cache
def sections() -> dict[str, str]:
    """The tables by the class or the head that they stand under."""
    parts = re.split(r"^## (.*)$", PAGE, flags=re.MULTILINE)[1:]
    return {head.strip("`"): text for head, text in zip(parts[::2], parts[1::2], strict=True)}


def public_methods(name: str) -> set[str]:
    """The public methods that a class of Quartz declares."""
    launch.ensure_jvm()
    modifiers = java("java.lang.reflect.Modifier")
    return {
        str(method.getName())
        for method in java(name).class_.getDeclaredMethods()
        if modifiers.isPublic(method.getModifiers()) and not method.isSynthetic()
    }


def test_every_class_has_its_table() -> None:
    assert set(HEAD.findall(PAGE)) == CLASSES


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_public_method_has_one_row_and_no_other_has(name: str) -> None:
    named = [method for methods, _, _ in rows(sections()[name]) for method in methods]
    assert sorted(named) == sorted(public_methods(name))


def classes_in(package: str, wanted: str) -> set[str]:
    """The names of top-level classes in a package of Quartz's jar."""
    [jar] = launch.JARS.glob("quartz-*.jar")
    with zipfile.ZipFile(jar) as archive:
        names = [name.removesuffix(".class") for name in archive.namelist()]
    found = {name.rpartition("/")[2] for name in names if re.fullmatch(f"{package}/{wanted}", name)}
    return {name for name in found if "$" not in name}


def test_every_calendar_has_a_row() -> None:
    table = sections()["Calendars (`org.quartz.impl.calendar`)"]
    named = {name for names, _, _ in rows(table) for name in names}
    assert named == classes_in("org/quartz/impl/calendar", r"\w+Calendar")


def test_every_annotation_has_a_row() -> None:
    launch.ensure_jvm()
    annotations = {
        name
        for name in classes_in("org/quartz", r"\w+")
        if bool(java(f"org.quartz.{name}").class_.isAnnotation())
    }
    assert {
        name for names, _, _ in rows(sections()["Annotations"]) for name in names
    } == annotations


def test_every_row_names_tests_that_exist_or_says_why_there_is_none() -> None:
    for section in sections().values():
        for names, form, shown in rows(section):
            if "shown by" not in section:
                continue
            references = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", shown)
            excused = form.startswith("not here: ")
            assert bool(references) != excused, names
            for path, test in references:
                text = (PROJECT_ROOT / path).read_text(encoding="utf-8")
                assert re.search(rf"^(async )?def {test}\(", text, re.MULTILINE), (path, test)


# What the page calls a value, and what that is.
VALUES: dict[str, type] = {
    "ctx": pyquartz.JobContext,
    "event": pyquartz.JobEvent,
    "info()": pyquartz.SchedulerInfo,
    "job(key)": pyquartz.JobInfo,
    "trigger(key)": pyquartz.TriggerInfo,
    "scheduler": pyquartz.Scheduler,
}


def names_of(kind: type) -> set[str]:
    """The attributes of a class, fields without a default too."""
    return set(dir(kind)) | set(getattr(kind, "__dataclass_fields__", ()))


def test_every_attribute_that_a_row_names_is_there() -> None:
    named = re.findall(r"`(ctx|event|info\(\)|job\(key\)|trigger\(key\)|scheduler)\.(\w+)", PAGE)
    assert {value for value, _ in named} == set(VALUES)
    assert [pair for pair in named if pair[1] not in names_of(VALUES[pair[0]])] == []


def test_every_python_form_names_what_exists() -> None:
    known = {"timedelta", "dict"} | {name for name in dir(pyquartz) if not name.startswith("_")}
    for kind in (
        pyquartz.Scheduler, pyquartz.JobContext, pyquartz.JobListener, pyquartz.TriggerListener,
        pyquartz.SchedulerListener, pyquartz.Group, pyquartz.JobKey, pyquartz.SchedulerInfo,
        pyquartz.TriggerInfo, pyquartz.JobInfo, CalendarIntervalTrigger,
    ):  # fmt: skip
        known |= names_of(kind)
    for section in sections().values():
        for names, form, _ in rows(section):
            if form.startswith("not here: "):
                continue
            code = re.findall(r"`([^`]+)`", form)
            called = {
                name for text in code for name in re.findall(r"(?<![\w\"])([A-Za-z_]\w*)\(", text)
            }
            alone = {text for text in code if re.fullmatch(r"[a-z]\w*_\w+", text)}
            assert called | alone <= known, (names, (called | alone) - known)
