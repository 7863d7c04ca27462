"""One incident in the real browser: from the list to its end by keyboard alone, on every screen."""

import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from park.alarms.facts import AlarmRaised
from park.incidents.facts import IncidentJoined, IncidentNoted, IncidentStep
from park.messages.facts import MessageRequested, MessageStatus
from tests.browser.conftest import PATIENCE_MS
from tests.browser.room_server import LAID_OUT, Room, becomes, until
from tests.browser.staged_incident import GAS, Scene
from tests.browser.test_room import CUT_OFF, DESK, DOUBLE, FAINT, KOREAN, TALL, WIDE

CARD = "gwanje.incident.card()"
VIEWS = ("map", "video", "time", "records")
TITLE = {"ko": "가스 누출 (NH₃) · B-12 도료공장", "en": "Gas leak (NH₃) · B-12 Paint works"}


@pytest.fixture
def scene(room: Room) -> Iterator[Scene]:
    made = Scene(room)
    yield made
    made.end()


def arrive(page: Page, room: Room, path: str, size: Sequence[int] = DESK, lang: str = "ko") -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{room.url}{path}?lang={lang}")
    until(page, LAID_OUT)


def visit(page: Page, room: Room, name: str, size: Sequence[int] = DESK, lang: str = "ko") -> None:
    arrive(page, room, f"/incident/{name}", size, lang)
    expect(page.locator("#incident-title")).to_have_text(TITLE[lang])
    page.wait_for_selector("#incident-steps .step", state="attached")
    until(page, "gwanje.map.marks.size > 1000")


def row_of(page: Page, name: str) -> Locator:
    return page.locator(f'#attention [data-key="incident/{name}"]')


def state_of(page: Page, name: str) -> dict[str, Any]:
    """The incident as the page knows it once the server has answered."""
    told: dict[str, Any] = page.evaluate("(id) => gwanje.get(`/api/v1/incidents/${id}`)", name)
    return told


def answer(page: Page, text: str) -> None:
    """Give a line to the question that is open."""
    expect(page.locator("dialog.ask textarea")).to_be_focused()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator("dialog.ask")).to_have_count(0)


