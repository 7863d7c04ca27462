"""Energy: what the firms draw, what the park makes itself, and what the grid must bring."""

from collections.abc import Iterator
from datetime import datetime

from feeds.simulator.chance import drift, noise
from feeds.simulator.effects import Charge, Load, Outage
from feeds.simulator.system import System, World
from park.config.asset import Asset
from park.energy.facts import EssStatus, FuelCellReading, MeterReading, PvReading
from park.energy.tariffs import bands, tariff_of
from park.events.envelope import Event
from park.events.facts import Fact

# Share of rated power by local hour: a working day of a firm with one long shift, and of one that never stops
DAY_SHIFT = (0.22, 0.21, 0.2, 0.2, 0.21, 0.24, 0.34, 0.55, 0.82, 0.92, 0.95, 0.93,
             0.76, 0.92, 0.96, 0.95, 0.92, 0.84, 0.62, 0.5, 0.42, 0.34, 0.28, 0.24)  # fmt: skip
ROUND_THE_CLOCK = (0.72, 0.71, 0.7, 0.7, 0.71, 0.73, 0.76, 0.8, 0.86, 0.9, 0.91, 0.91,
                   0.87, 0.9, 0.92, 0.92, 0.91, 0.89, 0.86, 0.84, 0.82, 0.79, 0.76, 0.74)  # fmt: skip
NEVER_STOPS = ("casting", "chemical", "cold", "metal", "plastic")
SATURDAY, DAY_OFF = 0.62, 0.38
SOC_FLOOR_PCT, SOC_CEILING_PCT = 15.0, 90.0  # outdoor batteries charge to 90 %
EFFICIENCY = 0.94


