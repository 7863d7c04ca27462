"""A real PostgreSQL for tests and benches: its own cluster, a free port, gone afterwards."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from itertools import count
from pathlib import Path

import psycopg

_numbers = count(1)


class MissingPostgresError(RuntimeError):
    """No PostgreSQL server on this machine; the message names the package."""


def program(name: str) -> str:
    """Return the path of a server program, from PATH or where Debian puts it."""
    if found := shutil.which(name):
        return found
    there = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if not there:
        raise MissingPostgresError(f"{name} is missing: install the Debian package postgresql")
    return str(there[-1])


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """A PostgreSQL cluster in ``folder``; ``durable=False`` trades the disk's promise for speed."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        """Make the cluster and start it."""
        self.folder = folder
        self.durable = durable
        self.port = free_port()
        self._account = "postgres" if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        if self._account:
            self._hand_over()
        self._run([program("initdb"), "-D", str(folder / "db"), "-U", "gwanje", "-A", "trust", "-E", "UTF8"])
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": self.port}
        if not self.durable:
            options |= {"fsync": "off", "full_page_writes": "off"}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program("postgres"), "-D", str(self.folder / "db"), *words],
                stdout=log,
                stderr=log,
                user=self._account,
                cwd=self.folder,
                start_new_session=True,
            )
        until = time.monotonic() + 120
        while True:
            with contextlib.suppress(psycopg.OperationalError), self._connect():
                return
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server, whoever is connected (fast shutdown)."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(120)
            self._process = None

    def remove(self) -> None:
        """Stop the server at once, without writing anything down, and take away what it kept."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(120)
            self._process = None
        shutil.rmtree(self.folder)

    def database(self) -> str:
        """Make an empty database and return its SQLAlchemy URL."""
        name = f"gwanje_{next(_numbers)}"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://gwanje@127.0.0.1:{self.port}/{name}"

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="gwanje", dbname="postgres", autocommit=True
        )

    def _hand_over(self) -> None:
        """As root the server refuses to run: its folder belongs to the account that Debian made."""
        assert self._account
        try:
            owner = pwd.getpwnam(self._account)
        except KeyError as error:
            raise MissingPostgresError(
                "no account postgres: install the Debian package postgresql"
            ) from error
        os.chown(self.folder, owner.pw_uid, owner.pw_gid)

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, user=self._account, cwd=self.folder
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr}")
