"""How far one incident reaches: substances, repeats, early victims, speed, wind, consequences."""

import pytest
from msgspec.structs import replace

from park.cameras.facts import CameraEventKind
from park.events.envelope import Event
from park.incidents.facts import IncidentJoined, IncidentMerged
from park.incidents.incident import Incident
from park.logistics.facts import VehiclePosition
from tests.park.small_park import event
from tests.park.watched_park import Room, assets, later, raised, sight, wind


def leak(sensor: str, after_s: float) -> Event:
    return raised(f"gas/{sensor}", "gas_high", after_s, "high")


def again(alarm: Event, after_s: float) -> Event:
    return replace(alarm, id=f"{alarm.id} {after_s}", time=later(after_s))


def holding(room: Room, asset: str) -> list[Incident]:
    return [incident for incident in room.open if asset in assets(incident)]


def links(room: Room) -> int:
    return sum(len(incident.history("linked")) for incident in room.open)


# Substances


@pytest.mark.parametrize(
    ("first", "second", "from_deg"),
    [
        ("GAS-012", "GAS-016", 331.0),  # Cl2, then HF 700 m downwind
        ("GAS-016", "GAS-017", 180.0),  # HF, then CO 270 m downwind at the next works
        ("GAS-014", "GAS-018", 340.0),  # HF, then CO 790 m downwind
    ],
)
def test_another_substance_at_another_firm_is_another_leak(first: str, second: str, from_deg: float) -> None:
    room = Room().hear(*wind(from_deg), leak(first, 0), leak(second, 120)).wait(300, 120)
    assert [incident.life.cause for incident in room.open] == [
        f"changwon/gas/{first}",
        f"changwon/gas/{second}",
    ]
    assert all("factory" in " ".join(assets(incident)) for incident in room.open), "both works are told"
    assert links(room) == 2


def test_the_same_substance_downwind_and_sensors_of_one_works_are_one_leak() -> None:
    assert len(Room().hear(*wind(7.0), leak("GAS-012", 0), leak("GAS-011", 400)).open) == 1
    assert len(Room().hear(*wind(90.0), leak("GAS-001", 0), leak("GAS-004", 60)).open) == 1


def test_smells_of_another_substance_are_not_of_the_leak() -> None:
    chlorine = [*wind(52.0), leak("GAS-012", 0)]
    other = Room().hear(*chlorine, raised("odour/ODR-02", "odour_nh3", 300))
    assert len(other.open) == 2
    unknown = Room().hear(*chlorine, raised("odour/ODR-02", "odour_high", 300))
    assert len(unknown.open) == 1


# Repeated alarms


def test_a_second_fall_at_the_same_camera_belongs_to_the_leak_that_opened_meanwhile() -> None:
    fall = sight("camera/CAM-007", "fall", 0)
    room = Room().hear(*wind(90.0), fall, leak("GAS-012", 2400), sight("camera/CAM-007", "fall", 2500))
    (gas,) = (incident for incident in room.open if incident.life.kind == "gas_leak")
    assert "camera/CAM-007" in assets(gas)
    assert len(room.open) == 2, "the first fall was forty minutes before: somebody else"
    assert links(room) == 2


def test_what_lies_in_two_incidents_is_told_once_when_they_become_one() -> None:
    fall = sight("camera/CAM-007", "fall", 0)
    room = Room().hear(*wind(90.0), fall, leak("GAS-012", 2400), sight("camera/CAM-007", "fall", 2500))
    injury, gas = room.open
    merged = IncidentMerged(injury.id, gas.id, "r", "kim")
    room.hear(event(merged, f"changwon/incident/{injury.id}", later(2600)))
    joined = [told.data.member for told in room.told if told.type == IncidentJoined.TYPE]
    assert assets(room.one()) >= {"camera/CAM-007", "gas/GAS-012"}
    assert sum(member in injury.members for member in joined) == 2, "once in each of the two"


