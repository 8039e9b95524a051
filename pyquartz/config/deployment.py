"""The properties of a Java deployment, as settings of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from ..errors import ConfigurationError
from ..store.url import StoreAddress, parse_store
from .keys import Q, check_properties
from .settings import DATA_SOURCE, Settings


def from_properties(properties: Mapping[str, str]) -> Settings:
    """Read the properties of a Java deployment: its store and names, with our workers and store.

    What belongs to Java's own threads and classes (the thread pool's class, stock's job store and
    delegates) gives way to what runs Python jobs; all else is kept.
    """
    check_properties(properties)
    rest = dict(properties)
    store_class = rest.pop(f"{Q}jobStore.class", "org.quartz.simpl.RAMJobStore")
    rest.pop(f"{Q}threadPool.class", None)
    for name in ("threadPriority", "threadNamePrefix", "makeThreadsDaemons"):
        rest.pop(f"{Q}threadPool.{name}", None)
    threads = _number(rest.pop(f"{Q}threadPool.threadCount", "10"))
    name = rest.pop(f"{Q}scheduler.instanceName", "QuartzScheduler")
    instance_id = rest.pop(f"{Q}scheduler.instanceId", "NON_CLUSTERED")
    missing = rest.pop(f"{Q}jobStore.missingJobs", None)
    store = parse_store(None)
    if not store_class.endswith("RAMJobStore"):
        store = _take_store(rest)
    clustered = rest.get(f"{Q}jobStore.isClustered", "false").strip().lower() == "true"
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
            f"{Q}threadPool.threadCount is {text!r}, which is no number"
        ) from error


def _take_store(rest: dict[str, str]) -> StoreAddress:
    delegate = rest.get(f"{Q}jobStore.driverDelegateClass", "")
    if re.search(r"\.(StdJDBC|PostgreSQL|HSQLDB)Delegate$", delegate):
        del rest[f"{Q}jobStore.driverDelegateClass"]
    source_name = rest.pop(f"{Q}jobStore.dataSource", None)
    if source_name is None:
        raise ConfigurationError(f"a JDBC store needs the property {Q}jobStore.dataSource")
    source = f"{Q}dataSource.{source_name}."
    url = rest.pop(f"{source}URL", None)
    if url is None:
        raise ConfigurationError(f"the data source {source_name!r} has no property {source}URL")
    address = parse_store(url if url.startswith("jdbc:") else f"jdbc:{url}")
    renamed = {
        f"{Q}dataSource.{DATA_SOURCE}.{key.removeprefix(source)}": rest.pop(key)
        for key in [key for key in rest if key.startswith(source)]
    }
    user = renamed.pop(f"{Q}dataSource.{DATA_SOURCE}.user", address.user)
    password = renamed.pop(f"{Q}dataSource.{DATA_SOURCE}.password", address.password)
    driver = renamed.pop(f"{Q}dataSource.{DATA_SOURCE}.driver", address.driver)
    if address.driver is not None:
        driver = address.driver
    renamed.pop(f"{Q}dataSource.{DATA_SOURCE}.provider", None)
    rest |= renamed
    return replace(address, user=user, password=password, driver=driver)
