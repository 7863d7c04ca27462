"""Whose leak, fire or smell it is: at, or at or upwind of whom, with candidates and why."""

from datetime import timedelta
from typing import get_args

import pytest
from msgspec.structs import replace

from park.config.asset import Asset
from park.config.geometry import bearing_deg, moved
from park.config.park import Park
from park.environment.facts import WeatherObservation
from park.events.base import FactBase
from park.incidents.facts import IncidentCorrected, IncidentKind
from park.incidents.incident import Incident
from park.logistics.facts import VehiclePosition
from park.messages import notices
from park.origins import texts as source_words
from park.origins.firms import Code, Source, source_of
from park.state.state import State
from park.systems import new_state
from tests.park import watched_park as crowd
from tests.park.sample_incidents import NOW, PARK, incident, joined, tell, wind
from tests.park.small_park import event
from tests.park.watched_park import Room, gas, later, raised, sight

Traits = dict[str, object]
# Sensor of G-11 Paint works (HF); G-10 Metal works, which handle HF too, lie 626 m south-south-west of it
NEIGHBOUR = "changwon/gas/GAS-015"
OWN, OTHER = "changwon/factory/G-11", "changwon/factory/G-10"
FROM_OTHER = 195.0
FOUNDRY, FOUNDRY_CAMERA = "changwon/factory/E-04", "changwon/camera/CAM-025"
CROSSING, PAINTWORKS = "changwon/camera/CAM-057", "changwon/factory/D-01"
LORRY = "changwon/vehicle/V-013"
STATION = "changwon/odour/ODR-02"


def with_traits(**changed: Traits) -> Park:
    """The park with other traits of some assets, by kind and name."""
    assets = dict(PARK.assets)
    for name, traits in changed.items():
        kind, _, number = name.partition("_")
        id_ = f"changwon/{kind}/{number.replace('_', '-')}"
        assets[id_] = replace(assets[id_], traits={**assets[id_].traits, **traits})
    return replace(PARK, assets=assets)


def without(park: Park, *traits: str) -> Park:
    """The park of which the files do not say some things at all."""

    def bare(asset: Asset) -> Asset:
        return replace(asset, traits={name: v for name, v in asset.traits.items() if name not in traits})

    return replace(park, assets={id_: bare(asset) for id_, asset in park.assets.items()})


def told(park: Park, *facts: tuple[str, FactBase]) -> State:
    state = new_state(park.assets)
    for subject, fact in facts:
        state.apply(event(fact, subject, NOW))
    return state


def found(
    cause: str,
    *facts: tuple[str, FactBase],
    kind: IncidentKind = "gas_leak",
    park: Park = PARK,
    members: tuple[tuple[str, str, str], ...] = (),
) -> Source | None:
    made = incident(kind, cause)
    for number, member in enumerate(members):
        tell(made, joined(f"m{number}", *member))
    return source_of(park, told(park, *facts), made, NOW)


def sure(source: Source | None) -> str:
    assert source is not None
    assert source.relation == "at"
    (only,) = source.candidates
    return only.asset


def names(source: Source | None) -> list[str]:
    assert source is not None
    return [candidate.asset for candidate in source.candidates]


def reasons(source: Source | None, asset: str) -> set[str]:
    assert source is not None
    (candidate,) = (candidate for candidate in source.candidates if candidate.asset == asset)
    return {reason.code for reason in candidate.reasons}


def beside(asset: str, bearing: float, length_m: float) -> VehiclePosition:
    """A lorry with ammonia that drives at a place."""
    known = PARK.assets[asset]
    lat, lon = moved(known.lat, known.lon, bearing, length_m)
    return VehiclePosition(lat, lon, 30.0, 90.0, "moving", "dangerous", "1005")


def test_a_fire_that_the_works_own_camera_saw_is_at_the_works() -> None:
    source = found(FOUNDRY_CAMERA, kind="fire")
    assert sure(source) == FOUNDRY
    assert reasons(source, FOUNDRY) == {"own_camera"}
    place = source_words.place(PARK, FOUNDRY_CAMERA, source)
    assert (place.ko, place.en) == ("E-04 냉동물류공장", "E-04 Cold storage works")


def test_a_leak_that_only_a_neighbours_sensor_saw_is_at_or_upwind_of_it() -> None:
    park = with_traits(factory_G_11={"handles": []})
    source = found(NEIGHBOUR, *wind(FROM_OTHER, 2.3), park=park)
    assert source is not None
    assert (source.relation, source.substance) == ("upwind", "HF")
    assert names(source)[0] == OTHER
    assert OWN in names(source), "its own sensor: not to be forgotten"
    assert reasons(source, OTHER) == {"upwind", "handles"}
    assert reasons(source, OWN) == {"own_sensor", "unhandled"}
    place = source_words.place(park, NEIGHBOUR, source)
    assert place.ko == "G-11 도료공장 또는 그 풍상측"
    assert place.en == "at or upwind of G-11 Paint works"
    line = source_words.line(park, source.candidates[0])
    assert line.ko == "G-10 금속공장 (감지 지점의 풍상측 626 m, 풍속 2.3 m/s, HF 취급)"
    assert line.en == "G-10 Metal works (upwind of the sensor by 626 m at 2.3 m/s, handles HF)"


