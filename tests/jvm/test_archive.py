"""The archive of Java's classes: made behind a first start, used by the next, in nobody's way."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.jvm.programs import run, started
from tests.support.processes import alive
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.jvm, pytest.mark.slow, pytest.mark.xdist_group("archive")]

TRY = """
with Scheduler() as s:
    s.schedule_task(tick, once())
    assert begun.wait(20)
"""
# A class of ours and one of Quartz's; in the log each names the place it came from.
LOADED = ("org.pyquartz.bridge.WorkerPool source:", "org.quartz.core.QuartzScheduler source:")


def start(cache: Path, **env: str) -> str:
    """Start a scheduler, run a job; give what was printed, with the sources of Java's classes."""
    result = run(TRY, **(environment(cache) | env)).check()
    assert "tick" in result.stdout
    assert "[warning]" not in result.stdout + result.stderr
    return result.stdout


def environment(cache: Path) -> dict[str, str]:
    return {
        "PYQUARTZ_ARCHIVE": "on",
        "PYQUARTZ_JVM_OPTIONS": "-Xlog:class+load",
        "XDG_CACHE_HOME": str(cache),
    }


def sources(output: str) -> list[str]:
    """Where those two classes were loaded from."""
    return [line.partition("source:")[2] for line in output.splitlines() if any_of(line)]


def any_of(line: str) -> bool:
    return any(name in line for name in LOADED)


def made(cache: Path) -> list[Path]:
    """The archives that are there."""
    return [path for path in cache.glob("pyquartz/*") if path.suffix in (".jsa", ".aot")]


def makers(cache: Path) -> list[int]:
    """The processes that make archives in this folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes()
        except OSError:  # it ended meanwhile
            continue
        if str(cache).encode() in command and b"WarmUp" in command:
            found.append(int(entry.parent.name))
    return [pid for pid in found if alive(pid)]


def wait_for_archive(cache: Path) -> Path:
    """Wait until the archive is there, and everything that made it gone."""
    wait_until(lambda: made(cache), 90, message="no archive was made")
    wait_until(lambda: not makers(cache), message="the process that made it does not end")
    (archive,) = made(cache)
    assert list(archive.parent.iterdir()) == [archive]
    return archive


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with an archive in it, made by a start."""
    cache = tmp_path_factory.mktemp("cache")
    output = start(cache)
    assert sources(output)
    assert not any("shared objects file" in source for source in sources(output))
    wait_for_archive(cache)
    return cache


def test_the_next_start_takes_its_classes_out_of_the_archive(warm: Path) -> None:
    found = sources(start(warm))
    assert len(found) == len(LOADED)
    assert all("shared objects file" in source for source in found)


def test_jars_that_the_user_adds_leave_it_valid(warm: Path, tmp_path: Path) -> None:
    (tmp_path / "classes").mkdir()
    (tmp_path / "classes" / "some.properties").touch()
    body = TRY.replace("Scheduler()", f"Scheduler(class_path=[{str(tmp_path / 'classes')!r}])")
    found = sources(run(body, **environment(warm)).check().stdout)
    assert all("shared objects file" in source for source in found)
    assert len(made(warm)) == 1


def test_one_that_is_damaged_is_no_news(warm: Path, tmp_path: Path) -> None:
    shutil.copytree(warm / "pyquartz", tmp_path / "pyquartz")
    (archive,) = made(tmp_path)
    archive.chmod(0o600)
    archive.write_bytes(b"no archive at all" * 1000)
    assert not any("shared objects file" in source for source in sources(start(tmp_path)))


def test_a_collector_of_the_users_is_no_news_either(warm: Path) -> None:
    assert "tick" in start(warm, PYQUARTZ_JVM_OPTIONS="-XX:+UseParallelGC -Xmx64m")


def test_starts_side_by_side_make_one(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    with ExitStack() as stack:
        programs = []
        for number in range(3):
            (tmp_path / str(number)).mkdir()
            program = started(TRY, tmp_path / str(number), **environment(tmp_path / "cache"))
            programs.append(stack.enter_context(program))
        for program in programs:
            program.finish(timeout=90).check()
    wait_for_archive(tmp_path / "cache")


def test_where_no_folder_can_be_made_it_starts_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "tick" in start(tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b""


def test_turned_off_it_leaves_no_trace(tmp_path: Path) -> None:
    start(tmp_path, PYQUARTZ_ARCHIVE="off")
    assert list(tmp_path.iterdir()) == []
