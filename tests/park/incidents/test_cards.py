"""An incident as the screens get it: its words, its counts, its place in the list."""

from datetime import timedelta

from msgspec.structs import replace

from park.alarms.facts import AlarmCleared, AlarmRaised
from park.config.asset import Asset
from park.config.label import Label
from park.environment.facts import GasObservation
from park.events.envelope import Event
from park.incidents.cards import IncidentCard, card, order
from park.incidents.facts import (
    IncidentAcknowledged,
    IncidentJoined,
    IncidentLeft,
    IncidentMerged,
    IncidentOpened,
)
from park.messages.facts import MessageRequested, MessageStatus
from park.state.state import State
from park.systems import new_state
from tests.park import sample_incidents as incidents
from tests.park.small_park import ASSETS, at, event, park

WHEN = at("2026-11-23 03:00")
GAS = "changwon/gas/GAS-2"
FIRM = Asset("changwon/factory/B-12", "factory", Label("B-12 도료공장", "B-12 Paint works"), 35.2, 128.6)


def opened(name: str = "i-1", minutes: float = 0, **changed: object) -> Event:
    fact = IncidentOpened(name, f"2026-{name}", "gas_leak", GAS, "caution", 35.2, 128.6)
    return event(replace(fact, **changed), f"x/{name}", WHEN + timedelta(minutes=minutes))


def joined(
    member: str,
    asset: str = GAS,
    system: str = "gas",
    what: str = "gas_stel",
    seconds: float = 0,
    **more: object,
) -> Event:
    moment = WHEN + timedelta(seconds=seconds)
    fact = IncidentJoined("i-1", member, asset, system, what, moment, "cause")
    return event(replace(fact, **more), "x/i-1", moment)


def known(*events: Event) -> State:
    assets = {a.id: a for a in [*ASSETS, FIRM]}
    gas = assets[GAS]
    assets[GAS] = replace(gas, traits=gas.traits | {"factory": FIRM.id})
    state = new_state(assets)
    for told in events:
        state.apply(told)
    return state


def shown(state: State, name: str = "i-1") -> IncidentCard:
    return card(park(assets=state.assets), state, state.incidents[name], WHEN + timedelta(minutes=5))


def test_the_title_says_kind_substance_and_place_in_both_languages() -> None:
    told = shown(known(opened()))
    assert told.title == Label("가스 누출 (NH₃) · B-12 도료공장", "Gas leak (NH₃) · B-12 Paint works")
    assert told.place == FIRM.name


def test_without_substance_or_firm_the_title_says_the_kind_and_the_asset() -> None:
    told = shown(known(opened(kind="fire", cause="changwon/camera/CAM-1")))
    camera = next(a for a in ASSETS if a.id == "changwon/camera/CAM-1")
    assert told.title.ko == f"화재 · {camera.name.ko}"


def test_a_cause_that_no_file_knows_is_called_by_its_last_name() -> None:
    assert shown(known(opened(cause="elsewhere/gas/X-9"))).title.ko == "가스 누출 · X-9"


def test_the_reason_says_people_first_then_the_cause_and_the_members_by_system() -> None:
    state = known(
        opened(),
        joined("m2", seconds=20, value=61.0, unit="ppm"),
        joined("m1", seconds=5, value=35.0884, unit="ppm"),
        joined("m3", "changwon/camera/CAM-1", "camera", "fall", 60),
    )
    name = park().alarms["gas_stel"].name
    told = shown(state)
    korean, english = f"원인: GAS-2 {name.ko} 35.1 ppm", f"Cause: GAS-2 {name.en} 35.1 ppm"
    assert told.reason.ko == f"쓰러짐 1곳 · {korean} · 구성 3건 (가스 2, 영상 1)"
    assert told.reason.en == f"Person down at 1 · {english} · 3 members (gas 2, cameras 1)"
    assert (told.members, told.systems) == (3, {"gas": 2, "camera": 1})
    assert told.assets == (GAS, "changwon/camera/CAM-1")


def test_who_left_counts_no_more() -> None:
    left = event(IncidentLeft("i-1", "m1", "apart"), "x/i-1", WHEN + timedelta(minutes=1))
    assert shown(known(opened(), joined("m1"), joined("m2"), left)).members == 1


