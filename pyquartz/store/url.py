"""Addresses of stores: SQLAlchemy URLs and Engines, JDBC URLs, and the embedded default.

The password is kept apart from everything that is ever shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl, quote, unquote, unquote_plus, urlencode

from ..errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

Dialect = Literal["ram", "h2", "postgresql", "mariadb", "other"]

_DRIVERS: dict[str, str] = {
    "h2": "org.h2.Driver",
    "postgresql": "org.postgresql.Driver",
    "mariadb": "org.mariadb.jdbc.Driver",
}
_BY_BACKEND: dict[str, Dialect] = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mariadb": "mariadb",
    "mysql": "mariadb",
}
_KNOWN = "'h2:///path/to/file', 'postgresql://...', 'mariadb://...', 'mysql://...' or 'jdbc:...'"
# A connection that is dead but open must not hang the scheduler, so reading has an end.
_TIMEOUTS = {
    "postgresql": {"connectTimeout": "10", "socketTimeout": "120", "tcpKeepAlive": "true"},
    "mariadb": {"connectTimeout": "10000", "socketTimeout": "120000", "tcpKeepAlive": "true"},
}


@dataclass(frozen=True)
class StoreAddress:
    """Where a store is, as JDBC needs it."""

    dialect: Dialect
    # Its options may hold secrets of a driver's own.
    jdbc_url: str | None = field(default=None, repr=False)
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    driver: str | None = None
    file: Path | None = None

    def __repr__(self) -> str:
        return f"<StoreAddress {self}>"

    def __str__(self) -> str:
        if self.jdbc_url is None:
            return "RAM"
        place = re.split(r"[?;]", self.jdbc_url)[0]
        # Some drivers take the login before the host: oracle:thin:user/password@host.
        return re.sub(r"((?<=//)[^:/@]+[:/]|(?<=:)[^:/@]+/)[^@]*@", "***@", place)

    @property
    def is_shared(self) -> bool:
        """Whether other processes can use the store at the same time."""
        return self.dialect not in ("ram", "h2") or (
            self.jdbc_url is not None and self.jdbc_url.startswith("jdbc:h2:tcp:")
        )

    @property
    def is_new_file(self) -> bool:
        """Whether it is an embedded file that does not exist yet."""
        return self.file is not None and not self.file.with_name(self.file.name + ".mv.db").exists()


def parse_store(store: object) -> StoreAddress:
    """Read what the user gave for a store; None is RAM."""
    if store is None:
        return StoreAddress("ram")
    url = getattr(store, "url", None)
    if url is not None and not isinstance(store, str):
        return _from_sqlalchemy(url)
    if hasattr(store, "drivername"):
        return _from_sqlalchemy(store)
    if not isinstance(store, str):
        raise StoreError(f"a store is a URL ({_KNOWN}) or an Engine, not a {type(store).__name__}")
    if store.startswith("jdbc:"):
        return _from_jdbc(store)
    if store.startswith("h2:"):
        return _from_h2_path(store)
    return _from_sqlalchemy(_sqlalchemy_url(store))


def _sqlalchemy_url(text: str) -> URL:
    # Slow to import, and not needed by an embedded store.
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(text)
    except (ArgumentError, ValueError) as error:
        # The message of SQLAlchemy's shows the text, and so the password.
        raise StoreError(f"that is no URL of a store; stores are {_KNOWN}") from error.__class__(
            "the URL could not be parsed"
        )


def _from_h2_path(text: str) -> StoreAddress:
    path_text, _, query = text.removeprefix("h2:").partition("?")
    path_text = path_text.removeprefix("//")
    if path_text.startswith(("/~", "//")):
        path_text = path_text[1:]
    if path_text.strip("/") in ("", "."):
        raise StoreError(f"{text!r} names no file; the embedded store is 'h2:///path/to/file'")
    path = Path(path_text.removesuffix(".mv.db")).expanduser().absolute()
    if ";" in str(path):
        raise StoreError(f"{text!r}: H2 can't open a file whose name has a semicolon")
    options = {"DB_CLOSE_ON_EXIT": "FALSE"} | dict(parse_qsl(query))
    suffix = "".join(f";{name}={value}" for name, value in options.items())
    return StoreAddress("h2", f"jdbc:h2:file:{path}{suffix}", "sa", "", _DRIVERS["h2"], path)


def _from_sqlalchemy(url: Any) -> StoreAddress:
    dialect = _BY_BACKEND.get(url.get_backend_name())
    if dialect is None:
        raise _no_store_in(url.get_backend_name())
    query = {name: value for name, value in url.query.items() if isinstance(value, str)}
    if not url.database:
        raise StoreError(f"the store's URL names no database: {url.render_as_string()}")
    if dialect == "postgresql" and (not url.host or query.get("host", "").startswith("/")):
        raise StoreError("JDBC reaches PostgreSQL over TCP only: name a host in the store's URL")
    host = url.host or "localhost"
    place = f"[{host}]" if ":" in host else host
    port = f":{url.port}" if url.port else ""
    options = _TIMEOUTS[dialect] | query
    jdbc = f"jdbc:{dialect}://{place}{port}/{quote(url.database, safe='')}?{urlencode(options)}"
    return StoreAddress(dialect, jdbc, url.username, url.password, _DRIVERS[dialect])


def _no_store_in(kind: str) -> StoreError:
    return StoreError(
        f"a store can't be in {kind!r}, which Quartz has no delegate for; stores are {_KNOWN}"
    )


def _from_jdbc(text: str) -> StoreAddress:
    kind, _, place = text.removeprefix("jdbc:").partition(":")
    if not place:
        raise StoreError(f"that is no URL of a store; stores are {_KNOWN}")
    dialect: Dialect = _BY_BACKEND.get(kind, "h2" if kind == "h2" else "other")
    if kind == "sqlite":
        raise _no_store_in(kind)
    if kind == "mysql":
        # The bundled driver speaks MySQL's protocol too.
        text = text.replace("jdbc:mysql:", "jdbc:mariadb:", 1)
    address = StoreAddress(dialect, text, driver=_DRIVERS.get(dialect))
    if dialect == "h2" and ":file:" in text:
        path = re.split("[;?]", text.split(":file:", 1)[1])[0]
        address = replace(address, file=Path(path).expanduser().absolute())
    return _without_login(address)


def _without_login(address: StoreAddress) -> StoreAddress:
    """Take user and password out of a JDBC URL: its options, or before the host."""
    found: dict[str, str] = {}
    # As the drivers do: MariaDB's and H2's take what is written.
    decode = unquote_plus if address.dialect == "postgresql" else str

    def take_authority(match: re.Match[str]) -> str:
        found.update(user=unquote(match["user"]), password=unquote(match["password"]))
        return "//" if match["head"] == "//" else ":@"

    def take(match: re.Match[str]) -> str:
        found[match["name"].lower()] = decode(match["value"])
        return "?" if match["sign"] == "?" else ""

    pattern = r"(?P<sign>[?&;])(?P<name>user|password)=(?P<value>[^&;]*)"
    # Most drivers refuse a login there, with a message that shows it; Oracle's takes it.
    # Without "//" a colon parts the driver's own names: oracle:thin:@host has no login.
    authority = (
        r"(?P<head>(?P<slashes>//)|:)(?P<user>[^/:@?;]+)(?(slashes)[:/]|/)(?P<password>[^/@?;]*)@"
    )
    url = re.sub(authority, take_authority, address.jdbc_url or "", count=1)
    url = re.sub(pattern, take, url, flags=re.IGNORECASE)
    url = url.replace("?&", "?").rstrip("?")
    default = "sa" if address.dialect == "h2" else None
    return replace(
        address,
        jdbc_url=url,
        user=found.get("user", default),
        password=found.get("password", "" if address.dialect == "h2" else None),
    )
