"""A screen of the room: a web server on real Redis and SQLite, and what its push socket tells of cameras."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import redis
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from api.security import COOKIE
from data.record.store import migrate
from data.services import Services
from data.settings import Settings
from data.stream import server as broker
from tests.api.conftest import PASSWORD, free_port, start, until
from workers.camera_wire import Wire

DRAIN_S = 0.25  # as the camera process does


class Screen:
    """What a person at the screen is told of each camera, and when; ``wire`` is how cameras speak to it."""

    def __init__(self, wire: Wire, socket: ClientConnection) -> None:
        self.wire = wire
        self.told: dict[str, list[tuple[float, dict[str, Any]]]] = {}
        self._socket, self._stop = socket, threading.Event()
        self._threads = [threading.Thread(target=work) for work in (self._read, self._drain)]
        for thread in self._threads:
            thread.start()

    def state(self, name: str) -> str:
        """Return the state a camera's tile is in."""
        told = self.told.get(name)
        return str(told[-1][1]["state"]) if told else ""

    def close(self) -> None:
        self._stop.set()
        self._socket.close()
        for thread in self._threads:
            thread.join(10)
        assert not any(thread.is_alive() for thread in self._threads)

    def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            for text in self._socket:
                for message in json.loads(text).get("m", []):
                    if message["k"] == "assets":
                        self._take(message["d"])

    def _take(self, rows: dict[str, Any]) -> None:
        for asset, (_level, _time_ms, values) in rows.items():
            _park, kind, name = asset.split("/", 2)
            if kind == "camera" and "state" in values:
                self.told.setdefault(name, []).append((time.monotonic(), values))

    def _drain(self) -> None:
        while not self._stop.wait(DRAIN_S):
            self.wire.drain()
        self.wire.drain()


@contextlib.contextmanager
def screen(var: Path) -> Iterator[Screen]:
    """Start a room in a folder, sign in, open the push socket; end all of it afterwards."""
    settings = Settings(var_dir=str(var))
    running, port = broker.start(settings), free_port()
    server, stop = start(settings, port)
    services: Services = server.state.services
    try:
        migrate(services.engine)
        services.accounts.add_user("viewer", "viewer", PASSWORD)
        cookie = f"{COOKIE}={services.accounts.sign_in('viewer', PASSWORD, 'tests')}"
        until(lambda: services.hub.ready, 60)
        origin = Origin(f"http://127.0.0.1:{port}")
        socket = connect(
            f"ws://127.0.0.1:{port}/push",
            origin=origin,
            additional_headers={"Cookie": cookie},
            max_size=None,
        )
        seen = Screen(Wire(settings, redis.Redis.from_url(settings.redis)), socket)
        try:
            yield seen
        finally:
            seen.close()
    finally:
        stop()
        running.stop()
