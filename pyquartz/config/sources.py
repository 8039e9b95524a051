"""A data source of a Java deployment as the address of a store."""

from __future__ import annotations

import logging
from dataclasses import replace

from ..errors import ConfigurationError
from ..store.url import StoreAddress, parse_store
from .keys import OF_ANY_SOURCE, Q
from .pools import POOLS, for_hikari

log = logging.getLogger("pyquartz.config")
NAME_STORE = (
    "say where the store is with Scheduler.from_properties(path, store='postgresql://...') or, on "
    "the command line, with --store instead of the file"
)


def take_source(rest: dict[str, str], name: str) -> tuple[StoreAddress, dict[str, str]]:
    """Take a data source out of properties: its address, and the settings of its pool, as ours."""
    prefix = f"{Q}dataSource.{name}."
    own = {k.removeprefix(prefix): rest.pop(k) for k in [*rest] if k.startswith(prefix)}
    jndi = own.get("jndiURL")
    if jndi is not None:
        raise ConfigurationError(
            f"{prefix}jndiURL is {jndi!r}, a data source of an application server, which this "
            f"process has no part in; {NAME_STORE}"
        )
    provider = own.pop("connectionProvider.class", "").strip()
    url = own.pop("URL", "").strip()
    if not url:
        of = f" (its connectionProvider.class is {provider})" if provider else ""
        raise ConfigurationError(
            f"the data source {name!r} has no property {prefix}URL{of}; {NAME_STORE}"
        )
    if provider and provider not in POOLS:
        log.warning("%sconnectionProvider.class %s gives way to HikariCP", prefix, provider)
    return _address(own, prefix, url), _pool_settings(own, name)


def _address(own: dict[str, str], prefix: str, url: str) -> StoreAddress:
    address = parse_store(url if url.startswith("jdbc:") else f"jdbc:{url}")
    driver = own.pop("driver", "").strip() or None
    # The bundled drivers answer to their own names only.
    driver = address.driver or driver
    if driver is None:
        raise ConfigurationError(
            f"{prefix}driver is missing: the class name of the JDBC driver, whose jar goes on "
            "class_path="
        )
    return replace(
        address,
        user=own.pop("user", address.user),
        password=own.pop("password", address.password),
        driver=driver,
    )


def _pool_settings(own: dict[str, str], name: str) -> dict[str, str]:
    own.pop("provider", None)
    first = {key: own.pop(key).strip() for key in OF_ANY_SOURCE if key in own}
    pool, left_out = for_hikari(own)
    if left_out:
        log.info("Data source %s: its pool is HikariCP, which has no %s", name, ", ".join(left_out))
    return pool | {key: value for key, value in first.items() if value}
