"""The environment system."""

from park.config.label import Label
from park.environment.checks import air_index
from park.environment.memory import EnvironmentMemory
from park.environment.summary import summary
from park.system import AssetKind, Chart, Quantity, System

_GAS = Quantity("ppm", Label("농도", "Concentration"), "ppm", 2)
_PM10 = Quantity("pm10_ugm3", Label("미세먼지 PM10", "PM10"), "µg/m³")
_PM25 = Quantity("pm25_ugm3", Label("초미세먼지 PM2.5", "PM2.5"), "µg/m³")
_ODOUR = Quantity("dilution_ratio", Label("복합악취 희석배수", "Odour dilution ratio"), "배")
_LEVEL = Quantity("level_m", Label("수위", "Water level"), "m", 2)
_TEMPERATURE = Quantity("temperature_c", Label("기온", "Temperature"), "°C", 1)
_WIND = Quantity("wind_speed_ms", Label("풍속", "Wind speed"), "m/s", 1)

ENVIRONMENT = System(
    name="environment",
    label=Label("환경", "Environment"),
    kinds=(
        AssetKind("odour", Label("악취센서", "Odour sensor")),
        AssetKind("air", Label("대기센서", "Air station")),
        AssetKind("water", Label("수질센서", "Water station")),
        AssetKind("weather", Label("기상점", "Weather point"), layer="weather"),
    ),
    quantities=(
        _ODOUR,
        Quantity("h2s_ppm", Label("황화수소", "Hydrogen sulphide"), "ppm", 3),
        Quantity("nh3_ppm", Label("암모니아", "Ammonia"), "ppm", 2),
        _PM10,
        _PM25,
        Quantity("o3_ppm", Label("오존", "Ozone"), "ppm", 3),
        Quantity("no2_ppm", Label("이산화질소", "Nitrogen dioxide"), "ppm", 3),
        Quantity("co_ppm", Label("일산화탄소", "Carbon monoxide"), "ppm", 2),
        Quantity("so2_ppm", Label("아황산가스", "Sulphur dioxide"), "ppm", 3),
        _LEVEL,
        Quantity("ph", Label("pH", "pH"), "", 1),
        Quantity("turbidity_ntu", Label("탁도", "Turbidity"), "NTU", 1),
        _TEMPERATURE,
        Quantity("humidity_pct", Label("습도", "Humidity"), "%"),
        _WIND,
        Quantity("wind_from_deg", Label("풍향", "Wind from"), "°"),
        Quantity("rain_mmh", Label("강수", "Rain"), "mm/h", 1),
        Quantity("ghi_wm2", Label("일사량", "Irradiance"), "W/m²"),
    ),
    charts=(
        Chart(Label("가스 농도", "Gas concentration"), _GAS, ("gas",)),
        Chart(Label("초미세먼지 PM2.5", "PM2.5"), _PM25, ("air",)),
        Chart(Label("미세먼지 PM10", "PM10"), _PM10, ("air",)),
        Chart(Label("복합악취 희석배수", "Odour dilution ratio"), _ODOUR, ("odour",)),
        Chart(Label("수위", "Water level"), _LEVEL, ("water",)),
        Chart(Label("기온", "Temperature"), _TEMPERATURE, ("weather",)),
        Chart(Label("풍속", "Wind speed"), _WIND, ("weather",)),
    ),
    memory=EnvironmentMemory,
    summary=summary,
    checks={"cai": air_index},
    observations={"air_rise": Label("미세먼지 급증", "Particles rising")},
)
