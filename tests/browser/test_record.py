"""The pages of the record as people use them: the audit trail, the handover, the report of an incident."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from data.stream.redis_stream import Stream, connect
from park.events.base import FactBase
from park.events.envelope import Event
from park.incidents.facts import IncidentAcknowledged, IncidentAdvanced, IncidentOpened
from tests.browser.room_server import Room, until

GAS = "changwon/gas/GAS-001"


@pytest.fixture(scope="module", autouse=True)
def incident(room: Room) -> Iterator[None]:
    """An open gas leak, closed at the end: the shared room's list is left as it was found."""
    facts: tuple[FactBase, ...] = (
        IncidentOpened("i-1", "2026-0042", "gas_leak", GAS, "serious"),
        IncidentAcknowledged("i-1", "tests"),
        IncidentAdvanced("i-1", "controlled", "tests"),
        IncidentAdvanced("i-1", "closed", "tests"),
    )
    subject, now = "changwon/incident/i-1", datetime.now(UTC)
    events = [
        Event(f"i-1-{n}", "watch/changwon", f.TYPE, subject, now, "changwon", f) for n, f in enumerate(facts)
    ]
    stream = Stream(connect(room.settings), "changwon")
    stream.append(events[:1])
    yield
    stream.append(events[1:])


def test_the_trail_is_read_checked_and_taken_out_with_a_reason(room: Room, page: Page) -> None:
    page.goto(f"{room.url}/audit")
    expect(page.locator("#audit-verdict .verdict.sound b")).to_contain_text("이상 없음")
    expect(page.locator("#audit-trail tbody tr").first).to_contain_text("감사")
    page.locator("#audit-trail .field select").select_option("key.add")
    page.locator("#audit-trail .record-form button").click()
    expect(page.locator("#audit-trail tbody tr")).to_have_count(1)
    expect(page.locator("#audit-trail tbody tr")).to_contain_text("browser")
    expect(page.locator("#audit-month .month-figures")).to_contain_text("사유 없는 반출 0건")
    export = page.locator("#audit-export")
    export.locator("select").first.select_option("audit")
    export.locator("button").click()
    assert export.locator("input:invalid").count() == 1  # the reason is asked for
    export.locator("input[minlength]").fill("경찰 요청 2026-17")
    with page.expect_download() as taken:
        export.locator("button").click()
    assert taken.value.suggested_filename == "changwon-audit.csv"
    assert "record.export" in taken.value.path().read_text(encoding="utf-8-sig")
    expect(export.locator(".said-here")).to_contain_text("사유와 함께")


def test_a_month_is_reviewed(room: Room, page: Page) -> None:
    page.goto(f"{room.url}/audit")
    expect(page.locator("#audit-month .review")).to_contain_text("아직 점검하지 않음")
    page.locator("#audit-month .field input").fill("<b>이상 없음</b>")
    page.locator("#audit-month .record-form button").last.click()
    expect(page.locator("#audit-month .review")).to_contain_text("<b>이상 없음</b>")


def test_the_next_shift_reads_and_signs(room: Room, page: Page) -> None:
    page.goto(f"{room.url}/handover")
    expect(page.locator("#handover tbody").first).to_contain_text("2026-0042")
    sign = page.locator("#handover-sign")
    sign.locator("input").first.fill("정문 2번 카메라 흐림")
    sign.locator("button").first.click()
    expect(page.locator("#handover")).to_contain_text("정문 2번 카메라 흐림")
    sign.locator("input").nth(1).fill("lee")
    sign.locator("button").last.click()
    expect(sign).to_contain_text("인수했습니다")
    signed = page.locator("#handover-signed .signed")
    expect(signed).to_have_count(1)
    expect(signed).to_contain_text("lee → admin")
    assert "broken" not in (signed.get_attribute("class") or "")
    signed.click()
    expect(page.locator("#handover")).to_contain_text("정문 2번 카메라 흐림")
    page.goto(f"{room.url}/handover?lang=en")
    expect(page.locator("#handover-title")).to_have_text("Shift handover")


def test_a_report_shows_how_far_it_is_and_comes_as_a_file(room: Room, page: Page) -> None:
    page.goto(f"{room.url}/handover")
    until(
        page, "Boolean(window.gwanje && gwanje.report && document.querySelector('#handover .handover-foot'))"
    )
    page.evaluate("""() => {
        const host = document.createElement("div");
        document.querySelector("#handover-sign").prepend(host);
        gwanje.report("i-1", host);
    }""")
    form = page.locator(".report-form")
    form.locator("input").fill("소방서 제출")
    with page.expect_download(timeout=120_000) as taken:
        form.locator("button").click()
        expect(form.locator("progress")).to_be_visible()
    assert taken.value.suggested_filename == "changwon-2026-0042-ko.pdf"
    said = PdfReader(taken.value.path()).pages[0].extract_text().replace("\0", "")
    assert "사건보고서" in "".join(said.split())
    expect(form.locator(".said-here")).to_contain_text("내려받았습니다")
