"""Whose leak or fire it may be, on the page of the incident, in both languages and on every screen."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from park.environment.facts import GasObservation, WeatherObservation
from tests.browser.room_server import Room, until
from tests.browser.staged_incident import Scene
from tests.browser.test_room import CUT_OFF, DESK, TALL, WIDE

SENSOR = "changwon/gas/GAS-015"  # at G-11; G-10, which handle HF too, lie upwind of it
FOUNDRY_CAMERA = "changwon/camera/CAM-025"
LEAK = {
    "ko": (
        "가스 누출 (HF) · G-11 도료공장 또는 그 풍상측",
        "발생 추정: G-11 도료공장 (자체 감지기, HF 취급)",
        "다른 후보: G-10 금속공장 (감지 지점의 풍상측 626 m, 풍속 2.3 m/s, HF 취급)",
    ),
    "en": (
        "Gas leak (HF) · at or upwind of G-11 Paint works",
        "Likeliest source: G-11 Paint works (its own sensor, handles HF)",
        "Other candidates: G-10 Metal works (upwind of the sensor by 626 m at 2.3 m/s, handles HF)",
    ),
}
FIRE = {
    "ko": ("화재 · E-04 냉동물류공장", "발생지: E-04 냉동물류공장 (자체 카메라가 봄)"),
    "en": ("Fire · E-04 Cold storage works", "At: E-04 Cold storage works (its own camera saw it)"),
}


@pytest.fixture
def scene(room: Room) -> Iterator[Scene]:
    made = Scene(room)
    yield made
    made.end()


def blow(scene: Scene) -> None:
    """Let the wind come from G-10, and the sensor measure."""
    now = datetime.now(UTC)
    for number in range(1, 7):
        scene.tell(
            WeatherObservation(5.0, 60.0, 2.3, 195.0, 0.0, 0.0), f"changwon/weather/WX-{number:02d}", now
        )
    scene.tell(GasObservation("HF", 3.0), SENSOR, now)


def visit(page: Page, room: Room, name: str, title: str, size: Sequence[int], lang: str) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{room.url}/incident/{name}?lang={lang}")
    expect(page.locator("#incident-title")).to_have_text(title)
    page.wait_for_selector("#incident-steps .step", state="attached")
    until(page, "gwanje.map.marks.size > 1000")


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", [DESK, WIDE, TALL])
def test_a_leak_at_a_neighbours_sensor_names_the_candidates_and_why(
    room: Room, page: Page, scene: Scene, size: Sequence[int], lang: str
) -> None:
    blow(scene)
    title, likeliest, others = LEAK[lang]
    visit(page, room, scene.begin("gas_leak", SENSOR), title, size, lang)
    expect(page.locator("#incident-source")).to_be_visible()
    marked = "gwanje.map.candidatesOf(gwanje.map.things()[0])"
    until(page, f"{marked}.length >= 2")
    assert page.evaluate(f"{marked}.map(({{ id }}) => id)")[:2] == [
        f"changwon/factory/{n}" for n in ("G-11", "G-10")
    ]
    until(page, f"{marked}.every(({{ lat, lon }}) => gwanje.map.view.getBounds().contains([lat, lon]))")
    expect(page.locator("#incident-source")).to_contain_text(likeliest)
    expect(page.locator("#incident-source")).to_contain_text(others)
    words = "[...document.querySelectorAll('.incident-words > *')]"
    assert page.evaluate(f"{words}.filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.id)") == []
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("document.scrollingElement.scrollHeight <= innerHeight")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_wall_says_at_or_upwind_in_full(room: Room, page: Page, scene: Scene, lang: str) -> None:
    blow(scene)
    scene.begin("gas_leak", SENSOR)
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.goto(f"{room.url}/wall?lang={lang}")
    title = page.locator(".strip-title")
    expect(title).to_have_text(LEAK[lang][0])
    assert title.evaluate("(e) => e.scrollWidth <= e.clientWidth")
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_fire_at_a_works_own_camera_names_the_works(
    room: Room, page: Page, scene: Scene, lang: str
) -> None:
    title, at = FIRE[lang]
    visit(page, room, scene.begin("fire", FOUNDRY_CAMERA), title, DESK, lang)
    expect(page.locator("#incident-source")).to_have_text(at)


def test_what_happens_at_its_cause_itself_names_nobody_else(room: Room, page: Page, scene: Scene) -> None:
    name = scene.begin("power", "changwon/substation/SUB-1")
    visit(page, room, name, "전력 설비 이상 · 제2변전소", DESK, "ko")
    expect(page.locator("#incident-source")).to_be_hidden()
