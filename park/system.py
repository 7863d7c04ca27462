"""What a system of a park is: everything that engines, panels and pages need to know of it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from park.alarms.checks import Check
from park.commands.kind import CommandKind
from park.config.label import Label
from park.config.park import Park
from park.memory import Memory
from park.state.state import State

Summary = Callable[[State, Park, datetime], Struct]


class Quantity(Struct, frozen=True):
    """A live value as people read it: the field of the fact, its name, unit and decimals."""

    field: str
    label: Label
    unit: str = ""
    decimals: int = 0


class Chart(Struct, frozen=True):
    """A chart of a system's page: one line for each asset of ``kinds``, over time.

    ``limit`` returns what the value should not exceed, None where the park sets none; ``limit_label``
    names it.
    """

    label: Label
    quantity: Quantity
    kinds: tuple[str, ...]
    limit: Callable[[Park], float | None] | None = None
    limit_label: Label | None = None


class AssetKind(Struct, frozen=True):
    """A kind of asset; ``layer`` is the map layer it is drawn in (empty: that of its system)."""

    name: str
    label: Label
    layer: str = ""


class System(Struct, frozen=True):
    """One system of a park.

    Attributes:
        name: The same word in every room.
        label: Its name on pages and in the counts of an incident.
        kinds: The kinds of its assets.
        quantities: The live values of its assets, as people read them.
        charts: What its page draws over time; a system without charts has no page of its own.
        memory: What it remembers beyond the newest event of each asset.
        summary: Its panel ``(state, park, now)``; None where it has none of its own.
        checks: What ``alarms.toml`` may watch by the clock, by the word for it there.
        commands: What its devices can be asked.
        observations: Names of what is seen of it without an alarm, by event type or evidence.
    """

    name: str
    label: Label
    kinds: tuple[AssetKind, ...]
    quantities: tuple[Quantity, ...] = ()
    charts: tuple[Chart, ...] = ()
    memory: type[Memory] | None = None
    summary: Summary | None = None
    checks: Mapping[str, Check] = {}
    commands: tuple[CommandKind, ...] = ()
    observations: Mapping[str, Label] = {}
