"""What is set for a park: its configuration and everything read from its files, as one value."""

from datetime import date, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct

from park.assets import Asset, Label
from park.kinds import Correlations
from park.source_rules import SourceRules

if TYPE_CHECKING:
    from park.alarms import Definition
    from park.contacts import Contacts, Templates
    from park.downwind import DownwindRules
    from park.limits import Limits
    from park.overlays import Window
    from park.sop import Sop
    from park.streets import Street
    from park.tariffs import Factor, Tariff


class Centre(Struct, frozen=True):
    """Middle of the park, WGS84 degrees."""

    lat: float
    lon: float


class Shift(Struct, frozen=True):
    """A shift of the operators, local hours; one that ends before it starts runs over midnight."""

    name: Label
    start: time
    end: time


class EnergyConfig(Struct, frozen=True):
    """What the park agreed with the supplier."""

    contract_power_kw: float


class LogisticsConfig(Struct, frozen=True):
    """What the park wants of its traffic."""

    turnaround_target_min: float


class Config(Struct, frozen=True):
    """``park.toml``."""

    name: Label
    timezone: str
    centre: Centre
    energy: EnergyConfig
    logistics: LogisticsConfig
    shifts: tuple[Shift, ...] = ()
    id: str = ""
    feeds: dict[str, Label] = {}

    @property
    def zone(self) -> ZoneInfo:
        """Time zone in which the park's days and hours are counted."""
        return ZoneInfo(self.timezone)


class Park(Struct, frozen=True):
    """A park as its files tell it; ``holidays`` are local dates."""

    id: str
    config: Config
    assets: dict[str, Asset]
    alarms: "dict[str, Definition]"
    tariffs: "tuple[Tariff, ...]"
    factors: "tuple[Factor, ...]"
    limits: "Limits"
    zones: dict[str, Label]
    holidays: frozenset[date] = frozenset()
    correlation: Correlations = Correlations()
    sources: SourceRules = SourceRules()
    maintenance: "tuple[Window, ...]" = ()
    sop: "tuple[Sop, ...]" = ()
    downwind: "DownwindRules | None" = None
    contacts: "Contacts | None" = None
    templates: "Templates | None" = None
    streets: "tuple[Street, ...]" = ()

    @property
    def zone(self) -> ZoneInfo:
        """Time zone of the park."""
        return self.config.zone
