"""One thing by one name: whatever the spelling, the same alarm, the same slot, the same asset."""

from datetime import UTC, datetime, timedelta
from unicodedata import normalize

import msgspec
import pytest

from park.alarms.engine import Conditions
from park.alarms.facts import AlarmRaised
from park.cameras.facts import CameraEvent
from park.environment import summary as environment
from park.environment.facts import GasObservation
from park.environment.limits import Limits
from park.events.base import FactBase
from park.events.envelope import Event, decode, encode
from park.intake.canonical_names import Names
from park.intake.entry import Door
from park.logistics.facts import DockStatus, GatePassage, ShipmentStatus, VehiclePosition
from park.logistics.memory import LogisticsMemory
from park.state.state import State
from park.systems import new_state
from tests.park.small_park import ASSETS, asset, at, event, park, seconds

LORRY = asset("changwon/vehicle/V-001", 2.0, plate="81바1237")
CAMERA = asset("changwon/camera/CAM-9", None, zones=[{"name": "탱크 야드"}])  # type: ignore[arg-type]
PARK = park(assets={a.id: a for a in (*ASSETS, LORRY, CAMERA)})
NAMES = Names(PARK)
NOW = at("2026-11-23 10:00")
NH3 = "changwon/gas/GAS-2"

SPELLINGS = [
    "nh3", "NH3 ", "Ammonia", "암모니아", "7664-41-7", "CAS 7664-41-7", "CAS No. 7664-41-7", "ＮＨ３", "NH₃",
    "Ammonia (NH3)", "NH3 gas", "암모니아 가스", normalize("NFD", "암모니아"), "UN 1005", "anhydrous ammonia",
]  # fmt: skip


def settled(fact: FactBase, subject: str) -> Event:
    return NAMES.settle(event(fact, subject, NOW))


def judged(fact: GasObservation, subject: str = NH3) -> tuple[State, set[str]]:
    """The state a minute after a reading, and the conditions that were raised."""
    state = new_state(PARK.assets)
    conditions, told = Conditions(PARK, state), Door(PARK).enter(event(fact, subject, NOW))
    state.apply(told)
    raised = conditions.take(told) + conditions.tick(NOW + seconds(15))
    for alarm in raised:
        state.apply(alarm)
    return state, {alarm.data.condition for alarm in raised if isinstance(alarm.data, AlarmRaised)}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_substance_alarms_by_any_of_its_names(spelling: str) -> None:
    state, raised = judged(GasObservation(spelling, 90))
    assert raised == {"gas_stel", "gas_high"}
    assert state.level(NH3) == 4
    told = state.fact(NH3, GasObservation)
    assert told is not None
    assert told.substance == "NH3"
    (shown,) = [row for row in environment.summary(state, PARK, NOW).gases if row.asset == NH3]
    assert (shown.what, shown.limit, shown.share_pct) == ("NH3", 25.0, 360.0)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("황화수소", "H2S"), ("hydrogen sulphide", "H2S"), ("불산", "HF"), ("7664-39-3", "HF"),
        ("일산화탄소", "CO"), ("chlorine", "Cl2"), ("ＣＬ２", "Cl2"), ("아황산가스", "SO2"),
    ],
)  # fmt: skip
def test_every_substance_of_the_limits_has_its_names(text: str, name: str) -> None:
    known = PARK.limits.gas(text)
    assert known is not None
    assert known.substance == name


def test_two_substances_in_one_text_are_neither() -> None:
    assert PARK.limits.gas("NH3 (Cl2)") is None


def test_limits_under_another_name_than_the_substances_own_are_refused() -> None:
    broken = msgspec.to_builtins(PARK.limits)
    broken["gas_limits"][0]["substance"] = "ammonia"
    with pytest.raises(msgspec.ValidationError, match="ammonia"):
        msgspec.convert(broken, Limits)


@pytest.mark.parametrize("ppm", [0.0, 90.0])
def test_an_unknown_substance_is_never_silently_green(ppm: float) -> None:
    state, raised = judged(GasObservation("Amonya", ppm))
    assert "gas_substance" in raised
    assert state.level(NH3) >= 3
    assert ("gas_stel" in raised) == (ppm == 90.0)  # held against the sensor's own substance


