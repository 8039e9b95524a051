"""The properties that there are: an unknown one is an error that names the nearest.

Quartz itself takes a misspelled scheduler property in silence.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from ..errors import ConfigurationError

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
)
_THREAD_POOL = (
    "class",
    "threadCount",
    "threadPriority",
    "makeThreadsDaemons",
    "threadNamePrefix",
    "prefetch",
    "threadsInheritGroupOfInitializingThread",
    "threadsInheritContextClassLoaderOfInitializingThread",
)
_KNOWN = (
    {f"{Q}scheduler.{name}" for name in _SCHEDULER}
    | {f"{Q}jobStore.{name}" for name in _JOB_STORE}
    | {f"{Q}threadPool.{name}" for name in _THREAD_POOL}
    | {f"{Q}threadExecutor.class", f"{Q}managementRESTService.enabled"}
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
    "threadExecutor.",
    "managementRESTService.",
)


def check_properties(properties: Mapping[str, str]) -> None:
    """Refuse a property that Quartz does not have, naming the nearest one that it has."""
    for key, value in properties.items():
        if not isinstance(value, str):
            raise ConfigurationError(f"the property {key} is {value!r}; its value must be a string")
        if key in _KNOWN or key.startswith(tuple(Q + name for name in _OPEN)):
            continue
        near = difflib.get_close_matches(key, _KNOWN, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ConfigurationError(f"Quartz has no property {key!r}{hint}")
