"""The properties of a Java deployment as settings of ours: what is kept, and what gives way.

What belongs to Java's own threads, to an application server or to stock's classes gives way to what
runs Python jobs; each loss is said once in the log. All else is kept as it is.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

from ..errors import ConfigurationError
from ..store.url import StoreAddress, parse_store
from .files import read_properties_file, system_properties
from .keys import Q, check_properties, is_misspelled
from .settings import DATA_SOURCE, Settings
from .sources import NAME_STORE, take_source
from .spring import SPRING_CLASSES, SPRING_STORE, from_spring
from .values import filled, resolved

log = logging.getLogger("pyquartz.config")
_RAM = "org.quartz.simpl.RAMJobStore"
_JDBC_STORES = (
    "org.quartz.impl.jdbcjobstore.JobStoreTX",
    "org.quartz.impl.jdbcjobstore.JobStoreCMT",
    "org.pyquartz.store.BridgeJobStore",
    SPRING_STORE,
)
_POOLS = (
    "org.quartz.simpl.SimpleThreadPool",
    "org.pyquartz.bridge.WorkerPool",
    f"{SPRING_CLASSES}SimpleThreadPoolTaskExecutor",
    f"{SPRING_CLASSES}LocalTaskExecutorThreadPool",
)
_LOADERS = ("org.quartz.simpl.", "org.pyquartz.bridge.", SPRING_CLASSES)
# Java's threads and its server's transactions, of which there are none here.
_OF_JAVA_THREADS = (
    "scheduler.makeSchedulerThreadDaemon",
    "jobStore.makeThreadsDaemons",
    "jobStore.dontSetNonManagedTXConnectionAutoCommitFalse",
    "jobStore.txIsolationLevelReadCommitted",
)
_OF_A_SERVER = ("scheduler.userTransactionURL", "scheduler.wrapJobExecutionInUserTransaction")


def read_deployment(
    path: str | os.PathLike[str],
    store: object = None,
    variables: Mapping[str, str] | None = None,
) -> Settings:
    """Read a ``quartz.properties`` file, or an ``application.properties`` of Spring Boot's.

    As with Quartz's default factory, system properties go over what the file says: here they are
    the ``-Dorg.quartz...`` of PYQUARTZ_JVM_OPTIONS.
    """
    return from_properties(read_properties_file(path) | system_properties(Q), store, variables)


def from_properties(
    properties: Mapping[str, str],
    store: object = None,
    variables: Mapping[str, str] | None = None,
) -> Settings:
    """Turn the properties of a Java deployment into settings: its names, numbers and store.

    ``store`` goes over the store that they describe, for a data source that only a server or Spring
    has; ``variables`` fill ``${NAME}``. ``$@other.key`` stands for another property's value where
    Quartz has it so. Raises ConfigurationError for what is unknown or can't be had here.
    """
    own = _quartz_alone(filled(from_spring(properties), variables))
    check_properties(own)
    rest = resolved(own, properties)
    store_class = rest.pop(f"{Q}jobStore.class", "").strip() or _default_store(rest)
    pool_class = rest.pop(f"{Q}threadPool.class", "").strip() or _POOLS[0]
    address = _take_store(rest, store_class, store)
    threads = _take_threads(rest, pool_class)
    _leave_to_java(rest)
    taken: dict[str, Any] = {
        "name": _take(rest, "scheduler.instanceName", "QuartzScheduler"),
        "instance_id": _take(rest, "scheduler.instanceId", "NON_CLUSTERED"),
        "missing_jobs": _take(rest, "jobStore.missingJobs", None),
        "clustered": rest.get(f"{Q}jobStore.isClustered", "").strip().lower() == "true",
    }
    return Settings(store=address, threads=threads, properties=rest, **taken)


def _take(rest: dict[str, str], name: str, default: str | None) -> str | None:
    return rest.pop(Q + name, "").strip() or default


def _quartz_alone(properties: Mapping[str, str]) -> dict[str, str]:
    """Leave out what is not Quartz's: a file may serve others as well."""
    for key in properties:
        if not key.startswith(Q) and is_misspelled(key):
            check_properties({key: ""})
    return {key: value for key, value in properties.items() if key.startswith(Q)}


# -- the store ------------------------------------------------------------------------------------


def _default_store(rest: Mapping[str, str]) -> str:
    # Spring chooses the store by the bean that it has, and files written for it name none.
    needs_database = ("driverDelegateClass", "dataSource", "tablePrefix", "isClustered")
    if any(f"{Q}jobStore.{name}" in rest for name in needs_database):
        return SPRING_STORE
    return _RAM


