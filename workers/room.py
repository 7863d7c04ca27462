"""The whole room on this machine: ``make run``. Sets up, starts every process, stops them all.

Redis, migrations, map base and first sign-in come first; then the processes, each supervised. Once they run,
only who asks for it ends the room: whatever ends by itself is started again.
"""

import contextlib
import fcntl
import http.client
import ipaddress
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import IO

from data.settings import Settings
from workers.prepare import PrepareError, prepare, step
from workers.redis_keeper import RedisKeeper
from workers.supervise import Child, Console, Leash, Plan, Supervisor

FIRST, LAST = 0, 1  # who writes stops before who reads
START_S = 60.0
WEB_OPTIONS = (
    "--ws websockets-sansio --ws-ping-interval 20 --ws-ping-timeout 20 --ws-max-size 65536"
    " --ws-per-message-deflate false"  # pictures do not shrink
    " --timeout-graceful-shutdown 2 --log-level warning --no-access-log --no-server-header"
    " --no-proxy-headers"  # GWANJE_TRUSTED_PROXIES names whom to believe, not uvicorn's own default
)


class RoomError(RuntimeError):
    """The room cannot run; the message says what is wrong and what to do."""


def plans(settings: Settings) -> list[Plan]:
    """Return the processes of the room, the slowest to start first."""
    environ = {"GWANJE_VAR": str(settings.var)}
    if not settings.detector and (found := detector(settings.var)):
        environ["GWANJE_DETECTOR"] = str(found)

    def worker(name: str, stage: int, patience_s: float) -> Plan:
        argv = (sys.executable, "-m", f"workers.{name}")
        return Plan(name=name, argv=argv, stage=stage, patience_s=patience_s, environ=environ)

    return [
        Plan(name="web", argv=web(settings), stage=FIRST, environ=environ),
        worker("recorder", LAST, 5.0),
        worker("simulator", FIRST, 3.0),
        worker("watch", LAST, 5.0),
        worker("messenger", LAST, 10.0),
        worker("cameras", FIRST, 20.0),  # a source may hold it 18 s, then a clip is written
    ]


def web(settings: Settings) -> tuple[str, ...]:
    """Return the command of the web server."""
    address = ("--host", settings.host, "--port", settings.port)
    return (sys.executable, "-m", "uvicorn", "app:server", *address, *WEB_OPTIONS.split())


def detector(var: Path) -> Path | None:
    """Return the model brought by ``python -m cctv fetch-model``, if any."""
    return next(iter(sorted((var / "models").glob("*.onnx"))), None)


@contextlib.contextmanager
def alone(var: Path) -> Iterator[None]:
    """Hold the data folder for this room only.

    Raises:
        RoomError: when another room runs on it, or it cannot be written.
    """
    try:
        var.mkdir(parents=True, exist_ok=True)
        (var / "log").mkdir(exist_ok=True)
        lock = (var / "room.lock").open("a+")
    except OSError as error:
        raise RoomError(
            f"자료 폴더를 쓸 수 없습니다 · cannot write the data folder {var}: {error}"
        ) from error
    with lock:
        _take(lock, var)
        yield


def _take(lock: IO[str], var: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        raise RoomError(
            f"이 자료 폴더에서 관제실이 이미 돌고 있습니다 · a room already runs on {var}"
            f" (pid {lock.read().strip()}); set GWANJE_VAR and GWANJE_PORT for a second one"
        ) from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()


def free_port(host: str, port: int) -> None:
    """See that the web server will be able to listen.

    Raises:
        RoomError: when the port is taken or the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise RoomError(
                f"{host}:{port} 에서 들을 수 없습니다 · cannot listen on {host}:{port}: {error.strerror};"
                " set GWANJE_PORT or GWANJE_HOST"
            ) from error


class Room:
    """Start to end of one room."""

    def __init__(self, settings: Settings, console: Console) -> None:
        """Nothing is started yet."""
        self.settings = settings
        self.console = console
        self._began = time.monotonic()
        self._stopping = threading.Event()
        self._greeted = self._warned = False

    def ask_to_stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Stop soon; safe in a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        """Run until asked to stop.

        Raises:
            RoomError: when the room cannot be opened.
            PrepareError: when a step of the preparation fails.
        """
        with alone(self.settings.var), contextlib.ExitStack() as stack:
            free_port(self.settings.host, int(self.settings.port))
            leash = Leash()
            stack.callback(leash.close)
            redis = RedisKeeper(self.settings, self.console, leash)
            stack.callback(redis.stop)
            with step(self.console, "Redis 시작", "starting Redis"):
                redis.start()
            prepare(self.settings, self.console)
            if self._stopping.is_set():
                return
            folder = self.settings.var / "log"
            children = [Child(plan, folder, self.console, leash) for plan in plans(self.settings)]
            supervisor = Supervisor(children, self.console)
            stack.callback(supervisor.stop)
            with step(self.console, "프로세스 시작", "starting the processes"):
                supervisor.start()
            started_s = time.monotonic()
            while not self._stopping.wait(0.2):
                supervisor.tick()
                redis.tick()
                leash.tend()
                self._greet(time.monotonic() - started_s)
            self.console.say("\n멈추는 중 · stopping")

    def _greet(self, up_s: float) -> None:
        """Say once that the room is open, or that the web server lets wait for it."""
        if self._greeted:
            return
        if self._healthy():
            self._greeted = True
            took_s = time.monotonic() - self._began
            self.console.say(f"\n관제실이 열렸습니다 · the room is open ({took_s:.1f} s):  {self.address}")
            self.console.say("멈추려면 · to stop: Ctrl-C\n")
        elif up_s > START_S and not self._warned:
            self._warned = True
            self.console.say(
                f"  웹 서버가 {START_S:g}초 안에 응답하지 않습니다 · the web server does not answer yet,"
                " see web.log; it goes on trying"
            )

    @property
    def _door(self) -> str:
        """Host that reaches the web server from this machine."""
        host = self.settings.host
        with contextlib.suppress(ValueError):
            if (address := ipaddress.ip_address(host)).is_unspecified:
                return "127.0.0.1" if address.version == 4 else "::1"
        return host

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the room."""
        host = f"[{self._door}]" if ":" in self._door else self._door
        return f"http://{host}:{self.settings.port}/"

    def _healthy(self) -> bool:
        connection = http.client.HTTPConnection(self._door, int(self.settings.port), timeout=2)
        with contextlib.closing(connection):
            try:
                connection.request("GET", "/healthz")
                return connection.getresponse().status == http.HTTPStatus.OK
            except (OSError, http.client.HTTPException):
                return False


def main() -> int:
    """Run the room; the exit code is 0 after an orderly stop, 1 after a failure that was told."""
    console = Console()
    try:
        room = Room(Settings.read(), console)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, room.ask_to_stop)
        console.say("관제 · Gwanje")
        room.run()
        console.say("모두 멈췄습니다 · all stopped")
    except (RoomError, PrepareError, ValueError) as error:
        console.say(f"\n관제실을 열 수 없습니다 · the room cannot run\n  {error}")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
