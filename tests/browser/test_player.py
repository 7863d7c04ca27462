"""The player in the real browser: a clip plays, scrubs, steps, and shows what was seen in it."""

from pathlib import Path

import av
from playwright.sync_api import Page, expect

from tests.browser.room import Room, until
from tests.browser.scene import Scene
from tests.browser.test_incident import visit
from tests.filmed import film

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


def test_one_person_and_one_picture_are_taken_out_with_a_reason(room: Room, page: Page) -> None:
    open_clip(room, page)
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
        until(page, f"Boolean({VIDEO}) && {VIDEO}.readyState >= 2 && !{VIDEO}.paused")
        until(page, f"{VIDEO}.currentTime < 2 && {DRAWN}")  # long before the moment: boxes all through it
        page.evaluate(f"{VIDEO}.currentTime = 11")
        until(page, f"!{VIDEO}.seeking && {DRAWN}")
        expect(page.locator("#incident-moment .moment-foot")).to_contain_text("CAM-030")
    finally:
        scene.end()
