"""Values that stand for others: Quartz's own ``$@key``, and the ``${NAME}`` of those around it.

Quartz follows ``$@`` where it sets properties of objects, not where it reads its own, and one step
only. It fills no ``${}``: Spring, Maven or a start script does before it sees the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..errors import ConfigurationError
from .keys import OF_ANY_SOURCE, Q

_OBJECTS = (
    "threadPool.",
    "jobStore.",
    "plugin.",
    "jobListener.",
    "triggerListener.",
    "dataSource.",
    "scheduler.jobFactory.",
    "scheduler.instanceIdGenerator.",
    "scheduler.jmx.proxy.",
)
_PLACE = re.compile(r"\$\{([\w.-]+)(?::([^}]*))?\}")


def filled(properties: Mapping[str, str], variables: Mapping[str, str] | None) -> Mapping[str, str]:
    """Fill ``${NAME}`` and ``${NAME:default}``, in Quartz's own properties; an error without."""

    def value(key: str, found: re.Match[str]) -> str:
        name, default = found[1], found[2]
        if variables is None:
            raise ConfigurationError(
                f"{key} holds {found[0]}, which Quartz does not fill: give "
                "Scheduler.from_properties(path, variables={...}), such as variables=os.environ"
            )
        if name not in variables and default is None:
            raise ConfigurationError(f"{key} holds {found[0]}, and variables= has no {name!r}")
        found_value = variables.get(name, default)
        if not isinstance(found_value, str):
            raise ConfigurationError(f"variables= has {name}={found_value!r}, which is no string")
        return found_value

    return {
        key: _PLACE.sub(lambda found, key=key: value(key, found), text)  # type: ignore[misc]
        if key.startswith(Q)
        else text
        for key, text in properties.items()
    }


def resolved(properties: Mapping[str, str], everything: Mapping[str, str]) -> dict[str, str]:
    """Put in what ``$@other.key`` stands for; the other may be any line of the file."""
    values = dict(properties)
    for key, value in properties.items():
        if not value.strip().startswith("$@") or not _is_of_an_object(key):
            continue
        other = value.strip().removeprefix("$@")
        found = properties.get(other, everything.get(other, "")).strip()
        if not found:
            raise ConfigurationError(f"{key} is {value.strip()!r}, and there is no {other!r}")
        values[key] = found
    return values


def _is_of_an_object(key: str) -> bool:
    group = next((name for name in _OBJECTS if key.startswith(Q + name)), None)
    if group is None or key.endswith(".class"):
        return False
    return not (group == "dataSource." and key.rpartition(".")[2] in OF_ANY_SOURCE)
