"""Serialised job data read by Java through the allow list, outside any scheduler."""

from __future__ import annotations

from collections.abc import Iterable

import jpype

from . import launch, logs
from .convert import decode, java


def read_map(blob: bytes, allow_classes: Iterable[str] = ()) -> dict[str, object] | str:
    """Give the map in a blob, or the reason why it can't be read. Starts the JVM if none runs.

    A value outside the allow list becomes an ``Opaque``.
    """
    launch.ensure_jvm()
    logs.start()
    more = java("java.util.ArrayList")()
    for name in allow_classes:
        more.add(name)
    try:
        found = decode(
            java("org.pyquartz.inspect.StoredData").read(jpype.JArray(jpype.JByte)(blob), more)
        )
    except jpype.JException as error:
        return str(error.getMessage() or error)
    if not isinstance(found, dict):
        return f"it holds no map but a {type(found).__name__}"
    return found
