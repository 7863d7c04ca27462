"""The player in the real browser: a clip plays, scrubs, steps, and shows what was seen in it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import msgspec
import pytest
from playwright.sync_api import Page, expect

from data.cameras.clips import Card, Course
from tests.browser.room_server import Room, until
from tests.browser.staged_incident import Scene
from tests.browser.test_incident import visit
from tests.cctv.tiny_model import tiny_yolox
from tests.sample_clip import film

VIDEO = "document.querySelector('.player video')"
OVER = "document.querySelector('.player-over')"
PIXELS = f"{OVER}.getContext('2d').getImageData(0, 0, {OVER}.width, {OVER}.height).data"
DRAWN = f"{OVER}.width > 0 && {PIXELS}.some((value, index) => index % 4 === 3 && value > 0)"


def test_a_clip_plays_scrubs_and_steps_and_is_held(room: Room, page: Page) -> None:
    film(room.settings.var)
    page.goto(f"{room.url}/camera/CAM-030")
    row = page.locator("#camera-clips .clip-row").first
    row.locator(".clip-open").click()
    until(page, f"Boolean({VIDEO}) && {VIDEO}.videoWidth === 320 && {VIDEO}.readyState >= 2")
    until(page, f"Math.abs({VIDEO}.currentTime - 4) < 0.3")  # two seconds before the moment
    until(page, DRAWN)

    page.locator(".player-row button").first.click()
    until(page, f"{VIDEO}.currentTime > 4.6 && !{VIDEO}.paused")
    page.locator(".player-row button").first.click()
    until(page, f"{VIDEO}.paused")

    box = page.locator(".player-bar").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + 10)
    until(page, f"Math.abs({VIDEO}.currentTime - 3) < 0.15")
    page.locator("#camera-clips .player").focus()
    page.keyboard.press(".")
    until(page, f"Math.abs({VIDEO}.currentTime - 3.2) < 0.05")
    page.keyboard.press(",")
    until(page, f"Math.abs({VIDEO}.currentTime - 3.0) < 0.05")
    page.locator(".player-row select").select_option("4")
    assert page.evaluate(f"{VIDEO}.playbackRate") == 4

    for button in page.locator(".player-row button[aria-pressed]").all():
        button.click()
    until(page, f"!({DRAWN})")

    row.locator(".clip-hold").click()
    page.locator("dialog.ask textarea").fill("증거 보존")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("보존: admin, 증거 보존")


def open_clip(room: Room, page: Page) -> None:
    """Play the clip at 3 s, where person 7 is at x 60 to 100 of 320."""
    film(room.settings.var)
    page.goto(f"{room.url}/camera/CAM-030")
    page.locator("#camera-clips .clip-open").first.click()
    until(page, f"Boolean({VIDEO}) && {VIDEO}.readyState >= 2")
    page.evaluate(f"{VIDEO}.currentTime = 3.01")
    until(page, f"!{VIDEO}.seeking && {DRAWN}")


def press(page: Page, x: float, y: float) -> None:
    """Press a place of the picture, in its own pixels."""
    video = page.locator(".player-stage video")
    video.scroll_into_view_if_needed()
    box = video.bounding_box()
    assert box
    scale = min(box["width"] / 320, box["height"] / 240)
    left, top = (box["width"] - 320 * scale) / 2, (box["height"] - 240 * scale) / 2
    video.click(position={"x": left + x * scale, "y": top + y * scale})


def taken(page: Page, button: str, why: str) -> Path:
    """Press a button of the player, give the reason, and return the file that comes."""
    page.locator(".player-row button", has_text=button).click()
    with page.expect_download() as coming:
        page.locator("dialog.ask textarea").fill(why)
        page.keyboard.press("Enter")
    return coming.value.path()


@pytest.fixture
def model(room: Room) -> Iterator[Path]:
    """The room has a detector: without one there is no copy of one person."""
    path = tiny_yolox(room.settings.var / "tiny.onnx")
    (room.settings.var / "models").mkdir(exist_ok=True)
    yield path.rename(room.settings.var / "models" / path.name)
    (room.settings.var / "models" / path.name).unlink()


def purposes(page: Page, action: str, object_: str) -> set[str]:
    """Return what an act was done for, by the audit trail."""
    rows: Any = page.evaluate(f"gwanje.get('/api/v1/audit?action={action}&object={object_}')")
    return {row["reason"] for row in rows}


def test_older_clips_and_held_ones_are_come_to(room: Room, page: Page) -> None:
    folder = room.settings.var / "clips"
    cards = [folder / f"many-{number}" for number in range(52)]
    try:
        for number, card in enumerate(cards):
            lay(card, number)
        page.goto(f"{room.url}/camera/CAM-031")
        rows, more = page.locator("#camera-clips .clip-row"), page.locator("#camera-clips .clip-more")
        expect(rows).to_have_count(50)
        more.click()
        expect(rows).to_have_count(52)
        expect(more).to_be_hidden()
        rows.last.locator(".clip-hold").click()
        page.locator("dialog.ask textarea").fill("오래된 증거")
        page.keyboard.press("Enter")
        expect(rows.last).to_contain_text("보존: admin, 오래된 증거")
        page.reload()
        expect(rows).to_have_count(50)
        page.locator("#camera-clips .clip-held").click()
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("오래된 증거")
        rows.locator(".clip-hold").click()
        page.locator("dialog.ask textarea").fill("끝남")
        page.keyboard.press("Enter")
        expect(page.locator("#camera-clips")).to_contain_text("보존된 영상 없음")
        assert not (folder / "many-51.hold.json").exists()
    finally:
        for card in cards:
            for path in folder.glob(f"{card.name}.*"):
                path.unlink()


def lay(path: Path, hours: int) -> None:
    """Lay a clip of CAM-031 on the shelf that nobody plays."""
    path.parent.mkdir(exist_ok=True)
    began = datetime.now(UTC) - timedelta(hours=hours)
    card = Card(path.name, "changwon/camera/CAM-031", began, 1.0, (64, 48), "tests")
    path.with_suffix(".mp4").write_bytes(b"film")
    path.with_suffix(".track.json").write_bytes(msgspec.json.encode(Course((), ())))
    path.with_suffix(".json").write_bytes(msgspec.json.encode(card))


@pytest.mark.usefixtures("model")
def test_one_person_and_one_picture_are_taken_out_with_a_reason(room: Room, page: Page) -> None:
    open_clip(room, page)
    assert "카메라 CAM-030 영상 확인" in purposes(page, "clip.view", "film-1")
    press(page, 80, 130)
    page.locator(".player-row button", has_text="7번만 내려받기").click()
    expect(page.locator("dialog.ask")).to_contain_text("7번만 보이고 다른 사람은 흐리게 나갑니다")
    page.keyboard.press("Escape")
    with av.open(str(taken(page, "7번만 내려받기", "경찰 요청 2026-7"))) as copy:
        assert copy.streams.video[0].width == 320
        assert not copy.streams.audio
        assert sum(1 for _ in copy.decode(video=0)) == 60
    press(page, 5, 5)  # nobody is there: nobody is chosen
    expect(page.locator(".player-row button", has_text="7번만")).to_have_count(0)
    assert taken(page, "정지 화면 저장", "보고서 첨부").read_bytes().startswith(b"\x89PNG")
    told = page.evaluate("gwanje.get('/api/v1/audit?action=clip.download')")
    objects = [row["object"] for row in told]
    assert objects[:2] == ["film-1 3.010 s", "film-1 #7"]


def test_the_moment_of_an_incident_plays_with_what_was_seen(room: Room, page: Page) -> None:
    scene = Scene(room)
    scene.film()
    try:
        visit(page, room, scene.open())
        until(page, f"Boolean({VIDEO}) && {VIDEO}.readyState >= 2 && {VIDEO}.played.length > 0")
        assert page.evaluate(f"{VIDEO}.played.start(0)") < 2, "from long before the moment"
        for at_s in (1, 11):  # boxes all through it
            page.evaluate(f"{VIDEO}.pause(), {VIDEO}.currentTime = {at_s}")
            until(page, f"!{VIDEO}.seeking && {DRAWN}")
        expect(page.locator("#incident-moment .moment-foot")).to_contain_text("CAM-030")
        assert "사건 2026-1123-01 확인" in purposes(page, "clip.view", "film-1")
    finally:
        scene.end()
