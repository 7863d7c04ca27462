"""What endangers people has an incident of its own, never hidden in one about things, and is linked to it."""

import pytest

from park.cameras.facts import CameraEventKind
from park.events.envelope import Event
from park.incidents.incident import Incident
from tests.park.watched_park import PARK, Room, assets, gas, raised, sight, wind

BLACKOUT = [
    raised("substation/SUB-1", "supply_lost", 0, "high"),
    *(raised(f"meter/M-A-{n:02}", "supply_lost", 5 + n, "high") for n in range(1, 10)),
    *(raised(f"cabinet/CAB-{n:03}", "cabinet_failed", 10 + n / 10) for n in range(118, 124)),
]
DARK = raised("cabinet/CAB-120", "cabinet_failed", 0)
BESIDE_THE_CABINET = "camera/CAM-023"  # 163 m


def of_kind(room: Room, kind: str) -> Incident:
    (found,) = (incident for incident in room.open if incident.life.kind == kind)
    return found


def linked(incident: Incident) -> set[str]:
    return {event.data.other for event in incident.history("linked")}


@pytest.mark.parametrize("cause", [[DARK], BLACKOUT], ids=["dark cabinet", "blackout"])
@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        ("fall", "injury"),
        ("fight", "fight"),
        ("intrusion", "intrusion"),
        ("removal", "intrusion"),
        ("fire", "fire"),
    ],
)
def test_people_in_danger_are_no_members_of_what_failed(
    cause: list[Event], seen: CameraEventKind, kind: str
) -> None:
    room = Room().hear(*cause, sight(BESIDE_THE_CABINET, seen, 400))
    people = of_kind(room, kind)
    assert people.life.cause == f"changwon/{BESIDE_THE_CABINET}"
    assert assets(people) >= {BESIDE_THE_CABINET}
    assert all(
        "CAM-023" not in asset for other in room.open if other is not people for asset in assets(other)
    )


@pytest.mark.parametrize("seen", ["fall", "fight", "intrusion", "removal"])
def test_it_is_linked_to_what_it_may_follow_from_and_back(seen: CameraEventKind) -> None:
    room = Room().hear(DARK, sight(BESIDE_THE_CABINET, seen, 400))
    things = of_kind(room, "lights_out")
    people = next(incident for incident in room.open if incident is not things)
    assert linked(people) == {things.id}
    assert linked(things) == {people.id}


def test_the_link_is_made_too_when_the_infrastructure_tells_late() -> None:
    room = Room().hear(sight(BESIDE_THE_CABINET, "fall", 20), DARK)
    assert linked(of_kind(room, "injury")) == {of_kind(room, "lights_out").id}


def test_a_fall_in_a_flood_and_a_fall_beside_standing_traffic_have_their_own() -> None:
    flood = Room().hear(raised("water/WTR-03", "water_high", 0, "high"), sight("camera/CAM-055", "fall", 600))
    assert assets(of_kind(flood, "injury")) == {"camera/CAM-055"}
    assert linked(of_kind(flood, "flood"))
    jam = Room().hear(raised("gate/GATE-N", "gate_queue", 0), sight("camera/CAM-054", "fall", 120))
    assert assets(of_kind(jam, "injury")) >= {"camera/CAM-054"}


def test_who_is_hit_in_traffic_is_an_injury_with_the_traffic_as_members() -> None:
    room = Room().hear(sight("camera/CAM-101", "wrong_way", 0), sight("camera/CAM-101", "fall", 20))
    assert room.one().life.kind == "injury"


def test_fire_takes_a_cabinet_beside_it_and_no_blackout() -> None:
    small = Room().hear(raised("cabinet/CAB-120", "cabinet_failed", 60), sight(BESIDE_THE_CABINET, "fire", 0))
    assert assets(small.one()) >= {"cabinet/CAB-120", BESIDE_THE_CABINET}
    great = Room().hear(*BLACKOUT, sight(BESIDE_THE_CABINET, "fire", 60))
    assert len(assets(of_kind(great, "power"))) >= 10
    assert assets(of_kind(great, "fire")) & {"substation/SUB-1", "factory/A-01"} == set()


def test_gas_in_a_blackout_is_a_leak_of_its_own() -> None:
    room = Room().hear(*BLACKOUT, gas("GAS-001", 60, 100), gas("GAS-001", 62, 110)).wait(130, 100)
    assert assets(of_kind(room, "gas_leak")) >= {"gas/GAS-001"}


def test_what_people_and_failed_lights_both_explain_goes_to_the_people() -> None:
    """Somebody runs onto the road from a fight under lights that failed minutes before."""
    dark = raised("cabinet/CAB-238", "cabinet_failed", 0)
    fight = sight("camera/CAM-105", "fight", 300)
    runner = sight("camera/CAM-050", "person_on_carriageway", 380)
    room = Room().hear(dark, fight, runner)
    assert assets(of_kind(room, "fight")) == {"camera/CAM-105", "camera/CAM-050"}
    assert assets(of_kind(room, "lights_out")) == {"cabinet/CAB-238"}


def test_somebody_on_the_road_is_where_the_camera_is_and_not_at_the_dark_cabinet() -> None:
    room = Room().hear(DARK, sight(BESIDE_THE_CABINET, "person_on_carriageway", 60))
    traffic = of_kind(room, "traffic")
    assert (traffic.life.cause, assets(traffic)) == (f"changwon/{BESIDE_THE_CABINET}", {BESIDE_THE_CABINET})
    assert linked(traffic) == {of_kind(room, "lights_out").id}


def test_a_fight_in_a_queue_is_linked_to_it() -> None:
    room = Room().hear(raised("gate/GATE-W", "gate_queue", 0), sight("camera/CAM-053", "fight", 240))
    assert linked(of_kind(room, "fight")) == {of_kind(room, "traffic").id}


def test_kinds_about_people_are_graver_than_all_about_things() -> None:
    kinds = PARK.correlation.kinds.values()
    assert min(kind.gravity for kind in kinds if kind.people) > max(k.gravity for k in kinds if not k.people)


def test_a_leak_that_takes_somebody_down_is_one_with_the_fall() -> None:
    room = Room().hear(*wind(255.0), gas("GAS-001", 60, 0), gas("GAS-001", 62, 10)).wait(20)
    room.hear(sight("camera/CAM-030", "fall", 75))
    assert "camera/CAM-030" in assets(of_kind(room, "gas_leak"))
    assert [incident.life.kind for incident in room.open] == ["gas_leak"]


def test_after_a_restart_a_link_is_neither_lost_nor_told_again() -> None:
    fall = sight(BESIDE_THE_CABINET, "fall", 400)
    room = Room().hear(DARK, fall).wait(430, 400)
    restarted = room.again().hear(DARK, fall).wait(460, 430)
    assert [told.type for told in restarted.told if told.type == "park.incident.linked"] == []
    assert linked(of_kind(restarted, "injury")) == {of_kind(restarted, "lights_out").id}
