"""The map: every asset drawn and reachable, true while values change, calm while they do."""

import uuid

from playwright.sync_api import Page, expect

from tests.browser.room_server import Room, until
from tests.browser.test_push import first, raise_alarm

STILL = "document.querySelectorAll('.map-marks canvas')[0]"
MARK = "gwanje.map.marks.get('{id}')"
# Page position of a mark, after moving the map there.
POINT = """id => {{
  const mark = gwanje.map.marks.get(id), view = gwanje.map.view;
  view.setView([mark.lat, mark.lon], {zoom}, {{ animate: false }});
  const box = view.getContainer().getBoundingClientRect();
  const at = view.latLngToContainerPoint([mark.lat, mark.lon]);
  return [box.x + at.x, box.y + at.y];
}}"""

# A vehicle has glided to where it was last said to be.
ARRIVED = """([id, lon]) => {
  const mark = gwanje.map.marks.get(id);
  return Math.abs(mark.lon - lon) < 1e-6 && gwanje.map.whereNow(mark, performance.now()).x === mark.x;
}"""
# Marks that a click at a page position would meet, as the map is painted now.
MET = """([x, y]) => {
  const box = gwanje.map.view.getContainer().getBoundingClientRect();
  const hit = gwanje.map.hit(L.point(x - box.x, y - box.y));
  return hit ? hit.marks || [hit.mark] : [];
}"""
# An asset, or another within ten metres that is painted over it, is painted at a page position.
PAINTED = f"""([asset, at]) => {{
  const mark = gwanje.map.marks.get(asset);
  return ({MET})(at).some(({{ lat, lon }}) => Math.hypot(lat - mark.lat, lon - mark.lon) < 1e-4);
}}"""
LIGHTS = f"at => ({MET})(at).some(({{ kind }}) => kind === 'light')"
SHARPNESS = f"{STILL}.width / {STILL}.getBoundingClientRect().width / devicePixelRatio"


def go(page: Page, asset: str, zoom: float = 18) -> tuple[float, float]:
    """Bring an asset to the middle of the map; return where on the page it is painted then."""
    x, y = page.evaluate(POINT.format(zoom=zoom), asset)
    until(page, PAINTED, argument=[asset, [x, y]])
    return x, y


def ink(page: Page, x: float, y: float) -> int:
    """Return how many pixels of the still canvas are painted within 12 px of a point of the page."""
    painted: int = page.evaluate(
        """([x, y]) => {
          const canvas = document.querySelectorAll('.map-marks canvas')[0];
          const box = canvas.getBoundingClientRect(), k = canvas.width / box.width;
          const [left, top] = [(x - box.x - 12) * k, (y - box.y - 12) * k];
          const { data } = canvas.getContext('2d').getImageData(left, top, 24 * k, 24 * k);
          return data.filter((value, index) => index % 4 === 3 && value > 40).length;
        }""",
        [x, y],
    )
    return painted


def test_every_kind_of_asset_is_drawn(desk: Page) -> None:
    kinds = desk.evaluate("[...new Set([...gwanje.map.marks.values()].map(mark => mark.kind))]")
    for kind in kinds:
        if kind != "vehicle":
            assert ink(desk, *go(desk, first(desk, kind))) > 3, kind


def test_a_click_opens_the_card_with_the_live_value(room: Room, desk: Page) -> None:
    gas = first(desk, "gas")
    room.tell("park.gas.observation", gas, substance="NH3", ppm=3.25)
    until(desk, f"gwanje.map.marks.get('{gas}').fields.ppm === 3.25")
    desk.mouse.click(*go(desk, gas, 19))
    expect(desk.locator("#card")).to_be_visible()
    expect(desk.locator("#card-id")).to_contain_text(gas)
    expect(desk.locator("#card-values")).to_contain_text("3.25 ppm")
    room.tell("park.gas.observation", gas, substance="NH3", ppm=4.75)
    expect(desk.locator("#card-values")).to_contain_text("4.75 ppm")
    expect(desk.locator("#card-cameras li")).to_have_count(4)
    desk.keyboard.press("Escape")
    expect(desk.locator("#card")).to_be_hidden()


