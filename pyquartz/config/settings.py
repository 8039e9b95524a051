"""All that a scheduler is made with, typed and checked, and how it becomes Quartz's properties."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from ..errors import ConfigurationError
from ..store.schema import DEFAULT_PREFIX
from ..store.url import StoreAddress
from .keys import Q, check_properties

MissingJobs = Literal["noop", "leave", "error"]

_BRIDGE = "org.pyquartz.bridge."
_STORE = "org.pyquartz.store."
_STOCK = "org.quartz.impl.jdbcjobstore."
DATA_SOURCE = "pyquartz"
# How late a firing may be before its misfire policy decides, in milliseconds.
MISFIRE_THRESHOLD = f"{Q}jobStore.misfireThreshold"
# Connections beside those of the workers: Quartz's threads, check-ins, the user's calls.
_OTHER_CONNECTIONS = 5

# What only a scheduler that runs jobs has a use for.
_RUNNING_ONLY = ("plugin.", "jobListener.", "triggerListener.")


@dataclass(frozen=True)
class ProcessLimits:
    """After how many jobs a process is replaced, and how many bytes of data it may hold."""

    tasks: int | None = None
    memory: int | None = None


# How many triggers that are due at the same time are acquired in one transaction, if as many can
# begin at once. In a database more would make for bursts, and leave peers less.
_BATCH_IN_MEMORY = 100
_BATCH_IN_DATABASE = 3


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
        for name in ("name", "instance_id"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name):
                raise ConfigurationError(
                    f"{name}={getattr(self, name)!r}: a string that is not empty"
                )
        is_count = isinstance(self.processes, int) and not isinstance(self.processes, bool)
        if self.processes is not None and not (is_count and self.processes >= 1):
            raise ConfigurationError(f"processes={self.processes!r}: an int of 1 or more, or None")
        _ = self.process_limits
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
        stated = self.properties.get(f"{Q}jobStore.isClustered")
        if stated is not None:
            return stated.strip().lower() == "true"
        return self.store.is_shared if self.clustered is None else self.clustered

    @property
    def policy(self) -> MissingJobs:
        """What happens to jobs whose class this node lacks."""
        stated = self.properties.get(f"{Q}jobStore.missingJobs", self.missing_jobs)
        return stated or ("leave" if self.is_clustered else "noop")  # type: ignore[return-value]

    @property
    def table_prefix(self) -> str:
        """What the names of the tables begin with, a schema included."""
        return self.properties.get(f"{Q}jobStore.tablePrefix", DEFAULT_PREFIX)

    @property
    def connections(self) -> tuple[int, int] | None:
        """How many connections the pool has at most, and for how many threads, if that is said."""
        properties = self.to_properties()
        limits = [v for k, v in properties.items() if k.endswith(".maxConnections")]
        threads = properties[f"{Q}threadPool.threadCount"]
        if not threads.isdecimal() or not limits or not all(v.isdecimal() for v in limits):
            return None
        return min(map(int, limits)), int(threads)

    @property
    def scheduler_name(self) -> str:
        """The name under which the store keeps this scheduler's rows (SCHED_NAME)."""
        return self.properties.get(f"{Q}scheduler.instanceName", self.name)

    @property
    def process_limits(self) -> ProcessLimits:
        """When a process of the pool is replaced, and how much memory it may take."""
        tasks = self.properties.get(f"{Q}processPool.maxTasks")
        memory = self.properties.get(f"{Q}processPool.maxMemory")
        if memory is not None and os.name != "posix":
            raise ConfigurationError(f"{Q}processPool.maxMemory: this system has no such limit")
        return ProcessLimits(
            None if tasks is None else _positive(f"{Q}processPool.maxTasks", tasks),
            None if memory is None else _bytes(f"{Q}processPool.maxMemory", memory),
        )

    def to_properties(self) -> dict[str, str]:
        """Give Quartz's properties; the user's own win."""
        properties = self._scheduler() | self._thread_pool()
        if self.store.jdbc_url is None:
            properties[f"{Q}jobStore.class"] = f"{_STORE}BridgeRamStore"
        else:
            properties |= self._job_store() | self._data_source()
        return properties | dict(self.properties)

    def _scheduler(self) -> dict[str, str]:
        in_memory = self.store.jdbc_url is None
        batch = min(
            self.threads + self.coroutines, _BATCH_IN_MEMORY if in_memory else _BATCH_IN_DATABASE
        )
        helper = "StrictClassLoadHelper" if self.policy == "error" else "BridgeClassLoadHelper"
        return {
            f"{Q}scheduler.instanceName": self.name,
            f"{Q}scheduler.instanceId": self._instance_id(),
            f"{Q}scheduler.batchTriggerAcquisitionMaxCount": str(batch),
            f"{Q}scheduler.makeSchedulerThreadDaemon": "true",
            f"{Q}scheduler.classLoadHelper.class": _BRIDGE + helper,
            f"{Q}scheduler.jobFactory.class": f"{_BRIDGE}BridgeJobFactory",
        }

    def _instance_id(self) -> str:
        # Quartz's own is the host and the millisecond, which two processes can share.
        generator = f"{Q}scheduler.instanceIdGenerator.class"
        if self.instance_id == "AUTO" and self.is_clustered and generator not in self.properties:
            return _unique_id()
        return self.instance_id

    def _thread_pool(self) -> dict[str, str]:
        return {
            f"{Q}threadPool.class": f"{_BRIDGE}WorkerPool",
            f"{Q}threadPool.threadCount": str(self.threads),
            f"{Q}threadPool.prefetch": str(self.prefetch),
            f"{Q}threadPool.coroutines": str(self.coroutines),
        }

    def _job_store(self) -> dict[str, str]:
        properties = {
            f"{Q}jobStore.class": f"{_STORE}BridgeJobStore",
            f"{Q}jobStore.driverDelegateClass": f"{_STORE}BridgeDelegate",
            f"{Q}jobStore.dataSource": DATA_SOURCE,
            f"{Q}jobStore.makeThreadsDaemons": "true",
            f"{Q}jobStore.isClustered": _text(self.is_clustered),
            # Without the lock, two nodes now and then run one firing twice.
            f"{Q}jobStore.acquireTriggersWithinLock": _text(self.is_clustered),
            f"{Q}jobStore.missingJobs": self.policy,
        }
        if self.allow_classes:
            properties[f"{Q}jobStore.allowClasses"] = ",".join(self.allow_classes)
        if (self.store.jdbc_url or "").startswith("jdbc:sqlserver:"):
            # Its rows are locked in words of its own, which go by the delegate's name.
            properties[f"{Q}jobStore.stockDelegate"] = f"{_STOCK}MSSQLDelegate"
        return properties

    def _data_source(self) -> dict[str, str]:
        source = f"{Q}dataSource.{DATA_SOURCE}"
        if not (self.store.driver or self.properties.get(f"{source}.driver")):
            raise ConfigurationError(
                f"the JDBC driver of {self.store} is not known here: name its class with "
                f"properties={{'{source}.driver': '...'}} and its jar with class_path=[...]"
            )
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
    left_out = tuple(Q + name for name in _RUNNING_ONLY)
    properties = {k: v for k, v in settings.properties.items() if not k.startswith(left_out)}
    if settings.store.is_shared:
        properties[f"{Q}jobStore.useDBLocks"] = "true"
    return replace(
        settings,
        name=name or settings.name,
        instance_id=f"visitor-{_unique_id()}",
        threads=1,
        missing_jobs="leave",
        properties=properties,
    )


def with_prefix(settings: Settings, prefix: str | None) -> Settings:
    """Give the settings for tables whose names begin otherwise; None leaves them as they are."""
    if prefix is None:
        return settings
    own = {**settings.properties, f"{Q}jobStore.tablePrefix": prefix}
    return replace(settings, properties=own)


def _unique_id() -> str:
    # Only a node of a cluster needs one.
    import secrets
    import socket

    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def _positive(key: str, text: str) -> int:
    if not text.strip().isdecimal() or int(text) < 1:
        raise ConfigurationError(f"{key} is {text!r}: an int of 1 or more, or leave it out")
    return int(text)


def _bytes(key: str, text: str) -> int:
    found = re.fullmatch(r"([1-9]\d*)([kmg]?)", text.strip().lower())
    if found is None:
        raise ConfigurationError(f"{key} is {text!r}: bytes as in 800m, with k, m, g or nothing")
    return int(found[1]) << 10 * " kmg".index(found[2] or " ")


def _text(value: bool) -> str:
    return "true" if value else "false"