def test_works_that_handle_it_at_their_own_sensor_come_first_but_another_handler_upwind_stays() -> None:
    source = found(NEIGHBOUR, *wind(FROM_OTHER))
    assert source is not None
    assert source.relation == "upwind"
    assert names(source)[:2] == [OWN, OTHER]
    assert sure(found(NEIGHBOUR, *wind(FROM_OTHER - 180))) == OWN, "it lies downwind now"


def test_of_two_handlers_upwind_the_nearer_comes_first() -> None:
    park = with_traits(factory_G_11={"handles": []})
    source = found(NEIGHBOUR, *wind(FROM_OTHER), park=park)
    upwind = [name for name in names(source) if name != OWN]
    assert upwind[0] == OTHER
    assert len(upwind) >= 2
    assert "changwon/factory/G-08" in upwind
    assert all("handles" in reasons(source, name) for name in upwind), "who handles none is no candidate"


def test_in_a_calm_and_without_wind_it_is_around() -> None:
    sensor, chemical, cold = "changwon/gas/GAS-009", "changwon/factory/A-05", "changwon/factory/D-04"
    park = with_traits(factory_D_05={"handles": []})  # A-05 at 303 m and D-04 at 954 m handle H2S
    calm, unknown = found(sensor, *wind(90, 0.1), park=park), found(sensor, park=park)
    for source, code in ((calm, "calm"), (unknown, "wind_unknown")):
        assert source is not None
        assert source.relation == "around"
        place = source_words.place(park, sensor, source)
        assert (place.ko, place.en) == (
            "D-05 냉동물류공장 또는 그 주변",
            "at or around D-05 Cold storage works",
        )
        assert code in reasons(source, chemical)
        assert names(source)[0] == chemical
    assert cold not in names(calm), "in a calm nothing comes from afar"
    assert cold in names(unknown), "a wind that nobody knows may have come from there"


def test_a_light_wind_and_points_that_disagree_ask_more_works() -> None:
    park, off = with_traits(factory_G_11={"handles": []}), FROM_OTHER + 45

    def asked(*facts: tuple[str, FactBase]) -> bool:
        return OTHER in names(found(NEIGHBOUR, *facts, park=park))

    assert not asked(*wind(off, 5.0))
    assert asked(*wind(off, 0.7)), "a light wind meanders"
    points = [id_ for id_, _fact in wind(0)]
    split = [
        (id_, WeatherObservation(5.0, 60.0, 5.0, off + (40 if number % 2 else -40), 0.0, 0.0))
        for number, id_ in enumerate(points)
    ]
    assert asked(*split), "the points disagree"


def test_a_wind_that_turns_later_does_not_move_the_blame() -> None:
    state, made = told(PARK, *wind(FROM_OTHER)), incident("gas_leak", NEIGHBOUR)
    before = source_of(PARK, state, made, NOW)
    later = NOW + timedelta(hours=3)
    for id_, fact in wind(FROM_OTHER - 180):
        state.apply(event(fact, id_, later))
    assert source_of(PARK, state, made, later) == before


def test_a_station_on_public_ground_names_who_lies_upwind() -> None:
    source = found(STATION, *wind(270), kind="odour")
    assert source is not None
    assert source.relation == "upwind"
    assert names(source)[0] == "changwon/factory/A-04"
    assert source_words.place(PARK, STATION, source).en == "at or upwind of Odour meter 2"
    station, chemical = PARK.assets[STATION], PARK.assets["changwon/factory/A-05"]
    to_chemical = wind(bearing_deg(station.lat, station.lon, chemical.lat, chemical.lon))
    named = found(STATION, *to_chemical, kind="odour", members=((STATION, "environment", "odour_h2s"),))
    assert named is not None
    assert named.substance == "H2S"
    assert names(named) == [chemical.id, "changwon/factory/D-05"], (
        "who handles what is smelt, the nearer first"
    )


def test_a_camera_at_the_fence_that_looks_at_the_neighbour() -> None:
    neighbour = "changwon/factory/A-08"
    park = with_traits(camera_CAM_007={"faces": [neighbour]})
    source = found("changwon/camera/CAM-007", kind="fire", park=park)
    assert source is not None
    assert source.relation == "beside"
    assert names(source) == [neighbour, "changwon/factory/D-07"]
    assert reasons(source, neighbour) == {"faces"}
    place = source_words.place(park, "changwon/camera/CAM-007", source)
    assert (place.ko, place.en) == ("D-07 화학공장 또는 그 옆", "at or beside D-07 Chemical works")
    turned = with_traits(camera_CAM_007={"heading_deg": 160})
    by_view = found("changwon/camera/CAM-007", kind="fire", park=turned)
    assert names(by_view) == ["changwon/factory/D-07", neighbour]
    assert "in_view" in reasons(by_view, neighbour)