def test_from_the_list_to_its_end_by_keyboard_alone(room: Room, page: Page, scene: Scene) -> None:
    name = scene.open()
    arrive(page, room, "/")
    expect(row_of(page, name)).to_contain_text(TITLE["ko"])
    page.keyboard.press("ArrowDown")
    expect(row_of(page, name)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#incident-title")).to_have_text(TITLE["ko"])
    until(page, f"Boolean({CARD} && {CARD}.next)")
    page.keyboard.press("a")
    until(page, f"{CARD}.owner === 'admin' && {CARD}.state === 'acknowledged'")
    page.keyboard.press("t")
    until(page, f"{CARD}.verdict === 'true' && {CARD}.state === 'verified'")
    page.keyboard.press("n")
    answer(page, "t f u c s a 순찰차 도착")
    done = state_of(page, name)["card"]["steps_done"]
    for step in range(20):
        upcoming = page.evaluate(f"{CARD}.next")
        if upcoming is None:
            break
        if upcoming["act"] == "grade":
            page.keyboard.press("4")
            answer(page, "확산 우려")
        elif step == 1:
            page.keyboard.press("s")
            answer(page, "이미 통보됨")
        else:
            page.keyboard.press("Enter")
        until(page, f"!{CARD}.next || {CARD}.next.id !== '{upcoming['id']}'")
    told = state_of(page, name)
    assert told["card"]["mandatory_open"] == 0
    assert told["card"]["steps_done"] >= done + 3
    assert [s["reason"] for s in told["steps"] if s["state"] == "skipped"] == ["이미 통보됨"]
    assert told["notes"][0]["text"] == "t f u c s a 순찰차 도착", "what is typed is no key"
    assert told["card"]["verdict"] == "true"
    while state_of(page, name)["card"]["state"] != "closed":
        before = page.evaluate(f"{CARD}.state")
        page.keyboard.press("c")
        answer(page, "상황 종료")
        until(page, f"{CARD}.state !== '{before}'")
    expect(page.locator("#incident-due-what")).to_have_text("종료")
    page.keyboard.press("Escape")
    page.wait_for_selector("#attention")
    expect(row_of(page, name)).to_have_count(0)


def test_what_is_mandatory_holds_the_closing(room: Room, page: Page, scene: Scene) -> None:
    name = scene.open()
    visit(page, room, name)
    page.keyboard.press("a")
    until(page, f"{CARD}.state === 'acknowledged'")
    page.keyboard.press("c")
    expect(page.locator("#said")).to_contain_text("필수 단계")
    assert state_of(page, name)["card"]["state"] == "acknowledged"


def test_a_question_taken_back_does_nothing(room: Room, page: Page, scene: Scene) -> None:
    name = scene.open()
    visit(page, room, name)
    page.keyboard.press("s")
    expect(page.locator("dialog.ask textarea")).to_be_focused()
    page.keyboard.type("사유")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.ask")).to_have_count(0)
    assert page.url.endswith(f"/incident/{name}?lang=ko"), "Esc closed the question only"
    assert all(step["state"] == "open" for step in state_of(page, name)["steps"])
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("건너뛰기")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_have_count(0)


def test_the_keys_work_in_the_room_for_the_chosen_incident(room: Room, page: Page, scene: Scene) -> None:
    name = scene.open()
    arrive(page, room, "/")
    expect(row_of(page, name)).to_be_visible()
    page.keyboard.press("a")
    page.wait_for_timeout(500)
    assert state_of(page, name)["card"]["state"] == "new", "nothing is chosen yet"
    page.keyboard.press("ArrowDown")
    expect(row_of(page, name)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("a")
    expect(row_of(page, name)).to_contain_text("담당 admin")
    page.keyboard.press("f")
    expect(row_of(page, name)).to_contain_text("오경보")


def test_the_list_and_the_map_open_it_in_one_action(room: Room, page: Page, scene: Scene) -> None:
    name = scene.open()
    arrive(page, room, "/")
    row_of(page, name).click()
    expect(page.locator("#incident-title")).to_have_text(TITLE["ko"])
    page.keyboard.press("Escape")
    page.wait_for_selector("#attention")
    until(page, "gwanje.map.view && gwanje.map.marks.size > 1000")
    spot = f"gwanje.map.view.latLngToContainerPoint([{35.203043}, {128.665391}])"
    until(page, f"Boolean(gwanje.map.incidentAt({spot}))")
    point = page.evaluate(f"(({{x, y}}) => ({{x, y}}))({spot})")
    page.locator("#map-view").click(position=point)
    expect(page.locator("#incident-title")).to_have_text(TITLE["ko"])


def test_the_page_says_what_was_known_when_by_whom_and_who_sees_it(
    room: Room, page: Page, scene: Scene
) -> None:
    note = f"<img src=x onerror=document.title='owned'>{uuid.uuid4()}"
    name = scene.open(note=note)
    visit(page, room, name)
    expect(page.locator(".happening")).to_have_count(4)
    expect(page.locator("#incident-time")).to_contain_text(note)
    expect(page.locator("#incident-cameras .tile")).to_have_count(4)
    expect(page.locator("#incident-cameras .facts")).to_have_text([re.compile(r"\d+ m")] * 4)
    page.click("#incident-tabs [data-tab=members]")
    expect(page.locator("#incident-members .record")).to_have_count(2)
    page.click("#incident-tabs [data-tab=notes]")
    expect(page.locator("#incident-notes .record")).to_contain_text(note)
    expect(page.locator("#incident-due-time")).to_have_text(re.compile(r"1[34]:\d\d"))
    assert page.locator("#incident-time img, #incident-notes img").count() == 0
    assert page.title() != "owned"
    until(page, "gwanje.map.view && gwanje.map.view.getZoom() > 14")


def test_what_belongs_together_is_regrouped_by_hand(room: Room, page: Page, scene: Scene) -> None:
    name = scene.open()
    visit(page, room, name)
    page.click("#incident-tabs [data-tab=members]")
    members = page.locator("#incident-members .record")
    members.last.locator("button.hand").click()
    answer(page, "다른 곳의 일")
    expect(members).to_have_count(1)
    expect(members.locator("button.hand")).to_be_hidden()
    page.locator("#incident-members > button.hand").click()
    parted = page.locator("dialog.ask option").first.get_attribute("value")
    assert parted
    scene.opened.append(parted)
    page.locator("dialog.ask select").select_option(parted)
    page.locator("dialog.ask textarea").focus()
    answer(page, "같은 일이었음")
    until(page, f"{CARD}.state === 'merged'")
    whole = state_of(page, parted)
    assert len(whole["members"]) == 2
    page.click("#incident-tabs [data-tab=people]")
    expect(page.locator("#incident-people > button.hand")).to_be_hidden()


def test_a_word_is_sent_to_whom_the_operator_chooses(room: Room, page: Page, scene: Scene) -> None:
    name = scene.open()
    visit(page, room, name)
    page.click("#incident-tabs [data-tab=messages]")
    page.locator("#incident-messages > button.hand").click()
    page.locator("dialog.ask select").select_option("park_office|email")
    page.locator("dialog.ask textarea").focus()
    answer(page, "<b>정문 통제 바랍니다</b>")
    sent = page.locator("#incident-messages .record")
    expect(sent).to_contain_text("산단 관리사무소")
    told = state_of(page, name)["messages"]
    assert [(m["recipient"], m["channel"], m["body"]["ko"]) for m in told] == [
        ("park_office", "email", "<b>정문 통제 바랍니다</b>")
    ]


def test_what_happens_meanwhile_is_shown_without_an_action(room: Room, page: Page, scene: Scene) -> None:
    name = scene.open()
    visit(page, room, name)
    said = f"메모 {uuid.uuid4()}"
    scene.tell(IncidentNoted(name, "lee", said), f"changwon/incident/{name}")
    expect(page.locator("#incident-time")).to_contain_text(said)


def test_alarms_of_an_incident_fold_into_it(room: Room, page: Page, scene: Scene) -> None:
    arrive(page, room, "/")
    name, condition = scene.open(), f"test-{uuid.uuid4()}"
    alarms = [str(uuid.uuid4()) for _ in range(60)]
    now = datetime.now(UTC)
    for number, alarm in enumerate(alarms):
        asset = f"changwon/light/L-{number}"
        scene.tell(AlarmRaised(alarm, condition, "medium"), asset, now)
        fact = IncidentJoined(name, alarm, asset, "lighting", condition, now, "same_place", alarm=alarm)
        scene.tell(fact, f"changwon/incident/{name}", now)
    alone = str(uuid.uuid4())
    scene.tell(AlarmRaised(alone, f"{condition}-alone", "critical"), GAS, now)
    expect(row_of(page, name)).to_contain_text("구성 62건")
    expect(page.locator(f'#attention [data-key="{alone}"]')).to_be_visible()
    expect(page.locator(f'#attention [data-key="{condition}/medium"]')).to_have_count(0)
    held = "(id) => Object.values(gwanje.state.alarms).filter((a) => a.incident === id).length"
    becomes(page, held, 50, name)  # the rest is counted, not sent


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", [DESK, DOUBLE, WIDE, TALL])
def test_nothing_is_cut_off_on_any_screen(
    room: Room, page: Page, scene: Scene, size: Sequence[int], lang: str
) -> None:
    visit(page, room, scene.open(), size, lang)
    small = size in (WIDE, TALL)
    for view in VIEWS if small else ("",):
        if view:
            page.click(f"#incident-views [data-tab={view}]")
        becomes(page, CUT_OFF, [])
    becomes(page, "document.scrollingElement.scrollHeight <= innerHeight", wanted=True)
    becomes(page, "document.scrollingElement.scrollWidth <= innerWidth", wanted=True)
    if lang == "en":
        becomes(page, KOREAN, None)


@pytest.mark.parametrize("size", [WIDE, TALL])
def test_a_thumb_hits_every_target(room: Room, page: Page, scene: Scene, size: Sequence[int]) -> None:
    scene.film()
    visit(page, room, scene.open(), size)
    page.wait_for_selector("#incident-buttons button")
    for view in VIEWS:
        page.click(f"#incident-views [data-tab={view}]")
        if view == "video":
            page.wait_for_selector("#incident-moment .player-row button")
        small = """() => [...document.querySelectorAll('.room button, .room a')]
          .filter((e) => e.offsetWidth && (e.offsetHeight < 44 || e.offsetWidth < 44))
          .map((e) => `${e.id || e.className || e.textContent} ${e.offsetWidth}×${e.offsetHeight}`)"""
        becomes(page, small, [])
    page.click("#incident-buttons .primary")
    until(page, f"{CARD}.owner === 'admin'")


def test_text_can_be_read_against_its_ground(room: Room, page: Page, scene: Scene) -> None:
    visit(page, room, scene.open())
    page.add_style_tag(content="* { animation: none !important }")
    becomes(page, FAINT, [])


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_wall_shows_the_gravest_by_itself_and_leaves_it(
    room: Room, page: Page, scene: Scene, lang: str
) -> None:
    arrive(page, room, "/wall", DESK, lang)
    scene.open("attention", 5)
    scene.open("serious", 60)
    expect(page.locator(".strip-title")).to_contain_text(TITLE[lang])
    expect(page.locator(".strip-time")).to_have_text(re.compile(r"1[34]:\d\d"))
    parts = "[...document.querySelectorAll('.strip-title, .strip-time, .strip-mark')]"
    sizes = f"{parts}.map((e) => parseFloat(getComputedStyle(e).fontSize))"
    assert min(page.evaluate(sizes)) >= 51
    becomes(page, CUT_OFF, [])
    until(page, "gwanje.map.view && gwanje.map.view.getZoom() > 14.5")
    targets = "[...document.querySelectorAll('.room a, .room button, .room input')]"
    seen = f"{targets}.filter((e) => e.offsetWidth && getComputedStyle(e).pointerEvents !== 'none')"
    assert page.evaluate(f"{seen}.length") == 0
    page.evaluate("gwanje.incidents.open(gwanje.incidents.list()[0].incident)")
    page.keyboard.press("a")
    page.wait_for_timeout(500)
    assert page.url.split("?")[0].endswith("/wall")
    scene.end()
    until(page, "gwanje.incidents.list().length === 0")
    expect(page.locator(".strip.incident")).to_have_count(0)


def test_who_may_only_look_has_no_buttons_and_no_keys(room: Room, browser: Browser, scene: Scene) -> None:
    name = scene.open()
    user = f"eye-{uuid.uuid4().hex[:8]}"
    password = room._run("app", "user", "add", user, "--role", "viewer").strip().splitlines()[-1].split()[-1]
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, locale="ko-KR")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{room.url}/sign-in")
    page.fill("#user", user)
    page.fill("#password", password)
    page.click("button")
    page.wait_for_selector("#map-view")
    visit(page, room, name)
    expect(page.locator("#incident-buttons")).to_be_hidden()
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("권한")
    data = f"{{name: 'incident.acknowledge', object: '{name}', fields: {{}}, at: 1}}"
    page.evaluate(f"dash_clientside.set_props('act', {{data: {data}}})")
    page.wait_for_timeout(1500)
    assert state_of(page, name)["card"]["state"] == "new", "the server refuses it too"
    context.close()


@pytest.mark.parametrize(
    ("lang", "words"), [("ko", "전파 실패 2 · 전화로 알릴 것"), ("en", "Sending failed: 2")]
)
def test_a_step_that_could_tell_nobody_says_so_until_it_is_told_by_phone(
    room: Room, page: Page, scene: Scene, lang: str, words: str
) -> None:
    name = scene.open()
    visit(page, room, name, lang=lang)
    page.keyboard.press("a")
    until(page, f"{CARD}.acked_ms && {CARD}.report_due_ms")
    subject = f"changwon/incident/{name}"
    scene.tell(IncidentStep(name, "report", "done", "admin"), subject)
    until(page, f"!{CARD}.report_due_ms")
    expect(page.locator("#incident-due-what")).to_have_text({"ko": "신고 완료", "en": "Reported"}[lang])
    for recipient in ("fire_119", "chemical_centre"):
        message = f"{recipient}-{name}"
        asked = MessageRequested(
            message, recipient, "email", "신고", "Report", "", "", incident=name, step="report"
        )
        scene.tell(asked, f"changwon/message/{message}")
        failed = MessageStatus(message, "failed", 1, "no SMTP server set", name)
        scene.tell(failed, f"changwon/message/{message}")
    step = page.locator('#incident-steps [data-key="report"]')
    expect(step).to_contain_text(words)
    why = {"ko": "메일 서버가 설정되지 않음", "en": "no SMTP server set"}
    until(page, f"document.querySelector('.room').textContent.includes('{why[lang]}')")
    assert lang == "en" or why["en"] not in str(page.text_content(".room"))
    expect(step).to_have_class(re.compile("unsent"))
    expect(step).not_to_contain_text("✔")
    until(page, f"Boolean({CARD}.report_due_ms)")
    expect(page.locator("#incident-due-time")).to_have_text(re.compile(r"1[0-4]:\d\d"))
    page.keyboard.press("t")
    until(page, f"{CARD}.next && {CARD}.next.id === 'report'")
    page.keyboard.press("Enter")
    answer(page, "119 전화")
    until(page, f"!{CARD}.report_due_ms && {CARD}.next.id !== 'report'")
    expect(step).to_contain_text("119 전화")
    expect(step).not_to_have_class(re.compile("unsent"))
    expect(step.locator(".mark")).to_have_text("✔")
