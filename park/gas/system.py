"""The gas system: its values are shown on the environment panel."""

from park.config.label import Label
from park.environment.facts import GasObservation
from park.system import AssetKind, Quantity, System

GAS = System(
    name="gas",
    label=Label("가스", "Gas"),
    kinds=(AssetKind("gas", Label("가스센서", "Gas sensor"), layer="environment"),),
    quantities=(
        Quantity("substance", Label("물질", "Substance")),
        Quantity("ppm", Label("농도", "Concentration"), "ppm", 2),
    ),
    observations={
        GasObservation.TYPE: Label("농도 상승", "Concentration rising"),
        "gas_rise": Label("가스 농도 상승", "Gas rising"),
    },
)
