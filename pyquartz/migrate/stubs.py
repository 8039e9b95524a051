"""A Python module with a stub for each stored class: its name, flags, data and schedules.

Whatever names and keys a store holds, what is written is valid Python that registers its jobs: a
key that can't be a parameter is read from the context, and a class name that can't be registered is
told in a comment.
"""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from ..info import Opaque
from ..jobs import is_class_name
from .planning import PlannedJob

# Of a docstring, and of a line: what most formatters take for too long.
_WIDTH, _LINE = 76, 88
_MODULES = {
    datetime: "datetime",
    date: "datetime",
    time: "datetime",
    timedelta: "datetime",
    Decimal: "decimal",
    UUID: "uuid",
}
_NAMES = {str: "str", bool: "bool", int: "int", float: "float", bytes: "bytes"}
_NAMES |= {list: "list[object]", dict: "dict[str, object]", type(None): "None", Opaque: "object"}
# What a parameter must not hide, or would be given something else.
_TAKEN = {"ctx", "defjob", "JobContext"} | {kind.__name__ for kind in _MODULES}
_TAKEN |= {"str", "bool", "int", "float", "bytes", "list", "dict", "object"}


@dataclass(frozen=True)
class _Key:
    """A key of the data: the types seen under it, and whether each firing has it."""

    name: str
    kinds: tuple[type, ...]
    always: bool

    @property
    def annotation(self) -> str:
        """The types as a hint; with None where the key may be missing."""
        names = sorted({_NAMES.get(kind, kind.__name__) for kind in self.kinds} - {"None"})
        if "object" in names or not names:
            return "object"
        may_be_none = not self.always or type(None) in self.kinds
        return " | ".join([*names, "None"] if may_be_none else names)

    @property
    def is_parameter(self) -> bool:
        """Whether the key can be the name of a parameter, and is the same one to Python."""
        return (
            self.name.isidentifier()
            and self.name.isascii()
            and not keyword.iskeyword(self.name)
            and not self.name.startswith("__")
            and self.name not in _TAKEN
        )


def stubs(jobs: Iterable[PlannedJob], title: str) -> str:
    """Write a module with one stub for each class of these jobs."""
    by_class: dict[str, list[PlannedJob]] = {}
    for job in jobs:
        by_class.setdefault(job.class_name, []).append(job)
    possible = {name: by_class[name] for name in sorted(by_class) if is_class_name(name)}
    taken = set(_TAKEN)
    parts = [_stub(name, of_class, taken) for name, of_class in possible.items()]
    parts += [_refused(name, by_class[name]) for name in sorted(by_class.keys() - possible.keys())]
    head = [_docstring([title], ""), "", *(_imports(possible).splitlines() if possible else [])]
    return "\n".join(head) + "\n" + "".join(f"\n\n{part}\n" for part in parts)


def _imports(by_class: Mapping[str, Sequence[PlannedJob]]) -> str:
    keys = [key for name, of_class in by_class.items() for key in _keys(of_class)]
    hints = {hint for key in keys if key.is_parameter for hint in key.annotation.split(" | ")}
    used: dict[str, list[str]] = {}
    for kind, module in _MODULES.items():
        if kind.__name__ in hints:
            used.setdefault(module, []).append(kind.__name__)
    lines = ["from __future__ import annotations", ""]
    lines += [f"from {module} import {', '.join(sorted(names))}" for module, names in used.items()]
    lines += [""] if used else []
    return "\n".join([*lines, "from pyquartz import JobContext, defjob"]) + "\n"


def _stub(class_name: str, jobs: Sequence[PlannedJob], taken: set[str]) -> str:
    keys = _keys(jobs)
    parameters = [key for key in keys if key.is_parameter]
    required = [key for key in parameters if key.always]
    optional = [key for key in parameters if not key.always]
    signature = ["ctx: JobContext", *(f"{key.name}: {key.annotation}" for key in required)]
    signature += [f"{key.name}: {key.annotation} = None" for key in optional]
    arguments = [_literal(class_name), *_flags(jobs)]
    decorator = f"@defjob({arguments[0]})"
    if len(arguments) > 1 or len(decorator) > _LINE:
        decorator = f"@defjob(\n{_lines(arguments)})"
    name = _function_name(class_name, taken)
    lines = [
        decorator,
        f"def {name}(\n{_lines(signature)}) -> None:",
        _docstring(_told(class_name, jobs, keys), "    "),
        "    raise NotImplementedError(",
        f"        {_literal(f'{class_name} is not ported yet: write here what it did')},",
        "    )",
    ]
    return "\n".join(lines)


