"""Scenarios: each raises the alarms an operator would expect, a calm park none; wrong ones are named."""

import json
from collections import Counter
from datetime import datetime
from math import atan2, cos, degrees, radians
from pathlib import Path
from typing import Any, get_args

import pytest

from feeds.score import counts_for
from feeds.simulator.effects import Blind
from feeds.simulator.setup import find_scenario
from feeds.simulator.stage import ScenarioError, Stage, truth
from park.cameras.facts import CameraEvent
from park.environment.facts import GasObservation
from park.events.envelope import Event
from park.incidents.facts import IncidentKind
from park.lighting.facts import LightStatus
from tests.feeds.lived_park import DAY, NIGHT, PARK, SETTINGS, alarms, engine, live, told

NAMES = sorted(path.stem for path in (SETTINGS.park_dir / "scenarios").glob("*.toml"))


CASES = [
    ("gas_leak", DAY, 150, "gas/GAS-001 gas_high, gas/GAS-001 gas_stel, gas/GAS-003 gas_high, "
     "camera/CAM-030 fall"),
    ("factory_fire", DAY, 920, "camera/CAM-025 smoke, camera/CAM-025 fire, air/AIR-06 air_bad, "
     "air/AIR-07 air_bad"),
    ("intrusion", NIGHT, 120, "camera/CAM-027 intrusion, camera/CAM-082 loitering"),
    ("dock_jam", DAY, 2150, "gate/GATE-S gate_wait, gate/GATE-W gate_wait, dock/D33 dock_overrun"),
    ("peak", DAY, 240, ", ".join(f"substation/SUB-1 peak_{share}" for share in (90, 95, 100))),
    ("lights_out", NIGHT, 60, "cabinet/CAB-120 cabinet_failed"),
    ("camera_cut", DAY, 90, "camera/CAM-094 camera_lost, camera/CAM-037 intrusion"),
    ("arson", NIGHT, 400, "camera/CAM-033 line_crossing, camera/CAM-033 intrusion, camera/CAM-033 smoke, "
     "camera/CAM-033 fire, meter/M-H-10 supply_lost"),
    ("battery_fire", DAY, 300, "ess/ESS-1 ess_soc_high, camera/CAM-090 smoke, camera/CAM-090 fire"),
    ("blackout", DAY, 100, "substation/SUB-1 supply_lost, meter/M-A-01 supply_lost, "
     "meter/M-I-19 supply_lost"),
    ("brawl", NIGHT, 120, "camera/CAM-105 crowd, camera/CAM-105 fight, camera/CAM-105 fall, "
     "camera/CAM-050 person_on_carriageway"),
    ("chlorine_wind_turn", DAY, 1480, "gas/GAS-012 gas_stel, gas/GAS-011 gas_stel, gas/GAS-013 gas_stel"),
    ("drill", DAY, 220, "camera/CAM-083 smoke, camera/CAM-083 fire, camera/CAM-054 crowd"),
    ("dumping", NIGHT, 20, "camera/CAM-040 dumping"),
    ("dust_storm", DAY, 480, "air/AIR-01 air_bad, air/AIR-01 air_very_bad, air/AIR-10 air_very_bad"),
    ("eyes_lost", DAY, 130, "camera/CAM-036 camera_frozen, camera/CAM-095 camera_view, "
     "cabinet/CAB-036 cabinet_unreachable"),
    ("feed_lost", DAY, 120, "feed/simulator-environment feed_silent"),
    ("gate_jam", DAY, 960, "gate/GATE-N gate_wait, camera/CAM-054 stopped_vehicle"),
    ("leak_and_dock_jam", DAY, 2200, "gas/GAS-010 gas_stel, camera/CAM-005 fall, dock/D43 dock_overrun"),
    ("nothing_much", DAY, 600, ""),
    ("odour_complaint", DAY, 480, "odour/ODR-05 odour_high, odour/ODR-05 odour_h2s, "
     "odour/ODR-05 odour_nh3, odour/ODR-06 odour_high"),
    ("off_route", DAY, 90, "vehicle/V-026 dg_off_route, camera/CAM-099 stopped_vehicle"),
    ("peak_no_reserve", DAY, 420, "substation/SUB-1 peak_100, ess/ESS-1 ess_soc_low"),
    ("stream_flood", NIGHT, 800, "water/WTR-03 water_high, water/WTR-04 water_high, "
     "cabinet/CAB-098 cabinet_failed"),
    ("two_intrusions", NIGHT, 120, "camera/CAM-013 intrusion, camera/CAM-018 intrusion, "
     "camera/CAM-074 loitering"),
    ("vandalism", NIGHT, 200, "camera/CAM-081 camera_covered, camera/CAM-024 intrusion, "
     "camera/CAM-024 removal, camera/CAM-024 abandonment"),
    ("warehouse_fire", NIGHT, 240, "camera/CAM-057 fire, camera/CAM-001 camera_lost, "
     "cabinet/CAB-008 cabinet_failed, meter/M-D-01 supply_lost"),
    ("wrong_way", DAY, 70, "camera/CAM-101 wrong_way, camera/CAM-101 stopped_vehicle"),
]  # fmt: skip
# ten vehicles at one gate; devices that refuse; what only a real camera tells of itself; devices that tell
# another substance or time than theirs (tests/park)
NOT_STAGED = {
    "gate_queue", "command_failed", "camera_slow", "camera_clock_ahead", "camera_clock_behind",
    "gas_substance", "identity_reused", "clock_wrong", "gas_no_value", "value_bad", "worker_absent",
    "system_failed",
}  # fmt: skip


