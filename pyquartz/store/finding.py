"""What an examination of a store gives: frozen values that print well and turn into JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..keys import JobKey, TriggerKey

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    """A fault of a store, or what may become one.

    ``kind`` names it for programs, ``subject`` is what it is about: a trigger's or a job's key, or
    the name of a node, a table, an index, a group or a calendar. "error": something does not work;
    "warning": something will not, or may not; "info": good to know, and no fault. ``repairable``:
    ``repair`` mends it.
    """

    kind: str
    subject: TriggerKey | JobKey | str
    severity: Severity
    what: str
    what_to_do: str
    repairable: bool = False


@dataclass(frozen=True)
class Repair:
    """What became of a finding that ``repair`` was to mend: done, or no longer wrong."""

    finding: Finding
    done: bool
    what: str
