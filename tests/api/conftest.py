"""A whole web server on real Redis and SQLite, and people of every role at its door."""

import asyncio
import faulthandler
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import httpx
import msgspec
import pytest
import uvicorn
from fastapi import FastAPI
from redis import Redis

from api.security import COOKIE
from app import build
from data.operators.accounts import ROLES
from data.record.store import migrate
from data.services import Services
from data.settings import Settings
from data.stream import server as broker
from park.alarms.facts import AlarmRaised
from park.environment.facts import GasObservation
from park.events.base import Priority
from park.events.envelope import Event, encode

T = TypeVar("T")
GAS = "changwon/gas/GAS-001"
PASSWORD = "correct horse battery staple"


@dataclass
class Site:
    """A running web server and what the tests need to knock at it."""

    server: FastAPI
    services: Services
    settings: Settings
    broker: broker.Broker
    port: int
    key: str
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def push(self) -> str:
        return f"ws://127.0.0.1:{self.port}/push"

    def loop(self) -> asyncio.AbstractEventLoop:
        return self.services.running[0].get_loop()

    @property
    def redis(self) -> Redis:
        return Redis.from_url(self.settings.redis)

    def anybody(self) -> httpx.Client:
        return httpx.Client(base_url=self.origin, timeout=60)

    def as_role(self, role: str) -> httpx.Client:
        headers = {"origin": self.origin, "cookie": f"{COOKIE}={self.cookies[role]}"}
        return httpx.Client(base_url=self.origin, headers=headers, timeout=60)

    def as_feed(self) -> httpx.Client:
        return httpx.Client(base_url=self.origin, headers={"authorization": f"Bearer {self.key}"}, timeout=60)

    def socket_headers(self, role: str = "viewer") -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self.cookies[role]}"}

    def post(self, *events: Event) -> httpx.Response:
        body = msgspec.json.encode([msgspec.Raw(encode(event)) for event in events])
        with self.as_feed() as feed:
            media = {"content-type": "application/cloudevents-batch+json"}
            return feed.post("/api/v1/events", content=body, headers=media)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(happened: Callable[[], T], within_s: float = 60.0) -> T:
    """Return what `happened` returns once it is true; fail after `within_s`."""
    end = time.monotonic() + within_s
    while True:
        if found := happened():
            return found
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def gas(
    number: int | str, ppm: float = 3.0, time: datetime | None = None, source: str = "tests/gas"
) -> Event:
    """An observation, identified by its number."""
    fact = GasObservation("NH3", ppm)
    return Event(str(number), source, fact.TYPE, GAS, time or datetime.now(UTC), "changwon", fact)


def alarm(name: str, priority: Priority = "high", cause: str | None = None) -> Event:
    """The raising of an alarm of a condition of its own."""
    fact = AlarmRaised(name, f"tests-{name}", priority, cause=cause)
    return Event(f"{name}-raised", "tests/watch", fact.TYPE, GAS, datetime.now(UTC), "changwon", fact)


def start(settings: Settings, port: int) -> tuple[FastAPI, Callable[[], None]]:
    """Serve on a port in a thread; return the server and how to stop it."""
    server = build(settings)
    config = uvicorn.Config(
        server,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        ws="websockets-sansio",
        timeout_graceful_shutdown=2,
        proxy_headers=False,
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    until(lambda: running.started or not thread.is_alive(), 120)
    assert running.started

    def stop() -> None:
        running.should_exit = True
        thread.join(60)
        if thread.is_alive():
            faulthandler.dump_traceback()
        assert not thread.is_alive(), "see above what it waits for"

    return server, stop


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A server of its own for each file of tests, with a Redis of its own."""
    folder = Path(tempfile.mkdtemp(prefix="gwanje-"))
    settings = Settings(var_dir=str(folder))
    running = broker.start(settings)
    port = free_port()
    server, stop = start(settings, port)
    services: Services = server.state.services
    migrate(services.engine)
    accounts = services.accounts
    made = Site(server, services, settings, running, port, accounts.add_key("tests"))
    for role in ROLES:
        accounts.add_user(role, role, PASSWORD)
        made.cookies[role] = accounts.sign_in(role, PASSWORD, "tests") or ""
    until(lambda: services.hub.ready, 120)
    yield made
    stop()
    running.stop()
    shutil.rmtree(folder)
