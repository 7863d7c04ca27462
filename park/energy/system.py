"""The energy system."""

from park.config.label import Label
from park.energy.checks import peak_demand
from park.energy.facts import MeterReading
from park.energy.memory import EnergyMemory
from park.energy.summary import summary
from park.system import AssetKind, Chart, Quantity, System

_POWER = Quantity("power_kw", Label("전력", "Power"), "kW", 1)
_CHARGE = Quantity("soc_pct", Label("충전율", "State of charge"), "%", 1)

ENERGY = System(
    name="energy",
    label=Label("에너지", "Energy"),
    kinds=(
        AssetKind("substation", Label("변전소", "Substation")),
        AssetKind("pv", Label("태양광", "Solar")),
        AssetKind("fuelcell", Label("연료전지", "Fuel cell")),
        AssetKind("ess", Label("에너지저장장치", "Battery")),
        AssetKind("meter", Label("전력계", "Meter")),
        AssetKind("factory", Label("공장", "Works")),
    ),
    quantities=(
        _POWER,
        Quantity("energy_kwh", Label("전력량", "Energy"), "kWh"),
        Quantity("reactive_kvar", Label("무효전력", "Reactive power"), "kvar", 1),
        _CHARGE,
        Quantity("charged_kwh", Label("충전량", "Charged"), "kWh"),
        Quantity("discharged_kwh", Label("방전량", "Discharged"), "kWh"),
    ),
    charts=(
        Chart(
            Label("수전 전력", "Grid power"),
            _POWER,
            ("substation",),
            limit=lambda park: park.config.energy.contract_power_kw,
            limit_label=Label("계약 전력", "Contract power"),
        ),
        Chart(Label("태양광 · 연료전지", "Solar and fuel cell"), _POWER, ("pv", "fuelcell")),
        Chart(Label("저장장치 전력", "Battery power"), _POWER, ("ess",)),
        Chart(Label("저장장치 충전율", "Battery charge"), _CHARGE, ("ess",)),
        Chart(Label("사업장 전력", "Power of works"), _POWER, ("meter",)),
    ),
    memory=EnergyMemory,
    summary=summary,
    checks={"peak": peak_demand},
    observations={
        MeterReading.TYPE: Label("전력 계측", "Meter"),
        "power_drop": Label("전력 급감", "Power drop"),
        "power_jump": Label("전력 급증", "Power jump"),
    },
)
