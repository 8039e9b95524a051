"""Settings become Quartz's properties here, and nowhere else; only this file knows their keys.

Quartz takes a misspelled scheduler property in silence. Here an unknown key is an error that names
the nearest one.
"""

from __future__ import annotations

import difflib
import os
import re
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from .errors import ConfigurationError
from .store.schema import DEFAULT_PREFIX
from .store.url import StoreAddress, parse_store

MissingJobs = Literal["noop", "leave", "error"]

_Q = "org.quartz."
_BRIDGE = "org.pyquartz.bridge."
_STORE = "org.pyquartz.store."
_DATA_SOURCE = "pyquartz"
# How late a firing may be before its misfire policy decides, in milliseconds.
MISFIRE_THRESHOLD = f"{_Q}jobStore.misfireThreshold"
# Connections beside those of the workers: Quartz's threads, check-ins, the user's calls.
_OTHER_CONNECTIONS = 5

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
    {f"{_Q}scheduler.{name}" for name in _SCHEDULER}
    | {f"{_Q}jobStore.{name}" for name in _JOB_STORE}
    | {f"{_Q}threadPool.{name}" for name in _THREAD_POOL}
    | {f"{_Q}threadExecutor.class", f"{_Q}managementRESTService.enabled"}
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
# What only a scheduler that runs jobs has a use for.
_RUNNING_ONLY = ("plugin.", "jobListener.", "triggerListener.")


