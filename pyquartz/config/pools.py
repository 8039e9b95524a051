"""Connection pools: what Quartz's data sources may say of theirs, and what it means for ours.

The wheel carries HikariCP. A deployment whose pool is c3p0, Quartz's default, keeps what both have.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import ConfigurationError

# The providers of Quartz's own, which a data source may name as its class too.
POOLS = (
    "org.quartz.utils.C3p0PoolingConnectionProvider",
    "org.quartz.utils.HikariCpPoolingConnectionProvider",
)
HIKARI = frozenset(
    (
        "allowPoolSuspension", "autoCommit", "catalog", "connectionInitSql",
        "connectionTestQuery", "connectionTimeout", "dataSourceClassName", "dataSourceJNDI",
        "driverClassName", "exceptionOverrideClassName", "idleTimeout",
        "initializationFailTimeout", "isolateInternalQueries", "jdbcUrl", "keepaliveTime",
        "leakDetectionThreshold", "loginTimeout", "maxLifetime", "maximumPoolSize",
        "minimumIdle", "password", "poolName", "readOnly", "registerMbeans", "schema",
        "transactionIsolation", "username", "validationTimeout",
    )
)  # fmt: skip
# c3p0's own beside those that Quartz reads for it; not bundled, so not asked for by reflection.
C3P0 = frozenset(
    (
        "maxCachedStatementsPerConnection", "validateOnCheckout",
        "idleConnectionValidationSeconds", "discardIdleConnectionsSeconds", "acquireIncrement",
        "acquireRetryAttempts", "acquireRetryDelay", "autoCommitOnClose", "automaticTestTable",
        "breakAfterAcquireFailure", "checkoutTimeout", "connectionCustomizerClassName",
        "connectionTesterClassName", "contextClassLoaderSource", "dataSourceName",
        "debugUnreturnedConnectionStackTraces", "description", "driverClass", "extensions",
        "factoryClassLocation", "forceIgnoreUnresolvedTransactions", "forceSynchronousCheckins",
        "forceUseNamedDriverClass", "idleConnectionTestPeriod", "initialPoolSize", "jdbcUrl",
        "loginTimeout", "maxAdministrativeTaskTime", "maxConnectionAge", "maxIdleTime",
        "maxIdleTimeExcessConnections", "maxPoolSize", "maxStatements",
        "maxStatementsPerConnection", "minPoolSize", "numHelperThreads",
        "overrideDefaultPassword", "overrideDefaultUser", "password", "preferredTestQuery",
        "privilegeSpawnedThreads", "propertyCycle", "statementCacheNumDeferredCloseThreads",
        "testConnectionOnCheckin", "testConnectionOnCheckout", "unreturnedConnectionTimeout",
        "user", "usesTraditionalReflectiveProxies",
    )
)  # fmt: skip
# What both pools have: c3p0's name, ours, and how many of ours one of theirs is (None: a text).
_SAME: dict[str, tuple[str, int | None]] = {
    "maxPoolSize": ("maxConnections", 1),
    "minPoolSize": ("minimumIdle", 1),
    "preferredTestQuery": ("validationQuery", None),
    "checkoutTimeout": ("connectionTimeout", 1),
    "maxIdleTime": ("idleTimeout", 1000),
    "discardIdleConnectionsSeconds": ("idleTimeout", 1000),
    "maxConnectionAge": ("maxLifetime", 1000),
    "idleConnectionTestPeriod": ("keepaliveTime", 1000),
    "idleConnectionValidationSeconds": ("keepaliveTime", 1000),
}
# HikariCP takes a shorter span for a mistake, says so, and puts its own in its place.
_SHORTEST = {
    "connectionTimeout": 250,
    "idleTimeout": 10_000,
    "maxLifetime": 30_000,
    "keepaliveTime": 30_000,
}


def for_hikari(settings: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Turn a data source's settings of its pool into HikariCP's; the rest is left out and named."""
    kept: dict[str, str] = {}
    left_out: list[str] = []
    for name, value in settings.items():
        if name in _SAME:
            ours, factor = _SAME[name]
            text = value if factor is None else _number(name, value, factor)
            if factor is None or int(text) >= _SHORTEST.get(ours, 0):
                kept.setdefault(ours, text)
            else:
                left_out.append(name)
        elif name in HIKARI:
            kept[name] = value
        else:
            left_out.append(name)
    return kept, left_out


def _number(name: str, value: str, factor: int) -> str:
    try:
        return str(int(value) * factor)
    except ValueError as error:
        raise ConfigurationError(f"a data source's {name} is {value!r}, no whole number") from error
