"""What a measured value can be: plausible bounds and the "no value" codes of the trade, by field.

A field's name says its unit, so one row holds for every event type that has the field. The bounds are
physical or those of the widest usual instrument: beyond them a value is not high, it is wrong. What a
person may be harmed by stays inside: 999,999 ppm is a value, and alarms. Assembled 2026-11-30; rows
whose reason says "assumed" are ours.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from park.config.asset import Asset

# Codes of a device or a gateway that has no value, in the number format it counts in.
_FLOATS = frozenset(
    sign * value
    for sign in (1, -1)
    for value in (
        3.4028234663852886e38, 3.4028235e38, 3.402823466e38, 1.7976931348623157e308,  # largest
        1.1754943508222875e-38, 1.17549435e-38, 2.2250738585072014e-308,  # smallest normal, of 32 and 64 bit
        9.969209968386869e36, 9.96921e36,  # fill value of netCDF
    )
)  # fmt: skip
_WIDE = frozenset(
    {2147483647.0, -2147483648.0, 4294967295.0, float(2**63 - 1), float(-(2**63)), float(2**64 - 1)}
)
_SHORT = frozenset({32767.0, -32768.0, 32768.0, 65535.0})  # 16 bit: 0x7FFF, 0x8000 (SunSpec), 0xFFFF
_BYTE = frozenset({127.0, -128.0, 254.0, 255.0})  # 8 bit; DALI's mask is 255
_MINUS_NINES = frozenset({-99.0, -99.9, -999.0, -999.9, -9999.0, -9999.9, -99999.0})
_NINES = frozenset({9999.0, 9999.9, 99999.0, 99999.9})
_COMMON = _FLOATS | _WIDE | _SHORT | _MINUS_NINES | _NINES

NO_VALUE_WORDS = frozenset(
    {
        "", "-", "--", "---", "n/a", "na", "#n/a", "nan", "+nan", "-nan", "1.#qnan", "1.#ind", "inf",
        "+inf", "-inf", "infinity", "+infinity", "-infinity", "1.#inf", "null", "none", "nil",
        "no data", "nodata", "bad",
    }
)  # fmt: skip


class Bound(NamedTuple):
    """What a field can be.

    ``no_value``: numbers that say that there is none. ``rated``: trait of the asset that names its
    rating; a value is then also within ``-10`` and ``3`` times it.
    """

    least: float
    most: float
    reason: str
    no_value: frozenset[float] = _COMMON
    rated: str = ""


LEAST_RATED = -10.0  # roof generation behind a firm's meter is several times the firm's rating (assumed)
MOST_RATED = 3.0  # overload and a rating that nobody kept up; watts for kilowatts are 1,000 times (assumed)

_CODES_BUT_9999 = _FLOATS | _WIDE | _SHORT | _MINUS_NINES  # 9,999 kW is a substation's, 9,999 s a long wait
_COUNTER = Bound(0.0, 1e12, "a counter of twelve digits", _FLOATS | _WIDE)
_REACH = "ranges of usual instruments, the widest doubled (assumed)"
_PURE_GAS = Bound(0.0, 1e6, "1,000,000 ppm is pure gas; beyond a sensor's range is still dangerous")
_SHARE = Bound(0.0, 100.0, "a share of a whole", _COMMON | _BYTE)
_ANGLE = Bound(0.0, 360.0, "a full turn", _COMMON | frozenset({511.0, 655.35, 999.0}))

BOUNDS: dict[str, Bound] = {
    "power_kw": Bound(
        -5e5, 5e5, "twice a 154 kV substation of 4 x 60 MVA", _CODES_BUT_9999, "rated_kw"
    ),
    "reactive_kvar": Bound(-5e5, 5e5, "as active power", _CODES_BUT_9999),
    "energy_kwh": _COUNTER,
    "charged_kwh": _COUNTER,
    "discharged_kwh": _COUNTER,
    "soc_pct": _SHARE,
    "dim_pct": _SHARE,
    "humidity_pct": _SHARE,
    "power_w": Bound(0.0, 5000.0, "a high-mast luminaire has 2 kW"),
    "pm10_ugm3": Bound(0.0, 10_000.0, "range of beta-ray monitors; yellow dust in Korea reached 2,700"),
    "pm25_ugm3": Bound(0.0, 10_000.0, "range of beta-ray monitors"),
    "o3_ppm": Bound(0.0, 200.0, _REACH),
    "no2_ppm": Bound(0.0, 200.0, _REACH),
    "so2_ppm": Bound(0.0, 200.0, _REACH),
    "co_ppm": Bound(0.0, 10_000.0, _REACH),
    "ppm": _PURE_GAS,
    "h2s_ppm": _PURE_GAS,
    "nh3_ppm": _PURE_GAS,
    "dilution_ratio": Bound(0.0, 1e6, "the strongest stack of olfactometry is some 100,000 (assumed)"),
    "level_m": Bound(-50.0, 100.0, "no stream of a park is deeper (assumed)"),
    "ph": Bound(0.0, 14.0, "the scale"),
    "turbidity_ntu": Bound(0.0, 10_000.0, "range of nephelometers is 4,000 to 10,000"),
    "temperature_c": Bound(-90.0, 100.0, "air on earth: -89 to 57 (WMO), and a fire beside it"),
    "wind_speed_ms": Bound(0.0, 120.0, "strongest gust measured: 113 m/s (WMO)"),
    "wind_from_deg": _ANGLE,
    "rain_mmh": Bound(0.0, 2000.0, "heaviest minute measured: 31.2 mm (WMO)"),
    "ghi_wm2": Bound(0.0, 2000.0, "beside bright clouds up to 1,800; the sun outside the air has 1,361"),
    "occupied": Bound(0.0, 50_000.0, "the largest car parks have 20,000 places"),
    "capacity": Bound(0.0, 50_000.0, "the largest car parks have 20,000 places"),
    "queue_vehicles": Bound(0.0, 1000.0, "a thousand lorries are 15 km"),
    "wait_s": Bound(0.0, 172_800.0, "two days (assumed)", _CODES_BUT_9999),
    "lat": Bound(-90.0, 90.0, "the pole", _COMMON | frozenset({91.0, 99.0})),
    "lon": Bound(-180.0, 180.0, "the date line", _COMMON | frozenset({181.0, 999.0})),
    "speed_kmh": Bound(0.0, 250.0, "no lorry is faster", _COMMON | frozenset({255.0, 999.0})),
    "heading_deg": _ANGLE,
    "turnaround_s": Bound(0.0, 2_592_000.0, "thirty days (assumed)", _CODES_BUT_9999),
    "total_km": Bound(0.0, 10_000.0, "a trip over all of Korea is 500 km"),
    "empty_km": Bound(0.0, 10_000.0, "a trip over all of Korea is 500 km"),
    "fps": Bound(0.0, 1000.0, "no camera of a control room is faster"),
    "clock_off_s": Bound(-3.2e9, 3.2e9, "a hundred years: a clock of 1970 is told", _FLOATS | _WIDE),
    "value": Bound(-1e9, 1e9, "what alarms tell: any unit of the others but counters"),
    "limit": Bound(-1e9, 1e9, "what alarms tell: any unit of the others but counters"),
}  # fmt: skip


def flaw(field: str, value: float, asset: Asset | None = None) -> str:
    """Return why a value is none: ``no_value``, ``implausible``; empty when it is one, or has no bound."""
    bound = BOUNDS.get(field)
    if bound is None:
        return ""
    if value in bound.no_value or (asset and value in _own_codes(asset)):
        return "no_value"
    if not bound.least <= value <= bound.most:
        return "implausible"
    rating = asset.traits.get(bound.rated) if bound.rated and asset else None
    if isinstance(rating, int | float) and rating > 0:
        return "" if LEAST_RATED * rating <= value <= MOST_RATED * rating else "implausible"
    return ""


def _own_codes(asset: Asset) -> list[object]:
    """Return the numbers by which this device says that it has no value (trait ``no_value``)."""
    codes = asset.traits.get("no_value", [])
    return list(codes) if isinstance(codes, list | tuple) else [codes]


def says_nothing(field: str, value: object) -> bool:
    """Tell whether what stands in a field of an event says that there is no value."""
    bound = BOUNDS.get(field)
    if bound is None:
        return False
    if isinstance(value, str):
        return value.strip().lower() in NO_VALUE_WORDS
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value in bound.no_value or abs(value) == float("inf")
    return value is None


def without_codes(data: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Return the data of an event with null for every "no value" code, and what stood there, as JSON."""
    said = {name: value for name, value in data.items() if value is not None and says_nothing(name, value)}
    plain = {name: None if name in said else value for name, value in data.items()}
    for name in ("wind_from_deg", "heading_deg"):
        if plain.get(name) == 360:
            plain[name] = 0.0
    return plain, json.dumps(said, ensure_ascii=False) if said else ""
