"""Properties files of Java deployments: each loads unchanged, and Quartz takes what is made of it.

Where the database is far away, an H2 stands in for it: every property is then set by
Quartz itself, which refuses what an object of its own has no setter for.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyquartz import Scheduler
from pyquartz._jvm import launch
from pyquartz._jvm.convert import java
from pyquartz.config import Settings, from_properties, keys, pools, read_deployment
from pyquartz.store import schema
from pyquartz.store.url import StoreAddress, parse_store

FOLDER = Path(__file__).parents[1] / "data" / "properties"
FILES = sorted(FOLDER.glob("*.properties"))
VARIABLES = {"DB_NAME": "dash", "DB_USER": "dash", "DB_PASSWORD": "dash-pw"}
ELSEWHERE = "postgresql://quartz@elsewhere.example.org/jobs"

# What each file means here: fields of the settings, and some of the properties ("~": left out).
EXPECTED: dict[str, dict[str, Any]] = {
    "ram-defaults": {"name": "DefaultQuartzScheduler", "threads": 10, "dialect": "ram"},
    "ram-history": {
        "name": "Reports",
        "threads": 4,
        "plugin.shutdownHook.cleanShutdown": "true",
        "context.key.region": "eu-central",
        "threadPool.threadNamePrefix": "~",
    },
    "ram-batch": {
        "threads": 20,
        "scheduler.batchTriggerAcquisitionMaxCount": "20",
        "scheduler.makeSchedulerThreadDaemon": "true",
        "scheduler.jobFactory.class": "org.pyquartz.bridge.BridgeJobFactory",
        "scheduler.jobFactory.warnIfPropertyNotFound": "true",
    },
    "h2-file": {"dialect": "h2", "threads": 3, "user": "sa", "jobStore.useProperties": "true"},
    "postgres-cluster": {
        "dialect": "postgresql",
        "is_clustered": True,
        "policy": "leave",
        "table_prefix": "billing.QRTZ_",
        "jobStore.clusterCheckinInterval": "20000",
        "dataSource.pyquartz.maxConnections": "30",
        "dataSource.pyquartz.keepaliveTime": "60000",
        "dataSource.pyquartz.idleTimeout": "300000",
        "dataSource.pyquartz.maxCachedStatementsPerConnection": "~",
        "dataSource.pyquartz.validateOnCheckout": "~",
        "jobStore.driverDelegateClass": "org.pyquartz.store.BridgeDelegate",
    },
    "mysql-cluster": {
        "dialect": "mariadb",
        "scheduler.instanceId": "AUTO",
        "dataSource.pyquartz.driver": "org.mariadb.jdbc.Driver",
        "dataSource.pyquartz.minimumIdle": "5",
        "dataSource.pyquartz.maxLifetime": "1200000",
    },
    "oracle-cluster": {
        "dialect": "other",
        "driver": "oracle.jdbc.OracleDriver",
        "jdbc_url": "jdbc:oracle:thin:@//ora.example.org:1521/LEDGER",
        "user": "ledger",
        "password": "ledger-pw",
        "scheduler.instanceId": "SYS_PROP",
        "jobStore.driverDelegateClass": "org.pyquartz.store.BridgeDelegate",
        "jobStore.stockDelegate": "org.quartz.impl.jdbcjobstore.oracle.OracleDelegate",
    },
    "sqlserver": {
        "dialect": "other",
        "is_clustered": False,
        "instance_id": "web01",
        "jobStore.driverDelegateClass": "org.pyquartz.store.BridgeDelegate",
        "jobStore.stockDelegate": "org.quartz.impl.jdbcjobstore.MSSQLDelegate",
        "jobStore.lockHandler.maxRetry": "7",
    },
    "metrics-service": {
        "user": "dash",
        "password": "dash-pw",
        "jdbc_url": "jdbc:postgresql://localhost:5432/dash",
        "dataSource.pyquartz.idleTimeout": "30000",
        "scheduler.classLoadHelper.class": "org.pyquartz.bridge.BridgeClassLoadHelper",
    },
    "server-cmt": {
        "dialect": "mariadb",
        "threads": 6,
        "jobStore.nonManagedTXDataSource": "~",
        "jobStore.txIsolationLevelReadCommitted": "~",
        "scheduler.userTransactionURL": "~",
        "dataSource.managed.jndiURL": "~",
        "threadPool.workManagerName": "~",
    },
    "spring-factory": {
        "name": "orders",
        "threads": 12,
        "user": "quartz",
        "is_clustered": True,
        "jobStore.class": "org.pyquartz.store.BridgeJobStore",
        "scheduler.jobFactory.class": "org.pyquartz.bridge.BridgeJobFactory",
    },
    "spring-boot": {
        "name": "mailer-jobs",
        "threads": 7,
        "user": "mailer",
        "password": "mailer-pw",
        "table_prefix": "MAIL_",
        "is_clustered": True,
    },
    "references": {
        "threads": 9,
        "table_prefix": "ACME_",
        "user": "$@not.followed.here",
        "dataSource.pyquartz.minimumIdle": "2",
        "dataSource.pyquartz.connectionTimeout": "5000",
        "dataSource.pyquartz.acquireIncrement": "~",
    },
    "java-neighbour": {"policy": "leave", "jobStore.allowClasses": "com.example.Batch"},
}


def settings_of(path: Path) -> Settings:
    store = ELSEWHERE if path.stem == "spring-factory" else None
    return read_deployment(path, store, VARIABLES if path.stem == "metrics-service" else None)


def test_every_file_has_its_meaning_written_down() -> None:
    assert {path.stem for path in FILES} == EXPECTED.keys()
    assert len(FILES) >= 12


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_understood(path: Path) -> None:
    settings = settings_of(path)
    made = settings.to_properties()
    for key, wanted in EXPECTED[path.stem].items():
        if "." in key:
            assert made.get(f"org.quartz.{key}", "~") == wanted, key
        else:
            found = getattr(settings, key, None) or getattr(settings.store, key, None)
            assert (found or False) == wanted, key


@pytest.fixture
def stand_in(tmp_path: Path) -> StoreAddress:
    """A database that is taken for one of a kind that pyquartz does not know."""
    return StoreAddress("other", f"jdbc:h2:file:{tmp_path}/db", "sa", "", "org.h2.Driver")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_quartz_takes_each_property(
    path: Path, stand_in: StoreAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = settings_of(path)
    prefix = settings.table_prefix.rpartition(".")[2]
    if settings.store.is_shared:
        schema.init(replace(stand_in, dialect="h2"), prefix)
        keep = {k: v for k, v in settings.properties.items() if "validationQuery" not in k}
        # The file's own lock and delegate speak the other database's SQL; H2 has its own.
        of_sql = ("selectWithLockSQL", "tablePrefix", "lockHandler", "stockDelegate")
        keep = {k: v for k, v in keep.items() if not any(name in k for name in of_sql)}
        keep["org.quartz.jobStore.tablePrefix"] = prefix
        settings = replace(settings, store=stand_in, properties=keep, instance_id="n1")
    scheduler = Scheduler._from_settings(settings)
    try:
        scheduler.start()
        info = scheduler.info()
        assert (info.state, info.threads) == ("started", settings.threads)
        assert info.name == settings.scheduler_name
    finally:
        scheduler.stop(timeout=5)


def test_a_file_on_a_real_server(postgres_database: str, tmp_path: Path) -> None:
    store = parse_store(postgres_database)
    schema.init(store)
    _, _, rest = (store.jdbc_url or "").partition("//")
    place, _, database = rest.partition("?")[0].partition("/")
    host, _, port = place.partition(":")
    variables = {
        "DB_HOST": host,
        "DB_PORT": port,
        "DB_NAME": database,
        "DB_USER": store.user or "",
        "DB_PASSWORD": store.password or "",
    }
    path = FOLDER / "metrics-service.properties"
    with Scheduler.from_properties(path, variables=variables, threads=2) as scheduler:
        info = scheduler.info()
        assert (info.name, info.clustered, info.threads) == ("DashboardScheduler", True, 2)


def test_losses_are_said_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "pyquartz.config"):
        settings_of(FOLDER / "server-cmt.properties")
        settings_of(FOLDER / "oracle-cluster.properties")
        settings_of(FOLDER / "references.properties")
        own = {"org.quartz.jobStore.driverDelegateClass": "com.acme.TracingDelegate"}
        made = from_properties(own, ELSEWHERE).to_properties()
    assert own.items() <= made.items()
    said = caplog.text
    assert "WorkManagerThreadPool: 6 workers take its place" in said
    assert "threadPool.workManagerName left out" in said
    assert "wrapJobExecutionInUserTransaction: there are no transactions of a server" in said
    assert "com.acme.TracingDelegate is kept: stored objects are then read as it reads" in said
    assert "OracleDelegate" not in said, "ours speaks as it does"
    assert "HikariCP, which has no acquireIncrement" in said


# -- the table of keys, held against Quartz's own classes ------------------------------------------


def setters(class_name: str) -> set[str]:
    """What Quartz can set on an object of a class: one argument, a number, a truth or a text."""
    types = {"int", "long", "float", "double", "boolean", "java.lang.String"}
    bean = java("java.beans.Introspector").getBeanInfo(java(class_name).class_)
    return {
        str(item.getName())
        for item in bean.getPropertyDescriptors()
        if item.getWriteMethod() is not None
        and str(item.getWriteMethod().getParameterTypes()[0].getName()) in types
    }


def test_the_keys_are_those_of_quartz() -> None:
    launch.ensure_jvm()
    # Quartz itself sets these three on every store and pool.
    internal = {"instanceId", "instanceName", "threadPoolSize"}
    stores = ("JobStoreTX", "JobStoreCMT")
    store = set().union(*(setters(f"org.quartz.impl.jdbcjobstore.{name}") for name in stores))
    store |= setters("org.pyquartz.store.BridgeJobStore") | setters("org.quartz.simpl.RAMJobStore")
    assert set(keys._JOB_STORE) == store - internal | {"class", "lockHandler.class"}
    pool = setters("org.quartz.simpl.SimpleThreadPool") | setters("org.pyquartz.bridge.WorkerPool")
    assert set(keys._THREAD_POOL) == pool - internal | {"class"}
    assert setters("com.zaxxer.hikari.HikariDataSource") == pools.HIKARI


def test_the_schedulers_keys_are_the_constants_of_quartzs_factory() -> None:
    launch.ensure_jvm()
    factory = java("org.quartz.impl.StdSchedulerFactory").class_
    values = {
        str(field.get(None))
        for field in factory.getFields()
        if str(field.getType().getName()) == "java.lang.String"
    }
    groups = set(keys._OPEN) | {"threadPool.", "jobStore."}
    prefixes = {f"org.quartz.{name}".rstrip(".") for name in groups}
    full = {value for value in values if value.startswith("org.quartz.")}
    unknown = full - keys._KNOWN - prefixes - {"org.quartz.properties"}
    assert unknown == set()
    of_a_source = {
        value for value in values if value.startswith(("jndi", "java.naming", "connectionProvider"))
    }
    assert of_a_source <= set(keys._SOURCE)
    ours_alone = {f"org.quartz.scheduler.{name}" for name in keys._SCHEDULER} - full
    # Older Quartz read it, and files still say it.
    assert ours_alone == {"org.quartz.scheduler.skipUpdateCheck"}
