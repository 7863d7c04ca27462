"""Where the wind carries it: the sector against plain geometry, the calm, what lies inside."""

from datetime import timedelta

import msgspec
import pytest

from data.park_files.park import load_park
from data.settings import Settings
from park.config.geometry import bearing_deg, distance_m, moved
from park.config.park import Park
from park.environment.facts import WeatherObservation
from park.incidents.facts import IncidentKind, IncidentOpened
from park.incidents.incident import Incident
from park.logistics.facts import VehiclePosition
from park.plume.sector import Sector, inside, place_of, sector
from park.state.state import State
from park.systems import new_state
from tests.park.small_park import at, event

PARK: Park = load_park(Settings())
GAS = PARK.assets["changwon/gas/GAS-001"]
NOW = at("2026-11-23 02:00")


def happened(kind: IncidentKind = "gas_leak", cause: str = GAS.id) -> Incident:
    made = Incident("i1")
    made.apply(event(IncidentOpened("i1", "1", kind, cause, "alert"), "changwon/incident/i1", NOW))
    return made


def windy(from_deg: float, speed_ms: float = 3.0, age_s: float = 0.0) -> State:
    state = new_state(PARK.assets)
    for point in state.by_kind["weather"]:
        fact = WeatherObservation(5.0, 50.0, speed_ms, from_deg, 0.0, 0.0)
        state.apply(event(fact, point.id, NOW - timedelta(seconds=age_s)))
    return state


@pytest.mark.parametrize("bearing", [0, 45, 133, 270])
def test_moving_and_measuring_agree(bearing: float) -> None:
    there = moved(GAS.lat, GAS.lon, bearing, 700)
    assert distance_m(GAS.lat, GAS.lon, *there) == pytest.approx(700, rel=1e-3)
    assert bearing_deg(GAS.lat, GAS.lon, *there) == pytest.approx(bearing, abs=0.1)


@pytest.mark.parametrize(
    ("off_deg", "far_m", "held"),
    [(0, 400, True), (29, 480, True), (31, 400, False), (-29, 400, True), (0, 520, False), (180, 400, False),
     (180, 25, True)],
)  # fmt: skip
def test_the_sector_is_thirty_degrees_to_each_side_of_where_the_wind_blows(
    off_deg: float, far_m: float, held: bool
) -> None:
    area = sector(PARK, windy(350.0), happened(), NOW)
    assert area is not None
    assert (area.substance, area.wind_to_deg, area.length_m, area.radius_m) == ("NH3", 170.0, 500.0, 30.0)
    assert area.holds(*moved(GAS.lat, GAS.lon, 170 + off_deg, far_m)) is held


def test_the_length_is_that_of_the_substance() -> None:
    chlorine = next(a.id for a in PARK.assets.values() if a.traits.get("substance") == "Cl2")
    area = sector(PARK, windy(0.0), happened(cause=chlorine), NOW)
    assert area is not None
    assert (area.substance, area.length_m) == ("Cl2", 1100.0)
    fire = sector(PARK, windy(0.0), happened("fire", "changwon/factory/B-12"), NOW)
    assert fire is not None
    assert (fire.substance, fire.length_m) == ("", 800.0)


def test_in_a_calm_it_is_a_circle() -> None:
    area = sector(PARK, windy(90.0, 0.2), happened(), NOW)
    assert area is not None
    assert all(area.holds(*moved(GAS.lat, GAS.lon, bearing, 450)) for bearing in range(0, 360, 30))
    assert len(set(area.outline())) == len(area.outline()) - 1


def test_without_wind_or_for_other_kinds_there_is_only_a_radius() -> None:
    for state, incident in ((windy(90.0, age_s=600), happened()), (windy(90.0), happened("intrusion"))):
        area = sector(PARK, state, incident, NOW)
        assert area is not None
        assert (area.wind_to_deg, area.length_m, area.outline()) == (None, None, ())
    assert sector(PARK, windy(90.0), happened(cause="changwon/feed/none"), NOW) is None


def test_what_lies_inside_is_listed_nearest_first() -> None:
    state, incident = windy(90.0), happened()
    area = sector(PARK, state, incident, NOW)
    assert area is not None
    spot = moved(GAS.lat, GAS.lon, 270, 200)
    goods = {"V-013": "dangerous", "V-001": "general", "V-026": "dangerous"}
    for name, cargo in goods.items():
        place = spot if name != "V-026" else moved(GAS.lat, GAS.lon, 90, 200)
        fact = msgspec.convert(
            {
                "lat": place[0],
                "lon": place[1],
                "speed_kmh": 0,
                "heading_deg": 0,
                "state": "parked",
                "cargo": cargo,
            },
            VehiclePosition,
        )
        state.apply(event(fact, f"changwon/vehicle/{name}", NOW))
    found = inside(state, area, NOW)
    assert found.vehicles == ("changwon/vehicle/V-013",)
    assert inside(state, area, NOW + timedelta(minutes=11)).vehicles == (), "not heard of for long"

    def far(asset: str) -> float:
        return distance_m(GAS.lat, GAS.lon, PARK.assets[asset].lat, PARK.assets[asset].lon)

    for names in (found.firms, found.lights, found.cameras):
        assert names
        assert list(map(far, names)) == sorted(map(far, names))
        assert all(far(name) <= 500 for name in names)
    everything = [a.id for a in PARK.assets.values() if a.kind == "light" and area.holds(a.lat, a.lon)]
    assert set(found.lights) == set(everything)


def test_the_outline_is_closed_and_as_long_as_the_sector() -> None:
    area = Sector(GAS.lat, GAS.lon, 30.0, "NH3", 170.0, 3.0, 500.0)
    ring = area.outline()
    assert ring[0] == ring[-1] == (GAS.lat, GAS.lon)
    assert {round(distance_m(*ring[0], *point)) for point in ring[1:-1]} == {500}


def test_the_place_is_as_told_else_that_of_the_cause() -> None:
    assert place_of(PARK, happened()) == (GAS.lat, GAS.lon)
    told = Incident("i2")
    fact = IncidentOpened("i2", "2", "fire", GAS.id, "alert", 35.21, 128.66)
    told.apply(event(fact, "changwon/incident/i2", NOW))
    assert place_of(PARK, told) == (35.21, 128.66)


def test_the_file_names_every_substance_that_the_park_measures() -> None:
    assert PARK.downwind is not None
    measured = {a.traits["substance"] for a in PARK.assets.values() if a.kind == "gas"}
    assert measured <= PARK.downwind.substances.keys()
