"""Watching: sixteen live tiles that hold nothing up, one camera large and back, events judged."""

import contextlib
import re
import statistics
import threading
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from cctv.clips import jpeg
from cctv.live import SCREEN_QUALITY, shrink
from cctv.sample import find_sample
from data.stream import connect
from tests.browser.conftest import Allow
from tests.browser.room import LAID_OUT, Room, becomes, until
from workers.camera_wire import frame

FPS = 6.0
PICTURES = 40
BUSY_MS = 200.0
QUIET_MS = 50.0  # a machine that answers later than this while nothing is shown is so many times slower
OLD_MS = 2000.0
ROUNDS = 4


@pytest.fixture(scope="module")
def pictures() -> list[bytes]:
    """Real pictures as the camera processes send them."""
    footage, found = cv2.VideoCapture(str(find_sample("vtest.avi"))), list[bytes]()
    while len(found) < PICTURES:
        there, image = footage.read()
        assert there
        found.append(jpeg(shrink(np.asarray(image, np.uint8)), SCREEN_QUALITY))
    footage.release()
    return found


@pytest.fixture
def first(room: Room, page: Page) -> list[str]:
    """The sixteen cameras which the page shows first; they send nothing yet."""
    page.goto(f"{room.url}/cameras")
    tiles = page.locator("#camera-wall [data-key]")
    expect(tiles).to_have_count(16)
    cameras: list[str] = tiles.evaluate_all("nodes => nodes.map((node) => node.dataset.key)")
    return cameras


@contextlib.contextmanager
def publishing(room: Room, cameras: list[str], pictures: list[bytes]) -> Iterator[None]:
    """Let these cameras send pictures."""
    stop = threading.Event()
    publisher = threading.Thread(target=_publish, args=[room, cameras, pictures, stop])
    publisher.start()
    try:
        yield
    finally:
        stop.set()
        publisher.join()


@pytest.fixture
def fed(room: Room, first: list[str], pictures: list[bytes]) -> Iterator[list[str]]:
    """Sixteen cameras that publish; those which the page shows first."""
    with publishing(room, first, pictures):
        yield first


def _publish(room: Room, cameras: list[str], pictures: list[bytes], stop: threading.Event) -> None:
    client, number = connect(room.settings), 0
    while not stop.wait(1 / FPS):
        number += 1
        for camera in cameras:
            sent = frame(camera, time.time() * 1000, pictures[number % PICTURES])
            client.publish(f"video:{room.settings.park}:{camera}", sent)
    client.close()


def ages(page: Page, cameras: list[str]) -> list[float]:
    """Return the ages in ms of the pictures that the page shows."""
    found: Any = page.evaluate("ids => ids.map((id) => gwanje.age(gwanje.video.picture(id).time))", cameras)
    return [float(age) for age in found]


class Round(NamedTuple):
    """While sixteen tiles ran: p95 of two ways to ask the room, and the oldest picture shown."""

    state_ms: float
    callback_ms: float
    oldest_ms: float

    def holds(self, slower: float) -> bool:
        """Tell whether nothing was held up, on a machine that is so many times slower."""
        answered = max(self.state_ms, self.callback_ms) < BUSY_MS * slower
        return answered and self.oldest_ms < OLD_MS * slower


def test_sixteen_live_tiles_hold_nothing_up(
    room: Room, page: Page, first: list[str], pictures: list[bytes]
) -> None:
    until(page, LAID_OUT)
    quiet = busy(page, first)
    slower = max(1.0, quiet.state_ms / QUIET_MS, quiet.callback_ms / QUIET_MS)
    with publishing(room, first, pictures):
        rounds = shown_live(page, first, slower)
    print(quiet, *rounds, sep="\n")
    assert rounds[-1].holds(slower)
    assert page.locator("#camera-wall .tile.broken").count() == 0