def test_a_camera_at_a_crossing_names_what_it_sees_and_the_meter_makes_it_sure() -> None:
    seen = found(CROSSING, kind="fire")
    assert seen is not None
    assert seen.relation == "near"
    assert reasons(seen, PAINTWORKS) == {"in_view"}
    assert source_words.place(PARK, CROSSING, seen).ko == "CAM-057 1-9 교차로", "blames nobody"
    fell = found(CROSSING, kind="fire", members=((PAINTWORKS, "energy", "power_drop"),))
    assert sure(fell) == PAINTWORKS
    assert reasons(fell, PAINTWORKS) == {"in_view", "power"}


def test_what_the_files_do_not_say_is_found_by_distance_and_view() -> None:
    bare = without(PARK, "factory", "handles")
    camera = found(FOUNDRY_CAMERA, kind="fire", park=bare)
    assert sure(camera) == FOUNDRY
    assert reasons(camera, FOUNDRY) == {"on_ground"}
    sensor = found(NEIGHBOUR, *wind(FROM_OTHER), park=bare)
    assert sensor is not None
    assert sensor.relation == "upwind", "nobody knows who handles what"
    assert names(sensor)[0] == OWN


def test_a_lorry_with_the_very_substance_between_is_a_candidate() -> None:
    sensor = "changwon/gas/GAS-001"
    source = found(sensor, *wind(270), (LORRY, beside(sensor, 270, 90)))
    assert source is not None
    assert source.relation == "upwind"
    assert names(source)[1] == LORRY
    assert reasons(source, LORRY) == {"carries", "upwind"}
    assert "UN 1005" in source_words.why(source.candidates[1]).ko
    petrol = replace(beside(sensor, 270, 90), un_number="1203")
    assert sure(found(sensor, *wind(270), (LORRY, petrol))) == "changwon/factory/B-12"
    assert sure(found(sensor, *wind(270), (LORRY, beside(sensor, 90, 90)))), "it is downwind"
    assert sure(found(sensor, *wind(270), (LORRY, replace(beside(sensor, 270, 90), state="left"))))
    member = found(sensor, *wind(270), (LORRY, petrol), members=((LORRY, "logistics", "dg_standing"),))
    assert LORRY in names(member), "it is part of it, whatever its papers say"


def test_a_fence_sensor_downwind_of_its_own_works_is_sure_of_them_only_then() -> None:
    fence = "changwon/gas/GAS-003"  # 160 m east of B-12
    assert sure(found(fence, *wind(255))) == "changwon/factory/B-12"
    away = found(fence, *wind(75))
    assert away is not None
    assert away.relation == "upwind"


def test_a_sensor_downwind_that_joins_blames_nobody() -> None:
    members: tuple[tuple[str, str, str], ...] = (("changwon/gas/GAS-014", "gas", "gas_high"),)
    assert sure(found(NEIGHBOUR, *wind(FROM_OTHER - 180), members=members)) == OWN


def test_a_second_sensor_makes_the_works_upwind_the_likeliest() -> None:
    members: tuple[tuple[str, str, str], ...] = (("changwon/gas/GAS-014", "gas", "gas_high"),)
    source = found(NEIGHBOUR, *wind(FROM_OTHER), members=members)
    assert names(source)[:2] == [OTHER, OWN]
    assert reasons(source, OTHER) == {"upwind", "own_sensor", "handles"}


def test_a_sensor_of_another_substance_speaks_for_nobody() -> None:
    park = with_traits(gas_GAS_014={"substance": "Cl2"})
    members: tuple[tuple[str, str, str], ...] = (("changwon/gas/GAS-014", "gas", "gas_high"),)
    source = found(NEIGHBOUR, *wind(FROM_OTHER), park=park, members=members)
    assert reasons(source, OTHER) == {"upwind", "handles"}


def test_whose_sensor_it_is_is_never_left_out_however_many_lie_upwind() -> None:
    handlers: dict[str, Traits] = {
        f"factory_{name}": {"handles": ["HF"]} for name in ("G_06", "G_07", "G_08", "G_09", "G_10")
    }
    park = with_traits(factory_G_11={"handles": []}, **handlers)
    for from_deg in range(0, 360, 15):
        source = found(NEIGHBOUR, *wind(from_deg), park=park)
        assert OWN in names(source), from_deg
        assert len(names(source)) <= PARK.sources.most


