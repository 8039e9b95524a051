"""Moving a deployment: what is in a store, stubs for what nobody implements, rows to another store.

Stores are read by plain SQL, so that none of it needs a scheduler, and most of it no JVM.
"""

from .implementers import Implementers
from .moving import MigrationConflictError, Move, Report, apply, job_keys
from .planning import MigrationPlan, PlannedJob, plan
from .reading import StoredTrigger
from .sql import Place
from .stubs import stubs
from .tables import scheduler_names

__all__ = [
    "Implementers",
    "MigrationConflictError",
    "MigrationPlan",
    "Move",
    "Place",
    "PlannedJob",
    "Report",
    "StoredTrigger",
    "apply",
    "job_keys",
    "plan",
    "scheduler_names",
    "stubs",
]
