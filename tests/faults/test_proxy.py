"""The proxy knows a COMMIT of both protocols however it comes, and cuts there and nowhere else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.faults.proxy import Cut, MariaDBCommits, PostgresCommits, Proxy
from tests.support.waiting import wait_until


def message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body


def packet(body: bytes) -> bytes:
    return len(body).to_bytes(3, "little") + b"\0" + body


TLS = message(b"", b"\x04\xd2\x16\x2f")
STARTUP = message(b"", b"\0\3\0\0user\0quartz\0\0")
PREPARED = message(b"P", b"S_1\0COMMIT\0\0\0")
BOUND = message(b"B", b"\0S_1\0\0\0\0\0\0\0")


def test_postgres_prepares_a_commit_and_binds_it_later() -> None:
    finder = PostgresCommits()
    assert not finder(TLS)
    assert not finder(STARTUP)
    assert not finder(message(b"Q", b"SELECT 'COMMIT'\0"))
    assert not finder(PREPARED)
    assert finder(BOUND + message(b"E", b"\0\0\0\0\0"))
    assert not finder(message(b"P", b"S_1\0SELECT 1\0\0\0") + BOUND)
    assert finder(message(b"Q", b"commit;\0"))


def test_mariadb_says_it_in_a_query() -> None:
    finder = MariaDBCommits()
    assert not finder(packet(b"\x85\xa6\xff handshake"))
    assert not finder(packet(b"\x03SELECT 'COMMIT'"))
    assert finder(packet(b"\x03COMMIT"))


def test_what_comes_in_pieces_is_put_together() -> None:
    finder = MariaDBCommits()
    pieces = [packet(b"\x03COMMIT")[n : n + 1] for n in range(11)]
    assert [finder(piece) for piece in pieces] == [False] * 10 + [True]


@pytest.fixture
def heard() -> Iterator[tuple[int, list[bytes]]]:
    """A server that answers each packet, and what it has heard."""
    said: list[bytes] = []

    def serve() -> None:
        with server.accept()[0] as client:
            while data := client.recv(1000):
                said.append(data)
                client.sendall(b"OK")
        ended.set()

    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], said
        assert ended.wait(20)


@pytest.mark.parametrize(("how", "arrives"), [("before", False), ("after", True), ("late", True)])
def test_a_cut_lets_a_commit_through_or_not_and_never_its_answer(
    how: Cut, arrives: bool, heard: tuple[int, list[bytes]]
) -> None:
    port, said = heard
    proxy = Proxy(port, MariaDBCommits)
    query, commit = packet(b"\x03SELECT 1"), packet(b"\x03COMMIT")
    with socket.create_connection(("127.0.0.1", proxy.port)) as client:
        client.sendall(query)
        assert client.recv(10) == b"OK"
        proxy.cut(how)
        client.sendall(query)
        assert client.recv(10) == b"OK"
        client.sendall(commit)
        assert client.recv(10) == b""
    if arrives:
        wait_until(lambda: len(said) == 3)
    proxy.close()
    assert proxy.cuts == 1
    assert said == [query, query, *([commit] if arrives else [])]
