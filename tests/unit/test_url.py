"""Addresses of stores, and the secrets in them that are never shown."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url

from pyquartz.errors import StoreError
from pyquartz.store.url import StoreAddress, parse_store

PASSWORD = "p@ss w:rd/1;?&=%"


def test_none_is_memory() -> None:
    address = parse_store(None)
    assert (str(address), address.dialect, address.jdbc_url) == ("RAM", "ram", None)
    assert not address.is_shared
    assert not address.is_new_file


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("h2:///data/quartz", "/data/quartz"),
        ("h2:/data/quartz", "/data/quartz"),
        ("h2:////data/quartz", "/data/quartz"),
        ("h2:///data/quartz.mv.db", "/data/quartz"),
        ("h2:///data/with space", "/data/with space"),
        ("h2:///~/quartz", str(Path.home() / "quartz")),
        ("h2:~/quartz", str(Path.home() / "quartz")),
        ("h2:quartz", str(Path.cwd() / "quartz")),
        ("h2://./quartz", str(Path.cwd() / "quartz")),
    ],
)
def test_an_embedded_file_is_named_by_its_path(text: str, path: str) -> None:
    address = parse_store(text)
    assert address.file == Path(path)
    assert address.jdbc_url == f"jdbc:h2:file:{path};DB_CLOSE_ON_EXIT=FALSE"
    assert (address.dialect, address.user, address.password) == ("h2", "sa", "")
    assert address.driver == "org.h2.Driver"
    assert str(address) == f"jdbc:h2:file:{path}"
    assert not address.is_shared


def test_options_of_h2_are_handed_on() -> None:
    address = parse_store("h2:///data/q?MODE=PostgreSQL&DB_CLOSE_ON_EXIT=TRUE")
    assert address.jdbc_url == "jdbc:h2:file:/data/q;DB_CLOSE_ON_EXIT=TRUE;MODE=PostgreSQL"


def test_a_new_file_is_one_that_is_not_there(tmp_path: Path) -> None:
    address = parse_store(f"h2://{tmp_path}/q")
    assert address.is_new_file
    (tmp_path / "q.mv.db").touch()
    assert not address.is_new_file


@pytest.mark.parametrize("text", ["h2:", "h2://", "h2:///", "h2:."])
def test_an_embedded_store_needs_a_file(text: str) -> None:
    with pytest.raises(StoreError, match="names no file"):
        parse_store(text)


def test_a_file_that_h2_can_not_open_is_refused() -> None:
    with pytest.raises(StoreError, match="semicolon"):
        parse_store("h2:///data/a;INIT=DROP")


@pytest.mark.parametrize(
    ("text", "dialect", "jdbc"),
    [
        ("postgresql://u:p@db:5433/q", "postgresql", "jdbc:postgresql://db:5433/q"),
        ("postgresql+psycopg://u:p@db/q", "postgresql", "jdbc:postgresql://db/q"),
        ("postgresql://u:p@[::1]:5432/q", "postgresql", "jdbc:postgresql://[::1]:5432/q"),
        ("postgresql://u:p@db/a%20b", "postgresql", "jdbc:postgresql://db/a%20b"),
        ("mariadb://u:p@db:3307/q", "mariadb", "jdbc:mariadb://db:3307/q"),
        ("mariadb+pymysql://u:p@db/q", "mariadb", "jdbc:mariadb://db/q"),
        ("mysql+pymysql://u:p@db/q", "mariadb", "jdbc:mariadb://db/q"),
        ("mysql://u:p@/q", "mariadb", "jdbc:mariadb://localhost/q"),
    ],
)
def test_a_url_of_sqlalchemy_becomes_one_of_jdbc(text: str, dialect: str, jdbc: str) -> None:
    for store in (text, make_url(text)):
        address = parse_store(store)
        assert address.dialect == dialect
        assert str(address) == jdbc
        assert (address.user, address.password) == ("u", "p")
        assert address.is_shared
        assert address.jdbc_url is not None
        assert "tcpKeepAlive=true" in address.jdbc_url
        assert "socketTimeout=" in address.jdbc_url


def test_the_users_options_win_over_ours() -> None:
    address = parse_store("postgresql://u:p@db/q?connectTimeout=3&sslmode=require")
    assert address.jdbc_url is not None
    assert "connectTimeout=3" in address.jdbc_url
    assert "connectTimeout=10" not in address.jdbc_url
    assert "sslmode=require" in address.jdbc_url


def test_an_engine_gives_its_url() -> None:
    url = URL.create("postgresql+psycopg", "u", PASSWORD, "db", 5432, "q")
    assert parse_store(create_engine(url)) == parse_store(url)
    assert parse_store(url).password == PASSWORD


@pytest.mark.parametrize(
    ("text", "shown", "user", "password"),
    [
        ("jdbc:postgresql://db/q?user=u&password=p&ssl=true", "jdbc:postgresql://db/q", "u", "p"),
        ("jdbc:postgresql://db/q?ssl=true&user=u", "jdbc:postgresql://db/q", "u", None),
        ("jdbc:postgresql://db/q?password=p%40ss%2F1", "jdbc:postgresql://db/q", None, "p@ss/1"),
        ("jdbc:mariadb://db/q", "jdbc:mariadb://db/q", None, None),
        ("jdbc:mysql://db/q?user=u", "jdbc:mariadb://db/q", "u", None),
        ("jdbc:h2:file:/data/q;USER=me;PASSWORD=p%1;MODE=x", "jdbc:h2:file:/data/q", "me", "p%1"),
        ("jdbc:h2:mem:q", "jdbc:h2:mem:q", "sa", ""),
        ("jdbc:h2:tcp://db/q", "jdbc:h2:tcp://db/q", "sa", ""),
        (
            "jdbc:sqlserver://db;databaseName=q;user=u;password=p",
            "jdbc:sqlserver://db", "u", "p",
        ),
    ],
)  # fmt: skip
def test_a_jdbc_url_gives_up_its_login(
    text: str, shown: str, user: str | None, password: str | None
) -> None:
    address = parse_store(text)
    assert str(address) == shown
    assert (address.user, address.password) == (user, password)
    assert address.jdbc_url is not None
    assert "assword" not in address.jdbc_url
    assert "PASSWORD" not in address.jdbc_url


def test_the_other_options_of_a_jdbc_url_stay() -> None:
    address = parse_store("jdbc:postgresql://db/q?user=u&password=p&ssl=true")
    assert address.jdbc_url == "jdbc:postgresql://db/q?ssl=true"
    assert parse_store("jdbc:h2:file:/d/q;USER=u;MODE=x").jdbc_url == "jdbc:h2:file:/d/q;MODE=x"
    assert parse_store("jdbc:h2:file:/d/q;MODE=x").file == Path("/d/q")


def test_a_driver_that_is_not_bundled_is_the_users_business() -> None:
    address = parse_store("jdbc:oracle:thin:scott/tiger@//db:1521/q")
    assert (address.dialect, address.driver) == ("other", None)
    assert "tiger" not in f"{address} {address!r}"
    assert str(address) == "jdbc:oracle:thin:@//db:1521/q"


@pytest.mark.parametrize(
    "url",
    [
        "jdbc:oracle:thin:@//db:1521/SERVICE",
        "jdbc:oracle:thin:@db:1521:SID",
        "jdbc:oracle:oci:@TNS",
        "jdbc:sqlserver://db:1433;databaseName=q",
        "jdbc:db2://db:50000/q",
        "jdbc:sybase:Tds:db:5000/q",
    ],
)
def test_a_url_without_a_login_is_left_as_it_is(url: str) -> None:
    address = parse_store(url)
    assert (address.jdbc_url, address.user, address.password) == (url, None, None)
    assert str(address) == url.partition(";")[0]


def test_an_h2_server_is_shared() -> None:
    assert parse_store("jdbc:h2:tcp://db/q").is_shared
    assert not parse_store("jdbc:h2:mem:q").is_shared


@pytest.mark.parametrize(
    ("store", "words"),
    [
        ("sqlite:///file.db", "can't be in 'sqlite'"),
        ("jdbc:sqlite:file.db", "can't be in 'sqlite'"),
        ("postgresql://u:secret@db", "names no database: postgresql://u:\\*\\*\\*@db"),
        ("postgresql:///q", "over TCP only"),
        ("postgresql://u:secret@/q?host=/var/run", "over TCP only"),
        ("", "no URL of a store"),
        ("not a url", "no URL of a store"),
        ("postgresql://u:secret@db:port/q", "no URL of a store"),
        (5, "not a int"),
        (Path("/data/q"), "not a PosixPath"),
    ],
)
def test_what_is_no_store_is_refused_with_what_is(store: Any, words: str) -> None:
    with pytest.raises(StoreError, match=words) as caught:
        parse_store(store)
    assert "secret" not in "".join(traceback.format_exception_only(caught.value))
    assert "secret" not in "".join(map(str, _chain(caught.value)))


def _chain(error: BaseException | None) -> list[BaseException]:
    chain = []
    while error is not None:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return chain


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=4))
def test_no_password_is_ever_shown(password: str) -> None:
    url = f"postgresql://u:{quote(password, safe='')}@db.example.org/q"
    address = parse_store(url)
    assert address.password == password
    assert address.jdbc_url == parse_store("postgresql://u@db.example.org/q").jdbc_url
    plain = StoreAddress(address.dialect, address.jdbc_url, "u", None, address.driver)
    assert repr(address) == repr(plain)


def test_options_are_not_shown_for_they_may_be_secrets() -> None:
    address = parse_store("postgresql://u:p@db/q?sslpassword=hidden&password=hidden")
    assert "hidden" not in f"{address} {address!r}"
