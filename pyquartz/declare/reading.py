"""A YAML text as plain values, each with the line it stands in, checked by the JSON schema.

YAML is read by the rules of JSON and YAML 1.2: only ``true`` and ``false`` are truths, ``08:30``
and ``2031-01-01`` are texts. YAML 1.1, PyYAML's own, makes 510 of the one and a date of the other.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from ..errors import DeclarationError

Path = tuple[str | int, ...]
# An alias of an alias of an alias can stand for more than any memory holds.
_MOST_VALUES = 200_000
_MOST_ERRORS = 10


@dataclass(frozen=True)
class Source:
    """Where values come from, for messages: a file's name, and the line of each value."""

    name: str
    lines: dict[Path, int] = field(default_factory=dict)

    def at(self, path: Path) -> str:
        """Say where a value stands: ``jobs.yaml:12, jobs[0].triggers[1]``."""
        known = next((path[:n] for n in range(len(path), -1, -1) if path[:n] in self.lines), ())
        place = f"{self.name}:{self.lines.get(known, 1)}"
        return f"{place}, {_spelt(path)}" if path else place

    def error(self, path: Path, what: str) -> DeclarationError:
        """Make an error about a value."""
        return DeclarationError(f"{self.at(path)}: {what}")


@cache
def schema() -> dict[str, Any]:
    """Give the JSON schema (draft 2020-12) of the form."""
    text = resources.files(__package__).joinpath("schema.json").read_text("utf-8")
    form: dict[str, Any] = json.loads(text)
    return form


def parse(text: str, name: str) -> tuple[dict[str, Any], Source]:
    """Read a text and check its form; DeclarationError tells each fault with its line."""
    source = Source(name)
    value = _values(text, source)
    faults = list(_faults(value, source))
    if faults:
        more = len(faults) - _MOST_ERRORS
        shown = faults[:_MOST_ERRORS] + ([f"and {more} more"] if more > 0 else [])
        raise DeclarationError("\n".join(shown))
    return value, source


def yaml_module() -> Any:
    """Give PyYAML, or say what to install."""
    try:
        import yaml
    except ImportError as error:
        raise _missing("PyYAML") from error
    return yaml


def _missing(package: str) -> DeclarationError:
    return DeclarationError(f"YAML files need the package {package}: pip install 'pyquartz[yaml]'")


# -- values with their lines -----------------------------------------------------------------------

_PLAIN = {
    "null": ("~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": ("true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": ("[-+]?[0-9]+", list("-+0123456789")),
    "float": (
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
    "merge": ("<<", ["<"]),
}


_TAGS = (*_PLAIN, "str", "map", "seq")


def add_plain_values(target: Any) -> None:
    """Teach a loader or dumper class which plain words are no texts."""
    for name, (pattern, first) in _PLAIN.items():
        regexp = re.compile(f"^(?:{pattern})$")
        target.add_implicit_resolver(f"tag:yaml.org,2002:{name}", regexp, first)


@cache
def _loader() -> Any:
    yaml = yaml_module()

    class Loader(yaml.SafeLoader):  # type: ignore[misc, name-defined]  # PyYAML is optional
        """Resolves what YAML 1.2 does, and nothing else."""

        yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way

    add_plain_values(Loader)
    return Loader


def _values(text: str, source: Source) -> Any:
    yaml = yaml_module()
    loader = _loader()(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise source.error((), "there is nothing in it; it begins with 'pyquartz: 1'")
        return _Builder(loader, source).build(node, (), ())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or str(error)
        raise DeclarationError(f"{source.name}:{line}: this is no YAML: {problem}") from error
    finally:
        loader.dispose()


class _Builder:
    """Makes plain values of YAML's nodes, and keeps where each stood."""

    def __init__(self, loader: Any, source: Source) -> None:
        self._loader = loader
        self._source = source
        self._count = 0

    def build(self, node: Any, path: Path, above: tuple[int, ...]) -> Any:
        self._source.lines[path] = node.start_mark.line + 1
        self._count += 1
        if id(node) in above or self._count > _MOST_VALUES:
            raise self._source.error(path, "an alias stands for itself, or for too much")
        if node.tag.removeprefix("tag:yaml.org,2002:") not in _TAGS:
            raise self._source.error(path, f"the tag {node.tag} has no meaning here")
        inside = (*above, id(node))
        if node.id == "mapping":
            return self._mapping(node, path, inside)
        if node.id == "sequence":
            return [self.build(item, (*path, n), inside) for n, item in enumerate(node.value)]
        if node.tag.endswith(":float") and re.fullmatch(r"[-+]?\d+[eE]\d+", node.value):
            return float(node.value)  # YAML 1.1 wants a point
        if node.tag.endswith(":int"):
            return int(node.value)  # YAML 1.1 takes 010 for eight
        return self._loader.construct_object(node)

    def _mapping(self, node: Any, path: Path, above: tuple[int, ...]) -> dict[str, Any]:
        names = [key.value for key, _ in node.value if key.id == "scalar" and key.value != "<<"]
        for name in names:
            if names.count(name) > 1:
                raise self._source.error(path, f"{name!r} stands here twice")
        self._loader.flatten_mapping(node)
        made: dict[str, Any] = {}
        for key, value in node.value:
            if key.id != "scalar":
                raise self._source.error(path, "a name is a text")
            made[key.value] = self.build(value, (*path, key.value), above)
        return made


# -- faults ---------------------------------------------------------------------------------------


def _faults(value: Any, source: Source) -> Iterator[str]:
    try:
        from jsonschema import Draft202012Validator
    except ImportError as error:
        raise _missing("jsonschema") from error

    for fault in Draft202012Validator(schema()).iter_errors(value):
        for found in _nearest_errors(fault):
            path = tuple(found.absolute_path)
            yield f"{source.at(path)}: {_told(found)}"


def _nearest_errors(error: Any) -> Iterable[Any]:
    """Of the faults of all kinds that a trigger could be of, give those of the kind that it is."""
    if error.validator != "oneOf" or not isinstance(error.instance, Mapping):
        return [error]
    branches = [branch.get("required", [None])[0] for branch in _branches(error)]
    kinds = [name for name in branches if name in error.instance]
    if len(kinds) != 1:
        return [error]
    at = branches.index(kinds[0])
    return [
        found
        for inner in error.context
        if inner.relative_schema_path[0] == at
        for found in _nearest_errors(inner)
    ] or [error]


def _branches(error: Any) -> list[dict[str, Any]]:
    names = [branch["$ref"].rpartition("/")[2] for branch in error.validator_value]
    return [schema()["$defs"][name] for name in names]


def _told(error: Any) -> str:
    if error.validator == "oneOf":
        kinds = [branch.get("required", [""])[0] for branch in _branches(error)]
        near = [
            near for name in error.instance for near in difflib.get_close_matches(name, kinds, 1)
        ]
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"it must have one of {', '.join(kinds)}, and one only{hint}"
    if error.validator in ("additionalProperties", "unevaluatedProperties"):
        known = error.schema.get("properties", {})
        unknown = [name for name in error.instance if name not in known]
        near = difflib.get_close_matches(unknown[0], known, 1) if unknown else []
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
        return f"{unknown[0]!r} is unknown here; {hint}"
    if error.validator == "pattern":
        return f"{error.instance!r} is not {error.schema.get('description', 'of that form')}"
    return str(error.message)


def _spelt(path: Path) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
