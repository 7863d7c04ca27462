"""Energy: demand against contract power, time of use, own production, carbon.

Balance at the substation (kW, import and discharge positive):
``demand = grid + PV + fuel cell + ESS``. Meters of firms are only used to rank firms.
"""

from typing import Literal

from msgspec import Struct

from park.assets import Label
from park.state import Reading

Node = Literal["grid", "pv", "fuelcell", "ess", "demand"]


class Window(Struct, frozen=True):
    """The running 15-minute window of grid import, which the contract power is held against.

    ``projected`` = (kWh so far + power now x time left) / 0.25 h; ``share`` is that in percent of
    contract power, ``band`` the alarm band reached: 0, 90, 95 or 100.
    """

    start_ms: int
    end_ms: int
    mean: Reading
    projected: Reading
    share: Reading
    band: int


class Band(Struct, frozen=True):
    """A stretch of today with one price."""

    start_ms: int
    end_ms: int
    band: Literal["light", "mid", "peak"]
    won_kwh: float


class Tou(Struct, frozen=True):
    """Time of use today, which stretch is now, and where the table is from."""

    bands: tuple[Band, ...]
    now: int | None
    season: str
    tariff: str
    source: str
    certainty: str


class Carbon(Struct, frozen=True):
    """Scope 2, location based: grid import today x factor (t/MWh of that year)."""

    today: Reading
    factor: float
    year: int
    source: str


class Flow(Struct, frozen=True):
    """Power from one node to another, never negative; zero flows are told too."""

    origin: Node
    target: Node
    power_kw: float


class Firm(Struct, frozen=True):
    """A firm by its load."""

    asset: str
    name: Label
    power: Reading


class Series(Struct, frozen=True):
    """15-minute means of today as ``(start of window in ms, kW)``, gaps left out."""

    demand: tuple[tuple[int, float], ...]
    grid: tuple[tuple[int, float], ...]
    pv: tuple[tuple[int, float], ...]


class Summary(Struct, frozen=True):
    """The energy panel."""

    demand: Reading
    contract_power_kw: float
    window: Window
    tou: Tou
    pv: Reading
    fuelcell: Reading
    ess: Reading
    ess_soc: Reading
    grid: Reading
    self_sufficiency: Reading
    self_consumption: Reading
    demand_today: Reading
    carbon: Carbon
    flows: tuple[Flow, ...]
    series: Series
    top_firms: tuple[Firm, ...]