def _lines(items: Iterable[str]) -> str:
    return "".join(f"    {item},\n" for item in items)


def _refused(class_name: str, jobs: Sequence[PlannedJob]) -> str:
    keys = ", ".join(_plain(str(job.key)) for job in jobs)
    return (
        f"# {_plain(class_name)} (of the job {keys}) can't be registered by pyquartz: it is no\n"
        "# class name of identifiers joined by dots. Store the job under another class name."
    )


def _flags(jobs: Sequence[PlannedJob]) -> list[str]:
    """Give what the rows say of the class; what differs from row to row stays the rows' own."""
    flags = []
    if any(not job.concurrent for job in jobs):
        flags.append("concurrent=False")
    if any(job.persist_data for job in jobs):
        flags.append("persist_data=True")
    if all(job.durable for job in jobs):
        flags.append("durable=True")
    if all(job.requests_recovery for job in jobs):
        flags.append("requests_recovery=True")
    descriptions = {job.description for job in jobs}
    (first, *others) = descriptions
    if first and not others:
        flags.append(f"description={_literal(first)}")
    return flags


def _keys(jobs: Sequence[PlannedJob]) -> list[_Key]:
    """Give the keys of what the firings of these jobs find in their data."""
    firings: list[dict[str, object]] = []
    unknown = False
    for job in jobs:
        own = job.data.values
        unknown = unknown or own is None
        merged = [{**(own or {}), **(trigger.data.values or {})} for trigger in job.triggers]
        unknown = unknown or any(trigger.data.values is None for trigger in job.triggers)
        firings += merged or [dict(own or {})]
    kinds: dict[str, dict[type, None]] = {}
    for firing in firings:
        for name, value in firing.items():
            kinds.setdefault(name, {})[type(value)] = None
    return [
        _Key(name, tuple(found), not unknown and all(name in firing for firing in firings))
        for name, found in sorted(kinds.items())
    ]


def _told(class_name: str, jobs: Sequence[PlannedJob], keys: Sequence[_Key]) -> list[str]:
    told = [f"Stands for the stored class {class_name}."]
    for job in jobs:
        if not job.triggers:
            told.append(f"Job {job.key}: no trigger")
        for trigger in job.triggers:
            state = f" [{trigger.state}]" if trigger.state in ("PAUSED", "ERROR") else ""
            told.append(f"Job {job.key}: {trigger.schedule}{state}")
        if job.data.unreadable:
            told.append(f"Job {job.key}: its data can't be read: {job.data.unreadable}")
        elif job.data.values is None:
            told.append(f"Job {job.key}: its data are serialised, and were not read")
    for key in keys:
        if not key.is_parameter:
            missing = "" if key.always else ", may be missing"
            told.append(f"ctx.data[{_literal(key.name)}]: {key.annotation}{missing}")
    return told


def _docstring(paragraphs: Sequence[str], indent: str) -> str:
    """Write a docstring: a first line, and the others as paragraphs of their own."""
    first, *others = (_plain(text).replace('"""', "'''") for text in paragraphs)
    if not others:
        return f'{indent}"""{first}"""'
    raw = "r" if any("\\" in text for text in paragraphs) else ""
    lines = [f'{indent}{raw}"""{first}', ""]
    for text in others:
        lines += textwrap.wrap(
            text, _WIDTH, initial_indent=f"{indent}- ", subsequent_indent=f"{indent}  "
        )
    return "\n".join([*lines, f'{indent}"""'])


def _plain(text: str) -> str:
    """Keep a text on one line, and what can't be printed out of it."""
    return "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in " ".join(text.split()))


def _literal(text: str) -> str:
    """Write a string as Python does, in double quotes where that needs no escape more."""
    shown = repr(text)
    if shown.startswith("'") and '"' not in text:
        return f'"{shown[1:-1]}"'
    return shown


def _function_name(class_name: str, taken: set[str]) -> str:
    """Make a function's name of a class's: the last part, in snake case, once."""
    last = re.split(r"[.$]", class_name)[-1] or "job"
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", last).lower()
    snake = re.sub(r"\W", "_", snake)
    if not snake.isidentifier() or keyword.iskeyword(snake) or snake.startswith("__"):
        snake = f"job_{snake.strip('_')}"
    name, number = snake, 2
    while name in taken or keyword.iskeyword(name):
        name, number = f"{snake}_{number}", number + 1
    taken.add(name)
    return name
