"""What air, gas, odour, water and weather stations report: one frozen struct per event type."""

from typing import Annotated

from msgspec import Meta

from park.events.base import (
    FactBase,
    MeasuredBearing,
    MeasuredNumber,
    MeasuredPercent,
    MeasuredPositive,
)


class AirObservation(FactBase, frozen=True):
    """Outdoor air, the six pollutants of the CAI."""

    TYPE = "park.air.observation"
    SHOWN = True
    pm10_ugm3: MeasuredPositive
    pm25_ugm3: MeasuredPositive
    o3_ppm: MeasuredPositive
    no2_ppm: MeasuredPositive
    co_ppm: MeasuredPositive
    so2_ppm: MeasuredPositive


class GasObservation(FactBase, frozen=True):
    """Concentration of one hazardous gas."""

    TYPE = "park.gas.observation"
    SHOWN = True
    substance: Annotated[str, Meta(min_length=1, max_length=40)]
    ppm: MeasuredPositive


class OdourObservation(FactBase, frozen=True):
    """Complex odour as dilution ratio, with its two usual gases."""

    TYPE = "park.odour.observation"
    SHOWN = True
    dilution_ratio: MeasuredPositive
    h2s_ppm: MeasuredPositive
    nh3_ppm: MeasuredPositive


class WaterObservation(FactBase, frozen=True):
    """Stream or outfall water."""

    TYPE = "park.water.observation"
    SHOWN = True
    level_m: MeasuredNumber
    ph: Annotated[float, Meta(ge=0, le=14)] | None
    turbidity_ntu: MeasuredPositive


class WeatherObservation(FactBase, frozen=True):
    """Weather point; wind is where it comes from, degrees clockwise from north."""

    TYPE = "park.weather.observation"
    SHOWN = True
    temperature_c: MeasuredNumber
    humidity_pct: MeasuredPercent
    wind_speed_ms: MeasuredPositive
    wind_from_deg: MeasuredBearing
    rain_mmh: MeasuredPositive
    ghi_wm2: MeasuredPositive
