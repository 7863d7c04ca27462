"""Opening the simulator: an engine for a park of the settings, its scenarios by name or path."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from data.park_files.park import load_park
from data.settings import Settings
from feeds.simulator.effects import Scenario
from feeds.simulator.engine import SYSTEMS, Engine
from feeds.simulator.stage import ScenarioError, read_scenario
from park.config.park import Park
from park.logistics.facts import ShipmentStatus


def requests_key(park: str) -> str:
    """Return the key of the list in which a running simulator is asked for scenarios."""
    return f"simulator:{park}:scenarios"


def open_engine(
    settings: Settings, seed: int, start: datetime, counters: dict[str, float] | None = None
) -> Engine:
    """Return an engine of the park that the settings name."""
    saved = settings.var / "cameras"
    return Engine(load_park(settings), settings.park_dir, seed, start, counters, saved)


def find_scenario(settings: Settings, park: Park, name: str) -> Scenario:
    """Read a scenario by its name in the park's folder, or by path.

    Raises:
        ScenarioError: it is unknown or wrong; the message names the known ones.
    """
    known = {path.stem: path for path in sorted((settings.park_dir / "scenarios").glob("*.toml"))}
    path = Path(name) if name.endswith(".toml") else known.get(name)
    if path is None:
        raise ScenarioError(f"{name[:80]}: no such scenario; there are: {', '.join(known)}")
    feeds = {f"feed/simulator-{name}" for name in SYSTEMS}
    return read_scenario(path, {asset.removeprefix(f"{park.id}/") for asset in park.assets} | feeds)


class Kept(Struct):
    """Where a simulator stood: its instant, its energy counters (kWh), its open shipments by id."""

    now: Annotated[datetime, Meta(tz=True)]
    counters: dict[str, float] = {}
    shipments: dict[str, ShipmentStatus] = {}


class Memory:
    """What the simulator keeps between runs, in one JSON file."""

    def __init__(self, path: Path) -> None:
        """Keep it at ``path``."""
        self._path = path

    def load(self) -> Kept | None:
        """Return what was kept; None when there is nothing that can be read."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Kept)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None

    def save(self, kept: Kept) -> None:
        """Write it so that a kill leaves the old or the new, never half."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".part")
        draft.write_bytes(msgspec.json.encode(kept))
        draft.replace(self._path)
