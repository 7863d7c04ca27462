"""What is set for a park: its configuration and everything read from its files, as one value."""

from datetime import date, time
from zoneinfo import ZoneInfo

from msgspec import Struct

from park.alarms.definition import Definition
from park.alarms.overlays import Window
from park.config.asset import Asset
from park.config.label import Label
from park.config.streets import Street
from park.correlation.rules import Correlations
from park.energy.tariffs import Factor, Tariff
from park.environment.limits import Limits
from park.messages.contacts import Contacts, Templates
from park.origins.rules import SourceRules
from park.plume.rules import DownwindRules
from park.procedures.sop import Sop


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
    alarms: dict[str, Definition]
    tariffs: tuple[Tariff, ...]
    factors: tuple[Factor, ...]
    limits: Limits
    zones: dict[str, Label]
    holidays: frozenset[date] = frozenset()
    correlation: Correlations = Correlations()
    sources: SourceRules = SourceRules()
    maintenance: tuple[Window, ...] = ()
    sop: tuple[Sop, ...] = ()
    downwind: DownwindRules | None = None
    contacts: Contacts | None = None
    templates: Templates | None = None
    streets: tuple[Street, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """Time zone of the park."""
        return self.config.zone
