"""What belongs together becomes one incident with a stated cause, whatever the order in which it is told."""

from itertools import permutations

import pytest
from msgspec.structs import replace

from park.alarms.facts import AlarmCleared
from park.energy.facts import MeterReading
from park.environment.facts import AirObservation
from park.events.base import FactBase
from park.events.envelope import Event
from park.incidents.facts import (
    IncidentAcknowledged,
    IncidentAdvanced,
    IncidentCorrected,
    IncidentLeft,
    IncidentMerged,
)
from park.incidents.incident import Incident
from tests.park.small_park import event
from tests.park.watched_park import ELSEWHERE, PARK, Room, assets, gas, later, raised, sight, wind

LEAK = [*wind(255.0), gas("GAS-001", 0.6, 0), gas("GAS-001", 60, 10), gas("GAS-001", 62, 20)]
FALL = sight("camera/CAM-030", "fall", 75)


def word(incident: Incident, fact: FactBase, after_s: float) -> Event:
    return event(fact, f"changwon/incident/{incident.id}", later(after_s))


def test_a_leak_and_the_fall_beside_it_are_one_incident_with_the_sensor_as_its_cause() -> None:
    incident = Room().hear(*LEAK).wait(30).hear(FALL).one()
    assert (incident.life.kind, incident.life.cause) == ("gas_leak", "changwon/gas/GAS-001")
    assert assets(incident) == {"gas/GAS-001", "factory/B-12", "camera/CAM-030"}
    fall = next(member for member in incident.present() if member.what == "fall")
    assert (fall.rule, fall.system, fall.alarm is not None) == ("same_firm", "camera", True)
    assert fall.distance_m == pytest.approx(85, abs=1)
    assert fall.after_s == 65


