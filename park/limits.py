"""Limits of what is measured, each dated and with its source (``limits.toml``)."""

from datetime import date

from msgspec import Struct

from park.air import Cai
from park.fact_base import Priority


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

    def gas(self, substance: str) -> GasLimit | None:
        """Return the limits of a substance, the newest where there are several."""
        known = [limit for limit in self.gas_limits if limit.substance == substance]
        return max(known, key=lambda limit: limit.since, default=None)
