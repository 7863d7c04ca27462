"""Energy: demand against contract power, time of use, own production, carbon.

Balance at the substation (kW, import and discharge positive):
``demand = grid + PV + fuel cell + ESS``. Meters of firms are only used to rank firms.
"""

from datetime import datetime
from math import fsum
from typing import Literal

from msgspec import Struct

from park.config.label import Label
from park.config.park import Park
from park.energy.facts import EssStatus, FuelCellReading, MeterReading, PvReading
from park.energy.memory import WINDOW_S, EnergyMemory
from park.energy.tariffs import bands, factor_of, tariff_of
from park.state.reading import Reading
from park.state.state import State

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


QUARTER_H = 0.25
_ALARM_BANDS = (100, 95, 90)
_TOP_FIRMS = 8
_KINDS: dict[str, tuple[str, type[MeterReading | PvReading | FuelCellReading | EssStatus]]] = {
    "grid": ("substation", MeterReading),
    "pv": ("pv", PvReading),
    "fuelcell": ("fuelcell", FuelCellReading),
    "ess": ("ess", EssStatus),
}


def summary(state: State, park: Park, now: datetime) -> Summary:
    """Return the energy panel at ``now``."""
    nodes = {name: _total(state, name) for name in _KINDS}
    demand = _joined(list(nodes.values()), "kW")
    today = _day(state, park, now)
    return Summary(
        demand=demand,
        contract_power_kw=park.config.energy.contract_power_kw,
        window=window(state, park, now),
        tou=_tou(park, now),
        ess_soc=_soc(state),
        self_sufficiency=_ratio(today.own_used_kwh, today.demand_kwh, demand),
        self_consumption=_ratio(today.kept_kwh, today.produced_kwh, nodes["pv"]),
        demand_today=Reading(today.demand_kwh, "kWh", demand.time_ms, demand.period_s),
        carbon=_carbon(park, today.imported_kwh, nodes["grid"], now),
        flows=flows({name: node.value or 0.0 for name, node in nodes.items()}),
        series=today.series,
        top_firms=_top_firms(state),
        **nodes,
    )


def window(state: State, park: Park, now: datetime) -> Window:
    """Return the running window of grid import and where it will end.

    Energy so far is the mean over the time of the window that ran (``park/values/means.py``).
    """
    span_ms = WINDOW_S * 1000
    now_ms = int(now.timestamp() * 1000)
    start_ms = now_ms - now_ms % span_ms
    grid = _total(state, "grid")
    mean_kw = _bucket(state, "grid", start_ms, now_ms)
    now_kw = _newest_kw(state, start_ms) if grid.value is None else grid.value
    projected = project(mean_kw, now_kw, (now_ms - start_ms) / 3_600_000)
    contract_kw = park.config.energy.contract_power_kw
    share = None if projected is None else 100 * projected / contract_kw
    band = next((edge for edge in _ALARM_BANDS if share is not None and share >= edge), 0)
    return Window(
        start_ms,
        start_ms + span_ms,
        mean=Reading(mean_kw, "kW", grid.time_ms, grid.period_s),
        projected=Reading(projected, "kW", grid.time_ms, grid.period_s),
        share=Reading(share, "%", grid.time_ms, grid.period_s),
        band=band,
    )


def project(mean_kw: float | None, now_kw: float | None, elapsed_h: float) -> float | None:
    """Return the window's mean at its end: (kWh so far + power now x time left) / 0.25 h.

    Without a sample in the window the power now stands for all of it.
    """
    if now_kw is None:
        return mean_kw
    so_far_kwh = (now_kw if mean_kw is None else mean_kw) * elapsed_h
    return (so_far_kwh + now_kw * (QUARTER_H - elapsed_h)) / QUARTER_H


def flows(power_kw: dict[str, float]) -> tuple[Flow, ...]:
    """Tell which power goes where; a convention, as electricity does not say.

    Own production serves the demand first (PV, fuel cell, ESS, then grid), what is left charges the
    ESS, the rest goes out to the grid.
    """
    left: dict[str, float] = {name: max(0.0, kw) for name, kw in power_kw.items()}
    wanted = {
        "demand": max(0.0, sum(power_kw.values())),
        "ess": max(0.0, -power_kw["ess"]),
        "grid": max(0.0, -power_kw["grid"]),
    }
    found: list[Flow] = []
    for target in _SINKS:
        for origin in _SOURCES:
            if origin != target:
                kw = min(left[origin], wanted[target])
                left[origin] -= kw
                wanted[target] -= kw
                found.append(Flow(origin, target, kw))
    return tuple(found)


_SOURCES: tuple[Node, ...] = ("pv", "fuelcell", "ess", "grid")
_SINKS: tuple[Node, ...] = ("demand", "ess", "grid")


class _Day(Struct):
    demand_kwh: float = 0.0
    produced_kwh: float = 0.0
    kept_kwh: float = 0.0
    own_used_kwh: float = 0.0
    imported_kwh: float = 0.0
    series: Series = Series((), (), ())