def test_a_value_that_is_none_is_shown_as_bad_and_not_green(room: Room, desk: Page) -> None:
    gas = first(desk, "gas")
    room.tell("park.gas.observation", gas, substance="NH3", ppm=9999.0)
    until(desk, f"gwanje.map.marks.get('{gas}').fields.ppm === null")
    desk.mouse.click(*go(desk, gas, 19))
    expect(desk.locator("#card-values")).to_contain_text("값 없음: 9999")
    expect(desk.locator("#card-state")).not_to_have_attribute("data-level", "0")
    room.tell("park.gas.observation", gas, substance="NH3", ppm=2.5)
    expect(desk.locator("#card-values")).to_contain_text("2.5")
    expect(desk.locator("#card-values")).not_to_contain_text("값 없음")
    desk.keyboard.press("Escape")


def test_zoom_and_card_survive_a_thousand_updates(room: Room, desk: Page) -> None:
    gas = first(desk, "gas")
    desk.mouse.click(*go(desk, gas, 17.5))
    expect(desk.locator("#card")).to_be_visible()
    before = desk.evaluate(
        "[gwanje.map.view.getZoom(), gwanje.map.view.getCenter().lat, gwanje.map.view.getCenter().lng]"
    )
    lights = desk.evaluate(
        "[...gwanje.map.marks.values()].filter(m => m.kind === 'light').slice(0, 1000).map(m => m.id)"
    )
    batch = str(uuid.uuid4())
    stamp = desk.evaluate("new Date(gwanje.now()).toISOString()")
    data = {"state": "normal", "dim_pct": 41.0, "power_w": 50.0}
    room.post(
        *(
            {
                "specversion": "1.0",
                "id": f"{batch}-{number}",
                "source": "tests/browser",
                "type": "park.light.status",
                "subject": light,
                "time": stamp,
                "park": room.settings.park,
                "data": data,
            }
            for number, light in enumerate(lights)
        )
    )
    until(desk, f"gwanje.map.marks.get('{lights[-1]}').fields.dim_pct === 41")
    after = desk.evaluate(
        "[gwanje.map.view.getZoom(), gwanje.map.view.getCenter().lat, gwanje.map.view.getCenter().lng]"
    )
    assert after == before
    expect(desk.locator("#card")).to_be_visible()
    assert desk.evaluate("gwanje.map.selected") == gas


def test_vehicles_move_and_leave(room: Room, desk: Page) -> None:
    vehicle = f"{room.settings.park}/vehicle/TEST-{uuid.uuid4().hex[:6].upper()}"
    lat, lon = desk.evaluate("[gwanje.map.view.getCenter().lat, gwanje.map.view.getCenter().lng]")
    fact = {"speed_kmh": 30.0, "heading_deg": 90.0, "cargo": "dangerous", "un_number": "1005"}
    room.tell("park.vehicle.position", vehicle, lat=lat, lon=lon, state="moving", **fact)
    until(desk, f"gwanje.map.marks.get('{vehicle}')?.way")
    room.tell("park.vehicle.position", vehicle, lat=lat, lon=lon + 0.002, state="moving", **fact)
    until(desk, ARRIVED, argument=[vehicle, lon + 0.002])
    room.tell("park.vehicle.position", vehicle, lat=lat, lon=lon, state="left", **fact)
    until(desk, f"!gwanje.map.present(gwanje.map.marks.get('{vehicle}'))")


