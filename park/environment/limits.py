"""Limits of what is measured, each dated and with its source (``limits.toml``)."""

from datetime import date
from functools import cache
from unicodedata import normalize

from msgspec import Struct

from park.environment.air_index import Cai
from park.environment.substances import Substance, SubstanceNames
from park.events.base import Priority


class GasLimit(Struct, frozen=True, forbid_unknown_fields=True):
    """Workplace limits of a substance in ppm: 8-hour mean (TWA) and 15 minutes or ceiling (STEL)."""

    substance: str
    since: date
    source: str
    certainty: str
    twa: float | None = None
    stel: float | None = None


class OdourLimit(Struct, frozen=True, forbid_unknown_fields=True):
    """Limit of one field of an odour observation; ``at`` says where it holds."""

    field: str
    limit: float
    unit: str
    at: str
    since: date
    source: str
    certainty: str


class AlarmTargets(Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator can take: alarms per 10 min, hour and day, and when one is stale or chatters.

    ``shelve_max_h`` is how long one may be shelved: a shift.
    """

    acceptable_10min: int
    flood_start: int
    flood_end: int
    busy_hour: int
    acceptable_day: int
    stale_h: float
    chatter_count: int
    chatter_s: float
    shelve_max_h: float
    share: dict[Priority, float]
    since: date
    source: str


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """All limits of a park."""

    gas_limits: tuple[GasLimit, ...]
    odour: tuple[OdourLimit, ...]
    cai: Cai
    alarms: AlarmTargets
    substances: tuple[Substance, ...] = ()

    def __post_init__(self) -> None:
        """Refuse two substances of one name, and limits of a substance under another than its own."""
        for limit in self.gas_limits:
            if (name := self.substance(limit.substance)) != limit.substance:
                raise ValueError(f"`gas_limits`: the name of {limit.substance!r} is {name!r}")

    def substance(self, text: str) -> str:
        """Return the park's name of what a text calls a substance; an unknown one as it is, in NFC."""
        return _names(self.substances).find(text) or normalize("NFC", text).strip()

    def gas(self, substance: str) -> GasLimit | None:
        """Return the limits of a substance by any of its names, the newest where there are several."""
        name = self.substance(substance)
        known = [limit for limit in self.gas_limits if limit.substance == name]
        return max(known, key=lambda limit: limit.since, default=None)


@cache
def _names(substances: tuple[Substance, ...]) -> SubstanceNames:
    return SubstanceNames(substances)
