"""The build hook: no wheel, sdist or editable install without the jars.

A checkout has no jars, so Gradle builds them, and again when a Java source is newer than they are.
An sdist carries them: whoever installs from it needs no Gradle and no JDK.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BRIDGE = "pyquartz/jars/pyquartz-bridge.jar"
SOURCES = ("build.gradle", "settings.gradle", "java/licenses", "java/src/main")


class JarsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Makes sure that ``pyquartz/jars/`` is there and up to date before anything is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the jars where they are missing or stale."""
        root = Path(self.root)
        if is_stale(root):
            build_jars(root)


def is_stale(root: Path) -> bool:
    """Say whether the jars are missing, or older than what they are built from."""
    bridge = root / BRIDGE
    if not bridge.exists():
        return True
    if (root / "PKG-INF").exists():  # an unpacked sdist: its jars and sources belong together
        return False
    built = bridge.stat().st_mtime
    return any(path.stat().st_mtime > built for path in sources(root))


def sources(root: Path) -> list[Path]:
    """List the files from which the jars are built."""
    found: list[Path] = []
    for name in SOURCES:
        path = root / name
        found += [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return found


def build_jars(root: Path) -> None:
    """Run Gradle, without the tests and without leaving a daemon behind."""
    gradle = shutil.which("gradle")
    if gradle is None or not has_jdk():
        missing = "Gradle" if gradle is None else "a JDK"
        raise SystemExit(
            f"pyquartz: building from a checkout needs Gradle and a JDK, and {missing} was not "
            "found: install them (Debian, Ubuntu: apt-get install gradle default-jdk-headless), "
            "or install a released wheel or sdist, which carry the jars."
        )
    command = [gradle, "--console=plain", "--quiet", "--no-daemon", "jars"]
    if subprocess.run(command, cwd=root, check=False).returncode != 0:
        raise SystemExit(f"pyquartz: {' '.join(command)} failed in {root}; its output is above.")
    # Gradle leaves a jar alone whose content would not change; without this it would stay stale.
    os.utime(root / BRIDGE)


def has_jdk() -> bool:
    """Say whether a Java compiler is there, where Gradle will look for it."""
    home = os.environ.get("JAVA_HOME")
    return (Path(home) / "bin" / "javac").exists() if home else shutil.which("javac") is not None
