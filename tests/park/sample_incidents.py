"""Incidents at the real park for the tests of what others are told."""

from datetime import UTC, datetime

from data.park_files.park import load_park
from data.settings import Settings
from park.config.park import Park
from park.environment.facts import GasObservation, WeatherObservation
from park.events.base import FactBase
from park.events.envelope import Event
from park.events.facts import Fact
from park.incidents.facts import Grade, IncidentJoined, IncidentKind, IncidentOpened
from park.incidents.incident import Incident
from park.state.state import State
from park.systems import new_state
from tests.park.small_park import event

PARK: Park = load_park(Settings())
NOW = datetime(2026, 11, 22, 18, 14, 5, tzinfo=UTC)  # 03:14:05 in Korea
LEAK = "changwon/gas/GAS-001"  # NH3, at the paint works B-12


def state_of(*facts: tuple[str, FactBase]) -> State:
    state = new_state(PARK.assets)
    for subject, fact in facts:
        state.apply(event(fact, subject, NOW))
    return state


def wind(from_deg: float, speed_ms: float = 3.0) -> list[tuple[str, FactBase]]:
    """The weather points all say the same."""
    points = [asset.id for asset in PARK.assets.values() if asset.kind == "weather"]
    return [(id_, WeatherObservation(5.0, 60.0, speed_ms, from_deg, 0.0, 0.0)) for id_ in points]


def incident(
    kind: IncidentKind = "gas_leak", cause: str = LEAK, grade: Grade = "alert", *, exercise: bool = False
) -> Incident:
    made = Incident("i-1")
    opened = IncidentOpened("i-1", "2026-0042", kind, cause, grade, exercise=exercise)
    tell(made, opened)
    return made


def tell(made: Incident, *facts: Fact) -> None:
    for fact in facts:
        made.apply(told(fact, made.id))


def told(fact: FactBase, incident: str = "i-1") -> Event:
    return event(fact, f"changwon/incident/{incident}", NOW)


def joined(member: str, asset: str, system: str, what: str = "gas_stel") -> IncidentJoined:
    return IncidentJoined("i-1", member, asset, system, what, NOW, "near", value=36.0, unit="ppm")


def leak(ppm: float = 41.7, from_deg: float = 270.0) -> State:
    """The ammonia sensor shows ``ppm`` and the wind comes from the west."""
    return state_of((LEAK, GasObservation("NH3", ppm)), *wind(from_deg))
