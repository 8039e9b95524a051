"""The door to the JVM: the only code that imports jpype. Nothing outside pyquartz uses it.

Python values go in and come out; no Java object, type or exception passes. JPype is imported
without numpy, for no array does either.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from types import ModuleType


class _WithoutNumpy:
    """Lets this thread, and no other, import JPype without numpy.

    JPype imports it where it is installed, to know its types: more time and memory than all else in
    a start. A program that has imported it, or JPype, has both as they are.
    """

    def __enter__(self) -> None:
        self._thread = threading.get_ident()
        sys.meta_path.insert(0, self)

    def __exit__(self, *error: object) -> None:
        sys.meta_path.remove(self)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        """Find nothing, as a finder does that knows no module; of numpy, that there is none."""
        if name == "numpy" and threading.get_ident() == self._thread:
            raise ModuleNotFoundError("JPype does without numpy here", name=name)


with _WithoutNumpy():
    import jpype  # noqa: F401 - for all modules of the door