def test_flames_at_a_works_own_camera_name_them_though_a_crossing_told_first() -> None:
    members: tuple[tuple[str, str, str], ...] = (("changwon/camera/CAM-001", "camera", "fire"),)
    assert sure(found(CROSSING, kind="fire", members=members)) == PAINTWORKS
    fall: tuple[tuple[str, str, str], ...] = (("changwon/camera/CAM-001", "camera", "fall"),)
    source = found(CROSSING, kind="fire", members=fall)
    assert reasons(source, PAINTWORKS) == {"in_view"}, "who falls there does not burn"


def test_a_lorry_that_stands_before_the_camera_is_a_candidate_one_that_passes_is_none() -> None:
    stands = replace(beside(CROSSING, 180, 60), speed_kmh=0.0, un_number=None)
    source = found(CROSSING, (LORRY, stands), kind="fire")
    assert LORRY in names(source)
    assert source is not None
    lorry = next(candidate for candidate in source.candidates if candidate.asset == LORRY)
    assert source_words.why(lorry).en == (
        "carries dangerous goods, number not known, 60 m from where it was noticed"
    )
    assert LORRY not in names(found(CROSSING, (LORRY, beside(CROSSING, 180, 60)), kind="fire"))


def test_a_flood_of_members_moves_no_blame() -> None:
    made, state = incident(cause=NEIGHBOUR), told(PARK, *wind(FROM_OTHER))
    before = source_of(PARK, state, made, NOW)
    for number in range(5000):
        tell(made, joined(f"m{number}", f"changwon/light/L-{number + 1:04d}", "lighting", "light_failed"))
    assert source_of(PARK, state, made, NOW) == before


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        ("fire", "changwon/ess/ESS-1"),  # the battery itself burns
        ("fire", FOUNDRY),  # its meter told of it
        ("fire", "changwon/substation/SUB-1"),
        ("dg_vehicle", LORRY),
        ("intrusion", FOUNDRY_CAMERA),
        ("camera_fault", CROSSING),
        ("fire", "changwon/camera/NOBODY"),
    ],
)
def test_where_it_happens_at_its_cause_nobody_is_sought(kind: IncidentKind, cause: str) -> None:
    assert found(cause, *wind(270), kind=kind) is None


def test_a_substations_sensor_on_no_works_ground_asks_upwind_and_never_the_nearest() -> None:
    station = PARK.assets["changwon/substation/SUB-1"]
    sensor = Asset(
        "changwon/gas/GAS-S", "gas", station.name, station.lat, station.lon, traits={"substance": "HF"}
    )
    park = replace(PARK, assets=PARK.assets | {sensor.id: sensor})
    source = found(sensor.id, *wind(0), park=park)
    assert source is not None
    assert source.relation == "upwind"
    assert "changwon/factory/I-03" not in names(source), (
        "the nearest works lie across the wind and handle none"
    )
    assert source_words.place(park, sensor.id, source).en == "at or upwind of Substation 2"


def test_a_person_who_says_where_it_is_ends_the_asking() -> None:
    made: Incident = incident("gas_leak", NEIGHBOUR)
    tell(made, IncidentCorrected("i-1", "gas_leak", OTHER, "현장 확인", user="kim"))
    assert source_of(PARK, told(PARK, *wind(FROM_OTHER)), made, NOW) is None


def test_impossible_winds_are_not_believed() -> None:
    storm = [(id_, replace(fact, wind_speed_ms=1e308)) for id_, fact in wind(FROM_OTHER)]
    source = found(NEIGHBOUR, *storm)
    assert source is not None
    assert source.relation == "around"


def test_every_reason_has_words() -> None:
    assert set(get_args(Code)) == set(source_words._REASONS)


def test_lived_a_fire_at_a_works_own_camera_has_the_works_in_it_before_any_meter_falls() -> None:
    room = Room().hear(sight("camera/CAM-025", "fire", 0))
    made = room.one()
    assert FOUNDRY in {member.asset for member in made.present()}
    assert sure(source_of(PARK, room.state, made, later(5))) == FOUNDRY
    assert "firm/E-04" in notices.recipients(PARK, room.state, made, later(5))


def test_lived_a_leak_at_a_neighbours_sensor_sends_119_to_at_or_upwind_of_it() -> None:
    room = Room().hear(*crowd.wind(FROM_OTHER), gas("GAS-015", 9.0, 0), raised("gas/GAS-015", "gas_stel", 30))
    made = room.one()
    (mail, *_others) = notices.requests(PARK, room.state, made, "report", ["fire_119"], later(60))
    assert "G-11 도료공장 또는 그 풍상측" in mail.data.title_ko
    assert "at or upwind of G-11 Paint works" in mail.data.title_en
    assert "다른 후보: G-10 금속공장 (감지 지점의 풍상측 626 m" in mail.data.body_ko