def test_the_number_counts_the_days_of_the_park() -> None:
    room = Room().hear(sight("camera/CAM-030", "fall", 0), sight(ELSEWHERE, "fire", 5))
    assert [incident.life.number for incident in room.open] == ["2026-1123-01", "2026-1123-02"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_telling_changes_neither_cause_nor_members(order: tuple[int, ...]) -> None:
    told = [
        raised("gas/GAS-001", "gas_high", 20, "high"),
        sight("camera/CAM-030", "fall", 75),
        sight("camera/CAM-084", "crowd", 120),
    ]
    incident = Room().hear(*wind(255.0), *(told[n] for n in order)).one()
    assert (incident.life.kind, incident.life.cause) == ("gas_leak", "changwon/gas/GAS-001")
    assert assets(incident) == {"gas/GAS-001", "factory/B-12", "camera/CAM-030", "camera/CAM-084"}


def test_what_is_told_late_corrects_the_cause_and_says_so() -> None:
    room = Room().hear(FALL)
    assert room.one().life.kind == "injury"
    incident = room.hear(raised("gas/GAS-001", "gas_stel", 80, "critical")).one()
    assert [e.data.cause for e in incident.history("corrected")] == ["changwon/gas/GAS-001"]
    assert incident.life.opened_ms == int(later(75).timestamp() * 1000)


def test_two_that_prove_one_are_merged() -> None:
    falls = [sight("camera/CAM-030", "fall", 0), sight("camera/CAM-025", "fall", 5)]
    room = Room().hear(*falls)
    assert len(room.open) == 2, "500 m apart, on their own"
    room.hear(sight("camera/CAM-084", "fire", 30))
    assert assets(room.one()) == {"camera/CAM-030", "camera/CAM-025", "camera/CAM-084"}
    assert sum(isinstance(told.data, IncidentMerged) for told in room.told) == 1
    assert room.one().life.kind == "fire"


def test_what_has_nothing_to_do_with_each_other_stays_apart() -> None:
    room = Room().hear(*LEAK).wait(30).hear(FALL, sight(ELSEWHERE, "intrusion", 80))
    assert [incident.life.kind for incident in room.open] == ["gas_leak", "intrusion"]
    assert assets(room.open[1]) == {ELSEWHERE}


def test_the_same_place_long_after_is_another_matter() -> None:
    room = Room().hear(sight(ELSEWHERE, "fight", 0), sight(ELSEWHERE, "fall", 7200))
    assert [incident.life.kind for incident in room.open] == ["fight", "injury"]


@pytest.mark.parametrize(
    "condition", ["loitering", "crowd", "stopped_vehicle", "camera_lost", "dock_overrun"]
)
def test_what_asks_for_little_opens_nothing_alone(condition: str) -> None:
    asset = "dock/D31" if condition == "dock_overrun" else ELSEWHERE
    assert Room().hear(raised(asset, condition, 0)).wait(10).open == []


def test_company_makes_little_things_count() -> None:
    jam = Room().hear(*(raised(f"dock/D3{n}", "dock_overrun", 600 * n, "low") for n in (3, 2, 1))).one()
    assert (jam.life.kind, jam.life.cause) == ("dock_jam", "changwon/dock/D31")
    assert assets(jam) == {"dock/D31", "dock/D32", "dock/D33"}
    apart = Room().hear(*(raised(dock, "dock_overrun", 0, "low") for dock in ("dock/D11", "dock/D31")))
    assert apart.open == []


def test_a_camera_that_is_lost_before_an_intrusion_explains_it() -> None:
    incident = Room().hear(
        raised("camera/CAM-094", "camera_lost", 15), sight("camera/CAM-037", "intrusion", 60)
    )
    assert (incident.one().life.kind, incident.one().life.cause) == ("intrusion", "changwon/camera/CAM-094")


def test_gas_is_carried_by_the_wind_and_not_against_it() -> None:
    near, far = raised("gas/GAS-012", "gas_high", 5, "high"), raised("gas/GAS-011", "gas_high", 400, "high")
    assert len(Room().hear(*wind(7.0), near, far).open) == 1
    assert len(Room().hear(*wind(187.0), near, far).open) == 2


def test_a_wind_that_is_told_late_merges_what_it_carried() -> None:
    room = Room().hear(*wind(187.0), raised("gas/GAS-012", "gas_high", 5, "high"))
    room.hear(raised("gas/GAS-011", "gas_high", 400, "high"))
    assert len(room.open) == 2
    assert len(room.hear(*wind(7.0, 390)).wait(420, 400).open) == 1


def test_a_second_sensor_nearby_and_at_once_verifies_what_a_camera_saw() -> None:
    room = Room().hear(sight("camera/CAM-030", "smoke", 0))
    assert (room.one().life.grade, room.one().life.verdict) == ("caution", None)
    room.hear(sight("camera/CAM-084", "fire", 20))
    life = room.one().life
    assert (life.verdict, life.verified_by, life.grade) == ("true", None, "serious")
    slow = Room().hear(sight("camera/CAM-030", "smoke", 0), sight("camera/CAM-084", "fire", 60)).one()
    assert slow.life.verdict is None


def test_gas_at_the_short_term_limit_needs_no_second_sensor() -> None:
    high = Room().hear(raised("gas/GAS-001", "gas_high", 0, "high"))
    assert high.one().life.grade == "caution"
    assert high.hear(raised("gas/GAS-001", "gas_stel", 30, "critical")).one().life.grade == "serious"


def test_a_firm_that_draws_hardly_any_power_belongs_to_the_fire_beside_it() -> None:
    meter = "changwon/meter/M-E-04"
    usual = [event(MeterReading(200.0, 1.0), meter, later(60 * n)) for n in range(-4, 1)]
    gone = event(MeterReading(8.0, 1.0), meter, later(60))
    incident = Room().hear(*usual, sight("camera/CAM-025", "fire", 30), gone).one()
    drop = next(member for member in incident.present() if member.what == "power_drop")
    assert (drop.asset, drop.value, drop.limit) == ("changwon/factory/E-04", 8.0, 200.0)
    assert Room().hear(*usual, gone).open == [], "alone it is nothing"


def test_firms_that_end_a_surge_together_lost_no_supply() -> None:
    def reading(firm: str, power_kw: float, minute: float) -> Event:
        return event(MeterReading(power_kw, 1.0), f"changwon/meter/M-{firm}", later(60 * minute))

    firms, surge = ("E-04", "E-05"), [100.0, 98.0, *[500.0] * 20, 99.0, 97.0]
    room = Room().hear(*(reading(firm, kw, n) for n, kw in enumerate(surge) for firm in firms))
    assert room.open == []
    room.hear(*(reading(firm, 5.0, len(surge)) for firm in firms))
    assert room.one().life.kind == "power"


def test_telling_the_same_again_tells_nothing() -> None:
    room = Room().hear(*LEAK).wait(30).hear(FALL)
    before = len(room.told)
    room.hear(*LEAK, FALL, *room.told)
    assert len(room.told) == before


def test_an_alarm_raised_again_stays_in_its_incident_and_opens_another_once_that_is_closed() -> None:
    first = raised("gas/GAS-001", "gas_high", 0, "high")
    room = Room().hear(first)
    again = replace(first, id="again", time=later(600))
    assert len(room.hear(again).open) == 1
    held = room.one()
    room.hear(word(held, IncidentAcknowledged(held.id, "kim"), 700))
    room.hear(word(held, IncidentAdvanced(held.id, "closed", "kim"), 800))
    assert room.open == []
    assert room.hear(replace(first, id="third", time=later(900))).one().id != held.id


def test_a_person_has_the_last_word_on_cause_and_members() -> None:
    room = Room().hear(FALL, sight("camera/CAM-084", "crowd", 80))
    held = room.one()
    crowd = next(member for member in held.present() if member.what == "crowd")
    room.hear(word(held, IncidentLeft(held.id, crowd.id, "hand", "kim"), 90))
    room.hear(word(held, IncidentCorrected(held.id, "other", "changwon/camera/CAM-030", "r", user="kim"), 95))
    room.hear(raised("gas/GAS-001", "gas_stel", 100, "critical"))
    assert assets(room.one()) == {"camera/CAM-030", "gas/GAS-001"}
    assert room.one().life.kind == "other"


def test_merged_by_hand_the_members_go_along() -> None:
    room = Room().hear(FALL, sight(ELSEWHERE, "fight", 80))
    one, other = room.open
    room.hear(word(other, IncidentMerged(other.id, one.id, "r", "kim"), 100))
    assert assets(room.one()) == {"camera/CAM-030", ELSEWHERE}


def test_a_trivial_one_that_is_over_closes_by_itself_and_a_grave_one_waits() -> None:
    kind = PARK.correlation.kinds["peak"]
    peak = raised("substation/SUB-1", "peak_95", 0)
    room = Room().hear(peak, raised("gas/GAS-001", "gas_high", 0, "high"))
    for alarm in list(room.state.alarms.values()):
        room.hear(event(AlarmCleared(alarm.id, alarm.condition), alarm.asset, later(60)))
    due_s = 60 + (kind.closes_s or 0)
    assert len(room.wait(due_s - 10, due_s - 30).open) == 2
    assert [incident.life.kind for incident in room.wait(due_s + 20, due_s).open] == ["gas_leak"]
    closed = next(i for i in room.state.incidents.values() if i.life.kind == "peak")
    assert (closed.life.state, closed.life.verdict) == ("closed", "unclear")


def test_a_feed_that_is_soon_back_is_no_incident() -> None:
    silent = raised("feed/simulator-lights", "feed_silent", 0, "high")
    room = Room().hear(silent).wait(100)
    assert room.open == []
    assert room.wait(140, 101).one().life.kind == "data_loss"
    alarm = next(iter(room.state.alarms.values()))
    back = event(AlarmCleared(alarm.id, alarm.condition), alarm.asset, later(60))
    again = replace(silent, id="again", time=later(100))
    assert Room().hear(silent, back, again).wait(150).open == [], "never two minutes on end"


def test_a_sensor_that_falls_silent_beside_a_fire_belongs_to_it() -> None:
    sensor = "changwon/gas/GAS-011"  # 84 m from the camera, speaks every ten seconds
    room = Room().hear(gas("GAS-011", 0.01, 0), gas("GAS-001", 0.6, 0), sight("camera/CAM-006", "fire", 5))
    for second in (100, 200, 260):
        room.hear(gas("GAS-001", 0.6, second))
    assert sensor not in {member.asset for member in room.wait(170, 160).one().present()}
    silent = next(member for member in room.wait(200, 190).one().present() if member.asset == sensor)
    assert (silent.what, silent.rule) == ("silent", "same_place")
    assert "changwon/gas/GAS-001" not in {member.asset for member in room.wait(270, 261).one().present()}


def test_dust_that_rises_at_one_station_belongs_to_the_fire_below_it_and_is_nothing_alone() -> None:
    def air(ugm3: float, after_s: float) -> Event:
        return event(
            AirObservation(40.0, ugm3, 0.03, 0.02, 0.4, 0.004), "changwon/air/AIR-05", later(after_s)
        )

    usual, smoke = [air(18.0, 60 * n) for n in range(-5, 1)], air(120.0, 120)
    assert Room().hear(*usual, smoke).open == []
    incident = Room().hear(*usual, smoke, sight("camera/CAM-025", "smoke", 130)).one()
    risen = next(member for member in incident.present() if member.what == "air_rise")
    assert (risen.value, risen.limit, risen.system) == (120.0, 18.0, "environment")


def test_the_firm_is_that_of_the_cause_and_goes_with_it() -> None:
    room = Room().hear(*wind(7.0), raised("gas/GAS-011", "gas_high", 400, "high"))
    assert "factory/A-07" in assets(room.one())
    room.hear(raised("gas/GAS-012", "gas_high", 30, "high"))
    assert assets(room.one()) == {"gas/GAS-011", "gas/GAS-012", "factory/D-07"}
