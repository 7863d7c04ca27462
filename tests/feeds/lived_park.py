"""A park that is lived in memory: the engine on the files of Changwon, folded and watched as in the room."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from data.park_files.park import load_park
from data.settings import Settings
from feeds.simulator.engine import Engine
from feeds.simulator.setup import find_scenario
from park.alarms.engine import Conditions
from park.alarms.facts import AlarmRaised
from park.config.park import Park
from park.events.envelope import Event
from park.systems import new_state

SETTINGS = Settings()
PARK: Park = load_park(SETTINGS)
DAY = datetime.fromisoformat("2026-11-23T10:00:00+09:00")
NIGHT = datetime.fromisoformat("2026-11-23T02:00:00+09:00")


def engine(start: datetime = DAY, seed: int = 1, scenario: str = "") -> Engine:
    """Return an engine, with a scenario begun at its start."""
    made = Engine(PARK, SETTINGS.park_dir, seed, start)
    if scenario:
        made.stage.play(find_scenario(SETTINGS, PARK, scenario), start)
    return made


def live(made: Engine, seconds: float) -> Iterator[Event]:
    """Live on and yield what happens."""
    end = made.now + timedelta(seconds=seconds)
    while made.now < end:
        yield from made.step()


def alarms(made: Engine, seconds: float, park: Park = PARK) -> list[Event]:
    """Live on under a watch and return the alarms it raises."""
    state = new_state(park.assets)
    watch = Conditions(park, state)
    end, raised = made.now + timedelta(seconds=seconds), list[Event]()
    happened = made.roll_call()
    while made.now < end:
        told = []
        for event in [*happened, *made.step()]:
            state.apply(event)
            told += watch.take(event)
        told += watch.tick(made.now)
        happened = []
        for event in told:
            state.apply(event)
        raised += [event for event in told if isinstance(event.data, AlarmRaised)]
    return raised


def told(raised: list[Event]) -> set[tuple[str, str]]:
    """Return alarms as (asset without park, condition)."""
    return {(event.subject.partition("/")[2], event.data.condition) for event in raised}
