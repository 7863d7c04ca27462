"""A camera is set up in the browser: drawn, tried, saved; and what was drawn fires on the next passage."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from scipy.stats import chi2

from cctv.sources.onvif import GROUP
from data.cameras import files as camera_files
from tests.browser.conftest import Allow
from tests.browser.room_server import ROOT, Room, until
from tests.cctv.sources.test_onvif import LOGIN, listening, served

PAGE = "/cameras/setup/CAM-084"
TRIAL_MS = 300_000  # a minute of film and more is analysed, on whatever is left of the machine
BOXED = """(() => { const canvas = document.querySelector('.setup-seen canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const yellow = (at) => data[at] === 227 && data[at + 1] === 179 && data[at + 2] === 65;
  let found = 0;
  for (let at = 0; at < data.length; at += 4) found += yellow(at);
  return found > 100; })()"""
SMALL = """[...document.querySelectorAll('.setup-page :is(button, select)')]
  .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5)
  .map((one) => one.textContent)"""
KOREAN = """[...document.querySelectorAll(
    '.setup-page :is(h2, button, span, p, small, summary, option, b, text)')]
  .map((one) => one.textContent).filter((text) => /[가-힣]/.test(text))"""
ZONE = [(0.05, 0.2), (0.95, 0.2), (0.95, 0.95), (0.05, 0.95)]  # of width and height: everybody passes here


@pytest.fixture
def eyes(room: Room) -> Iterator[subprocess.Popen[bytes]]:
    """The camera process of the room; what was saved is taken away afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "workers.cameras"],
        cwd=ROOT,
        env={**room.environ, "GWANJE_DETECTOR": ""},
        stderr=subprocess.DEVNULL,
    )
    yield process
    process.terminate()
    process.wait(60)


@pytest.fixture(autouse=True)
def saved(room: Room) -> Iterator[Path]:
    """The folder of what is saved, emptied afterwards."""
    folder = room.folder / "cameras"
    yield folder
    for path in folder.glob("*.toml"):
        path.unlink()


def open_page(room: Room, page: Page) -> None:
    page.goto(room.url + PAGE)
    ready = "window.gwanje && gwanje.setup && gwanje.setup.picture && gwanje.setup.camera"
    until(page, ready, 120)  # a process of its own brings the picture


def draw(page: Page, part: str, shape: list[tuple[float, float]]) -> None:
    page.click(f"#setup-add-{part}")
    box = page.locator(".setup-svg").bounding_box()
    assert box is not None
    for x, y in shape:
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    if part != "lines":
        page.click("#setup-finish")


def events(room: Room, page: Page, since: str) -> list[dict[str, object]]:
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    asked = {"type": "park.camera.event", "subject": "changwon/camera/CAM-084", "from": since}
    answer = httpx.get(f"{room.url}/api/v1/events", params=asked, cookies=cookies, timeout=60)
    answer.raise_for_status()
    found = answer.json()
    return [one["data"] for one in found["events"]]


def test_a_zone_that_is_drawn_and_saved_fires_on_the_next_passage(
    room: Room, page: Page, saved: Path, eyes: subprocess.Popen[bytes]
) -> None:
    open_page(room, page)
    draw(page, "zones", ZONE)
    places = page.locator(".setup-place")
    expect(places).to_have_count(3)
    places.nth(1).locator("input").first.fill("마당")
    places.nth(1).locator(".setup-add-rule").select_option("intrusion")
    places.nth(1).get_by_label("사람").check()
    places.nth(1).get_by_label("자전거").check()
    places.nth(1).get_by_label("자전거").uncheck()
    since = datetime.now(UTC).isoformat()
    page.click("#setup-save button")
    expect(page.locator("#setup-save .said-here")).to_contain_text("저장했습니다")
    table = camera_files.read(saved / "CAM-084.toml")
    assert [zone["name"] for zone in table["zones"]] == ["walkway", "마당"]
    assert table["zones"][1]["rules"] == [{"kind": "intrusion", "classes": ["person"]}]
    assert len(table["zones"][1]["polygon"]) == 4
    assert (saved / "CAM-084.toml").read_text("utf-8").startswith("# Demonstration")
    end_s = time.monotonic() + 90
    while not (found := [one for one in events(room, page, since) if one.get("zone") == "마당"]):
        assert time.monotonic() < end_s, "the zone never fired"
        page.wait_for_timeout(500)
    assert found[0]["kind"] == "intrusion"
    break_the_file(room, page, saved / "CAM-084.toml")
    eyes.terminate()  # what is being filmed is kept
    assert eyes.wait(60) == 0
    try_on_the_last_hour(room, page)


