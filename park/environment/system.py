"""The environment system."""

from park.config.label import Label
from park.environment.checks import air_index
from park.environment.memory import EnvironmentMemory
from park.environment.summary import summary
from park.system import AssetKind, System

ENVIRONMENT = System(
    name="environment",
    label=Label("환경", "Environment"),
    kinds=(
        AssetKind("odour", Label("악취센서", "Odour sensor")),
        AssetKind("air", Label("대기센서", "Air station")),
        AssetKind("water", Label("수질센서", "Water station")),
        AssetKind("weather", Label("기상점", "Weather point"), layer="weather"),
    ),
    memory=EnvironmentMemory,
    summary=summary,
    checks={"cai": air_index},
    observations={"air_rise": Label("미세먼지 급증", "Particles rising")},
)
