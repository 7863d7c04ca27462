"""What a camera's page says is so: boxes of this picture, recorded or live, one language, readable."""

import re
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from redis import Redis

from cctv.live.evidence import jpeg
from data.stream.redis_stream import connect
from tests.browser.room_server import Room, becomes, until
from tests.sample_clip import film
from workers.camera_wire import frame

NAME = "CAM-044"
CAMERA = f"changwon/camera/{NAME}"
DETAIL = "시연 영상 (PETS 2009) · demonstration footage · model yolox_nano"
BLACK = jpeg(np.zeros((240, 320, 3), np.uint8), 70)
SOLID, DASHED, GONE = "solid", "dashed", "gone"
# How the left side of a box at x 100, y 60 to 180 is drawn on a black picture, in the middle of it.
SIDE = """(() => { const canvas = document.querySelector('#camera-stage canvas');
  if (canvas.width !== 320) return "no picture";
  const { data } = canvas.getContext('2d').getImageData(97, 80, 7, 80), rows = [];
  const red = (x, y) => data[(y * 7 + x) * 4];
  for (let y = 0; y < 80; y += 1) rows.push([0, 1, 2, 3, 4, 5, 6].reduce((sum, x) => sum + red(x, y), 0));
  const bright = Math.max(...rows), dark = Math.min(...rows);
  return `${bright < 8 ? "gone" : dark > 0.9 * bright ? "solid" : "dashed"} ${bright} ${dark}`; })()"""
TINY = """[...document.querySelectorAll('.room *')].filter((node) => node.offsetParent)
    .filter((node) => [...node.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim()))
    .filter((node) => parseFloat(getComputedStyle(node).fontSize) < 12).map((node) => node.textContent)"""
SMALL = """[...document.querySelectorAll('.room :is(button, select, a)')].filter((node) => node.offsetParent)
    .map((node) => [node.getBoundingClientRect(), node.textContent])
    .filter(([{ width, height }]) => Math.min(width, height) < 43.5).map(([, text]) => text)"""
OUT = """[...document.querySelectorAll('.room *')].filter((node) => node.offsetParent
    && node.getBoundingClientRect().right > innerWidth + 1).map((node) => node.className)"""


def show(room: Room, page: Page, client: Redis, taken_ms: float) -> None:
    """Send a black picture until the page has painted it: a page that does not ask yet is sent none."""
    there = "([id, at]) => gwanje.video.picture(id).time === at"
    end = time.monotonic() + 60.0
    while not page.evaluate(there, [CAMERA, taken_ms]):
        assert time.monotonic() < end, "the picture did not come"
        client.publish(f"video:{room.settings.park}:{CAMERA}", frame(CAMERA, taken_ms, BLACK))
        page.wait_for_timeout(100)
    page.evaluate("new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))")


def shown(room: Room, page: Page, apart_ms: float, wanted: str) -> float:
    """Tell of a box on a picture and show one taken so much later, until the page draws it as is wanted."""
    client, said = connect(room.settings), ""
    for _ in range(20):
        told = room.tell(
            "park.camera.detection", CAMERA, frame=[320, 240], boxes=[[100, 60, 40, 120]], labels=["person"],
            tracks=[1], scores=[0.9], model="yolox_nano",
        )  # fmt: skip
        at_ms = datetime.fromisoformat(told["time"]).timestamp() * 1000
        until(
            page,
            "([id, at]) => (gwanje.state.detections[id] || {}).time_ms >= at - 1",
            argument=[CAMERA, at_ms],
        )
        for taken_ms in (at_ms, at_ms + apart_ms):
            show(room, page, client, taken_ms)
        said = page.evaluate(SIDE)
        if said.startswith(wanted):
            break
    client.close()
    assert said.startswith(wanted)
    return float(said.split()[1])


def test_boxes_are_drawn_on_the_picture_that_they_are_of(room: Room, page: Page) -> None:
    page.goto(f"{room.url}/camera/{NAME}")
    expect(page.locator("#camera-stage .tile")).to_have_count(1)
    solid = shown(room, page, 100, SOLID)
    assert shown(room, page, 700, DASHED) < 0.7 * solid, "dimmed, too"
    shown(room, page, 1500, GONE)
    shown(room, page, 0, SOLID)


def test_a_box_is_carried_on_as_its_own_track_moved(room: Room, page: Page) -> None:
    page.goto(f"{room.url}/camera/{NAME}")
    carry = "([box, at, was, ms]) => gwanje.boxes.carry(box, at, was, ms)"
    box, was = [100, 60, 40, 120], {"box": [80, 70, 40, 120], "at": 0}
    for at, before, ms, wanted in (
        (500, was, 250, [110, 55, 40, 120]),
        (500, was, 0, box),
        (500, was, -200, box),  # a picture from before the look
        (500, was, 5000, [124, 48, 40, 120]),  # 600 ms of its way and no more
        (1200, was, 600, [110, 55, 40, 120]),
        (1201, was, 600, box),  # who knows where it was meanwhile
        (0, was, 250, box),
        (500, None, 250, box),  # seen once
        (500, {"box": [70, 60, 100, 120], "at": 0}, 500, box),  # wider now, its middle where it was
    ):
        assert page.evaluate(carry, [box, at, before, ms]) == pytest.approx(wanted)


