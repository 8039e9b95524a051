"""Moving a deployment: what is in a store, stubs for what nobody implements, rows to another store.

Stores are read by plain SQL, so that none of it needs a scheduler, and most of it no JVM.
"""

from .moving import MigrationConflictError, Move, Report, apply, job_keys
from .sql import Place
from .tables import scheduler_names

__all__ = [
    "MigrationConflictError",
    "Move",
    "Place",
    "Report",
    "apply",
    "job_keys",
    "scheduler_names",
]