def test_the_cause_stands_first_among_at_most_fifty_assets() -> None:
    many = [joined(f"m{n}", f"changwon/light/L-{n}", "lighting", "light_failed", n - 90) for n in range(80)]
    told = shown(known(opened(), *many))
    assert (told.members, len(told.assets), told.assets[0]) == (80, 50, GAS)


def test_critical_counts_the_critical_alarms_that_stand() -> None:
    raised = [event(AlarmRaised(f"a{n}", f"c{n}", "critical" if n else "high"), GAS, WHEN) for n in range(3)]
    state = known(opened(), *raised, *(joined(f"a{n}", alarm=f"a{n}") for n in range(3)))
    assert shown(state).critical == 2
    for told in (AlarmCleared("a1", "c1"),):
        state.apply(event(told, GAS, WHEN + timedelta(seconds=9)))
    assert shown(state).critical == 2, "returned, but nobody took notice of it"


def test_one_that_went_into_another_says_so() -> None:
    merged = event(IncidentMerged("i-1", "i-2", "same"), "x/i-1", WHEN + timedelta(minutes=1))
    assert shown(known(opened(), merged)).state == "merged"


def test_every_word_about_it_raises_the_revision() -> None:
    message = MessageRequested("m", "119", "email", "a", "a", "b", "b", incident="i-1")
    words = [
        opened(),
        joined("m1"),
        event(IncidentAcknowledged("i-1", "kim"), "x/i-1", WHEN + timedelta(seconds=30)),
        event(message, "x/m", WHEN + timedelta(seconds=40)),
        event(MessageStatus("m", "sent", 1, incident="i-1"), "x/m", WHEN + timedelta(seconds=41)),
    ]
    state, revisions = known(), []
    for word in words:
        state.apply(word)
        revisions.append(shown(state).rev)
    assert revisions == sorted(set(revisions))


def test_the_list_holds_the_gravest_then_the_unanswered_then_the_newest_first() -> None:
    acknowledged = event(IncidentAcknowledged("d", "kim"), "x/d", WHEN + timedelta(minutes=9))
    state = known(
        opened("a", 0), opened("b", 1), opened("c", 2, grade="serious"), opened("d", 3), acknowledged
    )
    cards = sorted((shown(state, name) for name in "abcd"), key=order)
    assert [told.incident for told in cards] == ["c", "b", "a", "d"]


def test_the_card_says_whose_it_may_be_and_why() -> None:
    sensor = "changwon/gas/GAS-015"  # at G-11; G-10 handles HF too and lies upwind
    state = incidents.state_of((sensor, GasObservation("HF", 3.0)), *incidents.wind(195.0, 2.3))
    told = card(incidents.PARK, state, incidents.incident(cause=sensor), incidents.NOW)
    assert told.title.ko == "가스 누출 (HF) · G-11 도료공장 또는 그 풍상측"
    assert told.title.en == "Gas leak (HF) · at or upwind of G-11 Paint works"
    assert told.place.en == "at or upwind of G-11 Paint works"
    assert told.source is not None
    assert told.source.relation == "upwind"
    assert told.source.candidates[:2] == ("changwon/factory/G-11", "changwon/factory/G-10")
    assert told.source.likeliest.en == "G-11 Paint works (its own sensor, handles HF)"
    assert told.source.others.ko.startswith("G-10 금속공장 (감지 지점의 풍상측 626 m, 풍속 2.3 m/s, HF 취급)")


def test_a_fire_that_a_works_own_camera_saw_names_the_works() -> None:
    camera = "changwon/camera/CAM-025"
    told = card(incidents.PARK, incidents.state_of(), incidents.incident("fire", camera), incidents.NOW)
    assert told.title == Label("화재 · E-04 냉동물류공장", "Fire · E-04 Cold storage works")
    assert told.source is not None
    assert (told.source.relation, told.source.others) == ("at", Label("", ""))


def test_what_happens_at_its_cause_itself_has_no_source() -> None:
    assert shown(known(opened(kind="power", cause="changwon/substation/SS-1"))).source is None
