"""The Korean comprehensive air-quality index (통합대기환경지수, CAI).

Formulas as published with the calculator of AirKorea (Korea Environment Corporation).
"""

from collections.abc import Sequence
from math import fsum
from typing import Literal

from msgspec import Struct

Grade = Literal["good", "moderate", "bad", "very_bad"]
_GRADES: tuple[Grade, ...] = ("good", "moderate", "bad", "very_bad")
_CAP = 500


class Scale(Struct, frozen=True, forbid_unknown_fields=True):
    """A pollutant: its bounds per grade ``[low, high]``, in ``digits`` decimals of ``unit``.

    ``forecast_from`` is M of the 24-hour forecast moving mean, absent where the hour itself counts;
    ``needed`` pollutants must be there for the index to be valid.
    """

    name: str
    unit: str
    digits: int
    bounds: tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
    needed: bool
    forecast_from: float | None = None


class Cai(Struct, frozen=True, forbid_unknown_fields=True):
    """The index: bounds of the grades, additions for several bad pollutants, the six scales.

    The scales stand in the order of the fields of ``AirObservation``.
    """

    source: str
    bounds: tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]
    add_two: int
    add_three: int
    pollutants: tuple[Scale, ...]

    def index(self, scale: Scale, value: float | None) -> tuple[int | None, Grade | None]:
        """Return sub-index and grade of a concentration; beyond the scale it is the highest index.

        Ip = (IHI - ILO) / (BPHI - BPLO) x (Cp - BPLO) + ILO
        """
        if value is None:
            return None, None
        value = round(value, scale.digits)
        for grade, (low, high), (i_low, i_high) in zip(_GRADES, scale.bounds, self.bounds, strict=True):
            if value <= high:
                return round((i_high - i_low) / (high - low) * (value - low) + i_low), grade
        return _CAP, "very_bad"

    def grade(self, index: float) -> Grade:
        """Return the grade of an index."""
        return next(
            (g for g, (_, high) in zip(_GRADES, self.bounds, strict=True) if index <= high), "very_bad"
        )


def c24e(hours: Sequence[float | None], m: float) -> float | None:
    """Return the 24-hour forecast moving mean of particulate matter.

    C24E = (C12 x 12 + C4 x 12) / 24, C12 the mean of the last 12 hours, C4 the mean of the last 4
    corrected: Ci is lessened to 0.75 Ci where Ci >= M and 0.9 <= Ci / C12 <= 1.7.

    Args:
        hours: Hourly means, newest first; missing hours are None and left out of the means.
        m: M, 70 for PM10, 30 for PM2.5 (µg/m³).
    """
    known = [hour for hour in hours[:12] if hour is not None]
    recent = [hour for hour in hours[:4] if hour is not None]
    if not recent:
        return None
    c12 = fsum(known) / len(known)
    corrected = [0.75 * c if c >= m and c12 > 0 and 0.9 <= c / c12 <= 1.7 else c for c in recent]
    return (c12 * 12 + fsum(corrected) / len(corrected) * 12) / 24


def combine(indices: dict[str, int | None], cai: Cai) -> tuple[int | None, str | None]:
    """Return the index of a station and its worst pollutant.

    The highest sub-index, plus ``add_two`` when two pollutants are bad or worse, ``add_three`` when
    three or more; not valid (None) while a needed pollutant is missing.
    """
    if any(scale.needed and indices.get(scale.name) is None for scale in cai.pollutants):
        return None, None
    known = {name: index for name, index in indices.items() if index is not None}
    worst = max(known, key=lambda name: known[name])
    bad = sum(index > cai.bounds[1][1] for index in known.values())
    added = cai.add_three if bad >= 3 else cai.add_two if bad == 2 else 0
    return min(_CAP, known[worst] + added), worst
