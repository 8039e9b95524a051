"""Settings become Quartz's properties here, and nowhere else; only this package knows their keys.

``settings`` are ours, ``keys`` the properties that there are, ``deployment`` what becomes of a Java
deployment's own, ``files`` their format.
"""

from .deployment import from_properties
from .files import read_properties_file
from .keys import check_properties
from .settings import MISFIRE_THRESHOLD, MissingJobs, Settings, for_visit

__all__ = [
    "MISFIRE_THRESHOLD",
    "MissingJobs",
    "Settings",
    "check_properties",
    "for_visit",
    "from_properties",
    "read_properties_file",
]