def test_a_leak_that_explains_first_and_second_fall_takes_both() -> None:
    falls = [sight("camera/CAM-007", "fall", 0), sight("camera/CAM-007", "fall", 1100)]
    room = Room().hear(*wind(90.0), *falls, leak("GAS-012", 1200))
    assert room.one().life.kind == "gas_leak"


def test_a_fall_long_after_at_the_same_camera_is_another_person() -> None:
    falls = [sight("camera/CAM-007", "fall", 0), sight("camera/CAM-007", "fall", 7200)]
    room = Room().hear(*falls)
    assert len(holding(room, "camera/CAM-007")) == 2
    assert links(room) == 2
    near = Room().hear(sight("camera/CAM-007", "fall", 0), sight("camera/CAM-007", "fall", 60))
    assert len(near.open) == 1


@pytest.mark.parametrize(
    ("first", "then", "kinds"),
    [
        ("intrusion", "fight", {"intrusion", "fight"}),
        ("intrusion", "fall", {"intrusion"}),
        ("fire", "fall", {"fire"}),
        ("fight", "fall", {"fight"}),
    ],
)
def test_who_is_seen_again_belongs_to_what_happened_meanwhile(
    first: CameraEventKind, then: CameraEventKind, kinds: set[str]
) -> None:
    """The first time is too long ago to explain what the camera next to it saw; the second is not."""
    between, again_s = sight("camera/CAM-084", then, 3000), 3100
    said = [sight("camera/CAM-030", first, 0), between, sight("camera/CAM-030", first, again_s)]
    room = Room().hear(*said)
    latest = holding(room, "camera/CAM-084")
    assert latest == [incident for incident in holding(room, "camera/CAM-030") if incident in latest]
    assert {incident.life.kind for incident in latest} <= kinds
    assert len(room.open) == 2
    assert links(room) == 2


def test_who_is_seen_again_soon_is_linked_to_what_happened_meanwhile() -> None:
    said = [sight("camera/CAM-030", "intrusion", 0), sight("camera/CAM-084", "fight", 1100)]
    room = Room().hear(*said)
    assert links(room) == 0
    assert links(room.hear(sight("camera/CAM-030", "intrusion", 1200))) == 2


def test_a_smell_raised_again_is_looked_at_again() -> None:
    smell = raised("odour/ODR-02", "odour_high", 0)
    room = Room().hear(*wind(52.0), smell, leak("GAS-012", 4000), again(smell, 4300))
    (gas,) = (incident for incident in room.open if incident.life.kind == "gas_leak")
    assert "odour/ODR-02" in assets(gas)


def test_telling_a_repeated_alarm_twice_says_nothing_new() -> None:
    fall = sight("camera/CAM-007", "fall", 0)
    room = Room().hear(*wind(90.0), fall, leak("GAS-012", 2400), sight("camera/CAM-007", "fall", 2500))
    before = len(room.told)
    room.hear(*room.told)
    assert len(room.told) == before


# People are harmed before sensors tell


@pytest.mark.parametrize(
    ("sensor", "camera", "before_s"),
    [
        ("GAS-012", "camera/CAM-007", 480),
        ("GAS-018", "camera/CAM-013", 1500),
        ("GAS-016", "camera/CAM-011", 840),
    ],
)
def test_who_falls_before_the_sensor_tells_belongs_to_the_leak(
    sensor: str, camera: str, before_s: float
) -> None:
    room = Room().hear(*wind(90.0), sight(camera, "fall", 0), leak(sensor, before_s))
    assert (room.one().life.kind, room.one().life.cause) == ("gas_leak", f"changwon/gas/{sensor}")


def test_who_fell_an_hour_before_does_not() -> None:
    assert len(Room().hear(*wind(90.0), sight("camera/CAM-007", "fall", 0), leak("GAS-012", 3600)).open) == 2


# Speed


