"""Java beside the scheduler's: plain programs on stock Quartz, and classes that a test writes."""

from __future__ import annotations

import functools
import shutil
import subprocess
from pathlib import Path

from pyquartz._jvm.launch import JARS

from .missing import lacks
from .once import once_a_run
from .processes import PROJECT_ROOT


def compile_java(folder: Path, name: str, source: str) -> None:
    """Write a class and compile it in a folder, with Quartz and the bridge at hand."""
    (folder / f"{name}.java").write_text(source)
    compiler = ["javac", "--release", "11", "-cp", f"{JARS}/*", f"{name}.java"]
    subprocess.run(compiler, cwd=folder, check=True)


def run_stock(quartz: str, program: str, *arguments: str) -> str:
    """Run a plain Java program in a process of its own, and give what it printed."""
    command = ["java", "-Xshare:auto", "-Duser.timezone=UTC", "-Dfile.encoding=UTF-8"]
    done = subprocess.run(
        [*command, "-cp", stock_class_path(quartz), f"org.pyquartz.stock.{program}", *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@functools.cache
def stock_jar() -> Path:
    """The jar of the plain Java programs, built once."""
    gradle = shutil.which("gradle")
    if gradle is None:
        lacks(FileNotFoundError("gradle, which builds the plain Java programs, is not here"))
    command = [gradle, "-q", "stockJar", "quartz232Jars", "clojureJars"]
    once_a_run("stock", lambda: subprocess.run(command, cwd=PROJECT_ROOT, check=True))
    return PROJECT_ROOT / "build/libs/stock-programs.jar"


def stock_class_path(quartz: str) -> str:
    """All that a plain Java program needs, and nothing of the bridge."""
    jar = stock_jar()
    folder = PROJECT_ROOT / "build/quartz232" if quartz == "2.3.2" else JARS
    jars = [path for path in sorted(folder.glob("*.jar")) if "pyquartz" not in path.name]
    assert any(f"quartz-{quartz}.jar" == path.name for path in jars)
    return ":".join(map(str, [jar, *jars]))
