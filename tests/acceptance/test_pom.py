"""The bridge as a Java build takes it: a jar and a POM in a Maven repository."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import pyquartz
from tests.support.processes import PROJECT_ROOT

pytestmark = [pytest.mark.acceptance, pytest.mark.slow, pytest.mark.xdist_group("pom")]

GROUP = "org/pyquartz/pyquartz-bridge"
CONSUMER = """
apply plugin: 'java'
repositories {
    maven { url = uri('REPOSITORY') }
    mavenCentral()
}
dependencies {
    implementation 'org.pyquartz:pyquartz-bridge:VERSION'
    implementation('org.quartz-scheduler:quartz:2.3.2') { transitive = false }
}
tasks.create('show') {
    dependsOn 'compileJava'
    doLast {
        configurations.runtimeClasspath.files.each { println it.name }
    }
}
"""
PROGRAM = """
public class Node {
    public static void main(String[] arguments) {
        org.quartz.spi.JobStore store = new org.pyquartz.store.BridgeJobStore();
        org.quartz.spi.ClassLoadHelper helper = new org.pyquartz.bridge.BridgeClassLoadHelper();
    }
}
"""


def gradle(folder: Path, *arguments: str) -> str:
    """Run Gradle in a folder, and give what it printed."""
    ended = subprocess.run(
        ["gradle", "-q", "--console=plain", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Maven repository with the bridge in it."""
    folder = tmp_path_factory.mktemp("maven")
    gradle(PROJECT_ROOT, "publishToMavenLocal", f"-Dmaven.repo.local={folder}")
    return folder


def test_the_pom_says_what_a_build_has_to_know(repository: Path) -> None:
    version = pyquartz.__version__
    file = repository / GROUP / version / f"pyquartz-bridge-{version}.pom"
    pom = ET.parse(file).getroot()
    space = {"m": "http://maven.apache.org/POM/4.0.0"}

    def text(path: str, inside: ET.Element = pom) -> str | None:
        return inside.findtext("/".join(f"m:{part}" for part in path.split("/")), None, space)

    assert (text("groupId"), text("artifactId"), text("version")) == (
        "org.pyquartz", "pyquartz-bridge", version,
    )  # fmt: skip
    assert text("licenses/license/name") == "Apache-2.0"
    assert text("description")
    scopes = {
        text("artifactId", found): (text("version", found), text("scope", found))
        for found in pom.iterfind("m:dependencies/m:dependency", space)
    }
    # A Java node has a Quartz of its own, which must not be replaced.
    assert scopes["quartz"] == ("2.5.2", "provided")
    assert scopes["slf4j-api"][1] == "provided"
    assert len(scopes) == 2


def test_a_java_build_can_depend_on_it(repository: Path, tmp_path: Path) -> None:
    build = CONSUMER.replace("REPOSITORY", str(repository))
    (tmp_path / "build.gradle").write_text(build.replace("VERSION", pyquartz.__version__))
    (tmp_path / "settings.gradle").write_text("rootProject.name = 'node'\n")
    source = tmp_path / "src/main/java/Node.java"
    source.parent.mkdir(parents=True)
    source.write_text(PROGRAM)
    jars = gradle(tmp_path, "show").split()
    assert sorted(jars) == [f"pyquartz-bridge-{pyquartz.__version__}.jar", "quartz-2.3.2.jar"]
