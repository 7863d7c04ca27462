"""A room of real parts on free ports for the browser: Redis, SQLite, recorder and web server."""

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page

from data.settings import Settings
from data.stream import server as broker
from data.stream.redis_stream import Stream, connect
from park.alarms.facts import AlarmAcknowledged, AlarmCleared, AlarmRaised, AlarmReset
from park.events.envelope import Event
from workers.room import web

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "browser-tests-1!"
START_S = 180.0
SOURCE = "tests/browser"
# The link is live, what the header says has come, and Dash has drawn the page and the header has been filled.
# The link alone is no sign of that: it is live before the page is drawn where the browser is slow.
LAID_OUT = """Boolean(window.gwanje && document.body.dataset.link === 'live'
  && ['hello', 'status', 'energy', 'load'].every((kind) => gwanje.state[kind])
  && document.fonts.status === 'loaded' && document.querySelector('.status .item')
  && document.getElementById('clock')?.textContent)"""


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# A page shows its modules to tests (page_modules.js) a moment after it is loaded.
SHOWS_MODULES = "Boolean(window.gwanje) || !document.querySelector('script[src*=\"/main.mjs\"]')"


def until(page: Page, condition: str, seconds: float = 60.0, argument: object = None) -> None:
    """Wait until an expression (or a function of ``argument``) holds in the page.

    It is asked from outside: the page's own policy forbids it to evaluate strings.
    """
    end = time.monotonic() + seconds
    while not (page.evaluate(SHOWS_MODULES) and page.evaluate(condition, argument)):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(50)


def becomes(page: Page, expression: str, wanted: object, argument: object = None) -> None:
    """Wait until an expression of the page has a value; fail with the last one that it had."""
    end = time.monotonic() + 60.0
    while (value := page.evaluate(expression, argument)) != wanted:
        assert time.monotonic() < end, f"{expression}: {value!r} is not {wanted!r}"
        page.wait_for_timeout(50)


@dataclass
class Room:
    """The processes of a room; ``start`` and ``stop`` may be called again and again on the kept data."""

    folder: Path
    port: int = field(default_factory=free_port)
    key: str = ""
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _raised: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start Redis, migrate SQLite, make the first sign-in and the key of a feed."""
        self.redis = broker.start(Settings(var_dir=str(self.folder)))
        self.settings = Settings(var_dir=str(self.folder), port=str(self.port), redis_url=self.redis.url)
        self._run("workers.prepare")
        self.key = self._run("app", "key", "add", "browser").strip().splitlines()[-1]

    @property
    def url(self) -> str:
        """Address of the room."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def web_pid(self) -> int:
        """Process of the web server."""
        return self._children["web"].pid

    @property
    def environ(self) -> Mapping[str, str]:
        """What the processes are told."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("GWANJE_", "DATABASE_"))
        }
        return kept | {
            "GWANJE_VAR": str(self.folder),
            "GWANJE_PORT": str(self.port),
            "GWANJE_ADMIN_PASSWORD": PASSWORD,
            "REDIS_URL": self.redis.url,
        }

    def start(self) -> None:
        """Start the recorder and the web server; return when the server is ready.

        Raises:
            RuntimeError: with the server's last words when it is not ready in time.
        """
        self._spawn("recorder", (sys.executable, "-m", "workers.recorder"))
        self.start_web()

    def start_web(self) -> None:
        """Start the web server alone; return when it is ready."""
        self._spawn("web", web(self.settings))
        until = time.monotonic() + START_S
        while time.monotonic() < until and self._children["web"].poll() is None:
            try:
                if httpx.get(f"{self.url}/readyz", timeout=30).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        raise RuntimeError((self.folder / "web.log").read_text()[-3000:])

    def stop_web(self) -> None:
        """Kill the web server as a crash would."""
        self._end("web", kill=True)

    def stop(self) -> None:
        """Stop everything."""
        for name in list(self._children):
            self._end(name, kill=False)
        self.redis.stop()

    def post(self, *events: Mapping[str, Any]) -> None:
        """Send events through the door; raises httpx.HTTPStatusError when it refuses them."""
        httpx.post(
            f"{self.url}/api/v1/events",
            headers={
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/cloudevents-batch+json",
            },
            json=list(events),
            timeout=60,
        ).raise_for_status()

    def tell(self, type_: str, subject: str, **data: object) -> dict[str, Any]:
        """Send one event about an asset that happened now; return it."""
        event = {
            "specversion": "1.0",
            "id": str(uuid.uuid4()),
            "source": SOURCE,
            "type": type_,
            "subject": subject,
            "time": datetime.now(UTC).isoformat(),
            "park": self.settings.park,
            "data": data,
        }
        self.post(event)
        if type_ == AlarmRaised.TYPE:
            self._raised[str(data["alarm"])] = subject, str(data["condition"])
        return event

    def quiet(self) -> None:
        """End every alarm that ``tell`` raised, so that the next test finds an empty list."""
        for alarm, (asset, condition) in self._raised.items():
            self.say(asset, AlarmCleared(alarm, condition), AlarmAcknowledged(alarm, condition, "tests"))
        self._raised.clear()

    def say(self, asset: str, *facts: AlarmCleared | AlarmAcknowledged | AlarmReset) -> None:
        """Tell of an alarm what no feed may."""
        stream, now = Stream(connect(self.settings), self.settings.park), datetime.now(UTC)
        stream.append(
            Event(str(uuid.uuid4()), SOURCE, fact.TYPE, asset, now, self.settings.park, fact)
            for fact in facts
        )

    def _run(self, module: str, *arguments: str) -> str:
        argv = (sys.executable, "-m", module, *arguments)
        done = subprocess.run(
            argv, cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False, timeout=300
        )
        if done.returncode:
            raise RuntimeError(f"{module}: {done.stdout[-1000:]} {done.stderr[-2000:]}")
        return done.stdout

    def _spawn(self, name: str, argv: tuple[str, ...]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._children[name] = subprocess.Popen(argv, cwd=ROOT, env=self.environ, stdout=log, stderr=log)

    def _end(self, name: str, *, kill: bool) -> None:
        child = self._children.pop(name)
        if kill:
            child.kill()
        else:
            child.terminate()
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(5)