def shown_live(page: Page, fed: list[str], slower: float) -> list[Round]:
    """Wait until every tile is painted again and again; return rounds of asking until one holds."""
    until(page, "ids => ids.every((id) => gwanje.video.rate(id) > 2)", argument=fed)
    before = page.evaluate(_PAINTED, fed)
    until(
        page,
        f"([ids, before]) => ({_PAINTED})(ids).every((now, at) => now !== before[at])",
        argument=[fed, before],
    )
    rounds = [busy(page, fed)]
    while (
        not rounds[-1].holds(slower) and len(rounds) < ROUNDS
    ):  # a neighbour on this machine, or we ourselves?
        rounds.append(busy(page, fed))
    return rounds


def busy(page: Page, cameras: list[str]) -> Round:
    """Ask for the state and for callbacks again and again, and look how old the pictures are meanwhile."""
    states, oldest = list[float](), list[float]()
    for _ in range(25):
        states.append(float(page.evaluate(_TIMED, "/api/v1/state")))
        oldest.append(max(ages(page, cameras)))
        page.wait_for_timeout(100)
    callbacks = [float(page.evaluate(_CALLBACK)) for _ in range(20)]
    state_ms, callback_ms = (statistics.quantiles(times, n=20)[-1] for times in (states, callbacks))
    return Round(state_ms, callback_ms, max(oldest))


_PAINTED = """ids => ids.map((id) => document.querySelector(`#camera-wall [data-key="${id}"] canvas`)
  .toDataURL("image/jpeg", 0.3))"""
_TIMED = """async (path) => {
  const start = performance.now();
  await (await fetch(path)).text();
  return performance.now() - start;
}"""
# A whole round of a Dash callback: an act that does not exist is refused by the server and says so.
_CALLBACK = """() => new Promise((resolve) => {
  const start = performance.now(), said = document.getElementById("acted");
  const told = new MutationObserver(() => { told.disconnect(); resolve(performance.now() - start); });
  told.observe(said, { childList: true, characterData: true, subtree: true });
  const name = said.textContent ? "camera.verify" : "camera.none";
  const fields = name === "camera.none" ? {} : { event: "none", verdict: "true" };
  const object = name === "camera.none" ? "none" : "changwon/camera/CAM-030";
  window.dash_clientside.set_props("act", { data: { name, object, fields, at: performance.now() } });
})"""


def test_a_tile_opens_large_and_escape_goes_back(page: Page, fed: list[str]) -> None:
    name = fed[0].rpartition("/")[2]
    tile = page.locator(f'#camera-wall [data-key="{fed[0]}"]')
    tile.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#camera-stage-title")).to_contain_text(name)
    until(page, "id => gwanje.video.rate(id) > 2", argument=fed[0])
    expect(page.locator("#camera-near .tile")).to_have_count(4)
    page.keyboard.press("Escape")
    expect(page.locator("#camera-wall .tile")).to_have_count(16)
    tile.click()
    expect(page.locator("#camera-stage .tile")).to_have_count(1)


def test_a_change_of_health_and_rules_that_are_off_are_shown(room: Room, page: Page, allow: Allow) -> None:
    allow("404")  # there is no such still: the page says so
    camera = "changwon/camera/CAM-040"
    room.tell("park.camera.health", camera, state="covered", fps=5.0, before="none-1", after="none-2",
              rules_off=["fall: 모델 없음 · no model"])  # fmt: skip
    page.goto(f"{room.url}/cameras")
    tile = page.locator(f'#camera-wall [data-key="{camera}"]')
    expect(tile.locator(".why")).to_contain_text("가림 의심")
    expect(tile.locator(".tile-off")).to_contain_text("1")
    tile.locator(".tile-stills").click()
    expect(page.locator("dialog.camera-stills")).to_contain_text("정지 화면 없음")
    page.locator("dialog.camera-stills button").click()
    room.tell("park.camera.health", camera, state="ok", fps=5.0)
    expect(tile.locator(".tile-off")).to_have_text("")


