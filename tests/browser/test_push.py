"""The dispatcher: one socket for ever, no change twice, outages shown and survived."""

import time
import uuid

import msgspec
from playwright.sync_api import Page, WebSocketRoute

from tests.browser.conftest import Allow
from tests.browser.room_server import Room, until

LIVE = "document.body.dataset.link === 'live'"
LOST = "document.body.dataset.link !== 'live'"


def raise_alarm(room: Room, subject: str, priority: str = "high") -> str:
    """Raise an alarm of a condition of its own on an asset; return its id."""
    name = f"test-{uuid.uuid4()}"
    room.tell("park.alarm.raised", subject, alarm=name, condition=name, priority=priority)
    return name


def first(page: Page, kind: str) -> str:
    """Return the id of the first asset of a kind."""
    found: str = page.evaluate(f"[...gwanje.map.marks.values()].find(mark => mark.kind === '{kind}').id")
    return found


def test_an_event_at_the_door_is_on_the_page_within_a_second(room: Room, desk: Page) -> None:
    gas = first(desk, "gas")
    took_s = []
    for ppm in (17.25, 18.25, 19.25, 20.25, 21.25):  # the best of five: a busy machine is slow, not wrong
        began = time.monotonic()
        room.tell("park.gas.observation", gas, substance="NH3", ppm=ppm)
        until(desk, f"(gwanje.state.assets['{gas}'] || [])[2]?.ppm === {ppm}")
        took_s.append(time.monotonic() - began)
    assert min(took_s) < 1


def test_an_alarm_is_told_once_to_the_panels(room: Room, desk: Page) -> None:
    desk.evaluate(
        "window.told = []; gwanje.on('alarms', list => told.push(...list.map(alarm => alarm.alarm)))"
    )
    name = raise_alarm(room, first(desk, "gate"))
    later = raise_alarm(room, first(desk, "gate"))
    until(desk, f"told.includes('{name}') && told.includes('{later}')")
    assert desk.evaluate(f"told.filter(told => told === '{name}').length") == 1


def doubled(socket: WebSocketRoute) -> None:
    """Give the page every frame of the server twice."""

    def twice(text: str | bytes) -> None:
        socket.send(text)
        socket.send(text)

    socket.connect_to_server().on_message(twice)


def test_the_same_frame_and_the_same_alarm_twice_change_nothing(page: Page, room: Room) -> None:
    """The server's frames are doubled on their way: the panels must not see the copies."""
    page.route_web_socket("**/push*", doubled)
    page.goto(room.url)
    until(page, f"window.gwanje && gwanje.map && gwanje.map.marks.size > 1000 && {LIVE}")
    page.evaluate(
        "window.told = []; gwanje.on('alarms', list => told.push(...list.map(alarm => alarm.alarm)))"
    )
    page.evaluate("window.heard = 0")
    gas = first(page, "gas")
    page.evaluate(f"gwanje.on('assets', delta => {{ if (delta['{gas}']?.[2].ppm === 18.5) heard += 1; }})")
    name = raise_alarm(room, gas)
    room.tell("park.gas.observation", gas, substance="NH3", ppm=18.5)
    until(page, f"told.includes('{name}') && heard > 0")
    later = raise_alarm(room, first(page, "gate"))  # of another asset: the row of this one is told once
    until(page, f"told.includes('{later}')")
    assert page.evaluate(f"told.filter(told => told === '{name}').length") == 1
    assert page.evaluate("heard") == 1


def test_a_server_that_dies_is_shown_within_5_s_and_comes_back_without_a_reload(
    room: Room, desk: Page, allow: Allow
) -> None:
    allow(r"WebSocket|Failed to load resource|ERR_CONNECTION|Failed to fetch|\[Dash\]|Callback failed")
    gate = first(desk, "gate")
    before = raise_alarm(room, gate)
    until(desk, f"gwanje.state.alarms['{before}']")
    desk.evaluate("window.sameDocument = true; window.counted = 0;")
    room.stop_web()
    until(desk, LOST, 5)
    room.start_web()
    until(desk, LIVE)
    after = raise_alarm(room, gate)
    until(desk, f"gwanje.state.alarms['{after}'] && gwanje.state.alarms['{before}']")
    assert desk.evaluate("window.sameDocument") is True


def test_the_screen_reports_its_own_delay(room: Room, desk: Page) -> None:
    reports: list[dict[str, float]] = []

    def note(text: str | bytes) -> None:
        if "delay_ms" in str(text):
            reports.append(msgspec.json.decode(text))

    desk.on("websocket", lambda socket: socket.on("framesent", note))
    desk.reload()
    until(desk, f"window.gwanje && gwanje.map && gwanje.map.marks.size > 1000 && {LIVE}")
    gas = first(desk, "gas")
    for ppm in range(20):
        room.tell("park.gas.observation", gas, substance="NH3", ppm=float(ppm))
        desk.wait_for_timeout(50)
    until(desk, "gwanje.delay() !== null && gwanje.delay() < 2000")
    end = time.monotonic() + 60.0
    while not any(0 <= report["delay_ms"] < 2000 and report["ack"] > 0 for report in reports):
        assert time.monotonic() < end, reports
        desk.wait_for_timeout(50)


def test_a_session_that_ends_leads_to_the_sign_in(desk: Page, allow: Allow) -> None:
    allow(r"401|403|WebSocket|Failed to load resource")
    desk.context.clear_cookies()
    desk.evaluate("gwanje.get('/api/v1/park').catch(() => null)")
    desk.wait_for_url("**/sign-in?next=**")
