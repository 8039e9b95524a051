"""What is installed from a clean clone works: the wheel, and a wheel out of the sdist.

Only the first step has Gradle and a JDK. The runtime is the one of the extra ``[jre]``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("wheel"),
]


def run(*command: object, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    ended = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert ended.returncode == 0, f"{command}:\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("clean") / "clone"
    if (ROOT / ".git").exists():
        run("git", "clone", "--quiet", ROOT, place, cwd=ROOT)
    else:
        shutil.copytree(ROOT, place, ignore=shutil.ignore_patterns(".venv*", "jars", "build"))
    assert not (place / "pyquartz" / "jars").exists()
    return place


@pytest.fixture(scope="module")
def packages(clone: Path) -> tuple[Path, Path]:
    """The wheel and the sdist of the clone, which Gradle builds its jars for."""
    run(sys.executable, "-m", "build", "--outdir", clone / "dist", cwd=clone)
    (wheel,) = (clone / "dist").glob("*.whl")
    (sdist,) = (clone / "dist").glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture
def without_java(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A clean environment, with neither Java nor Gradle to be found."""
    venv.create(tmp_path / "venv", with_pip=True)
    hidden = ("JAVA_HOME", "PYQUARTZ_JVM", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "VIRTUAL_ENV")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    # What pip has downloaded is the user's; an archive for this Java is nobody's.
    del env["XDG_CACHE_HOME"]
    env["PYQUARTZ_ARCHIVE"] = "off"
    env["PATH"] = str(tmp_path / "venv" / "bin")
    assert shutil.which("java", path=env["PATH"]) is None
    assert shutil.which("gradle", path=env["PATH"]) is None
    return tmp_path / "venv" / "bin", env


def test_both_carry_the_jars_and_their_licences(packages: tuple[Path, Path]) -> None:
    wheel, sdist = packages
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = archive.namelist()
    with tarfile.open(sdist) as archive:
        in_sdist = [name.split("/", 1)[-1] for name in archive.getnames()]
    for names in (in_wheel, in_sdist):
        assert "pyquartz/jars/pyquartz-bridge.jar" in names
        assert any(name.startswith("pyquartz/jars/quartz-2.5.2") for name in names)
        assert any(name.startswith("pyquartz/jars/licenses/") for name in names)
        assert "pyquartz/py.typed" in names
    assert not [name for name in in_wheel if name.startswith(("tests/", "java/"))]
    assert "build.gradle" in in_sdist


def test_the_wheel_runs_the_demo_without_a_system_java(
    packages: tuple[Path, Path], without_java: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    binaries, env = without_java
    run(
        binaries / "python",
        "-m",
        "pip",
        "install",
        "-q",
        f"{packages[0]}[jre]",
        cwd=tmp_path,
        env=env,
    )
    which = "from pyquartz._jvm.launch import find_jvm; print(find_jvm())"
    library = run(binaries / "python", "-c", which, cwd=tmp_path, env=env)
    assert Path(library.strip()).is_relative_to(tmp_path / "venv")
    story = run(binaries / "pyquartz", "demo", "--seconds", "8", cwd=tmp_path, env=env)
    assert "treated by its own policy" in story, story


def test_the_sdist_needs_no_gradle(
    packages: tuple[Path, Path], without_java: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    binaries, env = without_java
    command = (binaries / "python", "-m", "pip", "wheel", "-q", "--no-deps", packages[1])
    run(*command, cwd=tmp_path, env=env)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert "pyquartz/jars/pyquartz-bridge.jar" in archive.namelist()
