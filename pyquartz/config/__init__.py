"""Settings become Quartz's properties here, and nowhere else; only this package knows their keys.

``settings`` are ours, checked with ``arguments``; ``keys`` the properties that there are, ``files``
their format; ``deployment`` says what becomes of a Java deployment's own, with ``sources``,
``pools``, ``values`` and ``spring``.
"""

from .arguments import listed, mapping, span
from .deployment import from_properties, read_deployment
from .files import is_properties_file, read_properties_file
from .keys import check_properties
from .settings import (
    MISFIRE_THRESHOLD,
    MissingJobs,
    ProcessLimits,
    Settings,
    for_visit,
    with_prefix,
)

__all__ = [
    "MISFIRE_THRESHOLD",
    "MissingJobs",
    "ProcessLimits",
    "Settings",
    "check_properties",
    "for_visit",
    "from_properties",
    "is_properties_file",
    "listed",
    "mapping",
    "read_deployment",
    "read_properties_file",
    "span",
    "with_prefix",
]
