"""A TCP proxy on loopback between a node and its database, which cuts connections and freezes.

It looks for COMMIT in what the client says, so that it can cut before the server hears of it, or
after the server has done it and before the client hears of that. Between the two lies the worst:
the client has lost the connection while its COMMIT is still on the way.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Literal

Cut = Literal["before", "after", "late"]
Finder = Callable[[bytes], bool]

_CHUNK = 65536
# How long a late COMMIT is on its way once the client has lost its connection.
_LATE_SECONDS = 0.3


class PostgresCommits:
    """Finds COMMIT among the messages of one client of PostgreSQL's."""

    # What a client sends in the place of its first message to ask for TLS or GSSAPI.
    _CIPHERS = (b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30")

    def __init__(self) -> None:
        self._buffer = b""
        self._started = False
        # Under which names the client has had COMMIT prepared; the empty name counts, too.
        self._prepared: set[bytes] = set()

    def __call__(self, data: bytes) -> bool:
        self._buffer += data
        # All of them, for what is prepared has to be known.
        found = [self._commits(kind, body) for kind, body in self._messages()]
        return any(found)

    def _messages(self) -> Iterator[tuple[bytes, bytes]]:
        while True:
            # The first message, which says who the client is, has no kind before its length.
            skip = 1 if self._started else 0
            length = int.from_bytes(self._buffer[skip : skip + 4], "big")
            if len(self._buffer) < skip + 4 or len(self._buffer) < skip + length:
                return
            kind = self._buffer[:skip]
            body = self._buffer[skip + 4 : skip + length]
            self._buffer = self._buffer[skip + length :]
            # Before it, the client may ask for a cipher, which it is not given.
            self._started = self._started or body[:4] not in self._CIPHERS
            yield kind, body

    def _commits(self, kind: bytes, body: bytes) -> bool:
        if kind == b"Q":
            return _is_commit(body)
        if kind == b"P":
            name, text = body.split(b"\0")[:2]
            (self._prepared.add if _is_commit(text) else self._prepared.discard)(name)
        return kind == b"B" and body.split(b"\0")[1] in self._prepared


class MariaDBCommits:
    """Finds COMMIT among the packets of one client of MariaDB's."""

    _QUERY = b"\x03"

    def __init__(self) -> None:
        self._buffer = b""

    def __call__(self, data: bytes) -> bool:
        self._buffer += data
        found = False
        while len(self._buffer) >= 4:
            length = int.from_bytes(self._buffer[:3], "little")
            if len(self._buffer) < 4 + length:
                break
            packet, self._buffer = self._buffer[4 : 4 + length], self._buffer[4 + length :]
            found |= packet[:1] == self._QUERY and _is_commit(packet[1:])
        return found


def _is_commit(text: bytes) -> bool:
    return text.rstrip(b"\0; ").upper() == b"COMMIT"


class Proxy:
    """Listens on a free port and hands on to a server's, until it is closed."""

    def __init__(self, port: int, finder: Callable[[], Finder]) -> None:
        self._target = port
        self._finder = finder
        self._lock = threading.Lock()
        self._armed: list[Cut] = []
        self._sockets: set[socket.socket] = set()
        self._flowing = threading.Event()
        self._flowing.set()
        self._closed = False
        self.cuts = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, how: Cut, times: int = 1) -> None:
        """Cut the connections that commit next, each at its COMMIT."""
        with self._lock:
            self._armed += [how] * times

    def freeze(self) -> None:
        """Hand nothing on, in either direction, and keep the connections open."""
        self._flowing.clear()

    def thaw(self) -> None:
        """Go on, with what has come meanwhile first."""
        self._flowing.set()

    def close(self) -> None:
        """End it and all its connections."""
        self._closed = True
        self.thaw()
        self._server.close()
        with self._lock:
            left = list(self._sockets)
        for each in left:
            _end(each)

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._server.accept()
            except OSError:
                return  # It has been closed.
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            _end(client)
            return
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._sockets |= {client, server}
        threading.Thread(target=self._answer, args=(server, client), daemon=True).start()
        with suppress(OSError):
            self._ask(client, server)
        self._drop(client, server)

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        commits = self._finder()
        while data := client.recv(_CHUNK):
            self._flowing.wait()
            how = self._next_cut() if commits(data) else None
            if how is None:
                server.sendall(data)
                continue
            if how == "late":
                _end(client)
                threading.Event().wait(_LATE_SECONDS)
            if how != "before":
                # Without the answer's way back: it ends where the server has sent it.
                with self._lock:
                    self._sockets.discard(client)
                server.sendall(data)
                self._wait_for_end(server)
            return

    def _wait_for_end(self, server: socket.socket) -> None:
        # The server does what it was told before it looks whether somebody is still there.
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)
            threading.Event().wait(_LATE_SECONDS)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(_CHUNK):
                self._flowing.wait()
                with self._lock:
                    wanted = client in self._sockets
                if wanted:
                    client.sendall(data)
        self._drop(client, server)

    def _next_cut(self) -> Cut | None:
        with self._lock:
            if not self._armed:
                return None
            self.cuts += 1
            return self._armed.pop(0)

    def _drop(self, *sockets: socket.socket) -> None:
        with self._lock:
            self._sockets -= set(sockets)
        for each in sockets:
            _end(each)


def _end(connection: socket.socket) -> None:
    # To shut it down wakes who waits for it in another thread; to close it does not.
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
