"""Event to screen: from the moment a feed tells an alarm to the moment its row stands in the DOM.

`python -m bench.live [--screens 1 20] [--sockets 0] [--rate 1000] [--seconds 15]` starts a Redis, a web
process and real Chromium pages on `/`, puts observations and vehicle positions into the stream at the
given rate, and twice a second a probe alarm that carries its time. Every page notes when the probe's
row appears.
"""

import argparse
import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from urllib.request import urlopen

import websockets
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from websockets.typing import Origin

from api.security import COOKIE
from bench.machine import describe
from data.operators.accounts import Accounts
from data.record.store import create_engine, migrate
from data.settings import Settings
from data.stream import server as broker
from data.stream.redis_stream import Stream, connect
from park.alarms.facts import AlarmAcknowledged, AlarmCleared, AlarmRaised
from park.environment.facts import GasObservation
from park.events.envelope import Event
from park.events.facts import Fact
from park.logistics.facts import VehiclePosition

CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
]  # fmt: skip
GOAL_P50_MS, GOAL_P99_MS = 100, 400
TICK_S = 0.01
PROBE_S = 0.5
WATCH = """
window.probes = {};
new MutationObserver(() => {
  const now = Date.now();
  for (const [found, sent] of document.body.textContent.matchAll(/probe-(\\d{13})/g))
    if (!(found in window.probes)) window.probes[found] = now - Number(sent);
}).observe(document, { childList: true, characterData: true, subtree: true });
"""


class Feed:
    """Tells the stream what happens, at a rate, with a probe alarm now and then."""

    def __init__(self, settings: Settings, rate: int) -> None:
        """Connect to the stream."""
        self.stream = Stream(connect(settings), settings.park)
        self.rate = rate
        self.park = settings.park
        self.told = 0
        self._count = 0
        self._probe: AlarmRaised | None = None

    def run(self, seconds: float) -> float:
        """Tell for so long; return the rate that was kept, events a second."""
        began, probe_at = time.perf_counter(), 0.0
        while (elapsed := time.perf_counter() - began) < seconds:
            due = int(elapsed * self.rate) - self.told
            batch = [self._background() for _ in range(due)]
            if elapsed >= probe_at:
                batch += self._probes()
                probe_at += PROBE_S
            self.stream.append(batch)
            self.told += len(batch)
            time.sleep(TICK_S)
        return self.told / (time.perf_counter() - began)

    def _background(self) -> Event:
        number = self._count
        if number % 2:
            fact: Fact = VehiclePosition(
                35.2 + number % 97 / 5000, 128.6 + number % 89 / 5000, 30.0, number % 360, "moving", "general"
            )
            return self._event(f"{self.park}/vehicle/BENCH-{number % 62:03d}", fact)
        fact = GasObservation("NH3", number % 7)
        return self._event(f"{self.park}/gas/GAS-{1 + number % 46:03d}", fact)

    def _probes(self) -> list[Event]:
        subject, events = f"{self.park}/gas/GAS-001", []
        if old := self._probe:
            events += [
                self._event(subject, AlarmCleared(old.alarm, old.condition)),
                self._event(subject, AlarmAcknowledged(old.alarm, old.condition, "bench")),
            ]
        name = f"probe-{time.time_ns() // 1_000_000}"
        self._probe = AlarmRaised(name, name, "critical")
        return [*events, self._event(subject, self._probe)]

    def _event(self, subject: str, fact: Fact) -> Event:
        self._count += 1
        return Event(
            f"{os.getpid()}-{self._count}",
            "bench/live",
            fact.TYPE,
            subject,
            datetime.now(UTC),
            self.park,
            fact,
        )


async def listen(settings: Settings, secret: str) -> None:
    """Be a screen without a page: a socket that takes every frame and draws nothing."""
    site = f"127.0.0.1:{settings.port}"
    headers = {"Cookie": f"{COOKIE}={secret}"}
    address, origin = f"ws://{site}/push", Origin(f"http://{site}")
    async with websockets.connect(
        address, origin=origin, additional_headers=headers, max_size=None
    ) as socket_:
        async for _frame in socket_:
            pass