def _take_store(rest: dict[str, str], store_class: str, given: object) -> StoreAddress:
    source = rest.pop(f"{Q}jobStore.dataSource", "").strip() or None
    local = rest.pop(f"{Q}jobStore.nonManagedTXDataSource", "").strip() or None
    if store_class.startswith("org.terracotta.") and given is None:
        raise ConfigurationError(
            f"{Q}jobStore.class is {store_class}: Terracotta's store is not here; {NAME_STORE}"
        )
    if given is not None:
        _drop_sources(rest)
        address = parse_store(given)
        _take_delegate(rest, address)
        return address
    if store_class == _RAM:
        _drop_sources(rest)
        return parse_store(None)
    if store_class not in _JDBC_STORES:
        if source is None:
            # A store of the user's own, on the class path; Quartz sets its properties.
            rest[f"{Q}jobStore.class"] = store_class
            return parse_store(None)
        log.warning("The job store %s gives way to pyquartz's own on its data source", store_class)
    if source is None and local is None:
        raise ConfigurationError(
            f"a JDBC store needs the property {Q}jobStore.dataSource, unless Spring or a server "
            f"gives it one; {NAME_STORE}"
        )
    if local is not None and source is not None:
        log.warning(
            "Transactions of a server (data source %r) are not here: the store is on %r, with "
            "transactions of its own",
            source,
            local,
        )
    address, own = take_source(rest, local or source or "")
    _drop_sources(rest)
    rest |= {f"{Q}dataSource.{DATA_SOURCE}.{name}": value for name, value in own.items()}
    _take_delegate(rest, address)
    return address


def _drop_sources(rest: dict[str, str]) -> None:
    # Quartz would connect to each, and the store is not on them.
    _drop(rest, "dataSource.")


def _take_delegate(rest: dict[str, str], address: StoreAddress) -> None:
    key = f"{Q}jobStore.driverDelegateClass"
    delegate = rest.get(key, "").strip()
    if delegate.startswith("org.quartz.impl.jdbcjobstore."):
        # Ours speaks as each of them does, and reads blobs through the allow list.
        del rest[key]
        if address.dialect == "other" and not delegate.endswith(".StdJDBCDelegate"):
            rest[f"{Q}jobStore.stockDelegate"] = delegate
    elif delegate and not delegate.startswith("org.pyquartz."):
        log.warning(
            "The delegate %s is kept: stored objects are then read as it reads them, "
            "without the allow list, and a row that can't be read stops the others",
            delegate,
        )
    if rest.get(f"{Q}jobStore.lockHandler.class", "").endswith(".JTANonClusteredSemaphore"):
        log.warning("The lock handler JTANonClusteredSemaphore needs a server, and is left out")
        _drop(rest, "jobStore.lockHandler.")


# -- threads and what is Java's -------------------------------------------------------------------


def _take_threads(rest: dict[str, str], pool_class: str) -> int:
    key = f"{Q}threadPool.threadCount"
    if pool_class.endswith(".ZeroSizeThreadPool"):
        raise ConfigurationError(
            f"{Q}threadPool.class is {pool_class}, whose scheduler runs no job: leave the line "
            "out, and don't call start(); a scheduler in standby can be written all the same"
        )
    text = rest.pop(key, "").strip() or "10"
    try:
        threads = int(text)
    except ValueError as error:
        raise ConfigurationError(f"{key} is {text!r}, which is no number") from error
    prefetch = rest.pop(f"{Q}threadPool.prefetch", None)
    left_out = _drop(rest, "threadPool.")
    if prefetch is not None:
        rest[f"{Q}threadPool.prefetch"] = prefetch
    if pool_class not in _POOLS:
        also = f", and {', '.join(left_out)} left out" if left_out else ""
        log.warning("Thread pool %s: %d workers take its place%s", pool_class, threads, also)
    return threads


def _leave_to_java(rest: dict[str, str]) -> None:
    for name in ("scheduler.rmi.proxy", "scheduler.jmx.proxy"):
        if rest.get(Q + name, "").strip().lower() == "true":
            raise ConfigurationError(
                f"{Q}{name} makes a proxy of a scheduler elsewhere, which runs nothing here: leave "
                "it out, and name the store of that scheduler"
            )
    for name in _OF_JAVA_THREADS:
        rest.pop(Q + name, None)
    for name in _OF_A_SERVER:
        if rest.pop(Q + name, "false").strip().lower() != "false":
            log.warning("%s: there are no transactions of a server here; it is left out", Q + name)
    for key in [key for key in rest if key.endswith(".wrapInUserTransaction")]:
        if key.startswith(f"{Q}plugin."):
            del rest[key]
    loader = rest.pop(f"{Q}scheduler.classLoadHelper.class", _LOADERS[0])
    if not loader.startswith(_LOADERS):
        log.warning("The class loader %s gives way to pyquartz's own; use class_path=", loader)
    _take_job_factory(rest)


def _take_job_factory(rest: dict[str, str]) -> None:
    factory = rest.pop(f"{Q}scheduler.jobFactory.class", "org.quartz.simpl.")
    if not factory.startswith(("org.quartz.simpl.", "org.pyquartz.bridge.")):
        _drop(rest, "scheduler.jobFactory.")
        log.warning(
            "The job factory %s gives way to pyquartz's own, which makes Java jobs by their "
            "constructors and sets their properties",
            factory,
        )


def _drop(rest: dict[str, str], group: str) -> list[str]:
    keys = [key for key in rest if key.startswith(Q + group)]
    for key in keys:
        del rest[key]
    return sorted(keys)
