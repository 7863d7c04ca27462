"""The room as people see it: alarms by keyboard, every panel whole on every screen, in both languages."""

import json
import uuid
from collections.abc import Sequence

import pytest
from playwright.sync_api import Page, expect

from tests.browser.room_server import LAID_OUT, Room, becomes, until

DESK, DOUBLE, WIDE, TALL = (1920, 1080), (3840, 2160), (1180, 820), (820, 1180)
VIEWS = [("/", DESK), ("/", DOUBLE), ("/wall", DESK), ("/wall", DOUBLE), ("/tablet", WIDE), ("/tablet", TALL)]
TABS = ("map", "cameras", "logistics", "energy", "environment")

CUT_OFF = """() => [...document.querySelectorAll(
    '.panel-body, .figures, .figure, .bars, .energy-row, .strip')].filter(e => {
  const scrolls = getComputedStyle(e).overflowY === 'auto';
  const wide = e.scrollWidth > e.clientWidth + 2, high = !scrolls && e.scrollHeight > e.clientHeight + 2;
  return e.offsetWidth && (wide || high);
}).map(e => `${e.id || e.className}: ${e.textContent.slice(0, 60)}`)"""

# Text below 4.5 : 1 against the nearest opaque ground (WCAG AA), large text below 3 : 1.
FAINT = """() => {
  const rgb = (s) => (s.match(/[\\d.]+/g) || []).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => { for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] > 0.8) return c;
  } return [0, 0, 0]; };
  const faint = [];
  const walk = document.createTreeWalker(document.querySelector('.room'), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, style = getComputedStyle(e);
    if (!walk.currentNode.data.trim() || !e.offsetWidth || e.closest('.map-panel, .tile, svg')) continue;
    const [a, b] = [lum(rgb(style.color)), lum(ground(e))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.7 && style.fontWeight >= 700);
    if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5)) faint.push(`${e.className}: ${walk.currentNode.data}`);
  }
  return faint;
}"""

# What the page knows of the alarms of a condition
HELD = "condition => Object.values(gwanje.state.alarms).filter((a) => a.condition === condition)"
# What a page in English says in Korean, but for the way back
KOREAN = "document.querySelector('.room').innerText.replace('한국어', '').match(/[가-힣]+/g)"