def test_another_substance_than_the_sensors_own_is_told_and_judged_by_its_own_limit() -> None:
    state, raised = judged(GasObservation("chlorine", 2.0))
    assert raised == {"gas_substance", "gas_stel", "gas_high"}
    (alarm,) = [alarm for alarm in state.alarms.values() if alarm.condition == "gas_substance"]
    assert alarm.cause == "Cl2 (NH3)"


def test_an_unknown_sensor_of_an_unknown_substance_is_told() -> None:
    assert judged(GasObservation("XYZ", 1.0), "changwon/gas/GAS-99")[1] == {"gas_substance"}


@pytest.mark.parametrize(
    "subject", ["changwon/gas/gas-2", "Changwon/Gas/GAS-2 ", "ｃhangwon/gas/ＧＡＳ－２", "changwon/gas/GAS 2"]
)
def test_an_asset_is_one_by_any_spelling_of_its_id(subject: str) -> None:
    assert settled(GasObservation("NH3", 1.0), subject).subject == NH3


def test_what_was_written_is_kept_beside() -> None:
    told = settled(GasObservation("Ammonia", 1.0), "changwon/gas/gas-2")
    assert told.spelled is not None
    written = msgspec.json.decode(told.spelled)
    assert written == {"subject": "changwon/gas/gas-2", "data.substance": "Ammonia"}
    assert NAMES.settle(told) is told


def test_what_is_named_well_is_left_alone() -> None:
    told = event(GasObservation("NH3", 1.0), NH3, NOW)
    assert NAMES.settle(told) is told


@pytest.mark.parametrize(
    "vehicle", ["V-001", "v-001", "81바1237", "81 바 1237", normalize("NFD", "81바1237")]
)
def test_a_lorry_of_the_park_is_one_by_id_short_name_and_plate(vehicle: str) -> None:
    assert settled(GatePassage(vehicle, "in"), "changwon/gate/G-1").data.vehicle == LORRY.id


@pytest.mark.parametrize("vehicle", ["12가3456", "12가 3456", "changwon/vehicle/12가3456"])
def test_a_visiting_lorry_is_one_everywhere(vehicle: str) -> None:
    seen = settled(VehiclePosition(35.2, 128.6, 1, 0, "moving", "general"), "changwon/vehicle/12가 3456")
    docked = settled(DockStatus("busy", 0, vehicle), "changwon/dock/D-1")
    assert docked.data.vehicle == seen.subject == "changwon/vehicle/12가3456"


@pytest.mark.parametrize("number", ["UN1017", "UN 1017", "un1017", "ＵＮ１０１７", "1017"])
def test_dangerous_goods_have_one_number(number: str) -> None:
    fact = VehiclePosition(35.2, 128.6, 1, 0, "moving", "dangerous", number)
    assert settled(fact, LORRY.id).data.un_number == "1017"


@pytest.mark.parametrize(
    ("unit", "name"), [("㎍/㎥", "µg/m³"), ("ug/m3", "µg/m³"), ("PPM", "ppm"), ("㎾", "kW")]
)
def test_units_and_conditions_of_other_systems_are_the_parks(unit: str, name: str) -> None:
    raised = settled(AlarmRaised("a", "Gas High", "high", 30.0, unit=unit), NH3).data
    assert (raised.condition, raised.unit) == ("gas_high", name)


@pytest.mark.parametrize("zone", ["탱크야드", normalize("NFD", "탱크 야드"), " 탱크 야드"])
def test_the_zone_of_a_camera_is_one(zone: str) -> None:
    seen = settled(CameraEvent("intrusion", "cam-9", "m", "r", 0.9, zone=zone), CAMERA.id).data
    assert (seen.camera, seen.zone) == ("CAM-9", "탱크 야드")


def slot(start: str, state: str, dock: str = "D-1", vehicle: str = "V-001") -> ShipmentStatus:
    begin = datetime.fromisoformat(start)
    return ShipmentStatus(vehicle, dock, state, begin, begin + timedelta(minutes=40))  # type: ignore[arg-type]


