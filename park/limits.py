"""Limits of what is measured, each dated and with its source (``limits.toml``)."""

from datetime import date

from msgspec import Struct

from park.air import Cai


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


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """All limits of a park."""

    gas_limits: tuple[GasLimit, ...]
    odour: tuple[OdourLimit, ...]
    cai: Cai

    def gas(self, substance: str) -> GasLimit | None:
        """Return the limits of a substance, the newest where there are several."""
        known = [limit for limit in self.gas_limits if limit.substance == substance]
        return max(known, key=lambda limit: limit.since, default=None)