def test_a_crowd_of_failed_lights_is_one_mark_with_its_count(desk: Page) -> None:
    """Clusters are pure: 18 lights of one cabinet, far apart, fold into one with the worst level."""
    groups = desk.evaluate(
        """() => {
          const light = (i) => ({ id: `L${i + 10}`, kind: 'light', level: i === 7 ? 3 : 2, unack: i === 7,
            traits: { cabinet: 'CAB-1' } });
          const items = Array.from({ length: 18 }, (_, i) => ({ at: [i * 40, 100], mark: light(i) }));
          return gwanje.map.cluster(items, 26, gwanje.map.fitZoom).map((g) => [g.level, g.count, g.unack]);
        }"""
    )
    assert groups == [[3, 18, True]]


def test_a_critical_alarm_is_named_beside_its_mark_and_pulses(room: Room, desk: Page) -> None:
    gas = first(desk, "gas")
    name = raise_alarm(room, gas, "critical")
    until(desk, f"gwanje.map.incidents().some(({{ alarm }}) => alarm.alarm === '{name}')")
    x, y = go(desk, gas, 16)
    assert ink(desk, x, y) > 200
    until(desk, f"gwanje.map.marks.get('{gas}').unack === true")
    room.tell("park.alarm.cleared", gas, alarm=name, condition=name)
    until(desk, f"gwanje.state.alarms['{name}'].state === 'returned'")
    until(desk, f"gwanje.map.incidents().every(({{ alarm }}) => alarm.alarm !== '{name}')")


def test_the_legend_counts_and_switches_layers(desk: Page) -> None:
    lights = desk.evaluate("[...gwanje.map.marks.values()].filter(m => m.kind === 'light').length")
    button = desk.locator("[data-layer=light]")
    expect(button).to_contain_text(f"{lights:,}")
    spot = go(desk, first(desk, "light"), 19)
    assert desk.evaluate(LIGHTS, spot)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    until(desk, f"at => !({LIGHTS})(at)", argument=spot)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def test_a_silent_sensor_is_stale_and_says_why(desk: Page) -> None:
    silent = desk.evaluate(
        "[...gwanje.map.marks.values()].find(m => m.period && gwanje.map.stale(m) && m.kind === 'water')?.id"
    )
    assert silent, "nothing has spoken for the water sensors, so they are stale"
    desk.evaluate("id => gwanje.map.select(id)", silent)
    expect(desk.locator("#card-state")).to_have_attribute("data-level", "stale")
    expect(desk.locator("#card-state")).to_contain_text("아직 받은 값 없음")


def test_search_finds_by_slash_and_opens_the_card(desk: Page) -> None:
    camera = first(desk, "camera")
    desk.keyboard.press("/")
    desk.keyboard.type(camera.split("/")[-1])
    expect(desk.locator("#map-found li").first).to_contain_text(camera.split("/")[-1])
    desk.keyboard.press("Enter")
    expect(desk.locator("#card-id")).to_contain_text(camera)


def test_the_canvas_is_as_sharp_as_the_screen(desk: Page) -> None:
    until(desk, f"Math.abs({SHARPNESS} - 1) < 0.01")
    wide = desk.evaluate(f"{STILL}.width")
    desk.set_viewport_size({"width": 1100, "height": 800})
    until(desk, f"{STILL}.width < {wide} && Math.abs({SHARPNESS} - 1) < 0.01")


def test_the_wall_has_no_controls_and_follows_the_newest_critical_alarm(room: Room, page: Page) -> None:
    page.goto(f"{room.url}/wall")
    until(page, "window.gwanje && gwanje.map && gwanje.map.view && gwanje.map.marks.size > 1000")
    assert page.locator("#map-search, #map-zoom").count() == 0
    gas = first(page, "gas")
    name = raise_alarm(room, gas, "critical")
    until(
        page,
        f"(() => {{ const m = {MARK.format(id=gas)}, c = gwanje.map.view.getCenter();"
        " return Math.hypot(c.lat - m.lat, c.lng - m.lon) < 0.001; })()",
    )
    room.tell("park.alarm.cleared", gas, alarm=name, condition=name)
    until(page, "Math.abs(gwanje.map.view.getZoom() - gwanje.map.fitZoom) < 0.3")
