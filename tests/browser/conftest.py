"""The room and a signed-in page; a console error or a request to another host fails the test."""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.room_server import LAID_OUT, PASSWORD, Room, until

PATIENCE_MS = 60_000  # a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE_MS)

Allow = Callable[[str], None]
PAGE_MODULES = Path(__file__).with_name("page_modules.js")


@pytest.fixture(scope="package")
def room() -> Iterator[Room]:
    """A running room on real parts, shared by the tests of this folder."""
    folder = tempfile.mkdtemp(prefix="gwanje-")
    room = Room(Path(folder))
    try:
        room.start()
        yield room
    finally:
        room.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def browser(pytestconfig: pytest.Config) -> Iterator[Browser]:
    """The machine's own Chromium (or the one Playwright has brought), as slow as was asked for."""
    slower: float = pytestconfig.getoption("slow_browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(chromium, "new_context", slowed(chromium.new_context, slower))
            yield chromium
        chromium.close()


def slowed(new_context: Callable[..., BrowserContext], times: float) -> Callable[..., BrowserContext]:
    """Return how to make a context whose pages show tests their modules and compute so many times slower."""

    def slow_down(page: Page) -> None:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})

    def made(**given: Any) -> BrowserContext:  # noqa: ANN401
        context = new_context(**given)
        context.add_init_script(path=PAGE_MODULES)
        if times > 1:
            context.on("page", slow_down)
        return context

    return made


@pytest.fixture(scope="package")
def seat(room: Room, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sign in once through the real form; the file keeps the session for the pages."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{room.url}/sign-in")
    page.fill("#user", "admin")
    page.fill("#password", PASSWORD)
    page.click("button")
    page.wait_for_selector("#map-view")
    kept = tmp_path_factory.mktemp("seat") / "state.json"
    page.context.storage_state(path=kept)
    page.close()
    return kept


@pytest.fixture
def allowed() -> list[str]:
    """Patterns of console errors that a test provokes itself."""
    return []


@pytest.fixture
def allow(allowed: list[str]) -> Allow:
    """Call with a pattern before provoking an error."""
    return allowed.append


@pytest.fixture
def page(room: Room, browser: Browser, seat: Path, allowed: list[str]) -> Iterator[Page]:
    """A signed-in page of 1600 × 900; watched for errors and for requests to other hosts."""
    context = browser.new_context(storage_state=seat, viewport={"width": 1600, "height": 900}, locale="ko-KR")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    foreign: list[str] = []
    own = urlsplit(room.url).netloc

    def strange(url: str) -> bool:
        return url.startswith(("http", "ws")) and urlsplit(url).netloc != own

    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: foreign.append(request.url) if strange(request.url) else None)
    page.on("websocket", lambda socket: foreign.append(socket.url) if strange(socket.url) else None)
    yield page
    context.close()
    room.quiet()
    assert not foreign, f"requests to other hosts: {foreign}"
    wrong = [error for error in errors if not any(re.search(pattern, error) for pattern in allowed)]
    assert not wrong, f"console errors: {wrong}"


@pytest.fixture
def desk(room: Room, page: Page) -> Page:
    """The desk view, its map filled and its link live."""
    page.goto(room.url)
    until(page, "window.gwanje && gwanje.map && gwanje.map.view && gwanje.map.marks.size > 1000")
    until(page, LAID_OUT)
    return page