@pytest.mark.parametrize(
    ("first", "second", "between_s", "incidents"),
    [
        ("camera/CAM-085", "camera/CAM-090", 20, 2),  # 850 m: 150 km/h
        ("camera/CAM-085", "camera/CAM-090", 300, 1),  # a run
        ("camera/CAM-013", "camera/CAM-018", 120, 2),  # 1.9 km in two minutes
        ("camera/CAM-027", "camera/CAM-082", 5, 1),  # 141 m: both see the same
    ],
)
def test_two_intrusions_are_one_if_somebody_can_have_made_the_way(
    first: str, second: str, between_s: float, incidents: int
) -> None:
    room = Room().hear(sight(first, "intrusion", 0), sight(second, "intrusion", between_s))
    assert len(room.open) == incidents


def test_who_is_near_but_too_far_to_be_the_same_is_linked() -> None:
    room = Room().hear(sight("camera/CAM-085", "intrusion", 0), sight("camera/CAM-090", "intrusion", 20))
    assert links(room) == 2


def test_two_that_were_too_far_apart_stay_two_when_they_are_seen_again() -> None:
    first, second = sight("camera/CAM-085", "intrusion", 0), sight("camera/CAM-090", "intrusion", 20)
    room = Room().hear(first, second, sight("camera/CAM-090", "intrusion", 250)).wait(280, 250)
    assert [assets(incident) for incident in room.open] == [{"camera/CAM-085"}, {"camera/CAM-090"}]


def test_a_wrong_way_driver_drives_and_gates_far_apart_jam_alone() -> None:
    assert (
        len(
            Room()
            .hear(sight("camera/CAM-085", "wrong_way", 0), sight("camera/CAM-090", "wrong_way", 60))
            .open
        )
        == 1
    )
    gates = Room().hear(raised("gate/GATE-E", "gate_queue", 0), raised("gate/GATE-W", "gate_queue", 1500))
    assert len(gates.open) == 2


# Wind


def test_a_smell_upwind_is_not_of_the_fire() -> None:
    fire = sight("camera/CAM-025", "fire", 0)
    smell = raised("odour/ODR-08", "odour_high", 600)  # 2.2 km south-east
    assert len(Room().hear(*wind(126.0), fire, smell).open) == 2
    assert len(Room().hear(*wind(306.0), fire, smell).open) == 1


@pytest.mark.parametrize(
    ("seen", "camera"),
    [("fire", "camera/CAM-013"), ("smoke", "camera/CAM-013"), ("dumping", "camera/CAM-070")],
)
def test_a_smell_300_m_off_is_of_what_lies_up_the_wind_only(seen: CameraEventKind, camera: str) -> None:
    from_deg = 162.0 if camera.endswith("013") else 5.0  # from the camera to the meter
    said = [sight(camera, seen, 0), raised("odour/ODR-03", "odour_high", 600)]
    assert len(Room().hear(*wind(from_deg), *said).open) == 1
    assert len(Room().hear(*wind(from_deg + 180.0), *said).open) == 2
    assert len(Room().hear(*wind(from_deg + 90.0), *said).open) == 2


def test_gas_that_fires_give_off_is_of_the_fire_only_down_the_wind() -> None:
    said = [sight("camera/CAM-069", "fire", 0), leak("GAS-017", 300)]  # CO, 250 m south-south-east
    assert len(Room().hear(*wind(339.0), *said).open) == 1
    across = Room().hear(*wind(249.0), *said)
    assert [incident.life.kind for incident in across.open] == ["fire", "gas_leak"]
    assert links(across) == 2


def test_smells_across_the_wind_are_two_and_down_the_wind_one() -> None:
    smells = [raised("odour/ODR-05", "odour_h2s", 0), raised("odour/ODR-03", "odour_nh3", 300)]
    assert len(Room().hear(*wind(16.0), *smells).open) == 2
    alike = [raised("odour/ODR-05", "odour_high", 0), raised("odour/ODR-03", "odour_high", 300)]
    assert len(Room().hear(*wind(106.0), *alike).open) == 1
    assert len(Room().hear(*wind(106.0), *smells).open) == 2, "another gas is another smell"