def test_filters_pages_pause_and_the_camera_that_has_an_alarm(room: Room, page: Page) -> None:
    page.goto(f"{room.url}/cameras")
    tiles, place = page.locator("#camera-wall .tile"), page.locator(".page-of")
    page.locator(".camera-bar button", has_text="순회 멈춤").click()  # where it is slow it has gone on a page
    expect(page.locator(".camera-bar button", has_text="순회 계속")).to_be_visible()
    expect(place).to_have_text(re.compile(r"^[1-7] / 7$"))
    while place.text_content() != "1 / 7":
        page.locator(".camera-bar button", has_text="‹").click()
    zone, state, every = page.locator(".camera-bar select").all()
    first = str(tiles.first.get_attribute("data-key"))
    page.locator(".camera-bar button", has_text="›").click()
    expect(place).to_have_text("2 / 7")
    expect(tiles.first).not_to_have_attribute("data-key", first)
    page.locator(".camera-bar button", has_text="‹").click()
    expect(tiles.first).to_have_attribute("data-key", first)
    page.locator(".camera-bar button", has_text="‹").click()
    expect(place).to_have_text("7 / 7")

    camera = "changwon/camera/CAM-099"
    room.tell("park.alarm.raised", camera, alarm="cam-99", condition="intrusion", priority="high")
    expect(tiles.first).to_have_attribute("data-key", camera)  # it jumps in, though the tour is paused
    expect(tiles.first).to_have_class(re.compile(r"\bown\b"))
    expect(tiles.first).to_have_css("border-top-width", "2px")
    state.select_option("alarm")
    expect(tiles).to_have_count(1)
    state.select_option("all")
    zone.select_option("Z1")
    until(
        page,
        """document.querySelectorAll('#camera-wall .tile').length > 1 &&
      !document.querySelector('#camera-wall [data-key$="CAM-099"]')""",
    )
    assert every.evaluate("select => select.value") == "10"


def test_both_stills_of_a_change_are_shown(room: Room, page: Page, pictures: list[bytes]) -> None:
    folder = room.settings.var / "stills"
    folder.mkdir(exist_ok=True)
    for name, picture in (("before-1", pictures[0]), ("after-1", pictures[9])):
        (folder / f"{name}.jpg").write_bytes(picture)
    camera = "changwon/camera/CAM-042"
    room.tell("park.camera.health", camera, state="turned", fps=5.0, before="before-1", after="after-1")
    page.goto(f"{room.url}/cameras")
    page.locator(f'#camera-wall [data-key="{camera}"] .tile-stills').click()
    shown = page.locator("dialog.camera-stills")
    expect(shown).to_contain_text("CAM-042 · 방향 틀어짐")
    until(
        page,
        """[...document.querySelectorAll('dialog.camera-stills img')]
      .filter((one) => one.complete && one.naturalWidth === 640).length === 2""",
    )
    seen: Any = page.evaluate("gwanje.get('/api/v1/audit?action=still.view')")
    why = "카메라 CAM-042 상태 점검"
    assert {(row["object"], row["reason"]) for row in seen} >= {("before-1", why), ("after-1", why)}
    room.tell("park.camera.health", camera, state="ok", fps=5.0)


def test_what_an_operator_says_of_an_event_reaches_the_figures(room: Room, page: Page) -> None:
    camera = "changwon/camera/CAM-030"
    room.tell(
        "park.camera.event",
        camera,
        kind="intrusion",
        camera="CAM-030",
        model="m",
        rule="intrusion",
        score=0.9,
    )
    page.goto(f"{room.url}/camera/CAM-030")
    page.locator("#camera-events [data-verdict=false]").first.click()
    expect(page.locator("#camera-events [data-verdict=false]").first).to_have_attribute(
        "aria-pressed", "true"
    )
    figures = "gwanje.get('/api/v1/cameras/figures').then(({ total }) => [total.false, total.precision])"
    becomes(page, figures, [1, 0])
    page.goto(f"{room.url}/cameras")
    expect(page.locator("#camera-figures tbody tr").nth(1)).to_contain_text("CAM-030")
