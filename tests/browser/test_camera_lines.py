"""Lines of a camera: only directions that a line has are offered, and what went over it is counted."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.cameras import files as camera_files
from tests.browser.conftest import Allow
from tests.browser.room_server import Room
from tests.browser.test_camera_setup import draw, open_page

CAMERA = "changwon/camera/CAM-061"  # of no source: nothing but the test counts here
FILE = """
id = "CAM-061"
name = { ko = "문", en = "Gate" }
frame = [320, 240]
[[lines]]
name = "drive"
points = [[160, 0], [160, 240]]
rules = [{ kind = "line_crossing", direction = "right" }]
"""


@pytest.fixture
def saved(room: Room) -> Iterator[Path]:
    """The folder of what is saved, emptied afterwards."""
    folder = room.folder / "cameras"
    yield folder
    for path in folder.glob("*.toml"):
        path.unlink()


def test_a_line_offers_the_ways_that_lead_over_it(room: Room, page: Page, saved: Path, allow: Allow) -> None:
    allow("422")
    open_page(room, page)
    draw(page, "lines", [(0.5, 0.2), (0.5, 0.7)])
    place = page.locator(".setup-place", has=page.locator(".setup-place-head", has_text="선")).first
    place.locator(".setup-add-rule").select_option("wrong_way")
    way, turned = place.get_by_label("방향"), place.locator(".setup-turned")
    expect(way.locator("option")).to_have_text(["왼쪽", "오른쪽"])
    expect(way).to_have_value("right")  # the standard's "down" is no way over this line
    expect(turned).to_have_count(0)
    place.locator(".setup-add-rule").select_option("line_crossing")
    expect(place.get_by_label("방향").nth(1).locator("option")).to_have_text(["양쪽", "왼쪽", "오른쪽"])

    dot = page.locator('[data-part="lines"][data-point="1"]')
    dot.click(force=True)
    for _ in range(35):
        page.keyboard.press("Shift+ArrowRight")
    expect(way.first).to_have_value("down")
    expect(turned).to_have_text("선에 맞춰 방향을 바꿨습니다: 오른쪽 → 아래. 맞는지 확인하세요.")
    expect(way.nth(1).locator("option")).to_have_text(["양쪽", "아래", "위"])
    expect(way.nth(1)).to_have_value("both")
    way.first.select_option("up")
    expect(turned).to_have_count(0)

    page.evaluate("gwanje.setup.camera.lines[0].rules[0].direction = 'left'")
    page.click("#setup-save button")
    said = page.locator("#setup-save .said-here")
    expect(said).to_have_text(
        re.compile(r"^\d+행 · lines\.rules\.direction: 선 ‘line1’에는 ‘왼쪽’ 방향이 없습니다: 위 또는 아래$")
    )
    page.evaluate("gwanje.setup.camera.lines[0].rules[0].direction = 'up'")
    page.click("#setup-save button")
    expect(said).to_contain_text("저장했습니다")
    (line,) = camera_files.read(saved / "CAM-084.toml")["lines"]
    assert [rule.get("direction") for rule in line["rules"]] == ["up", None]


def test_what_went_over_a_line_is_counted_on_the_camera_s_page(room: Room, page: Page, saved: Path) -> None:
    saved.mkdir(exist_ok=True)
    (saved / "CAM-061.toml").write_text(FILE, "utf-8")
    page.goto(f"{room.url}/camera/CAM-061")
    row = page.locator(".camera-crossings tbody tr")
    expect(row).to_have_count(1)
    expect(row.locator("td")).to_have_text(["drive", "오른쪽으로", "0", "0"])
    for line, way in (("drive", "right"), ("drive", "right"), ("gate", "down")):
        room.tell("park.camera.event", CAMERA, kind="line_crossing", camera="CAM-061", model="m",
                  rule="line_crossing", score=0.9, line=line, direction=way)  # fmt: skip
    expect(row).to_have_count(2)
    expect(row.locator("td:last-child")).to_have_text(["2", "1"])
    page.goto(f"{room.url}/camera/CAM-061?lang=en")
    expect(page.locator(".camera-crossings th")).to_have_text(
        ["Line crossing", "Direction", "Today", "Last hour"]
    )
    expect(row.first).to_contain_text("Right")
    page.goto(f"{room.url}/camera/CAM-030")
    expect(page.locator("#camera-about dl")).to_be_visible()
    expect(page.locator(".camera-crossings table")).to_have_count(0)
