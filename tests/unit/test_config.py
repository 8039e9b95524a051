"""Settings in, Quartz's properties out; and a deployment's own properties file in."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from pyquartz.config import (
    ProcessLimits,
    Settings,
    check_properties,
    from_properties,
    read_deployment,
    read_properties_file,
)
from pyquartz.errors import ConfigurationError, StoreError
from pyquartz.store.url import parse_store

POSTGRES = parse_store("postgresql://quartz:secret@db:5433/jobs")
RAM = parse_store(None)


def properties(**settings: Any) -> dict[str, str]:
    """What Quartz is given."""
    return Settings(**{"store": RAM, **settings}).to_properties()


def test_a_scheduler_in_memory_needs_few_properties() -> None:
    made = properties(name="mine", threads=3, prefetch=2)
    assert made == {
        "org.quartz.scheduler.instanceName": "mine",
        "org.quartz.scheduler.instanceId": "AUTO",
        "org.quartz.scheduler.makeSchedulerThreadDaemon": "true",
        "org.quartz.scheduler.classLoadHelper.class":
            "org.pyquartz.bridge.BridgeClassLoadHelper",
        "org.quartz.scheduler.jobFactory.class": "org.pyquartz.bridge.BridgeJobFactory",
        "org.quartz.threadPool.class": "org.pyquartz.bridge.WorkerPool",
        "org.quartz.threadPool.threadCount": "3",
        "org.quartz.threadPool.prefetch": "2",
        "org.quartz.threadPool.coroutines": "1000",
        "org.quartz.scheduler.batchTriggerAcquisitionMaxCount": "100",
        "org.quartz.jobStore.class": "org.pyquartz.store.BridgeRamStore",
    }  # fmt: skip


def test_a_server_is_a_cluster_with_the_acquiring_lock() -> None:
    made = properties(store=POSTGRES)
    assert made["org.quartz.jobStore.isClustered"] == "true"
    assert made["org.quartz.jobStore.acquireTriggersWithinLock"] == "true"
    assert made["org.quartz.jobStore.missingJobs"] == "leave"
    assert made["org.quartz.scheduler.batchTriggerAcquisitionMaxCount"] == "3"
    assert made["org.quartz.dataSource.pyquartz.URL"].startswith("jdbc:postgresql://db:5433/jobs?")
    assert made["org.quartz.dataSource.pyquartz.user"] == "quartz"
    assert made["org.quartz.dataSource.pyquartz.password"] == "secret"
    assert made["org.quartz.dataSource.pyquartz.provider"] == "hikaricp"


def test_nodes_of_one_cluster_never_share_an_id() -> None:
    key = "org.quartz.scheduler.instanceId"
    first, second = properties(store=POSTGRES), properties(store=POSTGRES)
    assert first[key] != second[key]
    assert properties(store=POSTGRES, instance_id="n1")[key] == "n1"


def test_alone_a_node_runs_nothing_for_missing_jobs() -> None:
    made = properties(store=POSTGRES, clustered=False)
    assert made["org.quartz.jobStore.isClustered"] == "false"
    assert made["org.quartz.jobStore.missingJobs"] == "noop"


def test_stocks_own_policy_has_a_class_loader_of_its_own() -> None:
    made = properties(missing_jobs="error")
    helper = made["org.quartz.scheduler.classLoadHelper.class"]
    assert helper == "org.pyquartz.bridge.StrictClassLoadHelper"


def test_classes_that_may_be_read_are_handed_on() -> None:
    made = properties(store=POSTGRES, allow_classes=("a.B", "c.D"))
    assert made["org.quartz.jobStore.allowClasses"] == "a.B,c.D"


def test_limits_of_processes_are_properties(monkeypatch: pytest.MonkeyPatch) -> None:
    key = "org.quartz.processPool."

    def limits(**given: str) -> ProcessLimits:
        properties = {key + name: value for name, value in given.items()}
        return Settings(parse_store(None), properties=properties).process_limits

    assert limits() == ProcessLimits(None, None)
    assert limits(maxTasks="3", maxMemory="2k") == ProcessLimits(3, 2048)
    assert limits(maxMemory="1G").memory == 1024**3
    assert limits(maxMemory=" 77 ").memory == 77
    with pytest.raises(ConfigurationError, match="maxTasks is '0'"):
        limits(maxTasks="0")
    with pytest.raises(ConfigurationError, match="maxMemory is '1t'"):
        limits(maxMemory="1t")
    with pytest.raises(ConfigurationError, match=r"did you mean .*maxMemory"):
        limits(maxMemroy="1g")
    monkeypatch.setattr("os.name", "nt")
    with pytest.raises(ConfigurationError, match="no such limit"):
        limits(maxMemory="1g")


def test_the_users_properties_win() -> None:
    given = {
        "org.quartz.scheduler.instanceName": "theirs",
        "org.quartz.jobStore.isClustered": "true",
        "org.quartz.jobStore.tablePrefix": "app.QRTZ_",
        "org.quartz.jobStore.missingJobs": "error",
        "org.quartz.threadPool.threadCount": "7",
    }
    settings = Settings(store=POSTGRES, clustered=False, properties=given)
    assert given.items() <= settings.to_properties().items()
    assert settings.is_clustered
    assert settings.scheduler_name == "theirs"
    assert settings.table_prefix == "app.QRTZ_"
    assert settings.policy == "error"
    helper = settings.to_properties()["org.quartz.scheduler.classLoadHelper.class"]
    assert helper.endswith("StrictClassLoadHelper")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"threads": 0}, "threads=0: an int of 1 or more"),
        ({"threads": True}, "threads=True"),
        ({"threads": "5"}, "threads='5'"),
        ({"coroutines": 0}, "coroutines=0"),
        ({"processes": 0}, "processes=0"),
        ({"prefetch": -1}, "prefetch=-1: an int of 0 or more"),
        ({"missing_jobs": "ignore"}, "missing_jobs='ignore' is none of"),
        ({"clustered": True}, "a store in RAM belongs to one process and can't be clustered"),
        (
            {"clustered": True, "store": parse_store("h2:///data/q")},
            "jdbc:h2:file:/data/q belongs to one process",
        ),
        ({"properties": {"org.quartz.jobStore.missingJobs": "x"}}, "missing_jobs='x' is none of"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Settings(**{"store": RAM, **settings})


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("org.quartz.scheduler.instanceNam", "org.quartz.scheduler.instanceName"),
        ("org.quartz.jobStore.misfireTreshold", "org.quartz.jobStore.misfireThreshold"),
        ("org.quartz.jobstore.isClustered", "org.quartz.jobStore.isClustered"),
    ],
)
def test_an_unknown_property_is_refused_with_the_nearest(key: str, near: str) -> None:
    with pytest.raises(ConfigurationError, match=f"no property '{key}'; did you mean {near}"):
        check_properties({key: "x"})


def test_an_unknown_property_like_no_other_is_refused_as_well() -> None:
    with pytest.raises(ConfigurationError, match=r"no property 'zzz'$"):
        check_properties({"zzz": "x"})


def test_a_property_is_a_string() -> None:
    with pytest.raises(ConfigurationError, match="misfireThreshold is 5; its value must be"):
        check_properties({"org.quartz.jobStore.misfireThreshold": 5})  # type: ignore[dict-item]


def test_what_users_name_themselves_is_let_through() -> None:
    check_properties(
        {
            "org.quartz.plugin.mine.class": "acme.Plugin",
            "org.quartz.dataSource.any.URL": "x",
            "org.quartz.context.key.a": "b",
            "org.quartz.jobStore.lockHandler.maxRetry": "3",
        }
    )


# -- a deployment's own file ----------------------------------------------------------------------

FILE = r"""
# The scheduler of the billing service \
org.quartz.scheduler.instanceName = Billing
! a comment of the other kind
org.quartz.scheduler.instanceId: AUTO

