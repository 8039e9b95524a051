"""What the JVM is started with: ours where the user is silent, and the name of an archive."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pyquartz import ConfigurationError
from pyquartz._jvm import archive
from pyquartz._jvm.options import harmless, lean

PARALLEL = "-XX:+UseParallelGC"
SERVER = "/java/lib/server/libjvm.so"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own, and nothing that the environment says."""
    for name in ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", archive.SWITCH):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder / "pyquartz"


def find(
    *files: Path,
    release: int | None = 17,
    theirs: tuple[str, ...] = (),
    options: tuple[str, ...] = (),
) -> archive.Archive | None:
    return archive.find(str(files[0]), release, [str(f) for f in files[1:]], options, theirs)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A library and two jars."""
    made = [tmp_path / name for name in ("libjvm.so", "a.jar", "b.jar")]
    for path in made:
        path.write_text(path.name, encoding="utf-8")
    return made


@pytest.mark.parametrize(
    ("option", "silent"),
    [
        ("-XX:+UseG1GC", PARALLEL),
        ("-XX:-UseParallelGC", PARALLEL),
        ("-XX:+UseG1GC", "-XX:NewSize=4m"),
        ("-Xmn4m", "-XX:NewSize=4m"),
        ("-Xmx16m", "-Xms24m"),
        ("-Xms1g", "-Xms24m"),
        ("-Xms1g", "-XX:NewSize=4m"),
        ("-XX:NewRatio=3", "-XX:NewSize=4m"),
        ("-XX:MaxRAMPercentage=70", "-Xms24m"),
        ("-XX:FreqInlineSize=325", "-XX:InlineSmallCode=1000"),
        ("-Xint", "-XX:InlineSmallCode=1000"),
    ],
)
def test_ours_gives_way_to_what_the_user_says_about_the_same(option: str, silent: str) -> None:
    assert silent in lean([], SERVER)
    assert silent not in lean([option], SERVER)
    assert len(lean([option], SERVER)) < len(lean([], SERVER))


def test_a_small_jvm_is_told_of_nothing_that_it_lacks() -> None:
    small = lean([], "/java/lib/client/libjvm.so")
    assert set(lean([], SERVER)) - set(small) == {
        PARALLEL,
        "-XX:InlineSmallCode=1000",
        "-XX:FreqInlineSize=150",
    }
    assert "-XX:+UseSerialGC" in small


def test_what_java_itself_reads_from_the_environment_is_the_users_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:+UseZGC")
    assert PARALLEL not in lean([], SERVER)


def test_the_same_files_have_the_same_archive(files: list[Path]) -> None:
    first = find(*files)
    assert first is not None
    assert first == find(*files)


def test_a_store_in_memory_has_another_than_a_database(files: list[Path]) -> None:
    library, *jars = map(str, files)
    found = [archive.find(library, 17, jars, (), (), on_database) for on_database in (False, True)]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].path != found[1].path


def test_other_jars_a_newer_jar_and_other_options_have_another(files: list[Path]) -> None:
    found = [find(*files), find(*files[:2]), find(*files, options=("-Xms8m",))]
    os.utime(files[1], (1, 1))
    found.append(find(*files))
    files[1].write_text("longer than it was", encoding="utf-8")
    os.utime(files[1], (1, 1))
    found.append(find(*files))
    names = {each.path for each in found if each is not None}
    assert len(names) == 5


def test_a_java_with_an_aot_cache_gets_one(files: list[Path]) -> None:
    found = find(*files, release=25)
    assert found is not None
    assert found.is_aot
    found.path.touch()
    assert f"-XX:AOTCache={found.path}" in found.options()


@pytest.mark.parametrize("release", [None, 11, 12])
def test_a_java_that_can_not_make_one_has_none(files: list[Path], release: int | None) -> None:
    assert find(*files, release=release) is None


@pytest.mark.parametrize(
    "option", ["-Xshare:off", "-XX:SharedArchiveFile=x.jsa", "-XX:AOTCache=x", "-XX:AOTMode=off"]
)
def test_a_user_with_an_archive_of_their_own_keeps_it(files: list[Path], option: str) -> None:
    assert find(*files, theirs=(option,)) is None


def test_the_switch_turns_it_off(
    files: list[Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(archive.SWITCH, "off")
    assert find(*files) is None
    assert not cache.exists()


def test_a_folder_that_others_can_write_is_not_trusted(files: list[Path], cache: Path) -> None:
    cache.mkdir()
    cache.chmod(0o777)
    assert find(*files) is None
    cache.chmod(0o700)
    assert find(*files) is not None


def test_the_folder_is_this_users_alone(files: list[Path], cache: Path) -> None:
    assert find(*files) is not None
    assert cache.stat().st_mode & 0o077 == 0


def test_no_folder_is_made_in_what_belongs_to_another(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    assert find(*files) is None
    assert not (tmp_path / "cache" / "pyquartz").exists()


def test_one_that_could_not_be_made_is_left_for_a_day(files: list[Path]) -> None:
    found = find(*files)
    assert found is not None
    found.failed.touch()
    assert find(*files) is None
    os.utime(found.failed, (1, 1))
    assert find(*files) == found


def test_a_zone_that_java_would_take_for_utc_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYQUARTZ_TIMEZONE", "Europe/Berlin")
    assert "-Duser.timezone=Europe/Berlin" in harmless(17)
    monkeypatch.setenv("PYQUARTZ_TIMEZONE", "Europe/Berln")
    with pytest.raises(ConfigurationError, match="PYQUARTZ_TIMEZONE is 'Europe/Berln', and there"):
        harmless(17)
