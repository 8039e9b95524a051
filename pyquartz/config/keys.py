"""The properties that there are: an unknown one is an error that names the nearest.

Quartz itself takes a misspelled scheduler property in silence.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from ..errors import ConfigurationError
from .pools import C3P0, HIKARI, POOLS

Q = "org.quartz."

_SCHEDULER = (
    "instanceName",
    "instanceId",
    "threadName",
    "idleWaitTime",
    "dbFailureRetryInterval",
    "batchTriggerAcquisitionMaxCount",
    "batchTriggerAcquisitionFireAheadTimeWindow",
    "classLoadHelper.class",
    "instanceIdGenerator.class",
    "jobFactory.class",
    "makeSchedulerThreadDaemon",
    "interruptJobsOnShutdown",
    "interruptJobsOnShutdownWithWait",
    "threadsInheritContextClassLoaderOfInitializer",
    "userTransactionURL",
    "wrapJobExecutionInUserTransaction",
    "skipUpdateCheck",
    "jmx.export",
    "jmx.objectName",
    "jmx.proxy",
    "jmx.proxy.class",
    "rmi.export",
    "rmi.proxy",
    "rmi.registryHost",
    "rmi.registryPort",
    "rmi.serverPort",
    "rmi.createRegistry",
    "rmi.bindName",
)
_JOB_STORE = (
    "class",
    "driverDelegateClass",
    "driverDelegateInitString",
    "dataSource",
    "nonManagedTXDataSource",
    "tablePrefix",
    "useProperties",
    "misfireThreshold",
    "isClustered",
    "clusterCheckinInterval",
    "maxMisfiresToHandleAtATime",
    "dontSetAutoCommitFalse",
    "dontSetNonManagedTXConnectionAutoCommitFalse",
    "selectWithLockSQL",
    "txIsolationLevelSerializable",
    "txIsolationLevelReadCommitted",
    "acquireTriggersWithinLock",
    "lockHandler.class",
    "lockOnInsert",
    "useDBLocks",
    "dbRetryInterval",
    "makeThreadsDaemons",
    "useEnhancedStatements",
    "threadsInheritInitializersClassLoadContext",
    "doubleCheckLockMisfireHandler",
    "missingJobs",
    "allowClasses",
    "stockDelegate",
)
_THREAD_POOL = (
    "class",
    "threadCount",
    "threadPriority",
    "makeThreadsDaemons",
    "threadNamePrefix",
    "prefetch",
    "coroutines",
    "threadsInheritGroupOfInitializingThread",
    "threadsInheritContextClassLoaderOfInitializingThread",
)
# Ours: Quartz knows no processes.
_PROCESS_POOL = ("maxTasks", "maxMemory")
# What the first lines of a data source are read from; the rest are properties of its pool.
OF_ANY_SOURCE = (
    "driver",
    "URL",
    "user",
    "password",
    "maxConnections",
    "validationQuery",
    "provider",
)
_SOURCE = (
    *OF_ANY_SOURCE,
    "connectionProvider.class",
    "jndiURL",
    "jndiAlwaysLookup",
    "java.naming.factory.initial",
    "java.naming.provider.url",
    "java.naming.security.principal",
    "java.naming.security.credentials",
)
_KNOWN = (
    {f"{Q}scheduler.{name}" for name in _SCHEDULER}
    | {f"{Q}jobStore.{name}" for name in _JOB_STORE}
    | {f"{Q}threadPool.{name}" for name in _THREAD_POOL}
    | {f"{Q}processPool.{name}" for name in _PROCESS_POOL}
    | {f"{Q}managementRESTService.{name}" for name in ("enabled", "bind")}
    | {f"{Q}threadExecutor.class"}
)
# What these hold is named by the user, or by classes of the user's.
_OPEN = (
    "dataSource.",
    "plugin.",
    "jobListener.",
    "triggerListener.",
    "context.key.",
    "jobStore.lockHandler.",
    "scheduler.instanceIdGenerator.",
    "scheduler.jobFactory.",
    "scheduler.jmx.proxy.",
    "threadExecutor.",
)


# Whose classes' keys are known here; those of other classes are the user's.
_KNOWN_CLASSES = ("org.quartz.", "org.pyquartz.", "org.springframework.", "org.terracotta.")


def check_properties(properties: Mapping[str, str]) -> None:
    """Refuse a property that Quartz does not have, naming the nearest one that it has."""
    groups = (*_OPEN, *_groups_of_own_classes(properties))
    for key, value in properties.items():
        if not isinstance(value, str):
            raise ConfigurationError(f"the property {key} is {value!r}; its value must be a string")
        if key.startswith(f"{Q}dataSource."):
            _check_source(key, _sources_with_a_class(properties))
        elif key not in _KNOWN and not key.startswith(tuple(Q + name for name in groups)):
            raise ConfigurationError(
                f"Quartz has no property {key!r}{_hint(key, _candidates(key))}"
            )


def is_misspelled(key: str) -> bool:
    """Say whether a key outside Quartz's own is one of Quartz's but for a letter or two."""
    return _nearest(key, _KNOWN, cutoff=0.92) is not None


def _hint(key: str, known: Iterable[str]) -> str:
    near = _nearest(key, known)
    return f"; did you mean {near}?" if near else ""


def _nearest(key: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    # A wrong case is the commonest slip, and a small one.
    by_lower = {name.lower(): name for name in known}
    return next(
        (by_lower[n] for n in difflib.get_close_matches(key.lower(), by_lower, 1, cutoff)), None
    )


def _candidates(key: str) -> list[str]:
    # A group whose keys the user names is misspelled like "datasource.myDS.URL".
    parts = key.split(".")
    grouped = [
        Q + name + ".".join(parts[2 + name.count(".") :])
        for name in _OPEN
        if len(parts) > 2 + name.count(".")
    ]
    return [*_KNOWN, *grouped]


def _groups_of_own_classes(properties: Mapping[str, str]) -> list[str]:
    """Give the groups whose keys are those of a class that the user names."""
    return [
        f"{group}."
        for group in ("jobStore", "threadPool")
        if not str(properties.get(f"{Q}{group}.class", Q)).strip().startswith(_KNOWN_CLASSES)
    ]


def _sources_with_a_class(properties: Mapping[str, str]) -> set[str]:
    """Give the data sources whose keys are those of a class that the user names."""
    start, end = f"{Q}dataSource.", ".connectionProvider.class"
    return {
        key.removeprefix(start).removesuffix(end)
        for key, value in properties.items()
        if key.startswith(start) and key.endswith(end) and value not in POOLS
    }


def _check_source(key: str, own_sources: set[str]) -> None:
    name, _, setting = key.removeprefix(f"{Q}dataSource.").partition(".")
    if name in own_sources or setting in _SOURCE or setting in (HIKARI | C3P0):
        return
    known = [f"{Q}dataSource.{name}.{item}" for item in (*_SOURCE, *sorted(HIKARI | C3P0))]
    raise ConfigurationError(f"Quartz has no property {key!r}{_hint(key, known)}")