def _day(state: State, park: Park, now: datetime) -> _Day:
    """Sum up the windows since local midnight; one without the substation is left out."""
    local = now.astimezone(park.zone)
    midnight = datetime.combine(local.date(), datetime.min.time(), park.zone)
    now_ms, span_ms = int(now.timestamp() * 1000), WINDOW_S * 1000
    day = _Day()
    demands = []
    grids = []
    pvs = []
    for start in range(int(midnight.timestamp() * 1000), now_ms, span_ms):
        means = {name: _bucket(state, name, start, now_ms) for name in _KINDS}
        if (pv := means["pv"]) is not None:
            pvs.append((start, pv))
        if (grid := means["grid"]) is None:
            continue
        hours = min(span_ms, now_ms - start) / 3_600_000
        demand = sum(kw or 0.0 for kw in means.values())
        produced = (pv or 0.0) + (means["fuelcell"] or 0.0)
        kept = max(0.0, produced - max(0.0, -grid))
        day.demand_kwh += demand * hours
        day.produced_kwh += produced * hours
        day.kept_kwh += kept * hours
        day.own_used_kwh += min(kept, max(0.0, demand)) * hours
        day.imported_kwh += max(0.0, grid) * hours
        demands.append((start, demand))
        grids.append((start, grid))
    day.series = Series(tuple(demands), tuple(grids), tuple(pvs))
    return day


def _bucket(state: State, node: str, start_ms: int, now_ms: int) -> float | None:
    power = state.memory(EnergyMemory).power
    rings = (power.get(asset.id) for asset in state.by_kind.get(_KINDS[node][0], ()))
    means = [mean[0] for ring in rings if ring is not None and (mean := ring.mean(start_ms, now_ms))]
    known = [mean for mean in means if mean is not None]
    return fsum(known) if known else None


def _newest_kw(state: State, start_ms: int) -> float | None:
    """Return the last grid import since ``start_ms`` that was a value, where the newest word is none."""
    power = state.memory(EnergyMemory).power
    rings = (power.get(asset.id) for asset in state.by_kind.get(_KINDS["grid"][0], ()))
    last = [rows[-1][1][0] for ring in rings if ring is not None and (rows := list(ring.since(start_ms)))]
    known = [kw for kw in last if kw is not None]
    return fsum(known) if known else None


def _total(state: State, node: str) -> Reading:
    kind, fact = _KINDS[node]
    assets = state.by_kind.get(kind, ())
    return _joined([state.reading(asset.id, fact, "power_kw", "kW") for asset in assets], "kW")


def _joined(parts: list[Reading], unit: str) -> Reading:
    """Add readings up: time of the oldest, unknown time when a part never spoke."""
    known = [part.value for part in parts if part.value is not None]
    times = [part.time_ms for part in parts if part.time_ms is not None]
    periods = [part.period_s for part in parts if part.period_s is not None]
    return Reading(
        fsum(known) if known else None,
        unit,
        min(times) if times and len(times) == len(parts) else None,
        max(periods, default=None),
    )


def _soc(state: State) -> Reading:
    """Mean state of charge, weighted by the trait ``capacity_kwh`` (1 where it is not given)."""
    assets = state.by_kind.get("ess", [])
    parts = [state.reading(asset.id, EssStatus, "soc_pct", "%") for asset in assets]
    weights = [float(asset.traits.get("capacity_kwh", 1.0)) for asset in assets]
    known = [(p.value, w) for p, w in zip(parts, weights, strict=True) if p.value is not None]
    whole = _joined(parts, "%")
    if not known:
        return whole
    mean = fsum(value * weight for value, weight in known) / fsum(weight for _, weight in known)
    return Reading(mean, "%", whole.time_ms, whole.period_s)


def _ratio(part: float, whole: float, like: Reading) -> Reading:
    return Reading(100 * part / whole if whole > 0 else None, "%", like.time_ms, like.period_s)


def _carbon(park: Park, imported_kwh: float, grid: Reading, now: datetime) -> Carbon:
    factor = factor_of(park.factors, now.astimezone(park.zone).date())
    today = Reading(imported_kwh / 1000 * factor.t_mwh, "tCO2eq", grid.time_ms, grid.period_s)
    return Carbon(today, factor.t_mwh, factor.year, factor.source)


def _tou(park: Park, now: datetime) -> Tou:
    day = now.astimezone(park.zone).date()
    tariff = tariff_of(park.tariffs, day)
    season = tariff.season(day)
    stretches = bands(tariff, day, park.zone, park.holidays)
    told = tuple(Band(_ms(s.start), _ms(s.end), s.band, s.won_kwh) for s in stretches)
    current = next((n for n, band in enumerate(told) if band.start_ms <= _ms(now) < band.end_ms), None)
    return Tou(told, current, season.name, tariff.name, season.source, season.certainty)


def _top_firms(state: State) -> tuple[Firm, ...]:
    assets = [*state.by_kind.get("meter", ()), *state.by_kind.get("factory", ())]
    firms = [Firm(a.id, a.name, state.reading(a.id, MeterReading, "power_kw", "kW")) for a in assets]
    heard = [firm for firm in firms if firm.power.value is not None]
    return tuple(sorted(heard, key=lambda firm: -(firm.power.value or 0.0))[:_TOP_FIRMS])


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