def try_on_the_last_hour(room: Room, page: Page) -> None:
    """What the camera has just kept is tried again, and shown by the clock."""
    kept = [path.read_text("utf-8") for path in (room.folder / "clips").glob("*.json")]
    assert any("마당" in card for card in kept), "no clip was kept"
    open_page(room, page)
    choice = page.locator("#setup-try select")
    expect(choice).to_have_value("hour")
    expect(choice.locator("option").first).to_contain_text("지난 1시간 (저장된 영상")
    page.click("#setup-try button.primary")
    expect(page.locator(".setup-event").first).to_be_visible(timeout=TRIAL_MS)
    expect(page.locator(".setup-figures")).to_contain_text(
        "저장된 영상은 규칙이 울린 때뿐이라 하루로 치지 않음"
    )
    expect(page.locator(".setup-judge b")).to_contain_text(re.compile(r"^\d\d:\d\d:\d\d · "))
    expect(page.locator(".setup-film").first).to_be_attached()


def break_the_file(room: Room, page: Page, path: Path) -> None:
    """Its camera goes on by the last right file; list, set-up and the camera's page say so with the line."""
    before = path.read_text("utf-8")
    path.write_text(before.replace("rules = [", "rulez = ["), "utf-8")
    page.goto(f"{room.url}/cameras/setup")
    first = page.locator("#setup-list tbody tr").first
    expect(first).to_contain_text("CAM-084")
    expect(first).to_contain_text(
        re.compile(r"\d+행 · zones.rulez: 모르는 항목입니다: rulez · 마지막으로 바른 설정")
    )
    page.goto(f"{room.url}/camera/CAM-084")
    about = page.locator("#camera-about")
    expect(about).to_contain_text(re.compile(r"정상 · CAM-084.toml: \d+행 · line \d+: zones.rulez"))
    open_page(room, page)
    expect(page.locator(".setup-file")).to_contain_text("마지막으로 바른 설정으로 보고 있음")
    assert page.evaluate("gwanje.setup.camera.zones[1].name") == "마당", "drawn as it last was right"
    page.click("#setup-save button")
    expect(page.locator("#setup-save .said-here")).to_contain_text("저장했습니다")
    assert camera_files.read(path)["zones"][1]["name"] == "마당"
    page.goto(f"{room.url}/camera/CAM-084")
    expect(about).not_to_contain_text("CAM-084.toml")


def test_points_move_by_keys_and_shapes_go(room: Room, page: Page) -> None:
    open_page(room, page)
    draw(page, "lines", [(0.2, 0.5), (0.6, 0.5)])
    draw(page, "masks", [(0.7, 0.1), (0.9, 0.1), (0.9, 0.3)])
    dot = page.locator('[data-part="masks"][data-point="1"]')
    before = page.evaluate("gwanje.setup.camera.masks[0].polygon[1].slice()")
    dot.click(force=True)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    near = page.evaluate("gwanje.setup.camera.masks[0].polygon[1]")
    assert abs(near[0] - before[0] - 1) <= 1
    assert abs(near[1] - before[1] - 10) <= 1
    page.keyboard.press("Insert")
    assert page.evaluate("gwanje.setup.camera.masks[0].polygon.length") == 4
    page.keyboard.press("Delete")
    assert page.evaluate("gwanje.setup.camera.masks[0].polygon.length") == 3
    page.click("#setup-remove")
    assert page.evaluate("[gwanje.setup.camera.masks.length, gwanje.setup.camera.lines.length]") == [0, 1]
    reach = page.locator(".setup-reach").count()
    assert reach == 0, "nothing is chosen any more"
    page.evaluate("gwanje.setup.dirty = false")


def test_a_trial_shows_when_what_fired_and_how_often_it_was_wrong(room: Room, page: Page) -> None:
    open_page(room, page)
    page.locator(".setup-place").first.locator(".setup-add-rule").select_option("intrusion")
    page.locator(".setup-place").first.locator(".setup-add-rule").select_option("stopped_vehicle")
    page.locator(".setup-place").last.locator(".setup-add-rule").select_option("fire")
    page.locator("#setup-try select").select_option("sample:vtest.avi")  # not what other tests have kept
    page.click("#setup-try button.primary")
    marks = page.locator(".setup-event")
    expect(marks.first).to_be_visible(timeout=TRIAL_MS)
    lanes = page.locator(".setup-names span").all_text_contents()
    said = [lane.rpartition(" · ")[2] for lane in lanes]  # every rule that was asked for: off, fired, silent
    assert said == ["꺼짐", str(marks.count()), "꺼짐", "0"]
    expect(page.locator(".setup-figures")).to_contain_text("/ 1:19")
    expect(page.locator(".setup-figures")).to_contain_text("하루로 치기에는 짧음 (60분 이상 필요)")
    expect(page.locator(".setup-figures")).to_contain_text("움직임만으로 시험함")
    marks.last.click()
    until(page, "document.querySelector('.setup-seen canvas').width === 768")
    until(page, BOXED)
    bar = page.locator(".setup-time").bounding_box()
    assert bar
    page.mouse.click(
        bar["x"] + 2, bar["y"] + bar["height"] * 1.5 / len(lanes)
    )  # no mark: the nearest is meant
    first = page.locator(".setup-event.on")
    expect(first).to_have_attribute("data-event", "0")
    expect(page.locator(".setup-axis span")).to_have_text(["0:00", "0:39", "1:19"])
    page.click("#setup-false")
    expect(page.locator(".setup-figures")).to_contain_text("판정 1건 중 오경보 1건 (정확도 0%)")
    for count in (0, 2, 50):
        sure = float(chi2.ppf(0.95, 2 * (count + 1)) / 2)  # the exact bound (Garwood 1936)
        assert page.evaluate("gwanje.upperBound($n)".replace("$n", str(count))) == pytest.approx(
            sure, rel=0.02
        )
    page.evaluate("gwanje.setup.dirty = false")


