"""What meters, generators and batteries report: one frozen struct per event type."""

from park.events.base import (
    FactBase,
    MeasuredNumber,
    MeasuredPercent,
    MeasuredPositive,
)


class MeterReading(FactBase, frozen=True):
    """Electric meter of a firm or of the substation (grid import positive)."""

    TYPE = "park.meter.reading"
    SHOWN = True
    power_kw: MeasuredNumber
    energy_kwh: MeasuredPositive
    reactive_kvar: float | None = None


class PvReading(FactBase, frozen=True):
    """Photovoltaic generation."""

    TYPE = "park.pv.reading"
    SHOWN = True
    power_kw: MeasuredPositive
    energy_kwh: MeasuredPositive


class FuelCellReading(FactBase, frozen=True):
    """Fuel cell generation."""

    TYPE = "park.fuelcell.reading"
    SHOWN = True
    power_kw: MeasuredPositive
    energy_kwh: MeasuredPositive


class EssStatus(FactBase, frozen=True):
    """Battery: discharge positive, charge negative."""

    TYPE = "park.ess.status"
    SHOWN = True
    power_kw: MeasuredNumber
    soc_pct: MeasuredPercent
    charged_kwh: MeasuredPositive
    discharged_kwh: MeasuredPositive