def enter(page: Page, room: Room, path: str, size: Sequence[int], lang: str = "ko") -> None:
    """Open a view on a screen of this size and wait until it lives."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{room.url}{path}?lang={lang}")
    until(page, LAID_OUT)
    page.wait_for_selector("#energy .num", state="attached")


def raise_alarms(room: Room, page: Page, count: int, priority: str, condition: str = "") -> str:
    """Raise alarms of one condition on as many gas sensors; return the condition."""
    condition = condition or f"test-{uuid.uuid4()}"
    assets = page.evaluate(
        "gwanje.get('/api/v1/assets?kind=gas').then((all) => all.map((asset) => asset.id))"
    )
    for asset in assets[:count]:
        room.tell("park.alarm.raised", asset, alarm=str(uuid.uuid4()), condition=condition, priority=priority)
    return condition


def held(page: Page, condition: str) -> list[dict[str, object]]:
    """What the page knows of the alarms of a condition."""
    found: list[dict[str, object]] = page.evaluate(HELD, condition)
    return found


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(("path", "size"), VIEWS)
def test_nothing_is_cut_off_and_the_page_does_not_scroll(
    room: Room, page: Page, path: str, size: Sequence[int], lang: str
) -> None:
    enter(page, room, path, size, lang)
    for tab in TABS if path == "/tablet" else ("",):
        if tab:
            page.click(f"#tabs [data-tab={tab}]")
            expect(page.locator(f".{tab}-panel")).to_be_visible()
        becomes(page, CUT_OFF, [])
    becomes(page, "document.scrollingElement.scrollHeight <= innerHeight", wanted=True)
    becomes(page, "document.scrollingElement.scrollWidth <= innerWidth", wanted=True)


# What of the header lies outside of its part in the worst of times, which are painted at once.
CROWDED = """([shift, link]) => {
  Object.defineProperty(gwanje.connection, 'link', { configurable: true, get: () => link });
  gwanje.connection.delayMs = () => 12345;
  const { state } = gwanje, old = (value) => ({ value, time_ms: gwanje.now() - 60000, period_s: 1 });
  Object.assign(state.status, { exercise: true, synthetic: true, lag_ms: 12345, pending: 2345, stale: 128,
    dead_letters: 128, shift: { ko: shift, en: shift },
    absent: Array(4).fill({ name: { ko: '카메라 분석', en: 'Camera analysis' } }) });
  state.load = { ...state.load, last_10min: 128, level: 2 };
  state.environment = { ...state.environment, weather: { wind_speed: old(12.4), wind_from: old(225) } };
  dispatchEvent(new Event('resize'));
  const all = document.querySelectorAll('.figures > *, .people > *, .live, .clock');
  const shown = [...all].filter((e) => e.offsetWidth), parts = '.figures, .people, .status';
  const whole = document.querySelector('.status').getBoundingClientRect();
  return [shown.length, shown.filter((e) => {
    const box = e.getBoundingClientRect(), { right } = e.closest(parts).getBoundingClientRect();
    return box.right > right + 1 || box.top < whole.top - 1 || box.bottom > whole.bottom + 1
      || box.height > (e.matches('.live') ? 3 : 2.2) * parseFloat(getComputedStyle(e).fontSize);
  }).map((e) => e.textContent)];
}"""


@pytest.mark.parametrize(("lang", "shift"), [("ko", "2조"), ("en", "Shift 2")])
@pytest.mark.parametrize("size", [DESK, DOUBLE])
def test_the_header_holds_all_that_it_may_have_to_say(
    room: Room, page: Page, size: Sequence[int], lang: str, shift: str
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for path, count in (("/", 19), ("/wall", 10), ("/cameras", 19)):
        page.goto(f"{room.url}{path}?lang={lang}")
        until(page, f"{LAID_OUT} && gwanje.delay() !== null")
        for link in ("live", "stale", "lost"):  # behind a live one workers may have stopped
            becomes(page, CROWDED, [count, []], [shift, link])


@pytest.mark.parametrize("path", ["/", "/wall", "/tablet"])
def test_text_can_be_read_against_its_ground(room: Room, page: Page, path: str) -> None:
    enter(page, room, path, DESK)
    raise_alarms(room, page, 1, "critical")
    page.wait_for_selector("#attention .critical")
    page.add_style_tag(content="* { animation: none !important }")
    becomes(page, FAINT, [])


def test_english_shows_no_korean_but_the_way_back(room: Room, page: Page) -> None:
    enter(page, room, "/", DESK, "en")
    becomes(page, KOREAN, None)
    page.click("#language")
    expect(page.locator("#energy-title")).to_have_text("에너지")


def test_twice_the_pixels_are_twice_the_size(room: Room, page: Page) -> None:
    enter(page, room, "/", DESK)
    once = page.locator("#energy-panel").bounding_box()
    enter(page, room, "/", DOUBLE)
    twice = page.locator("#energy-panel").bounding_box()
    assert once
    assert twice
    for side in ("x", "y", "width", "height"):
        assert twice[side] == pytest.approx(2 * once[side], abs=4)


def test_the_wall_is_read_from_four_metres_and_has_nothing_to_click(room: Room, page: Page) -> None:
    enter(page, room, "/wall", DESK)
    expect(page.locator(".num")).to_have_count(6)
    sizes = page.evaluate(
        "[...document.querySelectorAll('.num')].map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 51
    raise_alarms(room, page, 1, "critical")
    expect(page.locator("#strip")).to_contain_text("심각")
    assert page.evaluate("parseFloat(getComputedStyle(document.getElementById('strip')).fontSize)") >= 34
    targets = "document.querySelectorAll('.room a, .room button, .room input')"
    visible = (
        f"[...{targets}].filter((e) => e.offsetWidth && getComputedStyle(e).pointerEvents !== 'none').length"
    )
    assert page.evaluate(visible) == 0


@pytest.mark.parametrize("size", [WIDE, TALL])
def test_a_thumb_hits_every_target_of_the_tablet(room: Room, page: Page, size: Sequence[int]) -> None:
    enter(page, room, "/tablet", size)
    raise_alarms(room, page, 1, "high")
    page.wait_for_selector("#attention .acknowledge:visible")
    small = """() => [...document.querySelectorAll('.room button, .room a, .room li.alarm')]
      .filter((e) => e.offsetWidth && !e.closest('.map-panel') && (e.offsetHeight < 44 || e.offsetWidth < 44))
      .map((e) => `${e.id || e.className} ${e.offsetWidth}×${e.offsetHeight}`)"""
    becomes(page, small, [])
    for tab in TABS:
        page.click(f"#tabs [data-tab={tab}]")
        expect(page.locator(f".{tab}-panel")).to_be_visible()


def test_the_keyboard_finds_and_acknowledges_an_alarm(room: Room, page: Page) -> None:
    enter(page, room, "/", DESK)
    condition = raise_alarms(room, page, 1, "critical")
    until(page, f"Object.values(gwanje.state.alarms).some((a) => a.condition === '{condition}')")
    key = str(held(page, condition)[0]["alarm"])
    row = page.locator(f'#attention [data-key="{key}"]')
    expect(page.locator("#attention .alarms > *").first).to_have_attribute("data-key", key)
    page.keyboard.press("ArrowDown")  # the newest of the most urgent is the first
    expect(row).to_have_attribute("aria-selected", "true")
    page.keyboard.press("a")
    expect(row.locator(".told")).to_contain_text("admin")
    expect(row.locator(".acknowledge")).to_be_hidden()
    assert held(page, condition)[0]["state"] == "ack"


def test_the_header_and_the_foot_of_the_list_count_the_same_alarms(room: Room, page: Page) -> None:
    enter(page, room, "/", DESK)
    gas = page.evaluate("gwanje.get('/api/v1/assets?kind=gas').then((all) => all[0].id)")
    condition = str(uuid.uuid4())
    for _ in range(3):  # the same one again and again: each time somebody is asked for
        alarm = str(uuid.uuid4())
        room.tell("park.alarm.raised", gas, alarm=alarm, condition=condition, priority="high")
        room.tell("park.alarm.cleared", gas, alarm=alarm, condition=condition)
    until(page, "gwanje.state.load.last_10min >= 3")
    header, foot = page.evaluate(
        """[...document.querySelectorAll('#status b, #load .item:nth-of-type(1) b')].map((b) => b.textContent)
           .filter((text) => /^\\d+(\\/10분)?$/.test(text)).map((text) => parseInt(text))"""
    )
    assert header == foot >= 3


def test_alarms_of_a_kind_fold_into_one_row_and_one_button(room: Room, page: Page) -> None:
    enter(page, room, "/", DESK)
    condition = raise_alarms(room, page, 5, "medium")
    row = page.locator(f'#attention [data-key="{condition}/medium"]')
    expect(row.locator(".count")).to_have_text("5")
    row.click()
    expect(page.locator("#attention .alarm.inner")).to_have_count(5)
    row.locator(".acknowledge").click()
    expect(row.locator(".acknowledge")).to_be_hidden()
    becomes(page, f"condition => ({HELD})(condition).map((one) => one.state)", ["ack"] * 5, condition)


def test_what_an_event_says_is_text_and_never_markup(room: Room, page: Page) -> None:
    enter(page, room, "/", DESK)
    condition = f"<img src=x onerror=document.title='owned'><b>{uuid.uuid4()}"
    raise_alarms(room, page, 1, "low", condition)
    until(page, f"Object.values(gwanje.state.alarms).some((a) => a.condition === {json.dumps(condition)})")
    expect(page.locator("#attention")).to_contain_text("<img src=x onerror")
    assert page.locator(".room img, #attention b b").count() == 0
    assert page.title() != "owned"


def test_keys_are_told_on_a_question_mark(room: Room, page: Page) -> None:
    enter(page, room, "/", DESK)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("경보 확인")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_have_count(0)


def test_panels_stay_where_they_are_while_values_change(room: Room, page: Page) -> None:
    enter(page, room, "/", DESK)
    parts = "[...document.querySelectorAll('.panel, .picture, .figures-col')]"
    boxes = f"{parts}.map((e) => e.getBoundingClientRect().toJSON())"
    before, frame = page.evaluate(f"[{boxes}, gwanje.frame]")
    until(page, f"gwanje.frame >= {frame + 3}")
    assert page.evaluate(boxes) == before


def test_a_dead_letter_is_shown_with_its_reason(room: Room, page: Page) -> None:
    enter(page, room, "/", DESK)
    page.goto(f"{room.url}/dead-letters")
    page.wait_for_selector("#letters .calm, #letters .letter")
    until(page, "/[0-9]/.test(document.getElementById('letters-note').textContent)")
