"""Jobs, triggers and calendars as a YAML file: read, compared with a store, and put into it.

``load`` reads a file, ``plan`` says what would change, ``apply`` does it, ``export`` writes a store
as such a file. Needs ``pip install "pyquartz[yaml]"``.
"""

from .applying import apply
from .exporting import Export, export
from .form import Declaration, load, read
from .planning import Change, Plan, plan
from .reading import schema

__all__ = [
    "Change",
    "Declaration",
    "Export",
    "Plan",
    "apply",
    "export",
    "load",
    "plan",
    "read",
    "schema",
]
