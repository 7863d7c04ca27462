"""The real park under the engines of the watch, for tests of what is put together."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from data.park_files.park import load_park
from data.settings import Settings
from park.alarms.engine import Conditions
from park.alarms.facts import AlarmRaised
from park.alarms.lifecycle import alarm_id, event_id
from park.cameras.facts import CameraEvent, CameraEventKind
from park.config.park import Park
from park.correlation.engine import Correlation
from park.engine.pipeline import Engine, Response
from park.environment.facts import GasObservation, WeatherObservation
from park.events.base import Priority
from park.events.envelope import Event
from park.incidents.incident import Incident
from park.state.state import State
from park.systems import new_state
from tests.park.small_park import event

PARK: Park = load_park(Settings())
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # 03:00 of 23 November in Korea
ELSEWHERE = "camera/CAM-013"


def later(after_s: float) -> datetime:
    return NOW + timedelta(seconds=after_s)


def sight(camera: str, kind: CameraEventKind, after_s: float) -> Event:
    """A rule of a camera fires."""
    id_ = f"changwon/{camera}"
    return event(CameraEvent(kind, id_, "m", kind, 0.9), id_, later(after_s), f"{camera}{kind}{after_s}")


def raised(
    asset: str, condition: str, after_s: float, priority: Priority = "medium", cause: str | None = None
) -> Event:
    """An alarm is raised by somebody who knows."""
    id_, time = f"changwon/{asset}", later(after_s)
    name = alarm_id(id_, condition, int(time.timestamp() * 1000))
    fact = AlarmRaised(name, condition, priority, cause=cause)
    return event(fact, id_, time, event_id(name, "raise", int(time.timestamp() * 1000)))


def gas(sensor: str, ppm: float, after_s: float) -> Event:
    id_ = f"changwon/gas/{sensor}"
    substance = str(PARK.assets[id_].traits["substance"])
    return event(GasObservation(substance, ppm), id_, later(after_s), f"{sensor}{after_s}")


def wind(from_deg: float, after_s: float = -60.0) -> list[Event]:
    points = [asset.id for asset in PARK.assets.values() if asset.kind == "weather"]
    fact = WeatherObservation(5.0, 60.0, 3.0, from_deg, 0.0, 0.0)
    return [event(fact, id_, later(after_s), f"{id_}{after_s}") for id_ in points]


class Room:
    """The engines over one state; ``told`` is all they told, in order."""

    def __init__(self, state: State | None = None) -> None:
        self.state = state or new_state(PARK.assets)
        engines: list[Engine] = [Conditions(PARK, self.state), Correlation(PARK, self.state)]
        self.response = Response(self.state, engines)
        self.told: list[Event] = []

    def hear(self, *events: Event) -> "Room":
        for happened in events:
            self.told += self.response.take(replace(happened, ingested=happened.time))
        return self

    def wait(self, until_s: float, from_s: float = 0.0) -> "Room":
        for second in range(int(from_s), int(until_s) + 1):
            self.told += self.response.tick(later(second))
        return self

    def again(self, *, lost: Iterable[str] = ()) -> "Room":
        """Kill it and start a new one from what was told, without what was lost."""
        state = new_state(PARK.assets)
        for happened in self.told:
            if happened.id not in set(lost):
                state.apply(happened)
        return Room(state)

    @property
    def open(self) -> list[Incident]:
        held = (i for i in self.state.incidents.values() if i.life.stands)
        return sorted(held, key=lambda incident: incident.life.number)

    def one(self) -> Incident:
        (only,) = self.open
        return only


def assets(incident: Incident) -> set[str]:
    """Return its members without the park."""
    return {member.asset.partition("/")[2] for member in incident.present()}