org.quartz.threadPool.class = org.quartz.simpl.SimpleThreadPool
org.quartz.threadPool.threadCount = 25
org.quartz.threadPool.threadPriority = 5

org.quartz.jobStore.class = org.quartz.impl.jdbcjobstore.JobStoreTX
org.quartz.jobStore.driverDelegateClass = org.quartz.impl.jdbcjobstore.PostgreSQLDelegate
org.quartz.jobStore.useProperties = false
org.quartz.jobStore.dataSource = myDS
org.quartz.jobStore.tablePrefix = BILLING_
org.quartz.jobStore.isClustered = true
org.quartz.jobStore.clusterCheckinInterval = 20000

org.quartz.dataSource.myDS.driver = org.postgresql.Driver
org.quartz.dataSource.myDS.URL = jdbc\:postgresql\://db.example.org:5432/quartz?ssl\=true
org.quartz.dataSource.myDS.user = quartz
org.quartz.dataSource.myDS.password = p@ss \
    w:rd/1
org.quartz.dataSource.myDS.maxConnections = 30
"""


def in_file(folder: Path, text: str) -> dict[str, str]:
    """Read properties out of a file that holds a text."""
    path = folder / "quartz.properties"
    path.write_bytes(text.encode("latin-1"))
    return read_properties_file(path)


def test_a_file_of_a_java_deployment_is_understood(tmp_path: Path) -> None:
    settings = from_properties(in_file(tmp_path, FILE))
    assert settings.scheduler_name == "Billing"
    assert settings.instance_id == "AUTO"
    assert settings.threads == 25
    assert settings.is_clustered
    assert settings.table_prefix == "BILLING_"
    assert settings.store.user == "quartz"
    assert settings.store.password == "p@ss w:rd/1"
    assert str(settings.store) == "jdbc:postgresql://db.example.org:5432/quartz"
    made = settings.to_properties()
    assert made["org.quartz.jobStore.class"] == "org.pyquartz.store.BridgeJobStore"
    assert made["org.quartz.jobStore.driverDelegateClass"] == "org.pyquartz.store.BridgeDelegate"
    assert made["org.quartz.jobStore.clusterCheckinInterval"] == "20000"
    assert made["org.quartz.threadPool.class"] == "org.pyquartz.bridge.WorkerPool"
    assert "org.quartz.threadPool.threadPriority" not in made
    # The data source is one, whatever it was called.
    source = "org.quartz.dataSource.pyquartz."
    assert made["org.quartz.jobStore.dataSource"] == "pyquartz"
    assert made[source + "maxConnections"] == "30"
    assert made[source + "URL"] == "jdbc:postgresql://db.example.org:5432/quartz?ssl=true"
    assert not any("myDS" in key for key in made)
    assert "p@ss" not in repr(settings)


def test_a_file_without_a_store_is_one_in_memory() -> None:
    settings = from_properties({"org.quartz.threadPool.threadCount": "2"})
    assert settings.store.jdbc_url is None
    assert (settings.scheduler_name, settings.threads, settings.is_clustered) == (
        "QuartzScheduler", 2, False,
    )  # fmt: skip


JDBC = {"org.quartz.jobStore.class": "org.quartz.impl.jdbcjobstore.JobStoreTX"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (JDBC, "needs the property org.quartz.jobStore.dataSource"),
        ({**JDBC, "org.quartz.jobStore.dataSource": "a"}, "'a' has no property .*dataSource.a.URL"),
        ({"org.quartz.threadPool.threadCount": "ten"}, "threadCount is 'ten', which is no number"),
        ({"org.quartz.jobStore.missingJobs": "x"}, "missing_jobs='x'"),
    ],
)
def test_a_file_that_can_not_work_is_refused(given: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        from_properties(given)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"can't read .*none\.properties: No such file"):
        read_properties_file(tmp_path / "none.properties")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a=1\nb = 2\nc:3\nd 4\ne\t=\t5\nf", dict(zip("abcdef", [*"12345", ""], strict=True))),
        ("a=one \\\n   two", {"a": "one two"}),
        ("a=back\\\\\nb=2", {"a": "back\\", "b": "2"}),
        ("a\\=b=c\\:d\\=e", {"a=b": "c:d=e"}),
        ("a=tab\\tnew\\nline", {"a": "tab\tnew\nline"}),
        ("a=\\u00fc\xfc", {"a": "\xfc\xfc"}),
        ("# note \\\na=1", {"a": "1"}),
        ("! note\n  # note\n\na=1", {"a": "1"}),
        ("a=1\r\nb=2\rc=3", {"a": "1", "b": "2", "c": "3"}),
        ("a=x\x85y\x0cz", {"a": "x\x85y\x0cz"}),
        ("a=1\na=2", {"a": "2"}),
        ("a=http://x?b=c#d", {"a": "http://x?b=c#d"}),
        ("", {}),
    ],
)
def test_the_syntax_is_that_of_java(tmp_path: Path, text: str, read: dict[str, str]) -> None:
    assert in_file(tmp_path, text) == read


def test_a_store_without_a_server_can_not_be_parsed_from_a_file() -> None:
    given = {
        **JDBC,
        "org.quartz.jobStore.dataSource": "a",
        "org.quartz.dataSource.a.URL": "jdbc:",
    }
    with pytest.raises(StoreError, match="no URL of a store"):
        from_properties(given)


# -- values that stand for others, and what can't be had ------------------------------------------

Q = "org.quartz."


def test_a_reference_is_followed_where_quartz_follows_it_and_one_step_only() -> None:
    given = {
        "the.prefix": "A_",
        f"{Q}scheduler.instanceName": "$@the.prefix",
        f"{Q}plugin.one.fileNames": "$@org.quartz.plugin.two.fileNames",
        f"{Q}plugin.two.fileNames": "$@the.prefix",
    }
    settings = from_properties(given)
    assert settings.scheduler_name == "$@the.prefix"
    assert settings.properties[f"{Q}plugin.one.fileNames"] == "$@the.prefix"
    assert settings.properties[f"{Q}plugin.two.fileNames"] == "A_"


def test_variables_are_filled_with_their_defaults() -> None:
    given = {f"{Q}scheduler.instanceName": "${APP}-${STAGE:test}", "other.line": "${LEFT}"}
    assert from_properties(given, variables={"APP": "jobs"}).scheduler_name == "jobs-test"


def test_system_properties_go_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "quartz.properties"
    path.write_text(f"{Q}scheduler.instanceName = file\n{Q}scheduler.instanceId = SYS_PROP\n")
    monkeypatch.setenv("PYQUARTZ_JVM_OPTIONS", f"-Xmx64m -D{Q}scheduler.instanceName=given -Da=b")
    settings = read_deployment(path)
    assert (settings.scheduler_name, settings.instance_id) == ("given", "SYS_PROP")


def test_a_generator_of_ids_is_asked_for_one() -> None:
    generator = {f"{Q}scheduler.instanceIdGenerator.class": "acme.Ids"}
    made = properties(store=POSTGRES, properties=generator)
    assert made[f"{Q}scheduler.instanceId"] == "AUTO"


def test_lines_of_others_are_passed_over_but_not_misspelt_ones() -> None:
    assert from_properties({"server.port": "1", "acme.x": "y"}).properties == {}
    with pytest.raises(ConfigurationError, match=r"did you mean org\.quartz\.scheduler\.instanceN"):
        from_properties({"quartz.scheduler.instanceName": "x"})


def test_a_store_of_ones_own_keeps_its_properties() -> None:
    given = {f"{Q}jobStore.class": "acme.MongoStore", f"{Q}jobStore.mongoUri": "mongodb://x"}
    made = from_properties(given).to_properties()
    assert given.items() <= made.items()


def test_a_store_that_is_named_goes_over_the_files() -> None:
    given = {
        f"{Q}jobStore.class": "org.terracotta.quartz.TerracottaJobStore",
        f"{Q}jobStore.isClustered": "true",
        f"{Q}dataSource.a.jndiURL": "jdbc/a",
    }
    made = from_properties(given, store="postgresql://u:p@h/d").to_properties()
    assert made[f"{Q}jobStore.class"] == "org.pyquartz.store.BridgeJobStore"
    assert made[f"{Q}dataSource.pyquartz.user"] == "u"
    assert not any("jndi" in key for key in made)


SOURCE = {**JDBC, f"{Q}jobStore.dataSource": "a", f"{Q}dataSource.a.URL": "jdbc:acme:x"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({f"{Q}scheduler.instanceName": "${APP}"}, r"holds \$\{APP\}, which Quartz does not fill"),
        ({f"{Q}plugin.a.x": "$@b.c"}, r"plugin.a.x is '\$@b.c', and there is no 'b.c'"),
        ({**JDBC, f"{Q}jobStore.dataSource": "a", f"{Q}dataSource.a.jndiURL": "jdbc/a"},
         "a.jndiURL is 'jdbc/a', a data source of an application server.*store='postgresql://"),
        ({**SOURCE, f"{Q}dataSource.a.url": "x"}, "'org.quartz.dataSource.a.url'; did you mean "
         "org.quartz.dataSource.a.URL"),
        (SOURCE, "dataSource.a.driver is missing: the class name of the JDBC driver"),
        ({**SOURCE, f"{Q}dataSource.a.driver": "x", f"{Q}dataSource.a.maxIdleTime": "soon"},
         "maxIdleTime is 'soon', no whole number"),
        ({f"{Q}datasource.a.URL": "x"}, r"did you mean org\.quartz\.dataSource\.a\.URL"),
        ({f"{Q}jobStore.isClustered": "true"}, "dataSource, unless Spring or a server gives it"),
        ({f"{Q}jobStore.class": "org.terracotta.quartz.EnterpriseTerracottaJobStore"},
         "Terracotta's store is not here"),
        ({f"{Q}threadPool.class": "org.quartz.simpl.ZeroSizeThreadPool"}, "runs no job"),
        ({f"{Q}scheduler.rmi.proxy": "true"}, "rmi.proxy makes a proxy of a scheduler elsewhere"),
        ({f"{Q}scheduler.jmx.proxy": "true"}, "jmx.proxy makes a proxy of a scheduler elsewhere"),
    ],
)  # fmt: skip
def test_what_can_not_be_had_here_says_what_to_do(given: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        from_properties(given)


def test_a_variable_is_a_string() -> None:
    with pytest.raises(ConfigurationError, match="variables= has APP=5, which is no string"):
        from_properties({f"{Q}scheduler.instanceName": "${APP}"}, variables={"APP": cast(Any, 5)})


def test_a_variable_that_is_missing_is_named() -> None:
    with pytest.raises(ConfigurationError, match="variables= has no 'APP'"):
        from_properties({f"{Q}scheduler.instanceName": "${APP}"}, variables={})