def shown(*told: tuple[ShipmentStatus, int, str]) -> list[tuple[str, str]]:
    """The slots that stand after shipments told at minutes, in every order: planned instant and state."""
    found = []
    for order in (told, told[::-1]):
        state = new_state(PARK.assets)
        for fact, minute, subject in order:
            when = NOW + timedelta(minutes=minute)
            state.apply(NAMES.settle(event(fact, subject, when, f"{minute}-{fact.planned_start}")))
        slots = [shipment.data for shipment in state.memory(LogisticsMemory).shipments.values()]
        found.append(sorted((s.planned_start.astimezone(UTC).isoformat(), s.state) for s in slots))
    assert found[0] == found[1]
    return found[0]


SITE, TRIP = "changwon/site/LOG-3", "changwon/shipment/S-1"


@pytest.mark.parametrize("subject", [SITE, TRIP])
def test_the_same_instant_is_one_slot(subject: str) -> None:
    planned, done = slot("2026-11-23T10:00:00+09:00", "docked"), slot("2026-11-23T01:00:00+00:00", "done")
    assert shown((planned, 0, subject), (done, 30, subject)) == [("2026-11-23T01:00:00+00:00", "done")]


@pytest.mark.parametrize("dock", ["changwon/dock/D-1", "d-1", "D1", "Ｄ-1"])
def test_a_dock_by_any_id_is_one_slot_whose_overrun_clears(dock: str) -> None:
    start = "2026-11-23T09:00:00+09:00"
    told = (slot(start, "docked"), 0, SITE), (slot(start, "done", dock, "changwon/vehicle/v-001"), 20, SITE)
    assert [state for _, state in shown(*told)] == ["done"]


@pytest.mark.parametrize("subject", [SITE, TRIP])
def test_a_shipment_planned_anew_replaces_its_old_slot(subject: str) -> None:
    told = (slot("2026-11-23T10:30:00+09:00", "planned"), 0, subject), (
        slot("2026-11-23T12:00:00+09:00", "planned"), 10, subject,
    )  # fmt: skip
    assert shown(*told) == [("2026-11-23T03:00:00+00:00", "planned")]


def test_a_shipment_moved_to_another_dock_leaves_no_ghost() -> None:
    told = (slot("2026-11-23T10:30:00+09:00", "planned"), 0, SITE), (
        slot("2026-11-23T10:40:00+09:00", "docked", "D-2"), 35, SITE,
    )  # fmt: skip
    assert shown(*told) == [("2026-11-23T01:40:00+00:00", "docked")]


def test_a_lorry_that_docked_anew_has_left_its_old_dock() -> None:
    told = (slot("2026-11-23T09:00:00+09:00", "docked"), 0, SITE), (
        slot("2026-11-23T11:00:00+09:00", "docked", "D-2"), 65, SITE,
    )  # fmt: skip
    assert shown(*told) == [("2026-11-23T02:00:00+00:00", "docked")]


def test_two_trips_of_one_plan_are_two_slots() -> None:
    told = (slot("2026-11-23T10:30:00+09:00", "planned"), 0, SITE), (
        slot("2026-11-23T14:00:00+09:00", "planned"), 0, SITE,
    )  # fmt: skip
    assert len(shown(*told)) == 2


@pytest.mark.parametrize("vehicle", [" ", "y" * 500, "\u200b"])
def test_a_name_that_would_not_be_read_back_stays_as_it_was_written(vehicle: str) -> None:
    told = settled(GatePassage(vehicle, "in"), "changwon/gate/G-1")
    assert decode(encode(told)) == told
    long = settled(GatePassage("V-001", "in"), "vehicle/" + "y" * 190)
    assert decode(encode(long)) == long


def test_two_numbers_in_a_name_stay_two() -> None:
    docks = [asset(f"changwon/dock/{name}", None) for name in ("1-12", "D-3")]
    names = Names(park(assets={a.id: a for a in docks}))
    assert names.asset("changwon/dock/11-2") == "changwon/dock/11-2"
    assert names.asset("changwon/dock/112") == "changwon/dock/112"
    assert names.asset("changwon/dock/1_12") == "changwon/dock/1-12"
    assert names.of_kind("dock", "d3") == "changwon/dock/D-3"