def test_what_is_wrong_is_said_at_its_place_and_not_saved(
    room: Room, page: Page, saved: Path, allow: Allow
) -> None:
    allow("422")
    open_page(room, page)
    page.locator(".setup-place input[type=number]").first.fill("-5")
    page.click("#setup-save button")
    expect(page.locator("#setup-save .said-here")).to_contain_text(
        re.compile(r"^\d+행 · zones\.rules\.\w+: 값이 >=? \d+(\.\d)? 이어야 합니다$")
    )
    assert not list(saved.glob("*.toml"))
    page.evaluate("gwanje.setup.dirty = false")


def test_the_list_shows_every_camera_and_the_bad_file_first(room: Room, page: Page, saved: Path) -> None:
    saved.mkdir(exist_ok=True)
    (saved / "CAM-003.toml").write_text('id = "CAM-003"\nframe = [1, 2]\n', "utf-8")
    page.goto(f"{room.url}/cameras/setup")
    first = page.locator("#setup-list tbody tr").first
    expect(first).to_contain_text("CAM-003")
    expect(first).to_contain_text("파일 오류")
    expect(first).to_contain_text("행 ·")
    expect(first).to_contain_text("이 카메라만 꺼짐")
    assert page.locator("#setup-list tbody tr").count() > 50


def test_the_cameras_of_the_network_are_found_and_taken(room: Room, page: Page, allow: Allow) -> None:
    allow("422")  # the camera that is found speaks ONVIF, but sends no picture
    open_page(room, page)
    page.click(".setup-search summary")
    for text, value in (
        ("카메라 사용자", LOGIN.user),
        ("카메라 암호", LOGIN.password),
        ("네트워크 카드", "127.0.0.1"),
    ):
        page.locator("#setup-find label", has_text=text).locator("input").fill(value)
    with served() as device, listening(device, GROUP[1]):
        page.click("#setup-find button")
        found = page.locator(".setup-found li")
        expect(found).to_contain_text("East gate")
        expect(found).to_contain_text("H264 1920×1080")
        found.locator("button").click()
    addresses = page.evaluate("[gwanje.setup.camera.source, gwanje.setup.camera.substream]")
    login = "room:p%3C%26%3Ess"
    assert addresses == [f"rtsp://{login}@127.0.0.1:554/b", f"rtsp://{login}@127.0.0.1:554/c"]
    expect(page.locator("#setup-look .said-here.bad")).not_to_be_empty()
    assert LOGIN.password not in page.locator("#setup-look").inner_text()
    page.evaluate("gwanje.setup.dirty = false")


@pytest.fixture
def tablet(browser: Browser, seat: Path) -> Iterator[Page]:
    """A tablet in a hand that reads English."""
    context = browser.new_context(
        storage_state=seat, viewport={"width": 1180, "height": 820}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def test_a_zone_is_drawn_by_finger_on_an_english_tablet(room: Room, tablet: Page) -> None:
    tablet.goto(f"{room.url}{PAGE}?lang=en")
    until(tablet, "window.gwanje && gwanje.setup && gwanje.setup.picture && gwanje.setup.camera")
    tablet.tap("#setup-add-zones")
    box = tablet.locator(".setup-svg").bounding_box()
    assert box is not None
    assert box["width"] * box["height"] > 0.25 * 1180 * 820, "large enough to draw on"
    for x, y in ZONE:
        tablet.touchscreen.tap(box["x"] + x * box["width"], box["y"] + y * box["height"])
    tablet.tap("#setup-finish")
    drawn = tablet.evaluate("gwanje.setup.camera.zones[1].polygon")
    for (x, y), (fx, fy) in zip(drawn, ZONE, strict=True):
        assert x / 768 == pytest.approx(fx, abs=0.01)
        assert y / 576 == pytest.approx(fy, abs=0.01)
    tablet.locator(".setup-place").nth(1).locator(".setup-add-rule").select_option("intrusion")
    expect(tablet.locator(".setup-rule b").nth(1)).to_have_text("Intrusion")
    assert tablet.evaluate(SMALL) == [], "a finger needs 44 px"
    assert tablet.evaluate(KOREAN) == []
    assert tablet.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing hangs out"
    tablet.evaluate("gwanje.setup.dirty = false")
