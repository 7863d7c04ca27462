"""The energy system."""

from park.config.label import Label
from park.energy.checks import peak_demand
from park.energy.facts import MeterReading
from park.energy.memory import EnergyMemory
from park.energy.summary import summary
from park.system import AssetKind, System

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
    memory=EnergyMemory,
    summary=summary,
    checks={"peak": peak_demand},
    observations={
        MeterReading.TYPE: Label("전력 계측", "Meter"),
        "power_drop": Label("전력 급감", "Power drop"),
        "power_jump": Label("전력 급증", "Power jump"),
    },
)