@dataclass(frozen=True)
class Settings:
    """All that a scheduler is made with, checked."""

    store: StoreAddress
    name: str = "pyquartz"
    instance_id: str = "AUTO"
    clustered: bool | None = None
    threads: int = 10
    coroutines: int = 1000
    processes: int | None = None
    prefetch: int = 0
    missing_jobs: MissingJobs | None = None
    allow_classes: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        check_properties(self.properties)
        for name, least in (("threads", 1), ("coroutines", 1), ("prefetch", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ConfigurationError(f"{name}={value!r}: an int of {least} or more")
        if self.processes is not None and self.processes < 1:
            raise ConfigurationError(f"processes={self.processes!r}: an int of 1 or more, or None")
        if self.policy not in ("noop", "leave", "error"):
            raise ConfigurationError(
                f"missing_jobs={self.policy!r} is none of 'noop', 'leave', 'error'"
            )
        if self.clustered and not self.store.is_shared:
            raise ConfigurationError(
                f"a store in {self.store} belongs to one process and can't be clustered; use a "
                "database server, or leave clustered out"
            )

    @property
    def is_clustered(self) -> bool:
        """Whether this node joins a cluster: on a database server, unless told otherwise.

        A node that is not clustered takes all unfinished work of the store for its own when it
        starts; beside another node that would run jobs twice.
        """
        stated = self.properties.get(f"{_Q}jobStore.isClustered")
        if stated is not None:
            return stated.strip().lower() == "true"
        return self.store.is_shared if self.clustered is None else self.clustered

    @property
    def policy(self) -> MissingJobs:
        """What happens to jobs whose class this node lacks."""
        stated = self.properties.get(f"{_Q}jobStore.missingJobs", self.missing_jobs)
        return stated or ("leave" if self.is_clustered else "noop")  # type: ignore[return-value]

    @property
    def table_prefix(self) -> str:
        """What the names of the tables begin with, a schema included."""
        return self.properties.get(f"{_Q}jobStore.tablePrefix", DEFAULT_PREFIX)

    @property
    def scheduler_name(self) -> str:
        """The name under which the store keeps this scheduler's rows (SCHED_NAME)."""
        return self.properties.get(f"{_Q}scheduler.instanceName", self.name)

    def to_properties(self) -> dict[str, str]:
        """Give Quartz's properties; the user's own win."""
        properties = self._scheduler() | self._thread_pool()
        if self.store.jdbc_url is None:
            properties[f"{_Q}jobStore.class"] = "org.quartz.simpl.RAMJobStore"
        else:
            properties |= self._job_store() | self._data_source()
        return properties | dict(self.properties)

    def _scheduler(self) -> dict[str, str]:
        helper = "StrictClassLoadHelper" if self.policy == "error" else "BridgeClassLoadHelper"
        return {
            f"{_Q}scheduler.instanceName": self.name,
            f"{_Q}scheduler.instanceId": self._instance_id(),
            f"{_Q}scheduler.makeSchedulerThreadDaemon": "true",
            f"{_Q}scheduler.classLoadHelper.class": _BRIDGE + helper,
            f"{_Q}scheduler.jobFactory.class": f"{_BRIDGE}BridgeJobFactory",
        }

    def _instance_id(self) -> str:
        # Quartz's own is the host and the millisecond, which two processes can share.
        if self.instance_id == "AUTO" and self.is_clustered:
            return _unique_id()
        return self.instance_id

    def _thread_pool(self) -> dict[str, str]:
        return {
            f"{_Q}threadPool.class": f"{_BRIDGE}WorkerPool",
            f"{_Q}threadPool.threadCount": str(self.threads),
            f"{_Q}threadPool.prefetch": str(self.prefetch),
        }

    def _job_store(self) -> dict[str, str]:
        properties = {
            f"{_Q}jobStore.class": f"{_STORE}BridgeJobStore",
            f"{_Q}jobStore.driverDelegateClass": f"{_STORE}BridgeDelegate",
            f"{_Q}jobStore.dataSource": _DATA_SOURCE,
            f"{_Q}jobStore.makeThreadsDaemons": "true",
            f"{_Q}jobStore.isClustered": _text(self.is_clustered),
            # Without the lock, two nodes now and then run one firing twice.
            f"{_Q}jobStore.acquireTriggersWithinLock": _text(self.is_clustered),
            f"{_Q}jobStore.missingJobs": self.policy,
        }
        if self.allow_classes:
            properties[f"{_Q}jobStore.allowClasses"] = ",".join(self.allow_classes)
        return properties

    def _data_source(self) -> dict[str, str]:
        source = f"{_Q}dataSource.{_DATA_SOURCE}"
        properties = {
            f"{source}.provider": "hikaricp",
            f"{source}.driver": self.store.driver or "",
            f"{source}.URL": self.store.jdbc_url or "",
            f"{source}.maxConnections": str(self.threads + _OTHER_CONNECTIONS),
            f"{source}.connectionTimeout": "10000",
            f"{source}.minimumIdle": "2",
        }
        if self.store.user is not None:
            properties[f"{source}.user"] = self.store.user
        if self.store.password is not None:
            properties[f"{source}.password"] = self.store.password
        return properties


def for_visit(settings: Settings, name: str | None = None) -> Settings:
    """Give the settings of a scheduler that looks at a store or writes it, and never runs a job.

    It has an id of its own: a store's nodes sign off by their id, and a visitor that bore another's
    would take away what that one is about to fire. It locks in the database, beside whoever does.
    Plugins and listeners stay at home: they may write the store.
    """
    left_out = tuple(_Q + name for name in _RUNNING_ONLY)
    properties = {k: v for k, v in settings.properties.items() if not k.startswith(left_out)}
    if settings.store.is_shared:
        properties[f"{_Q}jobStore.useDBLocks"] = "true"
    return replace(
        settings,
        name=name or settings.name,
        instance_id=f"visitor-{_unique_id()}",
        threads=1,
        missing_jobs="leave",
        properties=properties,
    )


def check_properties(properties: Mapping[str, str]) -> None:
    """Refuse a property that Quartz does not have, naming the nearest one that it has."""
    for key, value in properties.items():
        if not isinstance(value, str):
            raise ConfigurationError(f"the property {key} is {value!r}; its value must be a string")
        if key in _KNOWN or key.startswith(tuple(_Q + name for name in _OPEN)):
            continue
        near = difflib.get_close_matches(key, _KNOWN, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ConfigurationError(f"Quartz has no property {key!r}{hint}")


def from_properties(properties: Mapping[str, str]) -> Settings:
    """Read the properties of a Java deployment: its store and names, with our workers and store.

    What belongs to Java's own threads and classes (the thread pool's class, stock's job store and
    delegates) gives way to what runs Python jobs; all else is kept.
    """
    check_properties(properties)
    rest = dict(properties)
    store_class = rest.pop(f"{_Q}jobStore.class", "org.quartz.simpl.RAMJobStore")
    rest.pop(f"{_Q}threadPool.class", None)
    for name in ("threadPriority", "threadNamePrefix", "makeThreadsDaemons"):
        rest.pop(f"{_Q}threadPool.{name}", None)
    threads = _number(rest.pop(f"{_Q}threadPool.threadCount", "10"))
    name = rest.pop(f"{_Q}scheduler.instanceName", "QuartzScheduler")
    instance_id = rest.pop(f"{_Q}scheduler.instanceId", "NON_CLUSTERED")
    missing = rest.pop(f"{_Q}jobStore.missingJobs", None)
    store = parse_store(None)
    if not store_class.endswith("RAMJobStore"):
        store = _take_store(rest)
    clustered = rest.get(f"{_Q}jobStore.isClustered", "false").strip().lower() == "true"
    return Settings(
        store=store,
        name=name,
        instance_id=instance_id,
        clustered=clustered,
        threads=threads,
        missing_jobs=missing,  # type: ignore[arg-type]  # checked by the value
        properties=rest,
    )


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise ConfigurationError(
            f"{_Q}threadPool.threadCount is {text!r}, which is no number"
        ) from error


def _take_store(rest: dict[str, str]) -> StoreAddress:
    delegate = rest.get(f"{_Q}jobStore.driverDelegateClass", "")
    if re.search(r"\.(StdJDBC|PostgreSQL|HSQLDB)Delegate$", delegate):
        del rest[f"{_Q}jobStore.driverDelegateClass"]
    source_name = rest.pop(f"{_Q}jobStore.dataSource", None)
    if source_name is None:
        raise ConfigurationError(f"a JDBC store needs the property {_Q}jobStore.dataSource")
    source = f"{_Q}dataSource.{source_name}."
    url = rest.pop(f"{source}URL", None)
    if url is None:
        raise ConfigurationError(f"the data source {source_name!r} has no property {source}URL")
    address = parse_store(url if url.startswith("jdbc:") else f"jdbc:{url}")
    renamed = {
        f"{_Q}dataSource.{_DATA_SOURCE}.{key.removeprefix(source)}": rest.pop(key)
        for key in [key for key in rest if key.startswith(source)]
    }
    user = renamed.pop(f"{_Q}dataSource.{_DATA_SOURCE}.user", address.user)
    password = renamed.pop(f"{_Q}dataSource.{_DATA_SOURCE}.password", address.password)
    driver = renamed.pop(f"{_Q}dataSource.{_DATA_SOURCE}.driver", address.driver)
    if address.driver is not None:
        driver = address.driver
    renamed.pop(f"{_Q}dataSource.{_DATA_SOURCE}.provider", None)
    rest |= renamed
    return replace(address, user=user, password=password, driver=driver)


def read_properties_file(path: str | os.PathLike[str]) -> dict[str, str]:
    """Read a file in the format of java.util.Properties."""
    try:
        with open(path, encoding="latin-1") as file:
            text = file.read()
    except OSError as error:
        raise ConfigurationError(f"can't read {os.fspath(path)}: {error.strerror}") from error
    properties: dict[str, str] = {}
    for line in _logical_lines(text):
        match = re.match(r"((?:\\.|[^\\:=\s])*)\s*[:=]?\s*(.*)", line, re.S)
        assert match is not None
        properties[_unescape(match[1])] = _unescape(match[2]).strip(" \t")
    return properties


def _logical_lines(text: str) -> list[str]:
    """Give the lines that a trailing backslash joins as one; comments and empty ones are left out.

    Only what Java takes for a line's end is one: ``str.splitlines`` knows several more.
    """
    lines: list[str] = []
    going_on = False
    for line in text.split("\n"):
        line = line.lstrip(" \t\f")
        if not going_on and (not line or line[0] in "#!"):
            continue
        start = lines.pop() if going_on else ""
        going_on = (len(line) - len(line.rstrip("\\"))) % 2 == 1
        lines.append(start + (line[:-1] if going_on else line))
    return lines


def _unescape(text: str) -> str:
    named = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}

    def plain(match: re.Match[str]) -> str:
        if match[1].startswith("u") and len(match[1]) == 5:
            return chr(int(match[1][1:], 16))
        return named.get(match[1], match[1])

    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", plain, text, flags=re.S)


def _unique_id() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def _text(value: bool) -> str:
    return "true" if value else "false"
