"""The pages of the systems as people use them: from a panel's head to a day, an asset and its camera."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from data.park_files.park import load_park
from data.record.accepted_events import Accepted
from data.record.store import Store, create_engine
from data.settings import Settings
from park.energy.facts import MeterReading
from park.events.envelope import Event, encode
from tests.browser.room_server import Room

DESK: ViewportSize = {"width": 1920, "height": 1080}
TABLET: ViewportSize = {"width": 820, "height": 1180}
PARK = load_park(Settings())
SUBSTATION = next(asset.id for asset in PARK.assets.values() if asset.kind == "substation")
PAGES = ["energy", "logistics", "environment", "lighting"]


@pytest.fixture(scope="module", autouse=True)
def last_week(room: Room) -> datetime:
    """An hour of the substation's power a week ago, in the record."""
    began = datetime.now(UTC) - timedelta(days=7)
    times = [began + timedelta(minutes=n) for n in range(60)]
    readings = [MeterReading(800.0 + n, float(n)) for n in range(60)]
    told = [
        Event(f"week-{n}", "test/pages", fact.TYPE, SUBSTATION, time, PARK.id, fact)
        for n, (time, fact) in enumerate(zip(times, readings, strict=True))
    ]
    engine = create_engine(room.settings)
    Store(engine).record([Accepted(f"{n}-0", encode(one).decode(), one) for n, one in enumerate(told)])
    engine.dispose()
    return began


def test_the_panels_head_opens_the_page_of_its_system(room: Room, page: Page) -> None:
    page.set_viewport_size(DESK)
    page.goto(room.url)
    page.locator("#energy-title a").click()
    expect(page.locator("#system-grid .ag-row").first).to_be_visible()
    assert page.url.startswith(f"{room.url}/energy")


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_every_asset_in_its_language(room: Room, page: Page, name: str, lang: str) -> None:
    page.set_viewport_size(DESK)
    page.goto(f"{room.url}/{name}?lang={lang}")
    expect(page.locator("#system-grid .ag-row").first).to_be_visible()
    expect(page.locator("#system-assets-note")).to_contain_text("현재" if lang == "ko" else "as of")
    words = page.locator("#system-page").inner_text()
    assert any("가" <= letter <= "힣" for letter in words) is (lang == "ko"), words[:400]


def test_a_span_is_asked_for_by_two_dates_and_kept_in_the_address(
    room: Room, page: Page, last_week: datetime
) -> None:
    page.set_viewport_size(DESK)
    page.goto(f"{room.url}/energy")
    day = f"{last_week.astimezone(PARK.zone):%Y-%m-%d}"
    expect(page.locator("#system-first")).to_be_visible()
    page.locator("#system-first").fill(day)
    page.locator("#system-last").fill(day)
    page.locator("#system-show").click()
    expect(page.locator("#system-charts-note")).to_contain_text(day)
    expect(page.locator("#system-charts .scatterlayer .trace").first).to_be_visible()
    assert f"first={day}" in page.url
    page.reload()
    expect(page.locator("#system-charts-note")).to_contain_text(day)


def test_an_asset_is_followed_to_its_history_its_camera_and_the_map(room: Room, page: Page) -> None:
    page.set_viewport_size(DESK)
    page.goto(f"{room.url}/environment")
    links = page.locator("#system-grid .ag-center-cols-container .ag-row").first
    links.get_by_role("link", name="기록").click()
    page.wait_for_url("**asset=changwon**")
    links.get_by_role("link", name="지도").click()
    expect(page.locator("#card")).to_be_visible()


def test_the_table_is_saved_as_korean_excel_reads_it(room: Room, page: Page) -> None:
    page.set_viewport_size(DESK)
    page.goto(f"{room.url}/energy")
    expect(page.locator("#system-grid .ag-row").first).to_be_visible()
    with page.expect_download() as taken:
        page.locator("#system-csv").click()
    assert taken.value.suggested_filename.startswith("changwon-energy-")
    raw = taken.value.path().read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert "변전소" in raw.decode("utf-8-sig")


@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_over_the_edge_of_a_tablet(room: Room, page: Page, name: str) -> None:
    page.set_viewport_size(TABLET)
    page.goto(f"{room.url}/{name}")
    expect(page.locator("#system-grid .ag-row").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_wall_has_no_way_to_a_page(room: Room, page: Page) -> None:
    page.set_viewport_size(DESK)
    page.goto(f"{room.url}/wall")
    expect(page.locator("#energy-title")).to_be_visible()
    assert page.locator(".panel-head a").count() == 0