@pytest.mark.parametrize(("name", "start", "seconds", "expected"), CASES)
def test_a_scenario_raises_what_an_operator_expects(
    name: str, start: datetime, seconds: int, expected: str
) -> None:
    raised = told(alarms(engine(start, scenario=name), seconds))
    assert set(filter(None, expected.split(", "))) <= {" ".join(pair) for pair in raised}
    firms = counts_for(PARK)
    members = {firms.get(id_, id_) for record in _truth(name, start) for id_ in record["members"]}
    spoke = {firms.get(f"changwon/{asset}", f"changwon/{asset}") for asset, _ in raised}
    assert spoke <= members, "an alarm that the truth does not tell"


def test_a_leak_is_critical_and_told_within_a_minute_and_a_half() -> None:
    raised = [a for a in alarms(engine(scenario="gas_leak"), 90) if a.data.condition == "gas_stel"]
    assert [a.data.priority for a in raised] == ["critical"]
    assert (raised[0].time - DAY).total_seconds() < 90


@pytest.mark.parametrize("start", [DAY, NIGHT])
def test_a_calm_park_asks_for_nobody(start: datetime) -> None:
    assert alarms(engine(start), 1200) == []


def test_every_scenario_file_is_tried_here_and_every_definition_can_be_fired() -> None:
    assert {name for name, *_ in CASES} == set(NAMES)
    assert len(NAMES) >= 13
    expected = {pair.split(" ")[1] for *_, pairs in CASES for pair in pairs.split(", ") if pair}
    assert set(PARK.alarms) - expected <= NOT_STAGED


@pytest.mark.parametrize("name", NAMES)
def test_the_truth_names_kind_cause_members_and_times(name: str) -> None:
    for record in _truth(name, DAY):
        assert record["park"] == "changwon"
        assert record["kind"] in get_args(IncidentKind)
        assert set(record["members"]) <= set(PARK.assets) | {"changwon/feed/simulator-environment"}
        assert {record["cause"], *record["or_cause"]} <= set(record["members"])
        assert DAY < datetime.fromisoformat(record["start"]) < datetime.fromisoformat(record["end"])
        json.dumps(record)


@pytest.mark.parametrize("name", NAMES)
def test_no_scenario_contradicts_a_camera_that_has_a_picture(name: str) -> None:
    watched = {f"camera/{path.stem}" for path in (SETTINGS.park_dir / "cameras").glob("*.toml")}
    effects = find_scenario(SETTINGS, PARK, name).effects
    assert not {camera for e in effects if isinstance(e, Blind) for camera in e.on} & watched


def test_gas_arrives_downwind_later_and_thinner_and_not_upwind() -> None:
    calm, leaking = (_nh3(list(live(engine(scenario=name), 900))) for name in ("", "gas_leak"))
    source = "changwon/gas/GAS-001"
    more = {
        sensor: [
            (time, ppm - calm[sensor][time]) for time, ppm in read.items() if ppm > calm[sensor][time] + 0.5
        ]
        for sensor, read in leaking.items()
    }
    reached = {sensor: added for sensor, added in more.items() if added and sensor != source}
    assert reached, "nobody downwind noticed"
    assert set(more) - set(reached) - {source}, "even those upwind noticed"
    for sensor, added in reached.items():
        assert added[0][0] > more[source][0][0], sensor
        assert max(ppm for _, ppm in added) < 0.8 * max(ppm for _, ppm in more[source]), sensor
        assert _off_wind_deg(source, sensor) < 60, sensor


