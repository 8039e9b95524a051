"""The command ``pyquartz``: data on stdout, progress and errors on stderr.

Importing it starts no JVM, and neither does asking for help. An error of pyquartz is one sentence
with its causes; the traceback is in the debug log, which ``--verbose`` shows.
"""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line of this process and exit: 0 well, 1 an error, 2 wrong usage."""
    from ..errors import PyQuartzError
    from .app import app
    from .report import show_error

    try:
        app()
    except PyQuartzError as error:
        show_error(error)
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read our output has seen enough; flushing at exit would only fail again.
        sys.stdout = None
        sys.exit(1)
