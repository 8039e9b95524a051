"""Private PostgreSQL and MariaDB servers for the tests.

The suite brings its own servers, so that it needs no set-up and a test may crash one. Each has a
temporary folder and a port of its own, runs under an unprivileged account when the suite is root
(both servers refuse root), and ends with the suite, even when that is killed.
"""

from __future__ import annotations

import atexit
import glob
import os
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote

import psycopg
import pymysql  # type: ignore[import-untyped]
from pymysql.constants import CLIENT, ER  # type: ignore[import-untyped]

from .missing import lacks
from .processes import alive, bound_to_parent, processes_in
from .waiting import wait_until

HOST = "127.0.0.1"
USER = "quartz"
# It needs quoting in a URL, in a JDBC URL and in a shell, so that careless code fails here.
PASSWORD = "p@ss w:rd/1"

_PREFIX = "pyquartz-server-"

S = TypeVar("S", bound="Server")


class ServerMissingError(Exception):
    """The machine has no such server; the text says what to install."""


class ServerFailedError(Exception):
    """A server did not start; the text shows the end of its log."""


class Server(ABC):
    """One private server: `start` it, make databases, `close` it at the end.

    Wherever a database is asked for, its name does, and so does the URL of `create_database`.
    `options` are added to the server's command line at its next start.
    """

    scheme: ClassVar[str]
    install: ClassVar[str]
    accounts: ClassVar[tuple[str, ...]]
    admin_database: ClassVar[str]
    programs: ClassVar[tuple[str, ...]]
    # Folders to look into before PATH, as patterns: Debian leaves servers out of PATH.
    places: ClassVar[tuple[str, ...]]
    stop_signal: ClassVar[signal.Signals]
    crash_signal: ClassVar[signal.Signals]

    def __init__(self) -> None:
        self.options: list[str] = []
        self._paths = {name: self.find(name) for name in self.programs}
        self._account = self._choose_account()
        _remove_leftovers()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.port = _free_port()
        self._give_to_account(self.folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()
        atexit.register(self.close)

    @abstractmethod
    def _init_command(self) -> list[str]:
        """The command that fills the data folder."""

    @abstractmethod
    def _serve_command(self) -> list[str]:
        """The command that serves the data folder and stays in the foreground."""

    @abstractmethod
    def connect(self, database: str) -> Any:
        """A DB-API connection in autocommit mode, as the owner of everything."""

    @abstractmethod
    def quote(self, identifier: str) -> str:
        """The identifier as this server's SQL wants it quoted."""

    @abstractmethod
    def tables(self, database: str) -> list[str]:
        """The database's tables, spelt as the server spells them."""

    @abstractmethod
    def drop_database(self, database: str) -> None:
        """Remove a database, and end the connections that still use it."""

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the server, unless it runs, and wait until it answers."""
        if self.running:
            return
        if not self.data.exists() and self._spawn(self._init_command()).wait(120) != 0:
            raise ServerFailedError(self._end_of_log())
        self._process = self._spawn([*self._serve_command(), *self.options])
        wait_until(self._answers, timeout=60, message=self._end_of_log)

    def stop(self) -> None:
        """Stop the server in good order; the data stay for the next `start`."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """End the server at once, as a crash does; the next `start` recovers what was committed."""
        self._end(self.crash_signal)

    def restart(self) -> None:
        """Stop the server and start it again: the same port, the same data."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop the server for good and remove its folder."""
        # A forked child inherits the exit handler, but not the server.
        if os.getpid() != self._owner:
            return
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.close)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"{self.scheme}://{USER}:{quote(PASSWORD, safe='')}@{HOST}:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """Make an empty database and give its URL."""
        self.execute(self.admin_database, f"CREATE DATABASE {self.quote(name)}")
        return self.url(name)

    @contextmanager
    def cursor(self, database: str) -> Iterator[Any]:
        """A DB-API cursor on a connection of its own."""
        with closing(self.connect(database)) as connection, closing(connection.cursor()) as cursor:
            yield cursor

    def execute(self, database: str, sql: str, parameters: Sequence[object] | None = None) -> int:
        """Run SQL and say how many rows its first statement hit; more need no parameters."""
        with self.cursor(database) as cursor:
            cursor.execute(sql, parameters)
            return int(cursor.rowcount)

    def query(
        self, database: str, sql: str, parameters: Sequence[object] | None = None
    ) -> list[tuple[Any, ...]]:
        """Run one statement (placeholders are %s) and give its rows."""
        with self.cursor(database) as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    @classmethod
    def find(cls, program: str) -> str:
        """The path of a program, of the newest version that is installed."""
        folders = [folder for pattern in cls.places for folder in glob.glob(pattern)]
        folders.sort(key=lambda path: [int(part) for part in re.findall(r"\d+", path)])
        path = os.pathsep.join([*reversed(folders), os.environ.get("PATH", os.defpath)])
        found = shutil.which(program, path=path)
        if found is None:
            raise ServerMissingError(f"{program} is not on this machine: {cls.install}")
        return found

    def processes(self) -> list[int]:
        """The numbers of the server's processes: those that work in its folder (Linux only)."""
        return processes_in(self.folder)

    def _choose_account(self) -> pwd.struct_passwd | None:
        if os.geteuid() != 0:
            return None
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        return next(known[name] for name in self.accounts if name in known)

    def _give_to_account(self, path: Path) -> None:
        if self._account:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        self._give_to_account(path)
        return path

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        prefix = bound_to_parent(self.crash_signal.name.removeprefix("SIG"))
        if self._account:
            if not prefix:
                raise ServerMissingError(
                    "root needs setpriv to give up its rights: install util-linux"
                )
            uid, gid = self._account.pw_uid, self._account.pw_gid
            prefix += [f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*prefix, *command],
                cwd=self.folder,
                # Each MariaDB that starts clears temporary tables out of this folder, anybody's.
                env={
                    "PATH": os.environ.get("PATH", os.defpath),
                    "LC_ALL": "C",
                    "TZ": "UTC",
                    "TMPDIR": str(self.folder),
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        if not self.running:
            raise ServerFailedError(self._end_of_log())
        try:
            self.query(self.admin_database, "SELECT 1")
        except (psycopg.OperationalError, pymysql.err.OperationalError):
            return False
        return True

    def _end_of_log(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join([f"{type(self).__name__} does not answer; its log ends:", *lines[-40:]])

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            # A server that hangs must not outlive the suite.
            process.kill()
            process.wait()
        wait_until(lambda: not self.processes(), message="processes of the server are left")


class PostgresServer(Server):
    """A private PostgreSQL."""

    scheme = "postgresql"
    install = "install the package `postgresql` (its server, not only its client)"
    accounts = ("postgres", "nobody")
    admin_database = "postgres"
    programs = ("initdb", "postgres")
    places = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
    stop_signal = signal.SIGINT
    # Not SIGKILL, after which the server's other processes hold its shared memory for a while.
    crash_signal = signal.SIGQUIT

    def _init_command(self) -> list[str]:
        password = self._write("password", PASSWORD)
        return [
            self._paths["initdb"],
            f"--pgdata={self.data}",
            f"--username={USER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        ]

    def _serve_command(self) -> list[str]:
        # Commits still reach the operating system, so that they survive `kill`: only the
        # machine's own crash is not provided for.
        settings = {
            "listen_addresses": HOST,
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 200,
            "shared_buffers": "32MB",
            "fsync": "off",
            "full_page_writes": "off",
            "wal_level": "minimal",
            "max_wal_senders": 0,
            "timezone": "UTC",
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [self._paths["postgres"], "-D", str(self.data), *options]

    def connect(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(
            host=HOST,
            port=self.port,
            user=USER,
            password=PASSWORD,
            dbname=_name(database),
            autocommit=True,
            connect_timeout=10,
        )

    def quote(self, identifier: str) -> str:
        return '"' + identifier.replace('"', '""') + '"'

    def tables(self, database: str) -> list[str]:
        sql = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        return [name for (name,) in self.query(database, sql)]

    def drop_database(self, database: str) -> None:
        name = self.quote(_name(database))
        self.execute(self.admin_database, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


class MariaDBServer(Server):
    """A private MariaDB."""

    scheme = "mariadb"
    install = "install the package `mariadb-server`"
    accounts = ("mysql", "nobody")
    admin_database = "mysql"
    programs = ("mariadb-install-db", "mariadbd")
    places = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/opt/mariadb/bin")
    stop_signal = signal.SIGTERM
    crash_signal = signal.SIGKILL

    def _init_command(self) -> list[str]:
        return [
            self._paths["mariadb-install-db"],
            "--no-defaults",
            f"--datadir={self.data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
        ]

    def _serve_command(self) -> list[str]:
        account = f"{USER}@'%'"
        init = self._write(
            "init.sql",
            f"CREATE USER IF NOT EXISTS {account} IDENTIFIED BY '{PASSWORD}';\n"
            f"GRANT ALL ON *.* TO {account} WITH GRANT OPTION;\n",
        )
        return [
            self._paths["mariadbd"],
            "--no-defaults",
            f"--datadir={self.data}",
            f"--bind-address={HOST}",
            f"--port={self.port}",
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
            f"--init-file={init}",
            "--skip-name-resolve",
            "--max-connections=200",
            "--character-set-server=utf8mb4",
            "--innodb-buffer-pool-size=32M",
            "--innodb-log-file-size=16M",
            # As with PostgreSQL: a commit survives the end of the process, not of the machine.
            "--innodb-flush-log-at-trx-commit=2",
            "--skip-innodb-doublewrite",
            "--debug-no-sync",
        ]

    def connect(self, database: str) -> Any:
        return pymysql.connect(
            host=HOST,
            port=self.port,
            user=USER,
            password=PASSWORD,
            database=_name(database),
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=10,
            # To prepare for TLS, which the server lacks, costs 40 ms each time.
            ssl_disabled=True,
            # Rows that matched count, not only those that changed: what PostgreSQL counts.
            client_flag=CLIENT.MULTI_STATEMENTS | CLIENT.FOUND_ROWS,
        )

    def quote(self, identifier: str) -> str:
        return "`" + identifier.replace("`", "``") + "`"

    def tables(self, database: str) -> list[str]:
        return [name for (name,) in self.query(database, "SHOW TABLES")]

    def drop_database(self, database: str) -> None:
        name = _name(database)
        # An open transaction of a connection left behind would block the drop.
        users = "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = %s"
        for (connection,) in self.query(self.admin_database, users, [name]):
            try:
                self.execute(self.admin_database, f"KILL {connection}")
            except pymysql.err.OperationalError as error:
                # It may have ended by itself meanwhile.
                if error.args[0] != ER.NO_SUCH_THREAD:
                    raise
        self.execute(self.admin_database, f"DROP DATABASE IF EXISTS {self.quote(name)}")


@contextmanager
def running(kind: type[S]) -> Iterator[S]:
    """A server of this kind. On a machine without one the test is skipped, in CI it fails."""
    try:
        server = kind()
    except ServerMissingError as missing:
        lacks(missing)
    with closing(server):
        server.start()
        yield server


def _name(database: str) -> str:
    return database.rpartition("/")[2]


def _free_port() -> int:
    # Below the ports that systems hand out to clients: a port of theirs could be taken, even by a
    # client that tries to reach the very server, while this one is down between kill and start.
    while True:
        port = random.randint(15_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port


def _remove_leftovers() -> None:
    # The folders of suites that were killed before they could clean up.
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if not alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)
