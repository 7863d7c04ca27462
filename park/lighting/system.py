"""The street lights."""

from park.commands.kind import CommandKind, Release
from park.config.label import Label
from park.lighting.facts import LightStatus
from park.lighting.summary import summary
from park.system import AssetKind, Chart, Quantity, System


def _dim_refusal(value: float | None, _text: str) -> str | None:
    if value is not None and not 0 <= value <= 100:
        return "밝기는 0–100 %입니다"
    return None


_DIM = Quantity("dim_pct", Label("밝기", "Brightness"), "%")
_POWER = Quantity("power_w", Label("소비 전력", "Power"), "W")

LIGHTING = System(
    name="lighting",
    label=Label("가로등", "Lighting"),
    kinds=(
        AssetKind("light", Label("가로등", "Street light")),
        AssetKind("cabinet", Label("분전함", "Light cabinet")),
    ),
    quantities=(_DIM, _POWER),
    charts=(
        Chart(Label("밝기", "Brightness"), _DIM, ("light",)),
        Chart(Label("소비 전력", "Power"), _POWER, ("light",)),
    ),
    summary=summary,
    commands=(
        CommandKind(
            "light.dim",
            Label("가로등 밝기", "Street light dimming"),
            Label("가로등 {n}등 {value:g} %", "{n} street lights {value:g} %"),
            targets=frozenset({"light"}),
            release=Release(None),
            value_refusal=_dim_refusal,
        ),
    ),
    observations={LightStatus.TYPE: Label("가로등 상태", "Street light")},
)
