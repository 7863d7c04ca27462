"""The timeline: every system in one order of time, what was known when, floods folded."""

from datetime import timedelta

from park.commands.facts import CommandAnswered, CommandRequested
from park.config.label import Label
from park.events.base import FactBase
from park.events.envelope import Event
from park.incidents.facts import (
    IncidentAcknowledged,
    IncidentAdvanced,
    IncidentAssigned,
    IncidentCorrected,
    IncidentEscalated,
    IncidentGraded,
    IncidentJoined,
    IncidentMerged,
    IncidentNoted,
    IncidentStep,
    IncidentVerified,
)
from park.incidents.labels import KINDS
from park.incidents.timeline import Entry, timeline
from park.messages.facts import MessageRequested, MessageStatus
from park.state.state import State
from tests.park.incidents.test_cards import GAS, WHEN, joined, known, opened
from tests.park.small_park import event, park

CAMERA = "changwon/camera/CAM-1"
LIGHTS = tuple(f"changwon/light/L-{n}" for n in range(1, 4))


def then(fact: FactBase, seconds: float, subject: str = "x/i-1") -> Event:
    return event(fact, subject, WHEN + timedelta(seconds=seconds))


def lines(
    state: State, steps: dict[str, Label] | None = None, to: dict[str, Label] | None = None
) -> list[Entry]:
    return timeline(park(assets=state.assets), state, state.incidents["i-1"], steps or {}, to or {})


def test_all_systems_stand_in_one_order_of_time() -> None:
    state = known(
        opened(),
        joined("m1", value=27.0, limit=25.0, unit="ppm", what="gas_high"),
        joined("m2", CAMERA, "camera", "fall", 11, value=0.93),
        then(IncidentAcknowledged("i-1", "kim"), 39),
        then(IncidentVerified("i-1", "true", "kim"), 77),
        then(CommandRequested("c", "light.dim", LIGHTS, 100.0, incident="i-1"), 80, "x/c"),
        *(then(CommandAnswered("c", light, ok=True), 81, "x/c") for light in LIGHTS[:2]),
        then(IncidentStep("i-1", "call_119", "done", "kim"), 100),
        then(MessageRequested("m", "119", "email", "누출", "leak", "", "", incident="i-1"), 101, "x/m"),
        then(MessageStatus("m", "sent", 1, incident="i-1"), 103, "x/m"),
        then(IncidentNoted("i-1", "kim", "<b>순찰</b>"), 120),
    )
    found = lines(
        state, {"call_119": Label("119 통보", "Call 119")}, {"119": Label("소방서", "Fire brigade")}
    )
    gas = park().alarms["gas_high"].name
    assert [(entry.system, entry.text.ko) for entry in found] == [
        ("gas", f"GAS-2 {gas.ko} 27 / 25 ppm"),
        ("room", "사건 2026-i-1 시작 · 주의"),
        ("camera", "CAM-1 쓰러짐 0.93"),
        ("room", "kim 인지 · 담당"),
        ("room", "kim 확인 → 사실"),
        ("lighting", "가로등 3등 100 % (자동) · 응답 2/3"),
        ("room", "119 통보 · 완료"),
        ("message", "소방서 통보 (전자우편) · 전달됨"),
        ("room", "메모: <b>순찰</b>"),
    ]
    assert found[7].text.en == "Fire brigade told (e-mail) · delivered"


def test_what_came_late_stands_where_it_happened_and_says_when_it_was_known() -> None:
    late = IncidentJoined("i-1", "m1", GAS, "gas", "gas_high", WHEN - timedelta(minutes=2), "cause")
    first, second = lines(known(opened(), then(late, 60)))
    assert (first.system, second.system) == ("gas", "room")
    assert first.known_ms - first.happened_ms == 180_000


def test_more_than_twenty_alike_are_one_line_and_others_stay_apart() -> None:
    many = [joined(f"m{n}", f"changwon/light/L-{n}", "lighting", "light_failed", n) for n in range(21)]
    few = [joined(f"g{n}", GAS, "gas", "gas_high", n) for n in range(20)]
    found = lines(known(opened(), *many, *few))
    folded = [entry for entry in found if entry.system == "lighting"]
    assert [entry.count for entry in folded] == [21]
    assert folded[0].until_ms == folded[0].happened_ms + 20_000
    assert "21건 · L-0 외 20곳" in folded[0].text.ko
    assert sum(entry.system == "gas" for entry in found) == 20


def test_ten_thousand_alike_are_told_quickly_in_one_line() -> None:
    many = [
        joined(f"m{n}", f"changwon/light/L-{n}", "lighting", "light_failed", n / 200) for n in range(10_000)
    ]
    assert len(lines(known(opened(), *many))) == 2


def test_every_word_on_an_incident_is_said_in_both_languages() -> None:
    state = known(
        opened(),
        then(IncidentVerified("i-1", "true"), 1),
        then(IncidentCorrected("i-1", "fire", CAMERA, "earlier"), 2),
        then(IncidentGraded("i-1", "serious", "spreads", "kim"), 3),
        then(IncidentAssigned("i-1", "lee", "kim"), 4),
        then(IncidentStep("i-1", "call", "skipped", "lee", "already called"), 5),
        then(IncidentEscalated("i-1", 1, "manager", "skipped"), 6),
        then(IncidentAdvanced("i-1", "responding", "lee"), 7),
        then(IncidentMerged("i-1", "i-2", "same"), 8),
    )
    found = lines(state)
    assert [entry.text.ko for entry in found[1:]] == [
        "2차 감지로 확인 → 사실",
        f"정정: {KINDS['fire'].ko}, 원인 CAM-1",
        "등급 주의 → 심각: spreads",
        "담당: lee",
        "call · 생략: already called",
        "책임자에게 알림 (1단계)",
        "상태: 대응 중",
        "다른 사건에 합쳐짐",
    ]
    assert all(entry.text.en and not any("가" <= sign <= "힣" for sign in entry.text.en) for entry in found)
    assert [entry.level for entry in found if "생략" in entry.text.ko or "알림" in entry.text.ko] == [3, 3]


def test_a_message_that_failed_says_why_and_one_not_confirmed_waits() -> None:
    state = known(
        opened(),
        then(MessageRequested("m", "119", "email", "누출", "leak", "", "", incident="i-1"), 1, "x/m"),
        then(MessageStatus("m", "failed", 3, "connection refused", incident="i-1"), 2, "x/m"),
        then(CommandRequested("c", "gate.hold", ("g",), confirm=True, incident="i-1", user="kim"), 3, "x/c"),
    )
    _, message, command = lines(state)
    assert message.text.ko.endswith("실패: connection refused")
    assert message.level == 3
    assert command.text.ko == "출입문 1곳 진입 통제 · 확인 대기"
    assert command.user == "kim"


def test_what_belongs_to_another_incident_is_not_told() -> None:
    other = MessageRequested("m", "119", "email", "누출", "leak", "", "", incident="i-2")
    assert len(lines(known(opened(), opened("i-2"), then(other, 1, "x/m")))) == 1