class Energy(System):
    """Meters, substation, PV, fuel cell and battery; energy counters go on from ``counters``."""

    name = "energy"
    kinds = ("meter", "substation", "pv", "fuelcell", "ess")

    def __init__(self, world: World, counters: dict[str, float] | None = None) -> None:
        """Begin with the counters (kWh by asset, ``soc_pct``) that an earlier run left."""
        super().__init__(world)
        self.counters = counters if counters is not None else {}
        self.counters.setdefault("soc_pct", 50.0)
        self._firms = {a.id: world.park.assets[a.traits["factory"]] for a in self.assets if a.kind == "meter"}
        self._substations = [a.id for a in self.assets if a.kind == "substation"]
        self.power_kw: dict[str, float] = {}

    def step(self, now: datetime, step_s: int) -> Iterator[Event]:
        """Balance the park over the step and tell those whose turn it is."""
        self._balance(now)
        for asset in self.assets:
            self._count(asset, step_s / 3600)
        for asset in self.due(now, step_s):
            yield from self.tell(asset, now)

    def tell(self, asset: Asset, now: datetime) -> Iterator[Event]:
        """Yield the asset's reading, as of the last balance."""
        if not self.power_kw:
            self._balance(now)
        yield self.say(asset.id, self._fact(asset, now), now)

    def _balance(self, now: datetime) -> None:
        """Set every power so that the grid brings what firms draw and the park does not make."""
        demand = made = 0.0
        makers = {"pv": self._pv_kw, "fuelcell": self._fuelcell_kw, "ess": self._ess_kw}
        dead = any(self.world.stage.on(Outage, station, now) for station in self._substations)
        for asset in self.assets:
            if asset.kind == "meter":
                self.power_kw[asset.id] = 0.0 if dead else self._load_kw(asset, now)
                demand += self.power_kw[asset.id]
            elif make := makers.get(asset.kind):
                self.power_kw[asset.id] = 0.0 if dead else make(asset, now)
                made += self.power_kw[asset.id]
        for station in self._substations:
            self.power_kw[station] = demand - made

    def _load_kw(self, meter: Asset, now: datetime) -> float:
        firm = self._firms[meter.id]
        local = now.astimezone(self.world.park.zone)
        steady = firm.traits["industry"] in NEVER_STOPS
        profile = ROUND_THE_CLOCK if steady else DAY_SHIFT
        hour, share = local.hour, (local.minute * 60 + local.second) / 3600
        level = profile[hour] * (1 - share) + profile[(hour + 1) % 24] * share
        if local.date() in self.world.park.holidays or local.weekday() == 6:
            level *= 0.85 if steady else DAY_OFF
        elif local.weekday() == 5:
            level *= 0.93 if steady else SATURDAY
        level *= 1 + 0.1 * drift(now.timestamp(), 1500, self.world.seed, meter.id)
        level *= 1 + 0.03 * noise(self.world.seed, meter.id, int(now.timestamp()) // 60)
        if any(self.world.stage.on(Outage, asset, now) for asset in (meter.id, firm.id)):
            return 0.0
        for asset in (meter.id, firm.id, *self._substations):
            if acting := self.world.stage.on(Load, asset, now):
                level *= 1 + (acting[0].factor - 1) * acting[1]
        return round(float(meter.traits["rated_kw"]) * level, 2)

    def _pv_kw(self, plant: Asset, now: datetime) -> float:
        sun = self.world.climate.ghi_wm2(now) / 1000
        heat = 1 - 0.004 * max(0.0, self.world.climate.temperature_c(now) + 25 * sun - 25)
        return round(float(plant.traits["rated_kw"]) * sun * heat * 0.86, 2)

    def _fuelcell_kw(self, plant: Asset, now: datetime) -> float:
        wave = drift(now.timestamp(), 7200, self.world.seed, plant.id)
        return round(float(plant.traits["rated_kw"]) * (0.93 + 0.03 * wave), 2)

    def _ess_kw(self, battery: Asset, now: datetime) -> float:
        """Charge in the light hours, discharge in the peak hours of the tariff."""
        local = now.astimezone(self.world.park.zone)
        day, park = local.date(), self.world.park
        band = next(
            (s.band for s in bands(tariff_of(park.tariffs, day), day, park.zone, park.holidays)
             if s.start <= now < s.end), "mid",
        )  # fmt: skip
        soc, rated = self.counters["soc_pct"], float(battery.traits["rated_kw"])
        if band == "peak" and soc > SOC_FLOOR_PCT:
            return rated * min(1.0, (soc - SOC_FLOOR_PCT) / 10)
        if band == "light" and soc < SOC_CEILING_PCT:
            return -0.45 * rated * min(1.0, (SOC_CEILING_PCT - soc) / 10)
        return 0.0

    def _count(self, asset: Asset, hours: float) -> None:
        power = self.power_kw[asset.id]
        if asset.kind == "ess":
            side = "discharged" if power > 0 else "charged"
            self._add(f"{asset.id}/{side}", abs(power) * hours)
            moved = power / EFFICIENCY if power > 0 else power * EFFICIENCY
            soc = self.counters["soc_pct"] - 100 * moved * hours / float(asset.traits["capacity_kwh"])
            self.counters["soc_pct"] = min(max(soc, 0.0), 100.0)
        else:
            self._add(asset.id, max(power, 0.0) * hours)

    def _add(self, counter: str, kwh: float) -> None:
        self.counters[counter] = self.counters.get(counter, 0.0) + kwh

    def _fact(self, asset: Asset, now: datetime) -> Fact:
        power, kwh = round(self.power_kw[asset.id], 2), round(self.counters.get(asset.id, 0.0), 3)
        if asset.kind == "pv":
            return PvReading(power_kw=power, energy_kwh=kwh)
        if asset.kind == "fuelcell":
            return FuelCellReading(power_kw=power, energy_kwh=kwh)
        if asset.kind == "ess":
            charged, discharged = (
                self.counters.get(f"{asset.id}/{s}", 0.0) for s in ("charged", "discharged")
            )
            staged = self.world.stage.on(Charge, asset.id, now)
            soc = staged[0].soc_pct if staged else self.counters["soc_pct"]
            return EssStatus(
                power_kw=power, soc_pct=round(soc, 1),
                charged_kwh=round(charged, 3), discharged_kwh=round(discharged, 3),
            )  # fmt: skip
        return MeterReading(power_kw=power, energy_kwh=kwh)