def test_who_is_carried_on_is_known_by_the_number_of_the_track(room: Room, page: Page) -> None:
    page.goto(f"{room.url}/camera/{NAME}")
    until(page, "gwanje.boxes && gwanje.link === 'live'")
    known = "([id, n]) => ((gwanje.state.detections[id] || {}).boxes || []).length === n"
    first = room.tell(
        "park.camera.detection", CAMERA, frame=[320, 240], boxes=[[0, 0, 10, 20], [100, 0, 10, 20]],
        labels=["person"] * 2, tracks=[1, 2], scores=[0.9] * 2, model="yolox_nano",
    )  # fmt: skip
    until(page, known, argument=[CAMERA, 2])
    seen = {
        "boxes": [[110, 0, 10, 20], [5, 0, 10, 20], [50, 0, 10, 20]],
        "labels": ["person"] * 3, "tracks": [2, 1, 3], "scores": [0.9] * 3,
    }  # fmt: skip
    later = (datetime.fromisoformat(first["time"]) + timedelta(milliseconds=500)).isoformat()
    room.post(first | {"id": str(uuid.uuid4()), "time": later, "data": first["data"] | seen})
    until(page, known, argument=[CAMERA, 3])
    carried = "([id, ms]) => gwanje.boxes.carried(id, gwanje.state.detections[id], ms)"
    places = page.evaluate(carried, [CAMERA, 250])
    assert places == [[pytest.approx(at, abs=0.1), 0, 10, 20] for at in (115, 7.5, 50)], "the third is new"


@pytest.mark.parametrize(("lang", "own"), [("ko", "시연 영상 (PETS 2009)"), ("en", "demonstration footage")])
def test_a_camera_speaks_the_language_of_the_page_and_names_its_model_once(
    room: Room, page: Page, lang: str, own: str
) -> None:
    off = "fall: 알아볼 모델이 없음 (person) · needs person: no detector model"
    room.tell("park.camera.health", CAMERA, state="ok", fps=5.0, detail=DETAIL, rules_off=[off])
    page.goto(f"{room.url}/camera/{NAME}?lang={lang}")
    facts = page.locator(".camera-facts dd")
    expect(facts.first).to_have_text(re.compile(rf"^(정상|Normal|OK) · {re.escape(own)}$"))
    expect(facts.last).to_have_text("yolox_nano")
    rule = {"ko": "fall: 알아볼 모델이 없음 (person)", "en": "fall: needs person: no detector model"}[lang]
    expect(page.locator(".camera-off li")).to_contain_text(rule)
    said = {
        detail: page.evaluate("text => gwanje.cameraPage.said(text)", detail)
        for detail in ("파일 없음 · no such file: x.avi", "CAM.toml: 12행 · line 12: frame: bad", "혼자")
    }
    assert (
        list(said.values())
        == {
            "ko": ["파일 없음: x.avi", "CAM.toml: 12행: frame: bad", "혼자"],
            "en": ["no such file: x.avi", "CAM.toml: line 12: frame: bad", "혼자"],
        }[lang]
    )
    room.tell("park.camera.health", CAMERA, state="ok", fps=5.0)


def test_pictures_that_come_at_once_are_no_more_than_were_taken(room: Room, page: Page) -> None:
    page.goto(f"{room.url}/camera/{NAME}")
    expect(page.locator("#camera-stage .tile")).to_have_count(1)
    client = connect(room.settings)
    began_ms = float(page.evaluate("gwanje.now()"))
    for number in range(20):  # taken once a second, held back by the link, brought within two seconds
        taken = frame(CAMERA, began_ms + 1000 * number, BLACK)
        client.publish(f"video:{room.settings.park}:{CAMERA}", taken)
        page.wait_for_timeout(100)
    client.close()
    until(page, "([id, at]) => gwanje.video.picture(id).time === at", argument=[CAMERA, began_ms + 19_000])
    assert page.evaluate("id => gwanje.video.rate(id)", CAMERA) <= 1.0


@pytest.fixture(params=["ko", "en"])
def upright(browser: Browser, seat: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Page, str]]:
    """A tablet held upright, and its language."""
    context = browser.new_context(storage_state=seat, viewport={"width": 820, "height": 1180}, has_touch=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page, request.param
    context.close()


def test_an_upright_tablet_reads_and_taps_both_pages(room: Room, upright: tuple[Page, str]) -> None:
    page, lang = upright
    film(room.settings.var)
    for path, ready in (("/cameras", "#camera-wall .tile"), ("/camera/CAM-030", "#camera-clips .clip-row")):
        page.goto(f"{room.url}{path}?lang={lang}")
        expect(page.locator(ready).first).to_be_visible()
        until(page, "document.querySelectorAll('#status .item').length > 0")
        for wrong in (TINY, SMALL, OUT):
            becomes(page, wrong, [])


def test_a_recorded_clip_says_that_it_is_recorded_and_when(room: Room, page: Page) -> None:
    film(room.settings.var)
    page.goto(f"{room.url}/camera/CAM-030")
    page.locator("#camera-clips .clip-open").first.click()
    until(page, "document.querySelector('.player video')?.readyState >= 2")
    page.evaluate("document.querySelector('.player video').currentTime = 3")
    at = page.evaluate("""async () => {
      const [clip] = await gwanje.get('/api/v1/clips?camera=changwon/camera/CAM-030&limit=1');
      return gwanje.date(clip.began_ms + 3000); }""")
    expect(page.locator("#camera-clips .player-recorded")).to_have_text(f"녹화 · {at}")
    edge = page.locator("#camera-clips").bounding_box()
    play = page.locator(".player-row button").first.bounding_box()
    assert edge
    assert play
    assert play["x"] - edge["x"] >= 8
