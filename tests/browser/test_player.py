"""The player in the real browser: a clip plays, scrubs, steps, and shows what was seen in it."""

from playwright.sync_api import Page, expect

from tests.browser.room import Room, until
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