def test_a_dark_cabinet_takes_exactly_its_eighteen_lights() -> None:
    def failed(scenario: str) -> set[str]:
        happened = live(engine(NIGHT, scenario=scenario), 330)
        return {e.subject for e in happened if isinstance(e.data, LightStatus) and e.data.state == "failed"}

    gone = failed("lights_out") - failed("")
    others = {PARK.assets[light].traits["cabinet"] for light in gone}
    assert others == {"changwon/cabinet/CAB-120"}
    fed = {a.id for a in PARK.assets.values() if a.traits.get("cabinet") == "changwon/cabinet/CAB-120"}
    assert len(fed) == 18
    assert fed <= failed("lights_out")


def test_what_a_camera_sees_is_told_once_and_marked_as_simulated() -> None:
    seen = [e for e in live(engine(NIGHT, scenario="intrusion"), 200) if isinstance(e.data, CameraEvent)]
    assert Counter(e.data.kind for e in seen) == {"intrusion": 1, "loitering": 1}
    assert {e.data.model for e in seen} == {"simulator"}


def test_a_scenario_ends_and_is_forgotten() -> None:
    made = engine(NIGHT, scenario="intrusion")
    list(live(made, 95))
    assert made.stage.staged == []


HEAD = 'name = { ko = "x", en = "x" }\nincidents = []\n'
EFFECT = HEAD + "[[effects]]\n"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("name = \n", "line 1"),
        (HEAD, "effects"),
        (EFFECT + 'do = "explode"\non = []\nat_s = 0\nfor_s = 1\n', "$.effects[0].do"),
        (EFFECT + 'do = "dark"\non = []\nat_s = -1\nfor_s = 1\n', "$.effects[0].at_s"),
        (EFFECT + 'do = "dark"\non = []\nat_s = 1\nfor_s = 0\n', "$.effects[0].for_s"),
        (EFFECT + 'do = "blind"\nstate = "sad"\non = []\nat_s = 1\nfor_s = 1\n', "$.effects[0].state"),
        (EFFECT + 'do = "load"\non = []\nat_s = 1\nfor_s = 1\n', "factor"),
        (EFFECT + 'do = "jam"\non = []\nat_s = 1\nfor_s = 1\nspeed = 3\n', "speed"),
        (EFFECT + 'do = "jam"\non = ["dock/D99"]\nat_s = 1\nfor_s = 1\n', "no such asset: dock/D99"),
    ],
)
def test_a_wrong_scenario_is_named_with_its_file_and_place(text: str, where: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        find_scenario(SETTINGS, PARK, str(path))
    assert str(path) in str(caught.value)
    assert where in str(caught.value)


def test_an_unknown_scenario_tells_which_there_are() -> None:
    with pytest.raises(ScenarioError, match="earthquake: no such scenario; there are: arson, battery_fire"):
        find_scenario(SETTINGS, PARK, "earthquake")


def _truth(name: str, start: datetime) -> list[dict[str, str]]:
    return truth("changwon", Stage("changwon").play(find_scenario(SETTINGS, PARK, name), start))


def _nh3(happened: list[Event]) -> dict[str, dict[datetime, Any]]:
    read: dict[str, dict[datetime, Any]] = {}
    for event in happened:
        if isinstance(event.data, GasObservation) and event.data.substance == "NH3":
            read.setdefault(event.subject, {})[event.time] = event.data.ppm
    return read


def _off_wind_deg(source: str, sensor: str) -> float:
    """Return how far a sensor lies off the way the wind blows, in the middle of the leak."""
    a, b = PARK.assets[source], PARK.assets[sensor]
    bearing = degrees(atan2((b.lon - a.lon) * cos(radians(a.lat)), b.lat - a.lat))
    _, from_deg = engine(scenario="gas_leak").energy.world.wind(DAY)
    return abs((bearing - from_deg) % 360 - 180)