@pytest.mark.parametrize(("from_deg", "incidents"), [(292.0, 1), (112.0, 2), (22.0, 2)])
def test_who_falls_400_m_off_belongs_to_the_leak_only_down_the_wind(from_deg: float, incidents: int) -> None:
    fall = sight("camera/CAM-069", "fall", 600)  # 276 m east-south-east of the sensor
    room = Room().hear(*wind(from_deg), leak("GAS-012", 0), fall)
    assert len(room.open) == incidents
    assert links(room) == (0 if incidents == 1 else 2)


# What follows from what


@pytest.mark.parametrize(
    ("first", "then", "kind"),
    [
        (
            raised("vehicle/V-026", "dg_off_route", 0, "high"),
            raised("gate/GATE-E", "gate_queue", 600),
            "dg_vehicle",
        ),
        (sight("camera/CAM-040", "dumping", 0), raised("odour/ODR-10", "odour_high", 1800), "dumping"),
        (sight("camera/CAM-075", "fall", 0), raised("dock/D31", "dock_overrun", 1800), "injury"),
        (sight("camera/CAM-052", "fall", 0), raised("gate/GATE-E", "gate_queue", 600), "injury"),
        (sight("camera/CAM-054", "fire", 0), raised("gate/GATE-N", "gate_queue", 600), "fire"),
    ],
)
def test_consequences_at_gates_docks_and_noses(first: Event, then: Event, kind: str) -> None:
    lorry = VehiclePosition(35.2079, 128.7055, 90, 0, "moving", "dangerous")
    room = Room().hear(event(lorry, "changwon/vehicle/V-026", later(0)))
    incident = room.hear(first, then).one()
    assert (incident.life.kind, incident.life.cause) == (kind, first.subject)


@pytest.mark.parametrize("left", ["abandonment", "dumping"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_fire_where_something_was_left_is_linked_to_it(left: CameraEventKind, order: int) -> None:
    said = [sight("camera/CAM-030", left, 0), sight("camera/CAM-030", "fire", 55)]
    room = Room().hear(*said[::order])
    assert sorted(incident.life.kind for incident in room.open) == ["dumping", "fire"]
    assert links(room) == 2


def test_a_crowd_at_a_gate_and_its_queue_are_one_of_their_own_kind() -> None:
    room = Room().hear(sight("camera/CAM-054", "crowd", 0), raised("gate/GATE-N", "gate_queue", 900))
    assert (room.one().life.kind, room.one().life.cause) == ("crowd", "changwon/camera/CAM-054")
    turned = Room().hear(raised("gate/GATE-N", "gate_queue", 0), sight("camera/CAM-054", "crowd", 300))
    assert (turned.one().life.kind, turned.one().life.cause) == ("crowd", "changwon/camera/CAM-054")


@pytest.mark.parametrize("seen", ["fire", "smoke"])
def test_the_crowd_at_the_assembly_point_belongs_to_what_drove_it_there(seen: CameraEventKind) -> None:
    room = Room().hear(sight("camera/CAM-085", seen, 0), sight("camera/CAM-090", "crowd", 600))
    assert assets(room.one()) >= {"camera/CAM-085", "camera/CAM-090"}


def test_a_flood_reaches_from_every_gauge_that_rises() -> None:
    gauges = [
        raised("water/WTR-05", "water_high", 0, "high"),
        raised("water/WTR-03", "water_high", 600, "high"),
    ]
    room = Room().hear(*gauges, raised("cabinet/CAB-100", "cabinet_failed", 900))  # 715 m from the second
    assert assets(room.one()) == {"water/WTR-05", "water/WTR-03", "cabinet/CAB-100"}
