"""Incidents that may have to do with each other are named and linked on their pages."""

from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Page, expect

from park.incidents.facts import IncidentLinked
from tests.browser.room_server import LAID_OUT, Room, until
from tests.browser.staged_incident import Scene
from tests.browser.test_room import CUT_OFF, DESK, TALL, WIDE

CAMERA = "changwon/camera/CAM-023"
CABINET = "changwon/cabinet/CAB-120"
TITLES = {
    "ko": ("인명 사고", "관련 사건: 가로등 소등"),
    "en": ("Injury", "Related incident: Street lights out"),
}
WHY = {"ko": "가까운 곳", "en": "nearby"}


@pytest.fixture
def pair(room: Room) -> Iterator[tuple[str, str]]:
    """An injury and the failed lights beside it, linked; yields the ids of both."""
    scene = Scene(room)
    injury, lights = scene.begin("injury", CAMERA), scene.begin("lights_out", CABINET)
    for one, other, after_s in ((injury, lights, 400.0), (lights, injury, -400.0)):
        link = IncidentLinked(one, other, "same_place", distance_m=163.0, after_s=after_s)
        scene.tell(link, f"changwon/incident/{one}")
    yield injury, lights
    scene.end()


@pytest.mark.parametrize(("size", "lang"), [(DESK, "ko"), (WIDE, "en"), (TALL, "ko")])
def test_the_page_names_the_related_incident_and_leads_to_it_and_back(
    room: Room, page: Page, pair: tuple[str, str], size: Sequence[int], lang: str
) -> None:
    injury, lights = pair
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{room.url}/incident/{injury}?lang={lang}")
    until(page, LAID_OUT)
    title, related = TITLES[lang]
    expect(page.locator("#incident-title")).to_contain_text(title)
    link = page.locator("#incident-linked a")
    expect(link).to_contain_text(related)
    expect(link).to_contain_text(WHY[lang])
    assert page.evaluate(CUT_OFF) == []
    link.click()
    expect(page).to_have_url(f"{room.url}/incident/{lights}?lang={lang}")
    expect(page.locator("#incident-linked a")).to_contain_text(title)


@pytest.mark.usefixtures("pair")
def test_an_incident_that_stands_alone_says_nothing_of_others(room: Room, page: Page) -> None:
    scene = Scene(room)
    alone = scene.open()
    page.goto(f"{room.url}/incident/{alone}?lang=ko")
    until(page, LAID_OUT)
    expect(page.locator("#incident-title")).to_contain_text("가스 누출")
    expect(page.locator("#incident-linked")).to_be_hidden()
    scene.end()
