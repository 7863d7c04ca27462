"""The systems of a park, one line each; engines, panels, pages and the simulator read this."""

from park.config.asset import Asset
from park.energy.memory import EnergyMemory
from park.environment.memory import EnvironmentMemory
from park.logistics.memory import LogisticsMemory
from park.state.state import State

MEMORIES = (EnergyMemory, LogisticsMemory, EnvironmentMemory)


def new_state(assets: dict[str, Asset]) -> State:
    """Return a state that knows nothing yet of ``assets`` (by id), with the memories of all systems."""
    return State(assets, MEMORIES)
