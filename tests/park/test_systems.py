"""The registry: what is said of a system once reaches state, panels, checks, commands and labels."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from data.live.panels import PANELS
from park.alarms.engine import TIMED_CHECKS
from park.config.asset import Asset
from park.energy.facts import PvReading
from park.energy.memory import EnergyMemory
from park.events.envelope import CATALOGUE, Event
from park.incidents.labels import HAPPENINGS, SYSTEM_LABELS
from park.memory import Memory
from park.state.state import State
from park.system import System
from park.systems import COMMAND_KINDS, MEMORIES, SYSTEM_OF_KIND, SYSTEMS, new_state
from tests.park.small_park import park

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


class CountingMemory(Memory):
    """Counts the readings of each solar plant."""

    REMEMBERED: ClassVar = {PvReading.TYPE: frozenset({"pv"})}

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        super().__init__(assets)
        self.counts: dict[str, int] = {}

    def remember(self, event: Event) -> None:
        self.counts[event.subject] = self.counts.get(event.subject, 0) + 1

    def forget(self, subject: str) -> None:
        self.counts.pop(subject, None)

    def contents(self) -> object:
        return self.counts


def reading(subject: str, number: int) -> Event:
    time = NOW + timedelta(seconds=number)
    return Event(str(number), "test/pv", PvReading.TYPE, subject, time, "changwon", PvReading(1.0, 1.0))


def test_a_state_remembers_for_a_system_it_does_not_know() -> None:
    plant = next(asset.id for asset in park().assets.values() if asset.kind == "pv")
    state = State(park().assets, [CountingMemory])
    for number in range(3):
        state.apply(reading(plant, number))
    state.apply(reading("changwon/light/L-1", 9))  # of no asset of the kind that is remembered
    assert state.memory(CountingMemory).counts == {plant: 3}


def test_a_state_without_a_system_says_so() -> None:
    with pytest.raises(KeyError):
        State(park().assets).memory(EnergyMemory)


def test_states_differ_by_what_their_systems_remember() -> None:
    plant = next(asset.id for asset in park().assets.values() if asset.kind == "pv")
    once, twice = (State(park().assets, [CountingMemory]) for _ in range(2))
    once.apply(reading(plant, 1))
    twice.apply(reading(plant, 1))
    assert once.same_as(twice)
    twice.memory(CountingMemory).counts[plant] = 2
    assert not once.same_as(twice)


def test_each_kind_of_asset_and_command_has_one_system() -> None:
    kinds = [kind.name for system in SYSTEMS for kind in system.kinds]
    assert len(kinds) == len(set(kinds)) == len(SYSTEM_OF_KIND)
    commands = [kind.name for system in SYSTEMS for kind in system.commands]
    assert len(commands) == len(set(commands))
    assert {target for kind in COMMAND_KINDS.values() for target in kind.targets} <= set(kinds)


def test_every_asset_of_the_park_has_a_system() -> None:
    assert {asset.kind for asset in park().assets.values()} <= SYSTEM_OF_KIND.keys()


def test_what_a_system_remembers_is_in_the_catalogue() -> None:
    assert {type_ for memory in MEMORIES for type_ in memory.REMEMBERED} <= CATALOGUE.keys()


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_a_system_is_known_where_it_is_needed(system: System) -> None:
    assert system.name in SYSTEM_LABELS
    assert (system.name in PANELS) == (system.summary is not None)
    assert system.checks.keys() <= TIMED_CHECKS.keys()
    assert system.observations.keys() <= HAPPENINGS.keys()


def test_a_new_state_has_the_memories_of_all_systems() -> None:
    state = new_state(park().assets)
    assert [type(state.memory(kind)) for kind in MEMORIES] == list(MEMORIES)
