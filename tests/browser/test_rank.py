"""What is graver comes first: in the list, on the wall and beside the cameras."""

import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from park.alarms.facts import AlarmAcknowledged, AlarmCleared, AlarmReset
from tests.browser.room_server import Room, becomes, until
from tests.browser.staged_incident import Scene
from tests.browser.test_incident import TITLE, arrive
from tests.browser.test_room import raise_alarms

LIST = """[...document.querySelectorAll('#attention .alarm')]
    .map((row) => (row.dataset.key.startsWith('incident/') ? 'incident' : 'alarm'))"""
NEAR = """(id) => gwanje.get('/api/v1/assets?kind=gas').then((all) => all.find((one) => one.id === id))
    .then(({ lat, lon }) => [gwanje.map.view.getCenter(), lat, lon])
    .then(([at, lat, lon]) => Math.hypot(at.lat - lat, at.lng - lon) < 0.001)"""


@pytest.fixture
def scene(room: Room) -> Iterator[Scene]:
    made = Scene(room)
    yield made
    made.end()


def far_gas(page: Page) -> str:
    """A sensor that is not where the incidents of a scene are."""
    found: str = page.evaluate("gwanje.get('/api/v1/assets?kind=gas').then((all) => all.at(-1).id)")
    return found


def test_a_critical_alarm_stands_above_an_incident_that_is_less(room: Room, page: Page, scene: Scene) -> None:
    arrive(page, room, "/")
    scene.open("caution")
    raise_alarms(room, page, 1, "medium")
    becomes(page, LIST, ["incident", "alarm"])  # as grave as an incident: below it
    expect(page.locator("#cameras-note")).to_contain_text("사건 주변")
    raise_alarms(room, page, 1, "critical")
    becomes(page, LIST, ["alarm", "incident", "alarm"])
    expect(page.locator("#cameras-note")).to_contain_text("경보 주변")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#attention .alarm").first).to_have_attribute("aria-selected", "true")
    scene.open("serious")
    becomes(page, LIST, ["incident", "alarm", "incident", "alarm"])
    expect(page.locator("#cameras-note")).to_contain_text("사건 주변")


def test_an_alarm_that_is_over_stands_before_no_incident(room: Room, page: Page, scene: Scene) -> None:
    """Nobody has reset a gas alarm of before: the wall shows the incident, not that."""
    arrive(page, room, "/wall")
    gas, told = far_gas(page), (str(uuid.uuid4()), "gas_stel")
    room.tell("park.alarm.raised", gas, alarm=told[0], condition=told[1], priority="critical")
    room.say(gas, AlarmAcknowledged(*told, "kim"), AlarmCleared(*told, latched=True))
    until(page, "id => (gwanje.state.alarms[id] || {}).state === 'latched_ack'", argument=told[0])
    expect(page.locator(".strip.critical")).to_have_count(1)
    scene.open("caution")
    expect(page.locator(".strip.incident .strip-title")).to_contain_text(TITLE["ko"])
    becomes(page, f"{LIST}[0]", "incident")
    room.say(gas, AlarmReset(*told, "kim"))


def test_the_wall_shows_the_gravest_whatever_it_is(room: Room, page: Page, scene: Scene) -> None:
    arrive(page, room, "/wall")
    scene.open("caution")
    expect(page.locator(".strip.incident .strip-title")).to_contain_text(TITLE["ko"])
    until(page, "gwanje.map.view && gwanje.map.marks.size > 1000")
    gas = far_gas(page)
    room.tell("park.alarm.raised", gas, alarm=str(uuid.uuid4()), condition="gas_stel", priority="critical")
    expect(page.locator(".strip.critical")).to_have_count(1)
    expect(page.locator(".strip.incident")).to_have_count(0)
    until(page, NEAR, argument=gas)
    scene.open("serious")
    expect(page.locator(".strip.incident .strip-mark")).to_have_text("심각")
