"""What the numbers depend on: the machine and the versions, without anything that names it."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from tests.support.servers import PostgresServer, ServerMissingError


def describe() -> dict[str, str | float]:
    """Give cores, processor, memory, system, and versions; Java's come with the results."""
    return {
        "cores": os.cpu_count() or 0,
        "processor": _processor(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "load_at_start": round(os.getloadavg()[0], 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "postgresql": _postgresql(),
        **{name.lower(): version(name) for name in ("JPype1", "APScheduler", "SQLAlchemy")},
    }


def sentence(machine: dict[str, str | float]) -> str:
    """Say the same in a line."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in machine.items())


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _postgresql() -> str:
    try:
        program = PostgresServer.find("postgres")
    except ServerMissingError:
        return "none"
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return done.stdout.split()[2]