async def measure(
    settings: Settings, secret: str, screens: int, sockets: int, rate: int, seconds: float
) -> str:
    """Return the figures of one run as a line."""
    listeners = [asyncio.create_task(listen(settings, secret)) for _ in range(sockets)]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        pages = await open_pages(browser, settings, secret, screens)
        kept = await asyncio.to_thread(Feed(settings, rate).run, seconds)
        await asyncio.sleep(2)
        delays = [delay for page in pages for delay in (await page.evaluate("window.probes")).values()]
        await browser.close()
    for listener in listeners:
        listener.cancel()
    await asyncio.gather(*listeners, return_exceptions=True)
    delays.sort()
    expected = screens * int(seconds / PROBE_S)
    if not delays:
        return f"real pages {screens:2d}: no probe reached the DOM"
    p50, p99 = delays[len(delays) // 2], delays[min(len(delays) - 1, int(len(delays) * 0.99))]
    return (
        f"real pages {screens:2d}, bare sockets {sockets:2d}  {kept:5.0f} events/s  "
        f"probes {len(delays)}/{expected}  "
        f"p50 {p50:4.0f} ms ({p50 / GOAL_P50_MS:4.2f} of the goal of {GOAL_P50_MS})  "
        f"p99 {p99:5.0f} ms ({p99 / GOAL_P99_MS:4.2f} of {GOAL_P99_MS})"
    )


async def open_pages(browser: Browser, settings: Settings, secret: str, screens: int) -> list[Page]:
    """Open the desk view on so many pages, each live."""
    site = f"http://127.0.0.1:{settings.port}"
    pages = []
    for _ in range(screens):
        context: BrowserContext = await browser.new_context(viewport={"width": 1280, "height": 720})
        await context.add_cookies([{"name": COOKIE, "value": secret, "url": site}])
        page = await context.new_page()
        await page.add_init_script(WATCH)
        await page.goto(f"{site}/")
        await page.wait_for_selector("body[data-link=live] #attention", timeout=90_000, state="attached")
        pages.append(page)
    return pages


def serve(settings: Settings) -> "subprocess.Popen[bytes]":
    """Start the web process and wait until it is ready."""
    environ = os.environ | {
        "GWANJE_VAR": settings.var_dir, "GWANJE_PORT": settings.port, "REDIS_URL": settings.redis,
        "DATABASE_URL": settings.database,
    }  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "app:server",
        "--port",
        settings.port,
        "--log-level",
        "warning",
    ]
    process = subprocess.Popen(
        [*command, "--no-access-log", "--ws", "websockets-sansio", "--ws-per-message-deflate", "false"],
        env=environ,
    )
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with urlopen(f"http://127.0.0.1:{settings.port}/readyz", timeout=2):
                return process
        except OSError:
            time.sleep(0.2)
    process.kill()
    raise RuntimeError("the web process did not get ready")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, nargs="+", default=[1, 20])
    parser.add_argument("--sockets", type=int, default=0, help="further screens that are sockets only")
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=15)
    asked = parser.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    folder = tempfile.mkdtemp(prefix="gwanje-")
    settings = Settings(var_dir=folder, port=port)
    running = broker.start(settings)
    engine = create_engine(settings)
    migrate(engine)
    accounts = Accounts(engine)
    password = accounts.add_user("bench", "operator")
    secret = accounts.sign_in("bench", password, "bench") or ""
    process = serve(settings)
    try:
        print(f"event → DOM on {describe()}, software rendering")
        for screens in asked.screens:
            run = measure(settings, secret, screens, asked.sockets, asked.rate, asked.seconds)
            print(asyncio.run(run), flush=True)
    finally:
        process.terminate()
        process.wait(10)
        engine.dispose()
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
