"""Who has the code of a stored class: Python's registry, a jar that is looked into, or nobody.

Jars are read as the zip files that they are: no JVM, and no class loaded.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import ConfigurationError
from ..jobs import JobRegistry, registry

By = Literal["python", "class path", "nobody"]


@dataclass(frozen=True)
class Found:
    """Who implements a class, and where."""

    by: By
    where: str | None = None


class Implementers:
    """Finds the implementers of stored class names, as a node with these settings would."""

    def __init__(
        self,
        class_path: Iterable[Path] = (),
        autoimport: Iterable[str] = (),
        jobs: JobRegistry = registry,
    ) -> None:
        self._jobs = jobs
        self._autoimport = tuple(autoimport)
        self._entries = {path: _entries(path) for path in class_path}

    def prepare(self, names: Iterable[str]) -> None:
        """Import what autoimport lets be imported of these names."""
        from ..autoimport import import_names

        import_names(names, self._autoimport, self._jobs)

    def of(self, class_name: str) -> Found:
        """Say who implements a class; a Python job goes before a class on the class path."""
        definition = self._jobs.get(class_name)
        if definition is not None:
            return Found("python", definition.place)
        entry = class_name.replace(".", "/") + ".class"
        for path, entries in self._entries.items():
            there = (path / entry).is_file() if entries is None else entry in entries
            if there:
                return Found("class path", str(path))
        return Found("nobody")


def _entries(path: Path) -> frozenset[str] | None:
    """List a jar; None for a folder of classes."""
    if path.is_dir():
        return None
    try:
        with zipfile.ZipFile(path) as jar:
            return frozenset(jar.namelist())
    except (OSError, zipfile.BadZipFile) as error:
        raise ConfigurationError(f"can't look into {path}: {error}") from error
