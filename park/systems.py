"""The systems of a park, one line each; engines, panels, pages and the simulator read this."""

from collections.abc import Mapping

from park.cameras.system import CAMERAS
from park.commands.kind import CommandKind, Release
from park.config.asset import Asset
from park.energy.system import ENERGY
from park.environment.system import ENVIRONMENT
from park.gas.system import GAS
from park.lighting.system import LIGHTING
from park.logistics.system import LOGISTICS
from park.state.state import State
from park.system import System

SYSTEMS: tuple[System, ...] = (
    GAS,
    CAMERAS,
    LOGISTICS,
    ENERGY,
    LIGHTING,
    ENVIRONMENT,
)

MEMORIES = tuple(system.memory for system in SYSTEMS if system.memory is not None)
SUMMARIES = {system.name: system.summary for system in SYSTEMS if system.summary is not None}
CHECKS = {word: check for system in SYSTEMS for word, check in system.checks.items()}
COMMAND_KINDS: Mapping[str, CommandKind] = {kind.name: kind for system in SYSTEMS for kind in system.commands}
SYSTEM_OF_COMMAND: Mapping[str, str] = {
    kind.name: system.name for system in SYSTEMS for kind in system.commands
}
SYSTEM_OF_KIND: Mapping[str, str] = {kind.name: system.name for system in SYSTEMS for kind in system.kinds}
SYSTEM_BY_NAME: Mapping[str, System] = {system.name: system for system in SYSTEMS}
PAGES = tuple(system.name for system in SYSTEMS if system.charts)


def release_of(kind: str) -> Release | None:
    """Return how a lasting command of a kind is undone; None where it is not, or the kind is unknown."""
    known = COMMAND_KINDS.get(kind)
    return known.release if known else None


def new_state(assets: dict[str, Asset]) -> State:
    """Return a state that knows nothing yet of ``assets`` (by id), with the memories of all systems."""
    return State(assets, MEMORIES)
